"""More sets of images to learn from, beside the one that judges: what in them is new.

They are learned from alone: validation, test and every number stay those of the main set. An image that is a
near-duplicate of one of the main set, or of a set named before, is left out, lest a network learn under another name
what it is judged by.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from busi.data.dataset import DataSet, DatasetError, usable
from busi.data.duplicates import group_near_duplicates, thumbnail
from busi.data.origin import OWN, Origin
from busi.images import read_image
from busi.words.classes import CLASSES


@dataclass(frozen=True)
class Beside:
    """A further set.

    Attributes:
        origin: whose it is.
        images: its rows of the two-class task that are new.
        left_out: how many of them were there already.
    """

    origin: Origin
    images: pd.DataFrame
    left_out: int

    def to_dict(self) -> dict[str, Any]:
        """As bundle.json keeps it, under "data", "also"."""
        counts = self.images["label"].value_counts()
        numbers = {name: int(counts.get(name, 0)) for name in CLASSES}
        return {**self.origin.to_dict(), "images": len(self.images), **numbers, "left_out": self.left_out}


def sets_beside(main: DataSet, others: Sequence[DataSet]) -> tuple[Beside, ...]:
    """What further sets have that is new.

    Args:
        main: the set that judges.
        others: the further ones.

    Returns:
        One of each, in their order.

    Raises:
        DatasetError: if one has nothing new.
    """
    tables = [main.images, *(usable(data.images) for data in others)]
    groups = group_near_duplicates(_thumbnails(pd.concat(tables)))
    number_of = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    first_set = pd.Series(number_of).groupby(groups).transform("min").to_numpy()
    found = []
    for number, (data, table) in enumerate(zip(others, tables[1:], strict=True), start=1):
        is_new = first_set[number_of == number] == number
        if not is_new.any():
            raise DatasetError(f"{data.folder} holds no image that is new: all are in the data named before")
        found.append(Beside(data.origin or Origin(OWN), table[is_new].reset_index(drop=True), int((~is_new).sum())))
    return tuple(found)


def _thumbnails(images: pd.DataFrame) -> np.ndarray:
    """uint8 (N, 64, 64)."""
    with ThreadPoolExecutor() as pool:
        return np.stack(list(pool.map(lambda path: thumbnail(read_image(path)), images["path"])))
