"""What bundle.json and the two tables must hold, so that a page can be made of any bundle that opens.

A bundle may come from anybody's repository on the Hub, and checksums only say that it arrived as it was sent. So each
entry that a page reads has a rule here: its type, its range, and for text that it is one short line of characters that
can be printed. Entries without a rule are passed over, because newer versions may add some; those that a page can do
without may be missing, because older bundles lack them.

    >>> entries({"images": whole(1)})("data.parts.train", {"images": "many"})
    Traceback (most recent call last):
        ...
    ValueError: data.parts.train.images must be a whole number from 1 to 100,000,000, got 'many'
"""

import datetime
import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from busi.data.origin import LONGEST
from busi.system.ranges import brief, check_number
from busi.words.classes import CLASSES

Rule = Callable[[str, Any], None]
"""Takes the name of an entry and its value; raises ValueError with the rule and the value if it does not fit."""

MOST = 100_000_000  # of anything that is counted
SPLITS = ("train", "validation", "test")
CRITERIA = ("val_loss", "val_auc", "last")
WEIGHTS = ("random", "imagenet")
# How far the random changes of the recipe may go, as `augment.AugmentationSettings` has it; a test compares the two.
HIGHEST_CHANGE = {"rotation": 180, "zoom": 0.9, "translation": 0.9, "brightness": 1, "contrast": 1} | dict.fromkeys(
    ("gamma", "shading", "softness", "grain", "marks"), 1
)


def number(low: float, high: float) -> Rule:
    """The rule of a finite number in a range, both ends included."""

    def check(name: str, value: Any) -> None:
        check_number(name, value, low, high)

    return check


def whole(low: int, high: int = MOST) -> Rule:
    """The rule of a whole number in a range, both ends included."""

    def check(name: str, value: Any) -> None:
        check_number(name, value, low, high, whole=True)

    return check


def one_of(*allowed: str) -> Rule:
    """The rule of a text that is one of a few."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, str) or value not in allowed:
            raise _wrong(name, f"one of {', '.join(allowed)}", value)

    return check


def optional(rule: Rule) -> Rule:
    """The rule of an entry that may also be null."""

    def check(name: str, value: Any) -> None:
        if value is not None:
            rule(name, value)

    return check


def entries(known: Mapping[str, Rule], needed: Collection[str] = ()) -> Rule:
    """The rule of an object: some entries have rules, some of these must be there, all others are passed over."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            raise _wrong(name, "an object", value)
        prefix = f"{name}." if name else ""
        for entry in needed:
            if entry not in value:
                raise ValueError(f"{prefix}{entry} is missing")
        for entry, rule in known.items():
            if entry in value:
                rule(f"{prefix}{entry}", value[entry])

    return check


def each(rule: Rule) -> Rule:
    """The rule of an object whose entries, whatever their names, all follow the same rule."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            raise _wrong(name, "an object", value)
        for entry, item in value.items():
            rule(f"{name}.{brief(entry)}", item)

    return check


def rows(rule: Rule, most: int) -> Rule:
    """The rule of a list that is not empty, each of whose items follows a rule."""

    def check(name: str, value: Any) -> None:
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise _wrong(name, f"a list of 1 to {most:,} items", value)
        for place, item in enumerate(value):
            rule(f"{name}[{place}]", item)

    return check


def line(name: str, value: Any) -> None:
    """The rule of a text that stands in a sentence: one line, printable, not too long."""
    if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        raise _wrong(name, f"one line of {LONGEST} letters at most that can be printed", value)


def day(name: str, value: Any) -> None:
    """The rule of a date."""
    line(name, value)
    try:
        datetime.date.fromisoformat(value)
    except ValueError as error:
        raise _wrong(name, "a date such as 2026-01-31", value) from error


def yes_or_no(name: str, value: Any) -> None:
    """The rule of true or false."""
    if not isinstance(value, bool):
        raise _wrong(name, "true or false", value)


_SHARE, _COUNT = number(0, 1), whole(0)
_MEASURES = {
    "loss": number(0, 1e6),
    **dict.fromkeys(("accuracy", "auc", "sensitivity", "specificity", "calibration_error"), _SHARE),
}
_CONFUSION = ("true_positives", "false_negatives", "false_positives", "true_negatives")
_EPOCHS = 100_000  # the most that a curve is drawn of
_CURVE = {
    "epoch": whole(1, _EPOCHS),
    **dict.fromkeys(("loss", "val_loss"), number(0, 1e6)),
    **dict.fromkeys(("accuracy", "val_accuracy", "auc", "val_auc"), _SHARE),
}


def _estimate(rule: Rule) -> Rule:
    known = {**dict.fromkeys(("value", "low", "high"), rule), "n": whole(1)}
    return entries(known, needed=known)


_SCORES = {name: _estimate(rule) for name, rule in _MEASURES.items()} | {
    "confusion": entries(dict.fromkeys(_CONFUSION, _COUNT), needed=_CONFUSION)
}
_RECIPE = {
    "arch": line,
    "weights": one_of(*WEIGHTS),
    "rehearsal": number(0, 10),
    "keep": one_of(*CRITERIA),
    "batch_size": whole(1),
    "outline": number(0, 1000),
    "folds": whole(0, 100),
    "drawn": whole(0, 10**7),
    "augmentation": entries(
        {**{name: number(0, high) for name, high in HIGHEST_CHANGE.items()}, "flip": yes_or_no, "flatter": yes_or_no}
    ),
}
_HEAD_START = {
    "images": whole(1),
    "rehearsal": number(0, 1000),
    "batch_size": whole(1),
    "best_epoch": whole(1, _EPOCHS),
    "history": rows(entries(_CURVE, needed=_CURVE), _EPOCHS),
}
_DRAWING = {"images": whole(1), "epochs": whole(1, _EPOCHS), "real_epochs": whole(1, _EPOCHS), "simulator": line}
_PART = {"images": whole(1), **dict.fromkeys(CLASSES, _COUNT)}
_ALSO_NEEDED = ("name", "images", "left_out")
_ALSO = {**dict.fromkeys(("name", "citation", "source", "licence"), line), "images": whole(1)}
_ALSO |= dict.fromkeys(("left_out", *CLASSES), _COUNT)
_POPULATIONS = ("validation", "test", "breast", "breast_final", "simulated")
_IMAGE = {"size": whole(32, 1024), "clahe_clip_limit": number(0, 100), "clahe_tiles": whole(1, 64)}
_INFO = entries(
    {
        "name": line,
        "created": day,
        "image": entries(_IMAGE, needed=_IMAGE),
        "mirrored": yes_or_no,
        "impostors": each(number(0, 1)),
        "held_out_simulator": line,
        "metrics": entries(
            dict.fromkeys(_POPULATIONS, entries(_SCORES, needed=_SCORES)),
            needed=("validation", "test"),
        ),
        "training": entries(
            {
                "recipe": entries(_RECIPE),
                "parameters": optional(whole(1, 10**12)),
                "best_epoch": optional(whole(1, _EPOCHS)),
                "first_kept": whole(1, _EPOCHS),
                "pretraining": optional(entries({**_HEAD_START, "simulator": line}, needed=_HEAD_START)),
                "drawing": entries(_DRAWING, needed=_DRAWING),
            }
        ),
        "data": entries(
            {
                "name": line,
                **dict.fromkeys(("licence", "citation", "source"), optional(line)),
                "fingerprint": line,
                "split": line,
                **dict.fromkeys(("images_with_twins", "groups_of_twins", "skipped"), _COUNT),
                "left_out": optional(_COUNT),
                "also": rows(entries(_ALSO, needed=_ALSO_NEEDED), 100),
                "parts": entries(
                    {**dict.fromkeys(SPLITS, entries(_PART)), "train": entries(_PART, needed=("images",))},
                    needed=("train",),
                ),
            },
            needed=("fingerprint", "parts"),
        ),
        "files": each(line),
    },
    needed=("created", "image", "metrics", "data"),
)


def check_info(info: Mapping[str, Any]) -> None:
    """Makes sure that a page can be made of what bundle.json says.

    Args:
        info: bundle.json, with its format version and its classes already known to be ours.

    Raises:
        ValueError: with the first entry that does not fit, the rule and the value.
    """
    _INFO("", info)
    data, training = info["data"], info.get("training", {})
    if ("images_with_twins" in data) != ("groups_of_twins" in data):
        raise ValueError("data.images_with_twins and data.groups_of_twins must come together")
    before = training.get("pretraining")
    if before and before["best_epoch"] > len(before["history"]):
        raise _wrong("best_epoch of training.pretraining", "an epoch of its history", before["best_epoch"])


def check_history(history: pd.DataFrame, training: Mapping[str, Any]) -> None:
    """Makes sure that curves can be drawn of history.csv.

    Args:
        history: one row per epoch.
        training: what bundle.json says of the training, after `check_info`.

    Raises:
        ValueError: with the first column that does not fit.
    """
    if not 1 <= len(history) <= _EPOCHS:
        raise _wrong("the number of epochs", f"from 1 to {_EPOCHS:,}", len(history))
    for column, rule in _CURVE.items():
        for value in history[column].tolist():
            rule(f"{column} in the history", value)
    for name in ("best_epoch", "first_kept"):
        if (training.get(name) or 1) > len(history):
            raise _wrong(f"training.{name}", f"one of the {len(history)} epochs", training[name])


def check_predictions(predictions: pd.DataFrame) -> None:
    """Makes sure that a page can show the rows of predictions.csv.

    Args:
        predictions: one row per held-out image.

    Raises:
        ValueError: with the first column that does not fit.
    """
    if predictions.empty:
        raise ValueError("the predictions have no row")
    for column, rule in (("label", one_of(*CLASSES)), ("split", one_of(*SPLITS))):
        for value in predictions[column].unique().tolist():
            rule(f"{column} of a prediction", value)
    for value in predictions["image_id"].tolist():
        line("image_id of a prediction", value if pd.isna(value) else str(value))  # pandas makes numbers of "17"
    for column, (low, high) in {
        "probability": (0, 1),
        "blur": (0, math.inf),
        "contrast": (0, 255),
        "brightness": (0, 255),
        "group": (-MOST, MOST),
    }.items():
        values = predictions[column].to_numpy()
        if (
            values.dtype.kind not in "iuf"
            or not np.isfinite(values).all()
            or not ((low <= values) & (values <= high)).all()
        ):
            raise ValueError(f"{column} of each prediction must be a finite number from {low:,} to {high:,}")


def _wrong(name: str, rule: str, value: Any) -> ValueError:
    return ValueError(f"{name} must be {rule}, got {brief(value)}")
