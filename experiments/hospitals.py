"""The real images beside which the simulator is set, and those that judge what learned from its images alone.

BUSI: statistics of 437 images set the simulator's levels, the train part of seed 0's split as it was drawn then; the
others, "untouched", judge. They are frozen by name in busi_untouched.csv, so that no change of the split's code ever
moves an image from one side to the other. BrEaST, another hospital: its half "choice" may be looked at, its half
"final" chooses nothing.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from busi.data.box import CHOICE, FINAL, lesions, outline, picture
from busi.data.dataset import usable
from busi.data.parts import Part
from busi.images import ImageContract, proportion_of, read_image, resize, standardise
from busi.images.quality import measure
from busi.words.classes import MALIGNANT

UNTOUCHED = Path(__file__).parent / "busi_untouched.csv"
HALVES = (CHOICE, FINAL)


def looked_at(images: pd.DataFrame) -> pd.DataFrame:
    """The images of BUSI beside which the simulator is set: all but the untouched ones.

    Args:
        images: BUSI's index, all classes.

    Returns:
        Their rows, of the two-class task.
    """
    rows = usable(images)
    return rows[~rows["image_id"].isin(untouched_names())].reset_index(drop=True)


def untouched_names() -> list[str]:
    """The names of the others as they were frozen."""
    return pd.read_csv(UNTOUCHED, comment="#")["image_id"].tolist()


def untouched(images: pd.DataFrame) -> pd.DataFrame:
    """The images of BUSI that judge, by the frozen names.

    Args:
        images: BUSI's index, all classes.

    Returns:
        Their rows.

    Raises:
        ValueError: if one is missing, so that it is not BUSI, or not all of it.
    """
    rows, names = usable(images), untouched_names()
    missing = sorted(set(names) - set(rows["image_id"]))
    if missing:
        raise ValueError(
            f"{len(missing)} of the {len(names)} images in {UNTOUCHED.name} are missing, as {missing[0]!r}"
        )
    return rows[rows["image_id"].isin(names)].reset_index(drop=True)


def breast_half(half: str) -> pd.DataFrame:
    """The lesions of a half of BrEaST.

    Args:
        half: "choice" or "final".

    Returns:
        Columns image_id, label and group: a number for each, since each is of another patient.

    Raises:
        ValueError: if there is no such half.
    """
    if half not in HALVES:
        raise ValueError(f"half must be one of {', '.join(HALVES)}, got {half!r}")
    table = lesions()
    table = table.loc[table["half"] == half, ["image_id", "label"]].reset_index(drop=True)
    return table.assign(group=table["image_id"].str.removeprefix("case").astype(int))


def breast_part(rows: pd.DataFrame, contract: ImageContract) -> Part:
    """Lesions of BrEaST as a network sees them, with the radiologist's outlines.

    Args:
        rows: from `breast_half`.
        contract: how the network's images are prepared.

    Returns:
        Images and outlines uint8 (N, S, S), in the order of the rows.
    """
    images = [read_image(picture(name)) for name in rows["image_id"]]
    inside = [resize(outline(name).astype(np.uint8) * 255, contract.size) for name in rows["image_id"]]
    return Part(
        np.stack([standardise(image, contract) for image in images]),
        (rows["label"] == MALIGNANT).to_numpy(),
        tuple(measure(resize(image, contract.size)) for image in images),
        np.stack(inside),
        np.array([proportion_of(image) for image in images]),
    )
