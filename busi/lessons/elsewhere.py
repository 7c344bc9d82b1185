"""The network's answers at another hospital, by group: tissue, size, age, and how the truth is known.

The groups are BrEaST's, from the table in the box; the answers are those of predictions.csv. A lesion of which a
property is not known is counted in a group of its own, so that the groups of a property always add up to all lesions.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from busi.bundle.files import BREAST, Bundle
from busi.data.birads import BIOPSY
from busi.data.box import lesions, outline
from busi.model.metrics import Confusion, Estimate, auc, confusion
from busi.words.classes import CLASSES, MALIGNANT

LARGE = 15  # mm, from which on a lesion is called large: near the median, and a number that can be remembered
OLDER = 50  # years
UNKNOWN = "unknown"
_VISIBLE = (0.04, 0.18)  # of the picture: a lesion that is easy to see and leaves something around it


@dataclass(frozen=True)
class Group:
    """What the network is worth on some lesions.

    Attributes:
        name: of the group, such as "fat".
        counts: right and wrong calls at the network's threshold.
        auc: None where one of the classes is absent.
    """

    name: str
    counts: Confusion
    auc: Estimate | None

    @property
    def malignant(self) -> int:
        """How many lesions are malignant."""
        return self.counts.true_positives + self.counts.false_negatives

    @property
    def benign(self) -> int:
        """How many lesions are benign."""
        return self.counts.false_positives + self.counts.true_negatives


def groups_elsewhere(bundle: Bundle) -> dict[str, tuple[Group, ...]]:
    """The groups of each property of `PROPERTIES`, those whose property is not known last, if there are such.

    Args:
        bundle: whose network was asked on BrEaST.

    Raises:
        ValueError: if it answered for a lesion that the box does not hold.
    """
    answers = with_properties(bundle.predictions[bundle.predictions["source"] == BREAST])
    return {name: _groups(answers, name, bundle.threshold) for name in PROPERTIES}


def knows_the_lesions(bundle: Bundle) -> bool:
    """Whether a network was asked on BrEaST, and each of its answers there is for a lesion that the box holds."""
    answered = bundle.predictions.loc[bundle.predictions["source"] == BREAST, "image_id"]
    return bundle.knows_another_hospital and bool(answered.isin(lesions()["image_id"]).all())


def visible_lesions(names: Iterable[str], per_class: int) -> tuple[str, ...]:
    """The first lesions of each class that are easy to see and not all of the picture, benign and malignant in turn.

    Args:
        names: of lesions in the box, in the order in which they are to be looked at.
        per_class: how many of each class.
    """
    labels = lesions().set_index("image_id")["label"]
    ordered = list(names)
    by_class = [
        tuple(islice((name for name in ordered if labels[name] == label and _is_visible(name)), per_class))
        for label in CLASSES
    ]
    return tuple(name for pair in zip(*by_class, strict=True) for name in pair)


def hesitated_most(bundle: Bundle) -> list[str]:
    """The lesions that a network was asked on, those first whose scores lie nearest to its threshold, in log-odds.

    Args:
        bundle: whose network was asked on BrEaST.
    """
    rows = bundle.predictions[bundle.predictions["source"] == BREAST]
    scores, threshold = rows["probability"].clip(1e-6, 1 - 1e-6), np.clip(bundle.threshold, 1e-6, 1 - 1e-6)
    distance = (np.log(scores / (1 - scores)) - np.log(threshold / (1 - threshold))).abs()
    return rows.loc[distance.sort_values(kind="stable").index, "image_id"].tolist()


@lru_cache(maxsize=512)
def _is_visible(name: str) -> bool:
    smallest, largest = _VISIBLE
    return smallest <= outline(name).mean() <= largest


def with_properties(answers: pd.DataFrame) -> pd.DataFrame:
    """Rows of predictions.csv with what the box says of each lesion beside.

    Args:
        answers: rows whose source is BrEaST.

    Raises:
        ValueError: if the box does not hold one of them.
    """
    table = lesions().drop(columns="label")
    if strange := sorted(set(answers["image_id"]) - set(table["image_id"])):
        raise ValueError(f"every answer must be for a lesion in the box, got {strange[0]!r}")
    return answers.merge(table, on="image_id", validate="one_to_one")


def tissue_of(lesion: Mapping[str, Any]) -> str:
    """What the breast is mostly made of, from the radiologist's words: "fat", "gland", or "unknown".

    A breast that feeds a child is told by its tissue, if that is told too: "lactating&homogeneous: fat" is "fat".
    """
    words = str(lesion["tissue"])
    if "fibroglandular" in words:
        return "gland"
    return "fat" if "fat" in words else UNKNOWN


def size_of(lesion: Mapping[str, Any]) -> str:
    """Whether a lesion is "small" or "large" by the width of its outline."""
    width = lesion["width_mm"]
    return UNKNOWN if pd.isna(width) else "large" if width >= LARGE else "small"


def age_of(lesion: Mapping[str, Any]) -> str:
    """Whether a woman is "younger" or "older", by her age in years."""
    years = lesion["age"]
    return UNKNOWN if pd.isna(years) else "older" if years >= OLDER else "younger"


def verification_of(lesion: Mapping[str, Any]) -> str:
    """How it is known what a lesion is: by a "biopsied" piece of it, or because it was "followed" over time."""
    how = lesion["verification"]
    return UNKNOWN if not how else "biopsied" if how == BIOPSY else "followed"


# From a lesion to the name of its group, and the names in the order in which they are told, before `UNKNOWN`.
PROPERTIES: dict[str, tuple[Callable[[Mapping[str, Any]], str], tuple[str, str]]] = {
    "tissue": (tissue_of, ("fat", "gland")),
    "size": (size_of, ("small", "large")),
    "age": (age_of, ("younger", "older")),
    "verification": (verification_of, ("biopsied", "followed")),
}


def apart(one: Estimate | None, other: Estimate | None) -> bool:
    """Whether two numbers are known well enough to differ: their intervals do not even touch.

    Args:
        one: a number; None where there is none.
        other: the same of other images.
    """
    return one is not None and other is not None and (one.low > other.high or other.low > one.high)


def _groups(answers: pd.DataFrame, name: str, threshold: float) -> tuple[Group, ...]:
    group_of, order = PROPERTIES[name]
    groups = answers.apply(group_of, axis=1)
    return tuple(
        _group(group, answers[groups == group], threshold) for group in (*order, UNKNOWN) if (groups == group).any()
    )


def _group(name: str, answers: pd.DataFrame, threshold: float) -> Group:
    labels, probabilities = (answers["label"] == MALIGNANT).to_numpy(), answers["probability"].to_numpy()
    has_both = labels.any() and not labels.all()
    found = auc(labels, probabilities, np.arange(len(labels))) if has_both else None
    return Group(name, confusion(labels, probabilities, threshold), found)
