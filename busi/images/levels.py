"""Numbers of any depth become gray levels of eight bits.

A file may declare which number is white; then that holds. Where it does not, the numbers tell: whole numbers fill the
bits that the largest of them needs (a detector's 12 bits in a file of 16 are 12 bits), others are stretched from the
smallest to the largest. A few dead pixels, far beyond all others, decide nothing.
"""

import numpy as np
from PIL import Image

from busi.images.refused import ImageRefused

_FLAT, _NEIGHBOURS = 0.999, 5  # share of the pixels that lie within so many neighbouring gray levels
FULL_16 = 65535
_STRAY = 1e-4  # share of the pixels that may be dead
_AT_ONCE = 2**18  # numbers, so that copies of them are small
_FAR = 4  # how many times farther than all the others a dead pixel is, at least

Range = tuple[float, float]


def to_levels(numbers: np.ndarray, declared: Range | None = None, white_is_zero: bool = False) -> np.ndarray:
    """Scales to eight bits.

    Args:
        numbers: array of any shape; bool, integer or float of any size.
        declared: the numbers of black and of white, if the file says them.
        white_is_zero: whether the smallest number is white.

    Returns:
        uint8 array of the same shape, in [0, 255].

    Raises:
        ImageRefused: if they are complex, or not all finite.

    Examples:
        >>> to_levels(np.array([0, 2048, 4095], np.uint16))
        array([  0, 128, 255], dtype=uint8)
        >>> to_levels(np.array([0, 100, 255], np.uint16))
        array([  0, 100, 255], dtype=uint8)
    """
    if numbers.dtype.kind not in "buif":
        raise ImageRefused("bad_values", f"gray levels must be whole or real numbers, got {numbers.dtype}")
    if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
        raise ImageRefused("bad_values", "the picture holds values that are not numbers")
    if numbers.dtype == bool:
        levels = numbers.astype(np.uint8) * 255
    elif numbers.dtype == np.uint8 and declared is None:
        levels = numbers
    else:
        levels = _scale(numbers, *(declared or _range_of(numbers)))
    return 255 - levels if white_is_zero else levels


def is_flat(levels: np.ndarray) -> bool:
    """Whether a picture shows nothing: all but a thousandth of its pixels have the same gray level, or next to.

    Args:
        levels: uint8 array of any shape.
    """
    counts = _counts(levels, 256)
    return bool(np.convolve(counts, np.ones(_NEIGHBOURS)).max() >= _FLAT * levels.size)


def _range_of(numbers: np.ndarray) -> Range:
    """Black and white of numbers that nobody declared."""
    least, most = float(numbers.min()), float(numbers.max())
    low, high = _without_strays(numbers, least, most)
    if numbers.dtype.kind in "ui" and low >= 0:
        return 0.0, float(2 ** max(8, int(high).bit_length()) - 1)
    return low, high


def _without_strays(numbers: np.ndarray, least: float, most: float) -> Range:
    """The smallest and the largest number, dead pixels left aside."""
    stray = int(numbers.size * _STRAY)
    if not stray:  # too few pixels to tell which of them is odd
        stray = min(1, numbers.size // 1000)
    low, high = _ranked(numbers, [stray, numbers.size - 1 - stray])
    span = high - low
    if span <= 0:
        return least, most
    return (low if low - least > (_FAR - 1) * span else least), (high if most - high > (_FAR - 1) * span else most)


def _ranked(numbers: np.ndarray, ranks: list[int]) -> list[float]:
    """The numbers that would stand at these places if all stood in order."""
    if numbers.dtype in (np.uint8, np.uint16):  # counting them needs no copy of a large picture
        below = np.cumsum(_counts(numbers, 2**16))
        return [float(np.searchsorted(below, rank, side="right")) for rank in ranks]
    ordered = np.partition(numbers.ravel(), ranks)
    return [float(ordered[rank]) for rank in ranks]


def _counts(numbers: np.ndarray, values: int) -> np.ndarray:
    """How often each whole number occurs, part by part, because NumPy counts a copy of eight bytes a number."""
    if numbers.dtype == np.uint8 and numbers.size:
        counted = Image.frombuffer("L", (numbers.size, 1), np.ascontiguousarray(numbers), "raw", "L", 0, 1).histogram()
        return np.pad(np.array(counted), (0, values - 256))
    flat, counts = numbers.reshape(-1), np.zeros(values, np.int64)
    for start in range(0, flat.size, _AT_ONCE):
        counts += np.bincount(flat[start : start + _AT_ONCE], minlength=values)
    return counts


def _scale(numbers: np.ndarray, black: float, white: float) -> np.ndarray:
    if white <= black:
        return np.zeros(numbers.shape, np.uint8)
    # A table is quicker than to compute, and both are done some rows at a time: a large picture in double precision,
    # or as places in a table, would be eight times as large.
    table = _exact(np.arange(2**16), black, white) if numbers.dtype == np.uint16 else None
    levels = np.empty(numbers.shape, np.uint8)
    rows = max(1, _AT_ONCE * len(numbers) // max(1, numbers.size))
    for row in range(0, len(numbers), rows):
        some = numbers[row : row + rows]
        levels[row : row + rows] = _exact(some, black, white) if table is None else table[some]
    return levels


def _exact(numbers: np.ndarray, black: float, white: float) -> np.ndarray:
    share = (np.asarray(numbers, np.float64) - black) / (white - black) * 255
    # Sixteen bits in full and real numbers are cut, as they always were here; others are rounded.
    whole = share + 1e-9 if numbers.dtype.kind == "f" or white == FULL_16 else np.rint(share)
    return np.clip(whole, 0, 255).astype(np.uint8)
