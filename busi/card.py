"""The model card: what a bundle is, what it is for and what it scored, in French and in English.

Everything is taken from bundle.json; the sentences are in content/fr/card.md and content/en/card.md.
"""

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

CONTENT = Path(__file__).parent / "content"
LANGUAGES = ("fr", "en")


def model_card(info: Mapping[str, Any]) -> str:
    """Writes the card.

    Args:
        info: what bundle.json says.

    Returns:
        Markdown, French first.
    """
    return "\n".join(_fill(language, info) for language in LANGUAGES)


def _fill(language: str, info: Mapping[str, Any]) -> str:
    template = Template((CONTENT / language / "card.md").read_text(encoding="utf-8"))
    test, data, training = info["metrics"]["test"], info["data"], info["training"]
    return template.substitute(
        {name: _with_interval(test[name], language) for name in test if name != "confusion"},
        n=test["auc"]["n"],
        arch=training["recipe"]["arch"],
        parameters=training["parameters"],
        size=info["image"]["size"],
        epochs=training["epochs"],
        best_epoch=training["best_epoch"],
        command=training["command"],
        threshold=_number(info["threshold"], language),
        train=data["parts"]["train"]["images"],
        validation=data["parts"]["validation"]["images"],
        left_out=data["left_out"],
        groups=data["groups"],
        seed=data["split_seed"],
        created=info["created"],
        **{f"c_{name}": count for name, count in test["confusion"].items()},
    )


def _with_interval(estimate: Mapping[str, float], language: str) -> str:
    value, low, high = (_number(estimate[name], language) for name in ("value", "low", "high"))
    return f"{value} [{low} – {high}], n = {estimate['n']}"


def _number(value: float, language: str) -> str:
    text = f"{value:.3f}"
    return text.replace(".", ",") if language == "fr" else text
