"""How far a drawn outline covers an expert's: Dice's coefficient, with intervals that redraw near-duplicate groups."""

from typing import Any

import numpy as np
import pandas as pd

from busi.data.parts import Part
from busi.model.metrics import BOOTSTRAP_DRAWS, LEVEL, Estimate
from busi.training.drawing import outlines_of


def dice(truth: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Dice's coefficient of each image: 1 if both areas are the same, 0 if they share nothing.

    L. R. Dice, "Measures of the Amount of Ecologic Association Between Species", Ecology 26 (1945) 297-302.

    Args:
        truth: bool (N, H, W), none of them empty.
        drawn: bool (N, H, W).

    Returns:
        float64 (N,) in [0, 1].

    Raises:
        ValueError: if the shapes differ, or a truth is empty.
    """
    if truth.shape != drawn.shape or truth.ndim != 3:
        raise ValueError(f"truth and drawn must be (N, H, W), got {truth.shape} and {drawn.shape}")
    if not truth.any(axis=(1, 2)).all():
        raise ValueError("each truth must hold a lesion")
    shared = (truth & drawn).sum(axis=(1, 2))
    return 2 * shared / (truth.sum(axis=(1, 2)) + drawn.sum(axis=(1, 2)))


def mean_with_interval(values: np.ndarray, groups: np.ndarray) -> Estimate:
    """A mean with a percentile bootstrap that draws whole near-duplicate groups.

    Args:
        values: float (N,).
        groups: (N,).

    Returns:
        The estimate, with n = N.
    """
    _, group_of = np.unique(groups, return_inverse=True)
    sums, counts = np.bincount(group_of, values), np.bincount(group_of)
    drawn = np.random.default_rng(0).integers(len(counts), size=(BOOTSTRAP_DRAWS, len(counts)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(values.mean()), float(low), float(high), len(values))


def mean_over_seeds(rows: pd.DataFrame) -> dict[str, Any]:
    """The mean over images, of each the mean over the seeds' networks, as the results hold a number.

    Args:
        rows: with image_id, group, seed and dice, which is empty where nobody outlined the image.
    """
    rows = rows.dropna(subset="dice")
    by_image = rows.groupby("image_id", sort=False).agg({"dice": "mean", "group": "first"})
    found = mean_with_interval(by_image["dice"].to_numpy(), by_image["group"].to_numpy()).to_dict()
    return {**found, "seeds": rows.groupby("seed")["dice"].mean().round(6).tolist()}


def inside_of(part: Part) -> np.ndarray:
    """What the outlines of a part hold: bool (N, S, S)."""
    return outlines_of(part) > 127
