"""BUSI as a table: one row per image, with its label, its masks and its near-duplicate group.

Source: W. Al-Dhabyani, M. Gomaa, H. Khaled, A. Fahmy, "Dataset of breast ultrasound images", Data in Brief 28
(2020) 104863, https://doi.org/10.1016/j.dib.2019.104863. Its folders are the labels:

    Dataset_BUSI_with_GT/
      benign/     benign (1).png   benign (1)_mask.png   benign (100)_mask_1.png ...
      malignant/
      normal/

`find_busi` finds the folder or asks Kaggle for it, `read_busi` makes the table. The two-class task uses
`usable`: benign and malignant images whose group does not carry two different labels.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from busi.classes import CLASSES, FOLDERS
from busi.duplicates import group_near_duplicates, thumbnail
from busi.images import ImageRefused, read_image

KAGGLE = "kaggle"
KAGGLE_HANDLE = "aryashah2k/breast-ultrasound-images-dataset/versions/1"
KAGGLE_PAGE = f"https://www.kaggle.com/datasets/{KAGGLE_HANDLE.split('/versions')[0]}"
TOP_FOLDER = "Dataset_BUSI_with_GT"
COLUMNS = ("image_id", "path", "label", "mask_paths", "width", "height", "group", "conflict")

LICENCE = f"""\
BUSI : images d'échographie du sein, telles quelles, en niveaux de gris ; contours des auteurs réunis en un fichier.
BUSI: breast ultrasound images, unchanged, as gray levels; the authors' outlines joined in one file.

W. Al-Dhabyani, M. Gomaa, H. Khaled, A. Fahmy, "Dataset of breast ultrasound images", Data in Brief 28 (2020) 104863,
https://doi.org/10.1016/j.dib.2019.104863

Source: {KAGGLE_PAGE}, where the licence is given as CC0 (public domain). The authors ask to be cited. The licence of
the program that wrote this archive does not extend to these images. For teaching, never for diagnosis.
"""

_CACHE_VERSION = 2
_MASK = re.compile(r"^(?P<image_id>.+)_mask(_\d+)?$")


class DatasetError(ValueError):
    """BUSI cannot be found or read; the message names the path and says what was expected."""


@dataclass(frozen=True)
class Skipped:
    """A file that could not be used, and why."""

    path: Path
    why: str


@dataclass(frozen=True)
class Busi:
    """What a BUSI folder holds.

    Attributes:
        folder: the folder with the class folders in it.
        images: one row per readable image, in natural order of image_id, with the columns `COLUMNS`:
            image_id ("benign (1)"), path, label, mask_paths (tuple, may be empty), width and height in pixels,
            group (near-duplicate group number), conflict (its group carries two labels).
        skipped: the files that could not be read.
        fingerprint: SHA-256 over image ids and gray levels; equal for BUSI stored as gray or as RGB.
    """

    folder: Path
    images: pd.DataFrame
    skipped: tuple[Skipped, ...]
    fingerprint: str


def find_busi(source: str | os.PathLike) -> Path:
    """The folder that holds the class folders.

    Args:
        source: a folder, with or without the level `Dataset_BUSI_with_GT`, or "kaggle" to download.

    Returns:
        The path of the folder with `benign` and `malignant` in it.

    Raises:
        DatasetError: if there is no such folder, or Kaggle cannot be reached.
    """
    folder = _download_from_kaggle() if str(source) == KAGGLE else Path(source)
    if not folder.is_dir():
        raise DatasetError(f"no such folder: {folder} (expected BUSI's folder, or the word 'kaggle')")
    for candidate in (folder, folder / TOP_FOLDER):
        if all((candidate / name).is_dir() for name in CLASSES):
            return candidate
    raise DatasetError(f"{folder} is not BUSI: expected the folders {' and '.join(CLASSES)} in it or in {TOP_FOLDER}/")


def read_busi(source: str | os.PathLike, cache: Path | None = None) -> Busi:
    """Indexes BUSI: reads every image once, finds its masks and its near-duplicate group.

    It takes some ten seconds the first time; then the result comes from a cache that is valid as long as no
    file's name, size or date changes.

    Args:
        source: as for `find_busi`.
        cache: folder of the cache; default `default_cache()`. A cache that cannot be written is done without.

    Returns:
        The index. Unreadable images are left out of it and listed in `skipped`.

    Raises:
        DatasetError: if the folder is not BUSI or has no readable image of one of the two classes.
    """
    folder = find_busi(source)
    files = _image_files(folder)
    content = _cached(cache or default_cache(), _listing_key(files), lambda: _read_all(files))
    images, skipped = _to_table(files, content)
    for name in CLASSES:
        if not (images["label"] == name).any():
            raise DatasetError(f"{folder / name} holds no readable image (expected files like '{name} (1).png')")
    return Busi(folder, images, skipped, content["fingerprint"])


def usable(images: pd.DataFrame) -> pd.DataFrame:
    """The rows of the two-class task: benign or malignant, in a group without conflicting labels."""
    return images[images["label"].isin(CLASSES) & ~images["conflict"]].reset_index(drop=True)


def read_mask(row: pd.Series) -> np.ndarray:
    """The expert's outline of the lesion, all mask files of the image joined.

    Args:
        row: a row of `Busi.images`.

    Returns:
        bool array of shape (height, width), true inside a lesion; all false if the image has no mask.
    """
    mask = np.zeros((row["height"], row["width"]), dtype=bool)
    for path in row["mask_paths"]:
        part = read_image(path, flat=True)
        if part.shape != mask.shape:  # a few masks differ from their image by a row
            part = cv2.resize(part, mask.shape[::-1], interpolation=cv2.INTER_NEAREST)
        mask |= part > 127
    return mask


def image_files(images: pd.DataFrame) -> dict[str, bytes]:
    """Images and their outlines as files to pass on with a bundle, and what must be said of them.

    Args:
        images: rows of `Busi.images`.

    Returns:
        By name: "benign (1).png", gray levels; "benign (1)_mask.png", white inside the lesion, where somebody outlined
        it; and LICENCE.txt.
    """
    files = {"LICENCE.txt": LICENCE.encode()}
    for _, row in images.iterrows():
        files[f"{row['image_id']}.png"] = _png(read_image(row["path"]))
        if row["mask_paths"]:
            files[f"{row['image_id']}_mask.png"] = _png(np.uint8(read_mask(row)) * 255)
    return files


def default_cache() -> Path:
    """Where indexes are kept: $BUSI_CACHE_DIR, else the user's cache folder."""
    chosen = os.environ.get("BUSI_CACHE_DIR")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(chosen) if chosen else Path(base) / "demystifions-ia"


def _download_from_kaggle() -> Path:
    import kagglehub  # here, because it is slow to import and seldom needed

    try:
        return Path(kagglehub.dataset_download(KAGGLE_HANDLE))
    except Exception as error:  # kagglehub passes on whatever its transport raised
        raise DatasetError(
            f"Kaggle did not deliver {KAGGLE_HANDLE} ({type(error).__name__}: {error}). Check the network, or"
            " download it by hand and give its folder"
        ) from error


def _image_files(folder: Path) -> list[Path]:
    """All images, never a mask, in natural order: benign (2) before benign (10)."""
    files = [path for name in FOLDERS for path in (folder / name).glob("*.png") if not _MASK.match(path.stem)]
    return sorted(
        files, key=lambda path: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.stem)]
    )


def _mask_files(files: list[Path]) -> dict[Path, tuple[str, ...]]:
    """The masks of each image, found by name."""
    masks: dict[Path, list[str]] = {path: [] for path in files}
    for folder in {path.parent for path in files}:
        for path in sorted(folder.glob("*_mask*.png")):
            match = _MASK.match(path.stem)
            image = path.with_name(f"{match['image_id']}.png") if match else None
            if image in masks:
                masks[image].append(str(path))
    return {path: tuple(found) for path, found in masks.items()}


def _read_all(files: list[Path]) -> dict:
    """Decodes every image once: sizes, fingerprint and groups, as plain values that JSON can hold."""
    digest, thumbnails, sizes, skipped = hashlib.sha256(), [], {}, {}
    for path in files:
        try:
            image = read_image(path)
        except ImageRefused as error:
            skipped[_key(path)] = str(error)
            continue
        digest.update(_key(path).encode() + image.tobytes())
        thumbnails.append(thumbnail(image))
        sizes[_key(path)] = image.shape[::-1]
    groups = group_near_duplicates(np.array(thumbnails))
    rows = {key: [*size, int(group)] for (key, size), group in zip(sizes.items(), groups, strict=True)}
    return {"rows": rows, "skipped": skipped, "fingerprint": digest.hexdigest()}


def _to_table(files: list[Path], content: dict) -> tuple[pd.DataFrame, tuple[Skipped, ...]]:
    masks = _mask_files(files)
    rows = [
        (path.stem, str(path), path.parent.name, masks[path], *content["rows"][_key(path)])
        for path in files
        if _key(path) in content["rows"]
    ]
    images = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    labels_in_group = images.groupby("group")["label"].transform("nunique")
    images["conflict"] = labels_in_group > 1
    skipped = [Skipped(path, content["skipped"][_key(path)]) for path in files if _key(path) in content["skipped"]]
    return images, tuple(skipped)


def _png(levels: np.ndarray) -> bytes:
    return cv2.imencode(".png", levels)[1].tobytes()


def _key(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _listing_key(files: list[Path]) -> str:
    """Changes when a file is added, removed or rewritten."""
    stats = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(json.dumps([_CACHE_VERSION, stats]).encode()).hexdigest()[:24]


def _cached(folder: Path, key: str, compute: Callable[[], dict]) -> dict:
    """The JSON value kept under `key`, computed and kept if it is not there or not readable."""
    path = folder / f"busi-index-{key}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        value = compute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps(value), encoding="utf-8")
        temporary.replace(path)
    except OSError:
        pass  # a cache is a convenience: without it the index is computed again next time
    return value
