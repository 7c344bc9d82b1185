"""Train, validation and test parts that share no near-duplicate.

Each part has a single use. Weights learn from train. Validation chooses the best epoch, the threshold and the
temperature. Test is reported once and chooses nothing. No claim about patients is made: BUSI does not name them.

Chance alone decides where a group goes, however large it is: a part is drawn with the chance that its room leaves it.
Single images come last and fill each class up to its number, so that even small sets are stratified.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

TRAIN, VALIDATION, TEST = PARTS = ("train", "validation", "test")
SHARES = {TRAIN: 0.70, VALIDATION: 0.15, TEST: 0.15}

_FEWEST = 20  # images of a class


def split_by_group(images: pd.DataFrame, seed: int, shares: Mapping[str, float] = SHARES) -> pd.Series:
    """Assigns every image to a part, stratified by label, never dividing a group.

    Args:
        images: rows with the columns label and group.
        seed: decides the draw.
        shares: of the images, by part; they sum up to 1.

    Returns:
        A Series named "split", on the index of `images`, with the names of the parts.

    Raises:
        ValueError: if a class has fewer than 20 images, or the groups are so large that a part would lack a class.
    """
    counts = images["label"].value_counts().sort_index()
    if counts.min() < _FEWEST:
        raise ValueError(f"a split needs {_FEWEST} images of each class at least, got {counts.to_dict()}")
    rng = np.random.default_rng(seed)
    labels, groups = pd.Categorical(images["label"], counts.index).codes, pd.factorize(images["group"])[0]
    members = pd.crosstab(groups, labels).to_numpy()  # (groups, classes)
    part_of = _drawn_parts(members, _room(counts.to_numpy(), list(shares.values())), rng)
    parts = np.array(list(shares), dtype=object)[part_of[groups]]
    found = pd.crosstab(parts, images["label"]).reindex(list(shares), fill_value=0)
    if (found == 0).any(axis=None):
        raise ValueError(f"the groups are too large to give every part both classes: {found.to_dict('index')}")
    return pd.Series(parts, index=images.index, name="split")


def folds_by_group(images: pd.DataFrame, count: int, seed: int) -> pd.Series:
    """Assigns every image to one of several folds of the same size, as `split_by_group` does to parts.

    Args:
        images: rows with the columns label and group.
        count: of the folds.
        seed: decides the draw.

    Returns:
        A Series named "fold", on the index of `images`, from 0 to `count` - 1.

    Raises:
        ValueError: as for `split_by_group`.
    """
    names = [str(fold) for fold in range(count)]
    return split_by_group(images, seed, dict.fromkeys(names, 1 / count)).astype(int).rename("fold")


def _room(counts: np.ndarray, shares: list[float]) -> np.ndarray:
    """How many images of each class a part is to have: int (parts, classes), by the largest remainders."""
    wanted = np.outer(shares, counts)
    room = np.floor(wanted).astype(int)
    for column in range(len(counts)):
        short = counts[column] - room[:, column].sum()
        room[np.argsort(room[:, column] - wanted[:, column], kind="stable")[:short], column] += 1
    return room


def _drawn_parts(members: np.ndarray, room: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The part of each group: int (groups,); the larger ones first, those of a size in an order of chance."""
    left, part_of = room.astype(float), np.empty(len(members), dtype=int)
    shuffled = rng.permutation(len(members))
    for group in shuffled[np.argsort(-members[shuffled].sum(axis=1), kind="stable")]:
        fits = (left >= members[group]).all(axis=1)
        chance = left[:, members[group] > 0].sum(axis=1).clip(min=0) * fits
        if not chance.any():  # none has room for it: the one that has most of what it needs
            chance = (left[:, members[group] > 0].min(axis=1) == left[:, members[group] > 0].min(axis=1).max()) * 1.0
        part_of[group] = rng.choice(len(room), p=chance / chance.sum())
        left[part_of[group]] -= members[group]
    return part_of
