"""The READMEs' tables are those of the network in the repository and of benchmarks.quality."""

import json

import pandas as pd
import pytest

from benchmarks.quality import METRICS, RESULTS, WORDS, table
from benchmarks.readme import NOTES, READMES, filled, notes, results, tables
from benchmarks.scores import summary
from busi.bundle import EMBEDDED, open_bundle
from busi.recipe import LONG


@pytest.mark.parametrize("language", READMES)
def test_the_tables_are_up_to_date(language):
    text = READMES[language].read_text("utf-8")
    assert filled(text, tables(language)) == text, "run python -m benchmarks.readme"


def test_the_table_of_the_recipe_long_is_up_to_date():
    text = NOTES.read_text("utf-8")
    assert filled(text, notes()) == text, "run python -m benchmarks.readme"
    measured = json.loads((RESULTS / "quality-long.json").read_text("utf-8"))
    assert measured["recipe"]["name"] == LONG and f"{measured['official']['auc']['value']:.3f}" in notes()["long"]


@pytest.mark.parametrize("language", READMES)
def test_what_is_said_of_the_recipe_long_is_what_was_measured(language):
    measured, text = (
        json.loads((RESULTS / "quality-long.json").read_text("utf-8")),
        " ".join(READMES[language].read_text("utf-8").split()),
    )
    for protocol in ("grouped", "official"):
        auc = measured[protocol]["auc"]
        told = f"{auc['value']:.3f} [{auc['low']:.3f} – {auc['high']:.3f}]"
        assert (told.replace(".", ",") if language == "fr" else told) in text


def test_the_answers_kept_of_the_recipe_long_give_its_numbers():
    measured = json.loads((RESULTS / "quality-long.json").read_text("utf-8"))
    for protocol in set(measured) - {"recipe"}:
        kept = [pd.read_csv(path) for path in sorted((RESULTS / "trials" / LONG).glob(f"{protocol}-*.csv"))]
        found = summary(pd.concat(kept, ignore_index=True))
        assert {name: found[name]["value"] for name in METRICS} == {
            name: measured[protocol][name]["value"] for name in METRICS
        }


@pytest.mark.parametrize("language", READMES)
def test_the_table_of_quality_holds_the_numbers_of_quality_json(language):
    numbers = json.loads((RESULTS / "quality.json").read_text("utf-8"))
    numbers.pop("recipe")
    assert set(numbers) <= set(WORDS[language])
    assert (RESULTS / f"quality.{language}.md").read_text("utf-8") == table(numbers, language)
    for name in METRICS:
        estimate = numbers["grouped"][name]
        assert estimate["low"] <= estimate["value"] <= estimate["high"] and estimate["n"] == 629


def test_the_table_of_results_holds_the_bundles_numbers():
    bundle = open_bundle(EMBEDDED)
    auc, counts = bundle.metrics("test")["auc"], bundle.info["metrics"]["test"]["confusion"]
    french, english = results(bundle, "fr"), results(bundle, "en")
    assert f"| AUC | {auc.value:.3f} [{auc.low:.3f} – {auc.high:.3f}], n = {auc.n} |" in english
    assert f"{auc.value:.3f}".replace(".", ",") in french and "." not in french
    assert f"| {counts['true_positives']} / {counts['true_positives'] + counts['false_negatives']} |" in english


def test_a_table_without_a_place_is_refused():
    with pytest.raises(ValueError, match="<!-- results -->"):
        filled("# nothing", {"results": "| |"})
    once = "a\n<!-- results -->\nold\n<!-- end -->\nb <!-- end -->\n"
    assert filled(once, {"results": "| new |\n"}) == "a\n<!-- results -->\n\n| new |\n\n<!-- end -->\nb <!-- end -->\n"
