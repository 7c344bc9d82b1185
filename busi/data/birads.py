"""The radiologist's category as a score: how well BI-RADS ranks the lesions of BrEaST, and what each limit would find.

    2   benign                  4a, 4b, 4c   suspicious: a little, clearly, strongly
    3   probably benign         5            almost certainly malignant

A category is an order, not a probability: that of 4b above 4a is all that is used here. So it has an AUC, counted as a
network's is, and as many points of a ROC curve as it has limits.

    >>> [limit.category for limit in limits(["benign", "malignant"], ["3", "4b"])]
    ['3', '4a', '4b', '4c', '5']
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from busi.data.box import lesions
from busi.model.metrics import Confusion, Estimate, auc, confusion
from busi.words.classes import MALIGNANT

CATEGORIES = ("2", "3", "4a", "4b", "4c", "5")
BIOPSY = "biopsy"


@dataclass(frozen=True)
class Limit:
    """What calling malignant from a category on would give.

    Attributes:
        category: the lowest that is called malignant.
        counts: of lesions, right and wrong.
    """

    category: str
    counts: Confusion


@dataclass(frozen=True)
class Category:
    """What the radiologist's category is worth on BrEaST.

    Attributes:
        auc: on all lesions.
        auc_biopsied: on those whose nature a biopsy told; the others were followed up, and most of these are plain.
        limits: points of the curve, from "3 and above" to "5".
    """

    auc: Estimate
    auc_biopsied: Estimate
    limits: tuple[Limit, ...]

    def at(self, category: str) -> Confusion:
        """The counts when malignant is called from a category on.

        Raises:
            KeyError: if it is none of `CATEGORIES`, or the lowest, from which on all are.
        """
        return {limit.category: limit.counts for limit in self.limits}[category]

    def to_dict(self) -> dict[str, Any]:
        """The numbers as plain values."""
        return {
            "auc": self.auc.to_dict(),
            "auc_biopsied": self.auc_biopsied.to_dict(),
            "limits": {limit.category: asdict(limit.counts) for limit in self.limits},
        }

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> "Category":
        """The numbers from what `to_dict` made of them."""
        found = tuple(Limit(name, Confusion(**counts)) for name, counts in table["limits"].items())
        return cls(Estimate(**table["auc"]), Estimate(**table["auc_biopsied"]), found)


def radiologist() -> Category:
    """The numbers of BrEaST's radiologist, from the table in the box."""
    table = lesions()
    biopsied = table[table["verification"] == BIOPSY]
    return Category(
        auc_of(table["label"], table["birads"]),
        auc_of(biopsied["label"], biopsied["birads"]),
        limits(table["label"], table["birads"]),
    )


def auc_of(labels: Sequence[str], categories: Sequence[str]) -> Estimate:
    """The AUC of a category: how often a malignant lesion has a higher one than a benign; the same counts half.

    Args:
        labels: (N,) "benign" or "malignant", of lesions of different patients.
        categories: (N,) of `CATEGORIES`.

    Raises:
        ValueError: if a category is none of these, or one of the classes is absent.
    """
    return auc(_malignant(labels), ranks(categories), np.arange(len(labels)))


def limits(labels: Sequence[str], categories: Sequence[str]) -> tuple[Limit, ...]:
    """What each limit would find and alarm, from the lowest that leaves something out to the highest.

    Args:
        labels: (N,) "benign" or "malignant".
        categories: (N,) of `CATEGORIES`.

    Raises:
        ValueError: if a category is none of these.
    """
    scores, steps = ranks(categories), ranks(CATEGORIES)
    return tuple(
        Limit(name, confusion(_malignant(labels), scores, step))
        for name, step in zip(CATEGORIES[1:], steps[1:], strict=True)
    )


def ranks(categories: Sequence[str]) -> np.ndarray:
    """Categories as numbers: float64 (N,), 0 for the lowest, 1 for the highest, equal steps between.

    Raises:
        ValueError: if one is none of `CATEGORIES`.
    """
    if strange := sorted(set(categories) - set(CATEGORIES)):
        raise ValueError(f"a category must be one of {', '.join(CATEGORIES)}, got {strange[0]!r}")
    return np.array([CATEGORIES.index(category) for category in categories]) / (len(CATEGORIES) - 1)


def _malignant(labels: Sequence[str]) -> np.ndarray:
    return np.asarray(labels) == MALIGNANT
