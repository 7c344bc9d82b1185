"""The images of one part of the data, ready for a network: from files, or simulated."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from busi.data.dataset import read_mask
from busi.data.simulated import Change, describe, draw_set, image_id, label_of
from busi.images import ImageContract, proportion_of, read_image, resize, standardise
from busi.images.quality import Quality, measure
from busi.words.classes import MALIGNANT


@dataclass(frozen=True)
class Part:
    """Images of one part of the data, decoded and equalised once, ready to be scaled.

    Attributes:
        images: uint8 (N, S, S), resized and after CLAHE.
        labels: bool (N,), true for malignant.
        quality: one `Quality` per image, measured before CLAHE.
        outlines: uint8 (N, S, S), 255 inside the lesion as somebody outlined it; None where nobody needs them.
        proportions: float64 (N,), height over width of each image before it was made a square; None where nobody needs
            them.
    """

    images: np.ndarray
    labels: np.ndarray
    quality: tuple[Quality, ...]
    outlines: np.ndarray | None = None
    proportions: np.ndarray | None = None

    def at(self, rows: np.ndarray) -> "Part":
        """Some of the images.

        Args:
            rows: int array (N,), which, in their order.
        """
        some = (None if column is None else column[rows] for column in (self.outlines, self.proportions))
        quality = tuple(self.quality[row] for row in rows) if self.quality else ()
        return Part(self.images[rows], self.labels[rows], quality, *some)


def joined(first: Part, second: Part) -> Part:
    """The images of two parts, one after the other; what only one of them has, the whole has not.

    Args:
        first: any.
        second: of the same size.
    """

    def both(one: np.ndarray | None, other: np.ndarray | None) -> np.ndarray | None:
        return None if one is None or other is None else np.concatenate([one, other])

    return Part(
        np.concatenate([first.images, second.images]),
        np.concatenate([first.labels, second.labels]),
        (*first.quality, *second.quality),
        both(first.outlines, second.outlines),
        both(first.proportions, second.proportions),
    )


def load_part(rows: pd.DataFrame, contract: ImageContract, with_outlines: bool = False) -> Part:
    """Decodes the images of some rows of the index, once for the whole training.

    Args:
        rows: rows with the columns path and label, and for outlines those of `DataSet.images`.
        contract: the way of an image.
        with_outlines: whether to read the experts' outlines too.

    Returns:
        The images, in the order of the rows.
    """

    def load(path: str) -> tuple[np.ndarray, Quality, float]:
        image = read_image(path)
        return standardise(image, contract), measure(resize(image, contract.size)), proportion_of(image)

    with ThreadPoolExecutor() as pool:
        images, quality, proportions = zip(*pool.map(load, rows["path"]), strict=True)
    outlines = np.stack([_outline(row, contract.size) for _, row in rows.iterrows()]) if with_outlines else None
    labels = (rows["label"] == MALIGNANT).to_numpy()
    return Part(np.stack(images), labels, quality, outlines, np.array(proportions))


def _outline(row: pd.Series, size: int) -> np.ndarray:
    return cv2.resize(read_mask(row).astype(np.uint8) * 255, (size, size), interpolation=cv2.INTER_AREA)


def part_of(pictures: Mapping[str, np.ndarray], contract: ImageContract) -> Part:
    """Some pictures as a network sees them, of no known class.

    Args:
        pictures: uint8 arrays of shape (H, W), by name.
        contract: how the network's images are prepared.
    """
    images = np.stack([standardise(image, contract) for image in pictures.values()])
    proportions = np.array([proportion_of(image) for image in pictures.values()])
    return Part(images, np.zeros(len(images), bool), (), proportions=proportions)


def simulated_part(
    seeds: range, contract: ImageContract, cache: Path | None = None, change: Change | None = None
) -> Part:
    """Draws simulated images, or takes them from the cache.

    Args:
        seeds: one per image.
        contract: the way of an image.
        cache: folder of the cache, if one shall be kept.
        change: what an experiment does to each case before it is drawn; nothing if not given.

    Returns:
        The images, in the order of the seeds.
    """
    return Part(*draw_set(seeds, contract, cache, change), proportions=simulated_proportions(seeds))


def simulated_proportions(seeds: range) -> np.ndarray:
    """Height over width of simulated images, before they are made squares: float64 (N,)."""
    scenes = [describe(seed)[1] for seed in seeds]
    return np.array([scene.rows / scene.columns for scene in scenes])


def simulated_table(seeds: range) -> pd.DataFrame:
    """The rows that belong to simulated images: image_id, label and group, a group for each."""
    names = [image_id(seed) for seed in seeds]
    return pd.DataFrame({"image_id": names, "label": [label_of(seed) for seed in seeds], "group": list(seeds)})
