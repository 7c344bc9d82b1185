"""BrEaST as a table: a row per image, with the radiologist's own words beside what every data set has.

A. Pawłowska et al., "Curated benchmark dataset for ultrasound based breast lesion analysis", Scientific Data 11 (2024)
148, https://doi.org/10.1038/s41597-024-02984-z; images and spreadsheet, under CC BY 4.0, from The Cancer Imaging
Archive, https://doi.org/10.7937/9WKK-Q141. As downloaded:

    BrEaST-Lesions-USG-clinical-data-Dec-15-2023.xlsx
    BrEaST-Lesions_USG-images_and_masks/
      case001.png  case001_tumor.png  case002.png ...

The images may also lie beside the spreadsheet. The spreadsheet says which images there are: one that is missing is an
error. An outline that cannot be used is listed in `skipped`, and its image stays without.
"""

import hashlib
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from busi.data.busi import perceptual_hash
from busi.data.dataset import (
    COLUMNS,
    DataSet,
    DatasetError,
    Skipped,
    as_bytes,
    cached_index,
    default_cache,
    grouped,
    listing_key,
    some_of,
)
from busi.data.duplicates import thumbnail
from busi.data.inventory import natural_order
from busi.data.origin import BREAST
from busi.data.outlines import PICTURE, content_of, inside_of, marks_the_outside, read_values
from busi.images import ImageRefused, read_image
from busi.words.classes import CLASSES, FOLDERS

PICTURES = "BrEaST-Lesions_USG-images_and_masks"
SPREADSHEET = "BrEaST-Lesions-USG-clinical-data-Dec-15-2023.xlsx"
MM_PER_CM = 10
# What the radiologist noted, by the spreadsheet's names of its columns. Several words are joined by "&".
WORDS = {
    "Tissue_composition": "tissue",
    "Signs": "signs",
    "Symptoms": "symptoms",
    "Shape": "shape",
    "Margin": "margin",
    "Echogenicity": "echogenicity",
    "Posterior_features": "posterior_features",
    "Halo": "halo",
    "Calcifications": "calcifications",
    "Skin_thickening": "skin_thickening",
    "Interpretation": "interpretation",
    "BIRADS": "birads",
    "Verification": "verification",
    "Diagnosis": "diagnosis",
}
# Beside `COLUMNS`: sizes in mm and the age in years are NaN, and words are empty, where nobody knows or none applies.
OWN_COLUMNS = ("pixel_mm", "width_mm", "height_mm", "age", *WORDS.values())
VERIFICATION = {"confirmed by biopsy": "biopsy", "confirmed by follow-up care": "follow-up", "": ""}
NEEDED = ("Image_filename", "Mask_tumor_filename", "Pixel_size", "Age", *WORDS, "Classification")

_UNKNOWN = ("not available", "not applicable")


def is_breast(folder: Path) -> bool:
    """Whether a folder is laid out like BrEaST, all there or not.

    Args:
        folder: of the download.
    """
    return (folder / PICTURES).is_dir() or any(folder.glob("BrEaST*.xlsx")) or (folder / "case001.png").is_file()


def read_breast(source: str | os.PathLike, cache: Path | None = None) -> DataSet:
    """Indexes a folder laid out like BrEaST, as `read_busi` does one laid out like BUSI.

    Args:
        source: the folder with the spreadsheet.
        cache: folder of the cache; default `default_cache()`. A cache that cannot be written is done without.

    Returns:
        The index, with `COLUMNS` and `OWN_COLUMNS`: pixel_mm (mm per pixel), width_mm and height_mm (of the box around
        the outline), age (years), the radiologist's words in English, birads ("1" to "5", with "4a", "4b", "4c"),
        verification ("biopsy" or "follow-up"). The label of an image without a lesion is "normal".

    Raises:
        DatasetError: if the spreadsheet is missing, cannot be read or lacks a column, or an image that it names is
            missing or cannot be read.
    """
    folder = Path(source)
    sheet = _read_sheet(_spreadsheet(folder))
    pictures = folder / PICTURES if (folder / PICTURES).is_dir() else folder
    files = _files(sheet, pictures)
    content = cached_index(cache or default_cache(), listing_key(files), lambda: _read_all(sheet, pictures))
    for name in CLASSES:
        if not (sheet["Classification"] == name).any():
            raise DatasetError(f"the spreadsheet in {folder} names no {name} image")
    skipped = tuple(Skipped(pictures / name, why) for name, why in sorted(content["skipped"].items()))
    return DataSet(folder, _to_table(sheet, pictures, content), skipped, content["fingerprint"], published=BREAST)


def _spreadsheet(folder: Path) -> Path:
    """The one spreadsheet of a folder; what Excel leaves beside an open one ("~$...") is none."""
    if not folder.is_dir():
        raise DatasetError(f"no such folder: {folder} (expected BrEaST's, with its spreadsheet {SPREADSHEET})")
    found = sorted(path for path in folder.glob("*.xlsx") if not path.name.startswith(("~$", ".")))
    found = [path for path in found if path.name.startswith("BrEaST")] or found
    if not found:
        raise DatasetError(f"{folder} lacks BrEaST's spreadsheet: expected {SPREADSHEET} in it")
    if len(found) > 1:
        raise DatasetError(f"{folder} holds several spreadsheets: {some_of([path.name for path in found])}; keep one")
    return found[0]


def _read_sheet(path: Path) -> pd.DataFrame:
    """The spreadsheet as text, in natural order of the images' names; empty where nobody knows or none applies."""
    try:
        sheet = pd.read_excel(path, engine="openpyxl", dtype=str, keep_default_na=False)
    except Exception as error:  # a damaged file makes openpyxl raise almost anything
        raise DatasetError(f"{path} cannot be read as a spreadsheet: {type(error).__name__}: {error}") from error
    missing = [name for name in NEEDED if name not in sheet.columns]
    if missing:
        raise DatasetError(f"{path} lacks {'the column' if len(missing) == 1 else 'the columns'} {', '.join(missing)}")
    sheet = sheet[list(NEEDED)].apply(lambda column: column.fillna("").str.strip())
    sheet = sheet[(sheet != "").any(axis=1)].replace(list(_UNKNOWN), "")
    _check_names(sheet, path)
    _check_words(sheet, path)
    order = sorted(range(len(sheet)), key=lambda row: natural_order(sheet["Image_filename"].iloc[row]))
    return sheet.iloc[order].reset_index(drop=True)


def _check_names(sheet: pd.DataFrame, path: Path) -> None:
    """Makes sure that images and outlines are called as files are, and no two images alike."""
    images, outlines = sheet["Image_filename"], sheet["Mask_tumor_filename"]
    odd = [name for name in (*images, *outlines[outlines != ""]) if not name or Path(name).name != name or "\\" in name]
    if odd:
        raise DatasetError(f"{path} names a file {odd[0]!r}: expected names like 'case001.png', without a folder")
    if images.duplicated().any():
        raise DatasetError(f"{path} names an image twice: {images[images.duplicated()].iloc[0]}")


def _check_words(sheet: pd.DataFrame, path: Path) -> None:
    """Makes sure that labels and verification are those that are known."""
    for column, known in (("Classification", FOLDERS), ("Verification", VERIFICATION)):
        odd = sheet[~sheet[column].isin(known)]
        if len(odd):
            name, word = odd.iloc[0][["Image_filename", column]]
            expected = " or ".join(filter(None, known))
            raise DatasetError(f"{path} says {word!r} of {name} under {column}: expected {expected}")
    for column in ("Pixel_size", "Age"):
        for name, text in zip(sheet["Image_filename"], sheet[column], strict=True):
            _number(text, f"{path} says {text!r} of {name} under {column}: expected a number")


def _number(text: str, complaint: str) -> float:
    """A number above 0, NaN for an empty text."""
    try:
        number = float(text or "nan")
    except ValueError as error:
        raise DatasetError(complaint) from error
    if text and not 0 < number < math.inf:
        raise DatasetError(complaint)
    return number


def _files(sheet: pd.DataFrame, pictures: Path) -> list[Path]:
    """The files of a data set that are there.

    Raises:
        DatasetError: if an image is not.
    """
    missing = [name for name in sheet["Image_filename"] if not (pictures / name).is_file()]
    if missing:
        raise DatasetError(f"{pictures} lacks images that the spreadsheet names: {some_of(missing)}")
    outlines = [pictures / name for name in sheet["Mask_tumor_filename"] if name]
    return [*(pictures / name for name in sheet["Image_filename"]), *(path for path in outlines if path.is_file())]


@dataclass
class _Reading:
    """What has been read so far.

    Attributes:
        rows: of each image, by its file's name: width, height, thumbnail and perceptual hash.
        sizes: of each outline that can be used, by its file's name: width and height of the box around it, in pixels.
        skipped: why, by name, for outlines that cannot be used.
        digest: over the images' labels, names and gray levels.
    """

    rows: dict[str, tuple] = field(default_factory=dict)
    sizes: dict[str, list[int]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


def _read_all(sheet: pd.DataFrame, pictures: Path) -> dict:
    """Decodes every file once, as plain values that JSON can hold."""
    reading = _Reading()
    for name, outline, label in zip(
        sheet["Image_filename"], sheet["Mask_tumor_filename"], sheet["Classification"], strict=True
    ):
        image = _read_picture(pictures / name)
        reading.digest.update(as_bytes(f"{label}/{name}") + image.tobytes())
        reading.rows[name] = (*image.shape[::-1], thumbnail(image), perceptual_hash(image))
        if outline:
            _read_outline(pictures / outline, image.shape, reading)
    return {
        "rows": grouped(reading.rows),
        "sizes": reading.sizes,
        "skipped": reading.skipped,
        "fingerprint": reading.digest.hexdigest(),
    }


def _read_picture(path: Path) -> np.ndarray:
    try:
        return read_image(path)
    except ImageRefused as error:
        raise DatasetError(f"{path} cannot be read, and the spreadsheet names it: {error}") from error


def _read_outline(path: Path, shape: Sequence[int], reading: _Reading) -> None:
    """Takes the size of an outline, or lists it as skipped."""
    try:
        values, lossy = read_values(path)
    except ImageRefused as error:
        reading.skipped[path.name] = f"an outline that cannot be read: {error}"
        return
    inside = inside_of(values, lossy)
    if why := _why_no_outline(values, inside, shape):
        reading.skipped[path.name] = why
    else:
        reading.sizes[path.name] = [int(np.ptp(np.flatnonzero(inside.any(axis=axis)))) + 1 for axis in (0, 1)]


def _why_no_outline(values: np.ndarray, inside: np.ndarray, shape: Sequence[int]) -> str | None:
    if inside.shape != tuple(shape):
        (height, width), (tall, wide) = inside.shape, shape
        return f"an outline of {width} x {height} pixels, of an image of {wide} x {tall}"
    if not inside.any():
        return "an outline with nothing inside"
    if content_of(values) == PICTURE:
        return "is called an outline and looks like an ultrasound image"
    if marks_the_outside(inside):
        return "an outline that marks the outside of the lesion, it seems, not its inside"
    return None


def _to_table(sheet: pd.DataFrame, pictures: Path, content: Mapping) -> pd.DataFrame:
    names, sizes = sheet["Image_filename"], content["sizes"]
    width, height, group, in_busi = zip(*(content["rows"][name] for name in names), strict=True)
    pixel_mm = sheet["Pixel_size"].map(lambda text: float(text or "nan") * MM_PER_CM)
    boxes = np.array([sizes.get(name, (np.nan, np.nan)) for name in sheet["Mask_tumor_filename"]])
    table = pd.DataFrame(
        {
            "image_id": names.map(lambda name: Path(name).stem),
            "path": names.map(lambda name: str(pictures / name)),
            "label": sheet["Classification"],
            "mask_paths": [(str(pictures / name),) if name in sizes else () for name in sheet["Mask_tumor_filename"]],
            "width": width,
            "height": height,
            "group": group,
            "in_busi": in_busi,
            "pixel_mm": pixel_mm,
            "width_mm": boxes[:, 0] * pixel_mm,
            "height_mm": boxes[:, 1] * pixel_mm,
            "age": sheet["Age"].map(lambda text: float(text or "nan")),
            **{column: sheet[name] for name, column in WORDS.items()},
        }
    )
    table["verification"] = table["verification"].map(VERIFICATION)
    table["conflict"] = table.groupby("group")["label"].transform("nunique") > 1
    return table[[*COLUMNS, *OWN_COLUMNS]]
