"""Numbers of any depth become gray levels of eight bits.

A file may declare which number is white; then that holds. Where it does not, the numbers tell: whole numbers fill the
bits that the largest of them needs (a detector's 12 bits in a file of 16 are 12 bits), others are stretched from the
smallest to the largest. A few dead pixels, far beyond all others, decide nothing.
"""

import numpy as np

from busi.images.refused import ImageRefused

_FLAT, _NEIGHBOURS = 0.999, 5  # share of the pixels that lie within so many neighbouring gray levels
FULL_16 = 65535
_STRAY = 1e-4  # share of the pixels that may be dead
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
    counts = np.bincount(levels.ravel(), minlength=256)
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
    flat, stray = numbers.ravel(), int(numbers.size * _STRAY)
    if not stray:  # too few pixels to tell which of them is odd
        stray = min(1, numbers.size // 1000)
    ordered = np.partition(flat, [stray, flat.size - 1 - stray])
    low, high = float(ordered[stray]), float(ordered[flat.size - 1 - stray])
    span = high - low
    if span <= 0:
        return least, most
    return (low if low - least > (_FAR - 1) * span else least), (high if most - high > (_FAR - 1) * span else most)


def _scale(numbers: np.ndarray, black: float, white: float) -> np.ndarray:
    if white <= black:
        return np.zeros(numbers.shape, np.uint8)
    if numbers.dtype == np.uint16:  # a table is quicker, and smaller than a large picture in double precision
        return _exact(np.arange(2**16), black, white)[numbers]
    levels = np.empty(numbers.shape, np.uint8)
    for row, some in enumerate(numbers):  # a row at a time, for the same reason
        levels[row] = _exact(some, black, white)
    return levels


def _exact(numbers: np.ndarray, black: float, white: float) -> np.ndarray:
    share = (np.asarray(numbers, np.float64) - black) / (white - black) * 255
    # Sixteen bits in full and real numbers are cut, as they always were here; others are rounded.
    whole = share + 1e-9 if numbers.dtype.kind == "f" or white == FULL_16 else np.rint(share)
    return np.clip(whole, 0, 255).astype(np.uint8)
