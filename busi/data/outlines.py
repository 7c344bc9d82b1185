"""Outlines of lesions: how their content is told from that of ultrasound images, and what lies inside.

An outline has two gray levels, or little between dark and bright; an ultrasound image has all of them.
"""

import io
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

from busi.images import MAX_PIXELS, ImageRefused, read_image

PICTURE, OUTLINE, BLANK = "picture", "outline", "blank"

_LARGEST_LABEL = 16  # up to it, values number the lesions (1, 2, 3 ...) rather than measure brightness
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")  # of which Pillow gives the values as they stand
_LOSSY = ("JPEG", "MPO", "WEBP")


def read_values(path: str | PathLike) -> tuple[np.ndarray, bool]:
    """The values of an outline's file, as they stand there.

    Palettes and colours give the brightest channel, transparent pixels 0, unless only transparency draws the outline.

    Args:
        path: of the file, of any kind that `read_image` reads.

    Returns:
        Array of shape (H, W), uint8, int32 or float64, 0 or more; and whether its format may have changed values.

    Raises:
        ImageRefused: if it cannot be read.
    """
    try:
        data = Path(path).read_bytes()
        picture = Image.open(io.BytesIO(data), formats=_FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            return read_image(path, flat=True), True  # which refuses it, and says why
        lossy = picture.format in _LOSSY
        picture.load()
        return _values(ImageOps.exif_transpose(picture)), lossy
    except ImageRefused:
        raise
    except Exception:  # a kind that Pillow does not read, or a damaged one: read_image reads it, or says what is wrong
        return read_image(path, flat=True), True


def content_of(values: np.ndarray) -> str:
    """What values look like: `PICTURE`, `OUTLINE` or `BLANK`.

    Args:
        values: array of shape (H, W), uint8, int32 or float64, 0 or more.

    Returns:
        `OUTLINE` for two or three different values, for small whole numbers, and where hardly any value lies between
        dark and bright, as in an outline that was saved as JPEG.
    """
    found, counts = _levels(values)
    if len(found) == 1:
        return BLANK
    if len(found) <= 3 or (found[-1] <= _LARGEST_LABEL and not np.issubdtype(values.dtype, np.floating)):
        return OUTLINE
    level, share = found / found[-1], counts / counts.sum()
    bright, between = share[level > 0.85].sum(), share[(level > 0.15) & (level <= 0.85)].sum()
    return OUTLINE if between < min(0.06, bright) else PICTURE


def inside_of(values: np.ndarray, lossy: bool = False) -> np.ndarray:
    """Where an outline's values mark a lesion: above half of the largest, or above 0 where there are but few of them.

    Args:
        values: array of shape (H, W), uint8, int32 or float64, 0 or more.
        lossy: whether they went through a format that changes values, so that 1 or 2 may stand for 0.

    Returns:
        bool array of shape (H, W).
    """
    found, _ = _levels(values)
    few = len(found) <= 4 and not lossy
    return values > 0 if few or (found[-1] <= _LARGEST_LABEL and _whole(found)) else values > found[-1] / 2


def marks_the_outside(inside: np.ndarray) -> bool:
    """Whether an outline seems to mark everything but the lesion.

    Args:
        inside: bool array of shape (H, W).
    """
    corners = inside[:: max(1, inside.shape[0] - 1), :: max(1, inside.shape[1] - 1)]
    return bool(corners.all() and inside.mean() > 0.5)


def read_outline(path: str | PathLike) -> np.ndarray:
    """What lies inside an outline.

    Args:
        path: of its file.

    Returns:
        bool array of shape (H, W).

    Raises:
        ImageRefused: if the file cannot be read.
    """
    return inside_of(*read_values(path))


def join(outlines: Sequence[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """All outlines of a picture in one.

    Args:
        outlines: bool arrays of shape (H, W), of any sizes.
        shape: of the picture.

    Returns:
        bool array of that shape, true inside any of them.
    """
    joined = np.zeros(shape, dtype=bool)
    for inside in outlines:
        joined |= inside if inside.shape == shape else _resized(inside, shape)
    return joined


def _levels(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different values, in order, and how often each occurs."""
    if values.dtype != np.uint8:
        return np.unique(values, return_counts=True)
    counts = np.bincount(values.ravel(), minlength=256)
    return np.flatnonzero(counts), counts[counts > 0]


def _resized(inside: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return cv2.resize(inside.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST).astype(bool)


def _values(picture: Image.Image) -> np.ndarray:
    """The values of a decoded picture of any mode: (H, W)."""
    if picture.mode in ("1", "L"):
        return np.asarray(picture.convert("L"))
    if picture.mode.startswith("I") or picture.mode == "F":
        numbers = np.asarray(picture).astype(np.float64)
        numbers = np.clip(np.nan_to_num(numbers, posinf=0), 0, None)
        return numbers.astype(np.int32) if _whole(numbers) else numbers
    channels = np.asarray(picture.convert("RGBA"))
    colour, alpha = channels[..., :3].max(axis=2), channels[..., 3]
    if picture.mode == "P" and len(np.unique(colour)) == 1:  # a palette of one colour: the numbers must tell
        return np.asarray(picture)
    if len(np.unique(colour)) == 1 and len(np.unique(alpha)) > 1:
        return alpha
    return np.where(alpha > 0, colour, 0) if alpha.any() else colour


def _whole(numbers: np.ndarray) -> bool:
    return bool((numbers == np.floor(numbers)).all() and numbers.max() < 2**31)
