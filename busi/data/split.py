"""Train, validation and test parts that share no near-duplicate.

Each part has a single use. Weights learn from train. Validation chooses the best epoch, the threshold and the
temperature. Test is reported once and chooses nothing. No claim about patients is made: BUSI does not name them.
"""

import numpy as np
import pandas as pd

TRAIN, VALIDATION, TEST = PARTS = ("train", "validation", "test")
SHARES = {TRAIN: 0.70, VALIDATION: 0.15, TEST: 0.15}

_SLICES = 20  # of 5 % each


def split_by_group(images: pd.DataFrame, seed: int) -> pd.Series:
    """Assigns every image to a part: 70 / 15 / 15 %, stratified by label, never dividing a group.

    Args:
        images: rows with the columns label and group.
        seed: decides the draw.

    Returns:
        A Series named "split", on the index of `images`, with the values of `PARTS`.

    Raises:
        ValueError: if a class has fewer than 20 images, too few for slices of 5 %, or the groups are so large that a
            part would lack a class.
    """
    from sklearn.model_selection import StratifiedGroupKFold  # here, because pages only need the parts' names

    counts = images["label"].value_counts()
    if counts.min() < _SLICES:
        raise ValueError(f"a split needs {_SLICES} images of each class at least, got {counts.to_dict()}")
    folds = StratifiedGroupKFold(n_splits=_SLICES, shuffle=True, random_state=seed)
    parts = np.empty(len(images), dtype=object)
    for number, (_, rows) in enumerate(folds.split(images, images["label"], images["group"])):
        parts[rows] = _part_of_slice(number)
    found = pd.crosstab(parts, images["label"]).reindex(PARTS, fill_value=0)
    if (found == 0).any(axis=None):
        raise ValueError(f"the groups are too large to give every part both classes: {found.to_dict('index')}")
    return pd.Series(parts, index=images.index, name="split")


def _part_of_slice(number: int) -> str:
    """The first 15 % are test, the next 15 % validation, the rest train."""
    bound = 0.0
    for part in (TEST, VALIDATION):
        bound += SHARES[part]
        if number < round(bound * _SLICES):
            return part
    return TRAIN
