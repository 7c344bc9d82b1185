"""A folder of ultrasound images as a table: a row per image, with its label, its outlines and its near-duplicate group.

Made for BUSI, W. Al-Dhabyani, M. Gomaa, H. Khaled, A. Fahmy, "Dataset of breast ultrasound images", Data in Brief 28
(2020) 104863, https://doi.org/10.1016/j.dib.2019.104863, and for any data laid out like it. The folders are the labels:

    Dataset_BUSI_with_GT/
      benign/     benign (1).png   benign (1)_mask.png   benign (100)_mask_1.png ...
      malignant/
      normal/

`find_busi` finds the folder or asks Kaggle for it, `read_busi` makes the table: names (`inventory`) and content
(`outlines`) tell images from outlines, and what is neither is listed with a reason. `busi` tells whether the
images are BUSI's. The two-class task uses `usable`: benign and malignant images whose group does not carry two
different labels. BrEaST has a layout of its own (`breast`); `sets` tells which of the two a folder has.
"""

import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from busi.data.busi import SHARE, are_of_busi, perceptual_hash
from busi.data.duplicates import group_near_duplicates, thumbnail
from busi.data.inventory import (
    Entry,
    Inventory,
    by_place,
    class_folders,
    nearest,
    pictures_begun,
    take_inventory,
)
from busi.data.origin import BUSI, KAGGLE_PAGE, Origin
from busi.data.outline_names import names_another_picture
from busi.data.outlines import (
    BLANK,
    PICTURE,
    content_of,
    inside_of,
    join,
    marks_the_outside,
    read_outline,
    read_values,
)
from busi.images import ImageRefused, read_image
from busi.system.whole_files import whole_file
from busi.words.classes import CLASSES

KAGGLE = "kaggle"
KAGGLE_HANDLE = f"{KAGGLE_PAGE.split('/datasets/')[1]}/versions/1"
TOP_FOLDER = "Dataset_BUSI_with_GT"
COLUMNS = (
    "image_id",
    "path",
    "label",
    "mask_paths",
    "width",
    "height",
    "group",
    "conflict",
    "in_busi",
)

_CACHE_VERSION = 3
_NAMED = 5  # files that an error names before it only counts
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # no names for files on Windows


class DatasetError(ValueError):
    """A data set cannot be found or read; the message names the path and says what was expected."""


@dataclass(frozen=True)
class Skipped:
    """A file that could not be used, and why."""

    path: Path
    why: str


@dataclass(frozen=True)
class DataSet:
    """What a folder of ultrasound images holds.

    Attributes:
        folder: of the data, with the class folders or the spreadsheet in it.
        images: one row per readable image, in natural order of the file names, with the columns `COLUMNS`:
            image_id ("benign (1)", or "benign/case 7" for a name that BUSI doesn't use), path, label, mask_paths
            (tuple, may be empty), width and height in pixels, group (near-duplicate group number), conflict (its group
            carries two labels), in_busi (whether it is an image of BUSI, by its content); then what else the data set
            tells of each image.
        skipped: the files that are neither an image nor an outline that can be used, and why.
        fingerprint: SHA-256 over file names and gray levels; equal for BUSI stored as gray or as RGB.
        junk: how many files more there are that systems leave behind, such as Thumbs.db.
        not_read: what stands beside the class folders.
        published: whose they are, where the layout tells it; None where only the content may.
    """

    folder: Path
    images: pd.DataFrame
    skipped: tuple[Skipped, ...]
    fingerprint: str
    junk: int = 0
    not_read: tuple[str, ...] = ()
    published: Origin | None = None

    @property
    def is_busi(self) -> bool:
        """Whether these are the images of BUSI, all or some, in any usual copy."""
        return bool(self.images["in_busi"].mean() >= SHARE)

    @property
    def origin(self) -> Origin | None:
        """Whose these images are, if they are of a published data set; None if only their owner can tell."""
        return BUSI if self.is_busi else self.published


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
    if found := class_folder_in(folder):
        return found
    raise DatasetError(f"{folder} is not BUSI: expected the folders {' and '.join(CLASSES)} in it or in {TOP_FOLDER}/")


def class_folder_in(folder: Path) -> Path | None:
    """Where in a folder the class folders are: in it or one level below; None if it is not laid out like BUSI.

    Raises:
        DatasetError: if there are two folders of one class.
    """
    candidates = (folder, folder / TOP_FOLDER)
    return next((one for one in candidates if set(CLASSES) <= set(_class_folders(one))), None)


def read_busi(source: str | os.PathLike, cache: Path | None = None) -> DataSet:
    """Indexes a folder laid out like BUSI: reads every file once, finds each image's outlines and near-duplicates.

    It takes some ten seconds the first time; then the result comes from a cache that is valid as long as no
    file's name, size or date changes.

    Args:
        source: as for `find_busi`.
        cache: folder of the cache; default `default_cache()`. A cache that cannot be written is done without.

    Returns:
        The index. What is neither an image nor an outline is left out of it and listed in `skipped`.

    Raises:
        DatasetError: if the folder is not laid out like BUSI, has no readable image of one of the two classes, or
            holds files of which nobody can say whether they are images or outlines; it names them.
    """
    folder = find_busi(source)
    inventory = take_inventory(folder)
    files = sorted(entry.path for entry in (*inventory.pictures, *inventory.outlines))
    content = cached_index(cache or default_cache(), listing_key(files), lambda: _read_all(inventory))
    images = _to_table(inventory, content)
    for name in CLASSES:
        if not (images["label"] == name).any():
            raise DatasetError(f"{folder / name} holds no readable image (expected files like '{name} (1).png')")
    skipped = {**inventory.skipped, **content["skipped"]}
    return DataSet(
        folder,
        images,
        tuple(Skipped(folder / key, why) for key, why in sorted(skipped.items())),
        content["fingerprint"],
        inventory.junk,
        inventory.not_read,
    )


def usable(images: pd.DataFrame) -> pd.DataFrame:
    """The rows of the two-class task: benign or malignant, in a group without conflicting labels."""
    return images[images["label"].isin(CLASSES) & ~images["conflict"]].reset_index(drop=True)


def read_mask(row: pd.Series) -> np.ndarray:
    """The expert's outline of the lesion, all outline files of the image joined.

    Args:
        row: a row of `DataSet.images`.

    Returns:
        bool array of shape (height, width), true inside a lesion; all false if the image has no outline.
    """
    return join([read_outline(path) for path in row["mask_paths"]], (row["height"], row["width"]))


def rows_called(images: pd.DataFrame, image_ids: Sequence[str]) -> pd.DataFrame:
    """The rows of some images, in this order.

    Args:
        images: `DataSet.images`.
        image_ids: what a bundle's predictions.csv calls them.

    Raises:
        DatasetError: if one is not there.
    """
    rows = images.set_index("image_id", drop=False)
    unknown = [name for name in image_ids if name not in rows.index]
    if unknown:
        raise DatasetError(
            f"the data holds no image called {unknown[0]!r}: the bundle is from before images were called by their"
            " class and name, or of other data; train it again"
        )
    return rows.loc[list(image_ids)]


def image_files(images: pd.DataFrame, origin: Origin = BUSI) -> dict[str, bytes]:
    """Images and their outlines as files to pass on with a bundle, and what must be said of them.

    Args:
        images: rows of `DataSet.images`.
        origin: whose they are.

    Returns:
        By name: "benign (1).png", gray levels; "benign (1)_mask.png", white inside the lesion, where somebody outlined
        it; and LICENCE.txt.

    Raises:
        DatasetError: if they are said to be BUSI's and are not, or are not named, or have no licence.
    """
    check_passing_on(images, origin)
    files = {"LICENCE.txt": origin.notice().encode()}
    for _, row in images.iterrows():
        files[f"{row['image_id']}.png"] = _png(read_image(row["path"]))
        if row["mask_paths"]:
            files[f"{row['image_id']}_mask.png"] = _png(read_mask(row).astype(np.uint8) * 255)
    return files


def check_passing_on(images: pd.DataFrame, origin: Origin) -> None:
    """Makes sure that images are passed on under their own name and licence only.

    Args:
        images: rows of `DataSet.images`.
        origin: whose they are said to be.

    Raises:
        DatasetError: if they are said to be BUSI's and are not, or are not named, or have no licence.
    """
    if origin == BUSI and not images["in_busi"].all():
        strangers = images.loc[~images["in_busi"], "image_id"].tolist()
        raise DatasetError(
            f"images that are not BUSI's cannot be passed on as BUSI's: {some_of(strangers)}; take them out of the data"
        )
    try:
        origin.notice()
    except ValueError as error:
        raise DatasetError(str(error)) from error


def default_cache() -> Path:
    """Where indexes are kept: $BUSI_CACHE_DIR, else the user's cache folder; without a home, the system's folder."""
    if chosen := os.environ.get("BUSI_CACHE_DIR"):
        return Path(chosen)
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # no HOME, and no such user
        base = Path(tempfile.gettempdir())
    return base / "demystifions-ia"


def _class_folders(folder: Path) -> dict[str, Path]:
    try:
        return class_folders(folder)
    except ValueError as error:
        raise DatasetError(str(error)) from error


def _download_from_kaggle() -> Path:
    import kagglehub  # here, because it is slow to import and seldom needed

    try:
        return Path(kagglehub.dataset_download(KAGGLE_HANDLE))
    except Exception as error:  # kagglehub passes on whatever its transport raised
        raise DatasetError(
            f"Kaggle did not deliver {KAGGLE_HANDLE} ({type(error).__name__}: {error}). Check the network, or"
            " download it by hand and give its folder"
        ) from error


@dataclass
class _Reading:
    """What has been read of a data set so far.

    Attributes:
        rows: of each image, by key: width, height, thumbnail and perceptual hash.
        contents: of each file that is no image although its name says so, by key: "outline" or "blank".
        skipped: why, by key, for what cannot be used.
        digest: over the images' names and gray levels.
    """

    rows: dict[str, tuple] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


def _read_all(inventory: Inventory) -> dict:
    """Decodes every file once: sizes, fingerprint, groups and outlines, as plain values that JSON can hold.

    Raises:
        DatasetError: if nobody can say whether a file is an image or an outline.
    """
    reading = _Reading()
    for entry in inventory.pictures:
        _read_picture(entry, reading)
    images = [entry for entry in inventory.pictures if entry.key in reading.rows]
    outlines: dict[str, list[str]] = {}
    unclear = {**_unclear_names(images), **_unnamed_outlines(inventory.pictures, images, reading, outlines)}
    for entry, owners in inventory.outlines.items():
        unclear |= _read_outline(entry, owners, reading, outlines)
    if unclear:
        raise DatasetError(_describe_unclear(unclear))
    return {
        "rows": grouped(reading.rows),
        "outlines": {key: sorted(found) for key, found in outlines.items()},
        "skipped": reading.skipped,
        "fingerprint": reading.digest.hexdigest(),
    }


def _read_picture(entry: Entry, reading: _Reading) -> None:
    """Reads what is no outline by its name. With few gray levels it may be one all the same."""
    try:
        image = read_image(entry.path)
        content = content_of(image)
    except ImageRefused as error:
        content = _content_of_file(entry.path)
        if content in (None, PICTURE):
            reading.skipped[entry.key] = str(error)
            return
    if content != PICTURE:
        reading.contents[entry.key] = content
        return
    reading.digest.update(as_bytes(entry.key) + image.tobytes())
    reading.rows[entry.key] = (*image.shape[::-1], thumbnail(image), perceptual_hash(image))


def _content_of_file(path: Path) -> str | None:
    """What the values of a file look like; None if they cannot be read."""
    try:
        return content_of(read_values(path)[0])
    except ImageRefused:
        return None


def _unnamed_outlines(
    pictures: Iterable[Entry], images: Sequence[Entry], reading: _Reading, outlines: dict[str, list[str]]
) -> dict[str, str]:
    """Gives the outlines whose names don't say so to their images; returns those without an image, and why not."""
    unclear, places = {}, by_place(images)
    for entry in (entry for entry in pictures if entry.key in reading.contents):
        same_name = [one for one in images if one.label == entry.label and one.name.plain == entry.name.plain]
        owners = nearest(entry, same_name) or nearest(entry, pictures_begun(entry, places))
        if owners:
            unclear |= _read_outline(entry, owners, reading, outlines)
        elif reading.contents[entry.key] == BLANK:
            reading.skipped[entry.key] = "one gray level everywhere"
        else:
            unclear[entry.key] = "has but a few gray levels, as an outline, and no image that it belongs to by its name"
    return unclear


def _read_outline(
    entry: Entry, owners: Sequence[Entry], reading: _Reading, outlines: dict[str, list[str]]
) -> dict[str, str]:
    """Gives an outline to its image, or lists it as skipped; returns it, with the reason, if neither is right."""
    try:
        values, lossy = read_values(entry.path)
    except ImageRefused as error:
        reading.skipped[entry.key] = f"an outline that cannot be read: {error}"
        return {}
    if content_of(values) == PICTURE:
        return {entry.key: "is called an outline and looks like an ultrasound image"}
    if len(owners) > 1:
        return {entry.key: f"may be the outline of {' or of '.join(owner.path.name for owner in owners)}"}
    if not owners or owners[0].key not in reading.rows:
        reading.skipped[entry.key] = "an outline without its image"
    elif marks_the_outside(inside_of(values, lossy)):
        reading.skipped[entry.key] = "an outline that marks the outside of the lesion, it seems, not its inside"
    else:
        outlines.setdefault(owners[0].key, []).append(entry.key)
    return {}


def _unclear_names(images: Sequence[Entry]) -> dict[str, str]:
    """Images whose names go on from that of another as outlines' names do, and why nobody can say what they are."""
    unclear, places = {}, by_place(images)
    for entry in images:
        begun = pictures_begun(entry, places)
        if begun and not names_another_picture(entry.name.plain, begun[0].name.plain):
            unclear[entry.key] = f"may be another image or an outline of {begun[0].path.name}"
    return unclear


def _describe_unclear(unclear: Mapping[str, str]) -> str:
    """One sentence that names the files of which nobody can say what they are."""
    named = [f"{key} {why}" for key, why in list(unclear.items())[:_NAMED]]
    more = f"; and {len(unclear) - _NAMED} more" if len(unclear) > _NAMED else ""
    return (
        f"cannot tell images from outlines: {'; '.join(named)}{more}. Rename them (NAME_mask.png is the outline of"
        " NAME.png) or take them out of the class folders"
    )


def some_of(names: Sequence[str]) -> str:
    """Names for an error: the first five, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def grouped(rows: Mapping[str, tuple]) -> dict[str, list]:
    """What pictures are among each other, and whether they are BUSI's.

    Args:
        rows: by key: width, height, thumbnail and perceptual hash of a picture.

    Returns:
        By key: width, height, near-duplicate group and whether it is an image of BUSI, as JSON can hold it.
    """
    groups = group_near_duplicates(np.array([thumbnail for _, _, thumbnail, _ in rows.values()]))
    of_busi = are_of_busi(np.array([signs for *_, signs in rows.values()]))
    facts = zip(rows.items(), groups, of_busi, strict=True)
    return {key: [width, height, int(group), bool(ours)] for (key, (width, height, *_)), group, ours in facts}


def _to_table(inventory: Inventory, content: Mapping) -> pd.DataFrame:
    entries = [entry for entry in inventory.pictures if entry.key in content["rows"]]
    path_of = {entry.key: str(entry.path) for entry in (*inventory.pictures, *inventory.outlines)}
    ids = image_ids(entries)
    rows = []
    for entry in entries:
        masks = tuple(path_of[key] for key in content["outlines"].get(entry.key, ()))
        width, height, group, of_busi = content["rows"][entry.key]
        rows.append((ids[entry.key], str(entry.path), entry.label, masks, width, height, group, of_busi))
    images = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "conflict"])
    images["conflict"] = images.groupby("group")["label"].transform("nunique") > 1
    return images[list(COLUMNS)]


def image_ids(entries: Sequence[Entry]) -> dict[str, str]:
    """What images are called everywhere: by class and name, so that no two are called alike, on any system.

    Args:
        entries: the images of a data set.

    Returns:
        By key: "benign (1)" for a name as BUSI has it, else "benign/case 7", with the file's ending or a number where
        that is needed. A legal name for a file, also on Windows and in a zip archive, with slashes.
    """
    ids: dict[str, str] = {}
    for shorten in (True, False):
        left = [entry for entry in entries if entry.key not in ids]
        wanted = {entry.key: _image_id(entry, shorten) for entry in left}
        taken = Counter(name.casefold() for name in (*ids.values(), *wanted.values()))
        ids |= {key: name for key, name in wanted.items() if taken[name.casefold()] == 1}
    for number, entry in enumerate((entry for entry in entries if entry.key not in ids), start=1):
        ids[entry.key] = f"{_image_id(entry, shorten=False)} [{number}]"
    return ids


def _image_id(entry: Entry, shorten: bool) -> str:
    """The name of an image that is not yet known to be the only one of that name."""
    if shorten and re.fullmatch(rf"{entry.label} \(\d+\)", entry.stem) and "/" not in entry.inner:
        return entry.stem
    above = entry.inner.split("/")[:-1]
    return "/".join((entry.label, *map(_legal, above), _legal(entry.stem if shorten else entry.path.name)))


def _legal(name: str) -> str:
    """A file name as every system allows it; bytes that are no text are written as %E9."""
    text = "".join(f"%{ord(letter) - 0xDC00:02X}" if 0xDC80 <= ord(letter) <= 0xDCFF else letter for letter in name)
    text = "".join(letter if letter.isprintable() else "_" for letter in unicodedata.normalize("NFC", text))
    text = re.sub(r'[<>:"/\\|?*]', "_", text).strip(" ").rstrip(".") or "_"
    return f"_{text}" if _RESERVED.fullmatch(text) else text


def _png(levels: np.ndarray) -> bytes:
    return cv2.imencode(".png", levels)[1].tobytes()


def as_bytes(text: str) -> bytes:
    """A name in UTF-8, with the bytes as they were that are no text."""
    return text.encode("utf-8", "surrogateescape" if os.name != "nt" else "surrogatepass")


def listing_key(files: Sequence[Path]) -> str:
    """Changes when a file is added, removed or rewritten."""
    stats = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(json.dumps([_CACHE_VERSION, stats]).encode()).hexdigest()[:24]


def cached_index(folder: Path, key: str, compute: Callable[[], dict]) -> dict:
    """The JSON value kept under `key`, computed and kept if it is not there or not readable."""
    path = folder / f"busi-index-{key}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        value = compute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as partial:
            partial.write_text(json.dumps(value), encoding="utf-8")
    except OSError:
        pass  # a cache is a convenience: without it the index is computed again next time
    return value
