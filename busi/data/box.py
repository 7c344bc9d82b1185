"""The real ultrasounds in the box: BrEaST's pictures, small enough to lie in the repository, so that none need be had.

    breast_box/
      case001.webp ...   gray levels, at most 1024 pixels wide
      outlines.json      the radiologist's outline of each lesion, polygons in pixels of the picture in the box
      lesions.csv        a row per picture: the columns of `breast`, sizes, and which half it belongs to
      halves.csv         which half each lesion belongs to: "choice" may judge what is tried, "final" chooses nothing
      LICENCE.txt        CC BY 4.0, whose they are and what was changed

`lesions` is the table, `picture` and `outline` read one when it is asked for. Wherever a picture is shown, `CREDIT`
stands by it, with a link to `CREDIT_URL`. What the smaller files do to the network's answers is measured by
`experiments/boxed_pictures.py`.

    python -m busi.data.box DIR [--out FOLDER]

makes all of it again from the download, byte for byte (by the versions in requirements.lock).
"""

import argparse
import io
import json
import shutil
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from PIL import Image

from busi.data.breast import OWN_COLUMNS, read_breast
from busi.data.dataset import DatasetError, read_mask, some_of
from busi.data.origin import BREAST, CC_BY
from busi.images import read_image
from busi.system.console import printable_output
from busi.system.places import folder_of
from busi.system.whole_files import whole_folder
from busi.words.classes import CLASSES

BOX = folder_of("busi.data") / "breast_box"
CREDIT, CREDIT_URL, LICENCE_URL = f"{BREAST.name}, {BREAST.licence}", BREAST.source, CC_BY
TABLE, OUTLINES, HALVES, LICENCE = "lesions.csv", "outlines.json", "halves.csv", "LICENCE.txt"
CHOICE, FINAL = "choice", "final"
COLUMNS = ("image_id", "label", "half", "width", "height", *OWN_COLUMNS)
# The best quality that keeps the box under 10 MB. What it does to answers: experiments/results/boxed_pictures.csv.
QUALITY, METHOD = 85, 6
WIDEST = 1024  # pixels; a page shows no more
ROUGHEST = 0.5  # pixels that an outline's polygon may lie away from it

_NUMBERS = {"width": int, "height": int, "pixel_mm": float, "width_mm": float, "height_mm": float, "age": float}
_NOTICE = """\
BrEaST : images d'échographie du sein et contours des lésions, d'après les radiologues.
BrEaST: breast ultrasound images, and the lesions' outlines by the radiologists.

{citation}

Data: The Cancer Imaging Archive, "Breast-Lesions-USG", version of 15 December 2023, {source}
Licence: CC BY 4.0, {licence}

Ce qui a été changé : couleurs en niveaux de gris, compression WebP avec pertes (qualité {quality}), images de plus de
{widest} pixels de large réduites, contours en polygones, noms des colonnes, tailles en millimètres.
What was changed: colours to gray levels, lossy WebP compression (quality {quality}), pictures wider than {widest}
pixels reduced, outlines to polygons, names of columns, sizes in millimetres.

The licence of the program does not extend to these images. For teaching, never for diagnosis.
"""


def lesions() -> pd.DataFrame:
    """The lesions in the box, in order of their names; the pictures without a lesion are not among them.

    Returns:
        Columns `COLUMNS`: width and height of the picture in pixels, pixel_mm in mm per pixel of it, width_mm and
        height_mm of the box around the outline, age in years (NaN where unknown), half ("choice" or "final"),
        verification ("biopsy" or "follow-up"); the radiologist's words as published, several joined by "&", empty
        where nobody knows or none applies. The caller may change it.
    """
    table = _table()
    return table[table["label"].isin(CLASSES)].reset_index(drop=True)


def normals() -> pd.DataFrame:
    """The pictures in the box that show no lesion, in order of their names: columns `COLUMNS`, half empty."""
    table = _table()
    return table[~table["label"].isin(CLASSES)].reset_index(drop=True)


def picture(image_id: str) -> bytes:
    """A picture in the box, as a WebP file of gray levels.

    Args:
        image_id: as "case001", from `lesions` or `normals`.

    Raises:
        KeyError: if there is none of this name.
    """
    _row(image_id)
    return (BOX / f"{image_id}.webp").read_bytes()


def outline(image_id: str) -> np.ndarray:
    """What lies inside the radiologist's outline.

    Args:
        image_id: as for `picture`.

    Returns:
        bool array of shape (height, width) of the picture in the box; all false if it shows no lesion.

    Raises:
        KeyError: if there is none of this name.
    """
    row = _row(image_id)
    return fill(_polygons().get(image_id, []), (row["height"], row["width"]))


def depth_mm(image_id: str) -> float:
    """How deep a lesion lies: from the upper end of the picture to the middle of the box around its outline, in mm.

    Args:
        image_id: as from `lesions`.

    Raises:
        KeyError: if there is none of this name, or it shows no lesion.
    """
    rows = [row for polygon in _polygons()[image_id] for _, row in polygon]
    return float((min(rows) + max(rows)) / 2 * _row(image_id)["pixel_mm"])


def fill(polygons: Sequence[Sequence[Sequence[int]]], shape: tuple[int, int]) -> np.ndarray:
    """What lies inside polygons, their edges included; a polygon inside another is a hole.

    Args:
        polygons: corners (x, y) of each, in pixels.
        shape: (H, W) of the picture.

    Returns:
        bool array of shape (H, W).
    """
    inside = np.zeros(shape, np.uint8)
    cv2.drawContours(inside, [np.array(corners, np.int32)[:, np.newaxis] for corners in polygons], -1, 1, cv2.FILLED)
    return inside.astype(bool)


def make_box(source: str | Path, folder: Path) -> None:
    """Makes the box from BrEaST as it was downloaded; it is there whole or as it was before.

    Args:
        source: as for `read_breast`.
        folder: where it shall be, in place of what is there.

    Raises:
        DatasetError: if the download cannot be read, or is not whole, or holds a lesion of neither half.
        OSError: if the box cannot be written.
    """
    data = read_breast(source)
    images = data.images.assign(half=_halves(data.images))
    if data.skipped:
        raise DatasetError(f"{data.skipped[0].path} cannot go into the box: {data.skipped[0].why}")
    rows, polygons = [], {}
    with whole_folder(folder) as partial:
        for _, row in images.iterrows():
            gray = _small(read_image(row["path"]))
            (partial / f"{row['image_id']}.webp").write_bytes(_webp(gray))
            rows.append(_boxed(row, gray))
            if row["mask_paths"]:
                polygons[row["image_id"]] = trace(_like(read_mask(row), gray))
        pd.DataFrame(rows)[list(COLUMNS)].to_csv(partial / TABLE, index=False, lineterminator="\n")
        (partial / OUTLINES).write_text(_as_lines(polygons), encoding="utf-8", newline="\n")
        shutil.copyfile(BOX / HALVES, partial / HALVES)
        (partial / LICENCE).write_text(_notice(), encoding="utf-8", newline="\n")


def trace(inside: np.ndarray) -> list[list[list[int]]]:
    """The polygons around what lies inside, which `fill` fills again.

    Args:
        inside: bool array of shape (H, W).

    Returns:
        Corners (x, y) of each polygon, in pixels, at most half a pixel away from the edge; holes are polygons too.
    """
    found, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    return [cv2.approxPolyDP(contour, ROUGHEST, True)[:, 0].tolist() for contour in found]


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes the box; returns 0, or 2 after one line that says what is wrong."""
    printable_output()
    parser = argparse.ArgumentParser(
        prog="python -m busi.data.box", description="Makes the box of real ultrasounds from BrEaST's download."
    )
    parser.add_argument("source", metavar="DIR", help="the folder with BrEaST's spreadsheet")
    parser.add_argument("--out", type=Path, default=BOX, metavar="FOLDER", help="default: %(default)s")
    options = parser.parse_args(arguments)
    try:
        make_box(options.source, options.out.resolve())
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    files = [path for path in options.out.iterdir() if path.is_file()]
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files):,} bytes, in {options.out}")
    return 0


@lru_cache(maxsize=1)
def _table() -> pd.DataFrame:
    texts = pd.read_csv(BOX / TABLE, dtype=str, keep_default_na=False)
    numbers = {name: pd.to_numeric(texts[name]).astype(kind) for name, kind in _NUMBERS.items()}
    return texts.assign(**numbers)


@lru_cache(maxsize=1)
def _rows() -> dict[str, dict]:
    return {row["image_id"]: row for row in _table().to_dict("records")}


def _row(image_id: str) -> dict:
    """What the table says of a picture; a name that is not in it never becomes that of a file."""
    try:
        return _rows()[image_id]
    except KeyError:
        raise KeyError(f"the box holds no picture called {image_id!r}") from None


@lru_cache(maxsize=1)
def _polygons() -> dict[str, list[list[list[int]]]]:
    return json.loads((BOX / OUTLINES).read_text("utf-8"))


def _halves(images: pd.DataFrame) -> pd.Series:
    """Which half each image belongs to; empty for one without a lesion."""
    table = pd.read_csv(BOX / HALVES, dtype=str)
    half_of = dict(zip(table["Image_filename"], table["half"], strict=True))
    halves = images["path"].map(lambda path: half_of.get(Path(path).name, ""))
    without = images.loc[images["label"].isin(CLASSES) & (halves == ""), "image_id"].tolist()
    if without:
        raise DatasetError(f"{BOX / HALVES} puts these lesions into neither half: {some_of(without)}")
    return halves.where(images["label"].isin(CLASSES), "")


def _small(gray: np.ndarray) -> np.ndarray:
    """A picture no wider than a page shows it: uint8 (H, W)."""
    height, width = gray.shape
    if width <= WIDEST:
        return gray
    return cv2.resize(gray, (WIDEST, round(height * WIDEST / width)), interpolation=cv2.INTER_AREA)


def _like(inside: np.ndarray, gray: np.ndarray) -> np.ndarray:
    """An outline at the size of a picture: bool (H, W)."""
    if inside.shape == gray.shape:
        return inside
    levels = cv2.resize(inside.astype(np.uint8) * 255, gray.shape[::-1], interpolation=cv2.INTER_AREA)
    return levels > 127


def _webp(gray: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(gray).save(file, "WEBP", quality=QUALITY, method=METHOD)
    return file.getvalue()


def _boxed(row: pd.Series, gray: np.ndarray) -> dict:
    """A row of the box's table."""
    height, width = gray.shape
    told = {name: row[name] for name in COLUMNS}
    told |= {"width": width, "height": height, "pixel_mm": round(row["pixel_mm"] * row["width"] / width, 6)}
    told |= {name: round(row[name], 2) for name in ("width_mm", "height_mm")}
    return told | {"age": "" if np.isnan(row["age"]) else f"{row['age']:g}"}


def _as_lines(polygons: dict[str, list]) -> str:
    """JSON with a line for each picture, so that a change shows where it is."""
    lines = (f"{json.dumps(name)}: {json.dumps(found, separators=(',', ':'))}" for name, found in polygons.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _notice() -> str:
    return _NOTICE.format(citation=BREAST.citation, source=BREAST.source, licence=CC_BY, quality=QUALITY, widest=WIDEST)


if __name__ == "__main__":
    sys.exit(main())
