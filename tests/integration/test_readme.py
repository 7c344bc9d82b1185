"""The READMEs' numbers, counted again from every answer."""

import json

import pytest

from experiments.quality import METRICS, RESULTS
from experiments.scores import summary
from tests.support.trials import kept


def plain(number: dict) -> dict[str, float]:
    """Value and interval of a number of quality.json, and what chance alone would make of it where that is told."""
    chance = {f"{end} by chance": value for end, value in number.get("by_chance", {}).items()}
    return {end: number[end] for end in ("value", "low", "high")} | chance


def test_the_answers_that_are_kept_give_the_numbers_of_quality_json():
    measured = json.loads((RESULTS / "quality.json").read_text("utf-8"))
    for protocol in set(measured) - {"recipe"}:
        found = summary(kept(protocol))
        for name in METRICS:
            assert plain(found[name]) == pytest.approx(plain(measured[protocol][name]), abs=2e-4), (protocol, name)
