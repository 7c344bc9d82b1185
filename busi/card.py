"""The model card: what a bundle is, what it is for and what it scored, in French and in English.

Everything is taken from bundle.json; the sentences are in content/fr/card.md and content/en/card.md.
"""

from collections.abc import Mapping
from string import Template
from typing import Any

from busi.text import LANGUAGES, Words


def model_card(info: Mapping[str, Any]) -> str:
    """Writes the card.

    Args:
        info: what bundle.json says.

    Returns:
        Markdown, French first.
    """
    return "\n".join(_fill(Words(language), info) for language in LANGUAGES)


def _fill(words: Words, info: Mapping[str, Any]) -> str:
    test, data, training = info["metrics"]["test"], info["data"], info["training"]
    return Template(words.lesson("card")).substitute(
        {name: _with_interval(words, number) for name, number in test.items() if name != "confusion"},
        **{f"c_{name}": count for name, count in test["confusion"].items()},
        n=test["auc"]["n"],
        arch=training["recipe"]["arch"],
        parameters=words.number(training["parameters"]),
        size=info["image"]["size"],
        epochs=training["epochs"],
        best_epoch=training["best_epoch"],
        command=training["command"],
        threshold=words.number(info["threshold"], 3),
        train=data["parts"]["train"]["images"],
        validation=data["parts"]["validation"]["images"],
        twins=data["images_with_twins"],
        left_out=data["left_out"],
        seed=data["split_seed"],
        created=words.date(info["created"]),
    )


def _with_interval(words: Words, estimate: Mapping[str, float]) -> str:
    value, low, high = (words.number(estimate[name], 3) for name in ("value", "low", "high"))
    return f"{value} [{low} – {high}], n = {estimate['n']}"
