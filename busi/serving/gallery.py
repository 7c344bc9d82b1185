"""The images that a page offers to choose from.

Four kinds: real ultrasounds of another hospital, BrEaST's, which are in the box (`busi.data.box`); the bundle's own
test images, where the data's folder or the bundle has them; simulated images that no network has learned from; and
impostors, which are no ultrasound at all. Of none has the bundle's network learned. An image chosen or uploaded is
recognised by its content, so what is known of it can be shown wherever it came from.
"""

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from busi.bundle.files import BREAST, BUSI, SIMULATED, Bundle, BundleError, packed_image
from busi.data import box
from busi.data.dataset import DatasetError, read_mask, rows_called
from busi.data.origin import BREAST as ORIGIN_BREAST
from busi.data.sets import read_data
from busi.data.simulated import Case, draw, held_out_seeds, image_id, label_of
from busi.data.split import TEST
from busi.images import read_image
from busi.images.impostors import IMPOSTORS
from busi.images.provenance import is_marked, mark_simulated
from busi.words.classes import CLASSES

PAGE = 8
IMPOSTOR = "impostor"
CONFLICT = "conflict"

_ORDER_SEED = 11


@dataclass(frozen=True)
class Example:
    """A picture to choose.

    Attributes:
        key: what a page calls it; does not tell the label.
        source: "breast" (a real image from the box), "busi" (one of the data that the network learned from, BUSI or
            other), "simulated" or "impostor"; "conflict" for a real image that was left out because a near-duplicate
            carries the other label.
        label: "benign" or "malignant"; for an impostor its name; empty if nobody knows.
        read: gives its bytes, a PNG or a WebP, when they are needed.
        seed: of a simulated image, which is all that it takes to draw it again.
        image_id: its name in predictions.csv; empty if it is not there.
        outline: gives the pixels inside its lesion, bool (H, W), when they are needed; None if nobody drew them.
    """

    key: str
    source: str
    label: str
    read: Callable[[], bytes]
    seed: int | None = None
    image_id: str = ""
    outline: Callable[[], np.ndarray] | None = None

    @cached_property
    def file(self) -> bytes:
        """Its bytes, a PNG or a WebP."""
        return self.read()

    @property
    def image(self) -> np.ndarray:
        """Gray levels: uint8 (H, W)."""
        return _image_of(self)

    @property
    def mask(self) -> np.ndarray | None:
        """Where its lesion is: bool (H, W), or None if nobody drew that."""
        return _mask_of(self.outline) if self.outline else None


@lru_cache(maxsize=64)
def _image_of(example: Example) -> np.ndarray:
    """Gray levels, kept for a moment: a tab asks several times for the same few."""
    return read_image(example.file)


@lru_cache(maxsize=64)
def _mask_of(outline: Callable[[], np.ndarray]) -> np.ndarray:
    return outline()


class Gallery:
    """Examples by key, found again by content, and written out when a page needs a file."""

    def __init__(self, examples: tuple[Example, ...]) -> None:
        """Args: examples, with distinct keys. Files are erased with the gallery.

        Simulated examples are drawn when they are first shown, and those with two labels are never chosen; all others
        are read at once, to be recognised when a visitor sends them.
        """
        self.examples = {example.key: example for example in examples}
        self._by_image_id = {example.image_id: example for example in examples if example.image_id}
        self._by_content: dict[bytes, Example] = {}
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="demystifions-")
        self.sources = tuple(dict.fromkeys(example.source for example in examples))
        for example in examples:
            if example.source not in (SIMULATED, CONFLICT):
                self._by_content[_digest(example.file)] = example

    @property
    def ultrasound(self) -> str:
        """The source of the ultrasound images that a visitor sees first: real ones, where it has any."""
        return next((source for source in (BREAST, BUSI) if source in self.sources), SIMULATED)

    @property
    def own(self) -> str:
        """The source of the images that its network's own numbers are about: test images, or else simulated ones."""
        return BUSI if BUSI in self.sources else SIMULATED

    def of(self, source: str) -> list[Example]:
        """All its examples of one source, in their order."""
        return [example for example in self.examples.values() if example.source == source]

    def page(self, number: int, source: str) -> list[Example]:
        """Some examples of one source, eight at a time; numbers past the end begin again."""
        chosen = self.of(source)
        pages = max(1, -(-len(chosen) // PAGE))
        start = number % pages * PAGE
        return chosen[start : start + PAGE]

    def of_image(self, image_id: str) -> Example | None:
        """The example that predictions.csv calls by this name, or None if its picture is not at hand."""
        return self._by_image_id.get(image_id)

    def recognise(self, file: str | os.PathLike) -> Example | None:
        """The example whose bytes a file holds; an unnamed one for another simulated picture; or None."""
        try:
            content = Path(file).read_bytes()
        except OSError:  # erased meanwhile
            return None
        known = self._by_content.get(_digest(content))
        return Example("", SIMULATED, "", lambda: content) if known is None and is_marked(content) else known

    def path(self, key: str) -> Path:
        """A file of an example, under a name that does not tell the label.

        Raises:
            KeyError: if there is no such example.
        """
        example = self.examples[key]
        path = Path(self._folder.name) / f"{example.key}{_ending(example.file)}"
        with self._lock:
            if not path.exists():
                path.write_bytes(example.file)
                self._by_content[_digest(example.file)] = example
        return path


def open_gallery(bundle: Bundle, data: str | os.PathLike | None) -> Gallery:
    """What the pages of a bundle offer to choose from.

    Args:
        bundle: whose test part is shown.
        data: the folder of BUSI, of BrEaST, or of the data that the bundle was made from, "kaggle", or None for the
            bundle's own images, if it has any.

    Returns:
        The gallery: images of another hospital, the bundle's test images where they are at hand, simulated images and
        the impostors; those of each source in an order that mixes the classes.

    Raises:
        DatasetError: if the data cannot be read, or is not what the bundle was made from: then nobody could say which
            images the network has not seen.
        BundleError: if the bundle's own images are damaged, or are not those of its test part.
    """
    own = _held_out(bundle, data) if data else _packed(bundle, bundle.images)
    return Gallery((*_boxed(bundle, own), *own, *_simulated(), *_impostors()))


def source_of(example: Example | None) -> str:
    """Where a picture is from, for what must be said beside it; empty for a visitor's own."""
    return example.source if example else ""


def _boxed(bundle: Bundle, own: list[Example]) -> list[Example]:
    """The images of the box; of a network that learned from BrEaST, its test images alone, if they are not at hand."""
    rows = box.lesions()
    if bundle.origin == ORIGIN_BREAST:
        rows = rows[rows["image_id"].isin(() if own else bundle.test_images["image_id"])]
    rows = _mixed(rows)
    return [
        Example(key, BREAST, label, partial(box.picture, name), image_id=name, outline=partial(box.outline, name))
        for key, name, label in zip(_keys(BREAST, len(rows)), rows["image_id"], rows["label"], strict=True)
    ]


def _keys(source: str, count: int) -> list[str]:
    return [f"{source}-{number:03d}" for number in range(1, count + 1)]


def _held_out(bundle: Bundle, data: str | os.PathLike) -> list[Example]:
    found = read_data(data)
    if found.fingerprint != bundle.info["data"]["fingerprint"]:
        raise DatasetError(
            f"{found.folder} is not the version of {bundle.origin.name} that the bundle {bundle.folder} was made from,"
            " so its held-out images cannot be told from those that the network has learned from"
        )
    rows = rows_called(found.images, _mixed(bundle.test_images)["image_id"].tolist())
    shown = [_held_out_example(number, row) for number, (_, row) in enumerate(rows.iterrows(), start=1)]
    return shown + _conflicts(found.images)


def _packed(bundle: Bundle, archive: Path | None) -> list[Example]:
    """The test images that a bundle brings along, if it does."""
    if archive is None:
        return []
    twice = bundle.test_images["image_id"].duplicated()
    if twice.any():
        name = bundle.test_images.loc[twice, "image_id"].iloc[0]
        raise BundleError(f"{archive}: the bundle calls two of its images {name!r}, so nobody can say which is which")
    shown = []
    rows = _mixed(bundle.test_images)
    for number, (name, label) in enumerate(zip(rows["image_id"], rows["label"], strict=True), start=1):
        file, outline = (packed_image(archive, f"{name}{end}.png") for end in ("", "_mask"))
        if file is None:
            raise BundleError(f"{archive} lacks {name}.png, an image of the bundle's test part")
        inside = partial(_white, outline) if outline else None
        shown.append(Example(_key(number), BUSI, label, partial(bytes, file), None, name, inside))
    return shown


def _mixed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows in an order that tells nothing of their class, and is always the same."""
    return rows.iloc[np.random.default_rng(_ORDER_SEED).permutation(len(rows))]


def _white(file: bytes) -> np.ndarray:
    return read_image(file, flat=True) > 127


def _key(number: int) -> str:
    return f"image-{number:02d}"


def _conflicts(images: pd.DataFrame) -> list[Example]:
    """A benign and a malignant image of each group that carries both labels, one after the other."""
    groups = images[images["conflict"]].groupby("group").filter(lambda group: set(CLASSES) <= set(group["label"]))
    return [
        Example(
            f"conflict-{number:02d}-{label}", CONFLICT, label, partial(_as_png, row["path"]), image_id=row["image_id"]
        )
        for number, (_, group) in enumerate(groups.groupby("group"), start=1)
        for label, row in ((label, group[group["label"] == label].iloc[0]) for label in CLASSES)
    ]


def _held_out_example(number: int, row: pd.Series) -> Example:
    return Example(
        _key(number),
        BUSI,
        row["label"],
        partial(_as_png, row["path"]),
        image_id=row["image_id"],
        outline=partial(read_mask, row) if row["mask_paths"] else None,
    )


def _simulated() -> list[Example]:
    seeds = np.random.default_rng(_ORDER_SEED).permutation(held_out_seeds(TEST)).tolist()
    return [
        Example(key, SIMULATED, label_of(seed), partial(_drawn, seed), seed, image_id(seed), partial(_inside, seed))
        for key, seed in zip(_keys(SIMULATED, len(seeds)), seeds, strict=True)
    ]


@lru_cache(maxsize=64)
def _case(seed: int) -> Case:
    """A case, kept for a moment: its picture and its outline are mostly asked for one after the other."""
    return draw(seed)


def _inside(seed: int) -> np.ndarray:
    return _case(seed).mask


def _drawn(seed: int) -> bytes:
    return mark_simulated(_png(_case(seed).image))


def _impostors() -> list[Example]:
    return [Example(name, IMPOSTOR, name, partial(_posing, name)) for name in IMPOSTORS]


def _as_png(path: str) -> bytes:
    """A PNG as it stands; another kind as gray levels, without what else its file says."""
    return Path(path).read_bytes() if path.lower().endswith(".png") else _png(read_image(path))


def _posing(name: str) -> bytes:
    return _png(IMPOSTORS[name]())


def _png(image: np.ndarray) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


def _ending(file: bytes) -> str:
    return ".webp" if file.startswith(b"RIFF") else ".png"


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
