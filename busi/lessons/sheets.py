"""Sheets of simulated pictures, drawn beforehand so that nobody waits for them: many on one WebP file, row by row.

>>> cut(encoded(np.zeros((6, 8, 8), np.uint8), 3), 3).shape
(6, 8, 8)
"""

import io

import numpy as np
from PIL import ExifTags, Image

_QUALITY, _METHOD = 80, 6  # of the WebP file: half as large as without loss


def encoded(pictures: np.ndarray, across: int) -> bytes:
    """A sheet as a WebP file, which says that no patient is on it.

    Args:
        pictures: uint8 (N, S, S), N a multiple of `across`.
        across: pictures in a row.
    """
    count, side, _ = pictures.shape
    rows = pictures.reshape(count // across, across, side, side).swapaxes(1, 2)
    file, told = io.BytesIO(), Image.Exif()
    told[ExifTags.Base.ImageDescription] = "simulated by demystifions-ia; no patient's image"
    sheet = Image.fromarray(rows.reshape(-1, across * side))
    sheet.save(file, "WEBP", quality=_QUALITY, method=_METHOD, exif=told)
    return file.getvalue()


def cut(sheet: bytes, across: int) -> np.ndarray:
    """The pictures of a sheet: uint8 (N, S, S).

    Args:
        sheet: what the file holds.
        across: pictures in a row.
    """
    with Image.open(io.BytesIO(sheet)) as opened:
        gray = np.asarray(opened.convert("L"))
    side = gray.shape[1] // across
    return gray.reshape(-1, side, across, side).swapaxes(1, 2).reshape(-1, side, side)
