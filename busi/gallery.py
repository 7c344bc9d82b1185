"""The images that a page offers to choose from.

Two kinds: ultrasound images that the bundle's network has not learned from (the test part, when a BUSI folder is at
hand), and impostors, which are no ultrasound at all. An image chosen or uploaded is recognised by its content, so
its true label can be shown wherever it came from.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from busi.bundle import Bundle
from busi.dataset import DatasetError, read_busi
from busi.images import read_image
from busi.impostors import IMPOSTORS
from busi.split import TEST

PAGE = 8
BUSI, IMPOSTOR = "busi", "impostor"

_ORDER_SEED = 11


@dataclass(frozen=True)
class Example:
    """A picture to choose.

    Attributes:
        key: what a page calls it; does not tell the label.
        source: "busi" or "impostor".
        label: "benign" or "malignant"; for an impostor its name.
        file: its bytes, a PNG.
    """

    key: str
    source: str
    label: str
    file: bytes

    @cached_property
    def image(self) -> np.ndarray:
        """Gray levels: uint8 (H, W)."""
        return read_image(self.file)


class Gallery:
    """Examples by key, found again by content, and written out when a page needs a file."""

    def __init__(self, examples: tuple[Example, ...]) -> None:
        """Args: examples, with distinct keys. Their files are written out at once, and erased with the gallery."""
        self.examples = {example.key: example for example in examples}
        self._by_content = {_digest(example.file): example for example in examples}
        self._folder = tempfile.TemporaryDirectory(prefix="demystifions-")
        for example in examples:
            self.path(example.key).write_bytes(example.file)

    def page(self, number: int, source: str = BUSI) -> list[Example]:
        """Some examples of one source, eight at a time; numbers past the end begin again."""
        chosen = [example for example in self.examples.values() if example.source == source]
        pages = max(1, -(-len(chosen) // PAGE))
        start = number % pages * PAGE
        return chosen[start : start + PAGE]

    def recognise(self, file: str | os.PathLike) -> Example | None:
        """The example whose bytes a file holds, or None."""
        return self._by_content.get(_digest(Path(file).read_bytes()))

    def path(self, key: str) -> Path:
        """A file of an example, under a name that does not tell the label.

        Raises:
            KeyError: if there is no such example.
        """
        return Path(self._folder.name) / f"{self.examples[key].key}.png"


def open_gallery(bundle: Bundle, data: str | os.PathLike | None) -> Gallery:
    """The test images of a bundle, from a BUSI folder, and the impostors.

    Args:
        bundle: whose test part is shown.
        data: a BUSI folder, "kaggle", or None for the impostors alone.

    Returns:
        The gallery, the test images in an order that mixes the classes.

    Raises:
        DatasetError: if BUSI cannot be read, or is not the data that the bundle was made from: then nobody could
            say which images the network has not seen.
    """
    return Gallery((*(_held_out(bundle, data) if data else ()), *_impostors()))


def _held_out(bundle: Bundle, data: str | os.PathLike) -> list[Example]:
    busi = read_busi(data)
    if busi.fingerprint != bundle.info["data"]["fingerprint"]:
        raise DatasetError(
            f"{busi.folder} is not the version of BUSI that the bundle {bundle.folder} was made from,"
            " so its held-out images cannot be told from those that the network has learned from"
        )
    held = bundle.predictions
    test = held[(held["split"] == TEST) & (held["source"] == BUSI)]
    rows = busi.images.set_index("image_id").loc[test["image_id"]]
    order = np.random.default_rng(_ORDER_SEED).permutation(len(rows))
    return [
        Example(f"image-{number:02d}", BUSI, rows.iloc[row]["label"], Path(rows.iloc[row]["path"]).read_bytes())
        for number, row in enumerate(order, start=1)
    ]


def _impostors() -> list[Example]:
    return [
        Example(name, IMPOSTOR, name, cv2.imencode(".png", draw())[1].tobytes()) for name, draw in IMPOSTORS.items()
    ]


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
