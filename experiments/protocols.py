"""Who learns from what, and who judges: the protocols under which a network is measured.

    grouped     5 folds of BUSI's benign and malignant images by near-duplicate group, conflicting labels left out
    baseline    the same folds, for the notebook's plain CNN
    leaky       5 folds of the same images drawn one by one, so that near-duplicates stand on both sides
    official    BreastMNIST's split of all 780 images, malignant against the rest

Inside the images to learn from, a validation part chooses the epoch, the temperature and the threshold. Each trial has
a seed, of the starting weights, the order of the images and the validation part; the folds are the same for all seeds.

Sources: BreastMNIST's split, J. Yang et al., "MedMNIST v2", Scientific Data 10 (2023) 41,
https://doi.org/10.1038/s41597-022-01721-8; near-duplicates, `busi/data/duplicates.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from busi.data.dataset import usable
from busi.data.split import VALIDATION, split_by_group

GROUPED, BASELINE, LEAKY, OFFICIAL = PROTOCOLS = ("grouped", "baseline", "leaky", "official")
FOLDS = 5
FOLD_SEED = 0
SPLIT = Path(__file__).parent / "breastmnist_split.csv"


@dataclass(frozen=True)
class Trial:
    """One training, and the images that judge it.

    Attributes:
        protocol: one of `PROTOCOLS`.
        fold: number of the part that judges.
        seed: of the training and of its validation part.
        learn: rows of BUSI's index that the weights learn from.
        validation: rows that choose the epoch, the temperature and the threshold.
        judge: rows that are scored, once.
    """

    protocol: str
    fold: int
    seed: int
    learn: pd.DataFrame
    validation: pd.DataFrame
    judge: pd.DataFrame

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.protocol}-{self.fold}-{self.seed}"


def trials(protocol: str, images: pd.DataFrame, seeds: list[int]) -> Iterator[Trial]:
    """The trials of a protocol, all folds of a seed before the next seed.

    Args:
        protocol: one of `PROTOCOLS`.
        images: BUSI's index, all three classes.
        seeds: one training per fold and seed.

    Raises:
        ValueError: if there is no such protocol.
    """
    if protocol not in PROTOCOLS:
        raise ValueError(f"protocol must be one of {', '.join(PROTOCOLS)}, got {protocol!r}")
    for seed in seeds:
        parts = _official(images) if protocol == OFFICIAL else _folds(protocol, usable(images), seed)
        for fold, (learn, validation, judge) in enumerate(parts):
            yield Trial(protocol, fold, seed, learn, validation, judge)


def _folds(protocol: str, images: pd.DataFrame, seed: int) -> Iterator[tuple[pd.DataFrame, ...]]:
    """Five times: rows to learn from, rows to choose by, rows to be judged by."""
    if protocol == LEAKY:  # each image a group of its own, as if nobody knew of near-duplicates
        images = images.assign(drawn_as=np.arange(len(images)))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=FOLD_SEED).split(images, images["label"])
    else:
        images = images.assign(drawn_as=images["group"])
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=FOLD_SEED).split(
            images, images["label"], images["group"]
        )
    for learn, judge in folds:
        rest = images.iloc[learn]
        chooses = split_by_group(rest.assign(group=rest["drawn_as"]), seed) == VALIDATION
        yield rest[~chooses], rest[chooses], images.iloc[judge]


def _official(images: pd.DataFrame) -> list[tuple[pd.DataFrame, ...]]:
    """BreastMNIST's three parts, of all images."""
    split = pd.read_csv(SPLIT, comment="#").set_index("image")["split"]
    part = (images["image_id"] + ".png").map(split)
    if part.isna().any():
        raise ValueError(f"{SPLIT.name} does not know {images['image_id'][part.isna()].iloc[0]!r}: is this BUSI?")
    return [tuple(images[part == name] for name in ("train", "val", "test"))]
