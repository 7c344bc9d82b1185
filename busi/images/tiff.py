"""TIFF, of any depth: which page is the picture, what its numbers mean, and how they are scaled.

Pages of eight bits and less that Pillow knows are left to Pillow; all others are decoded by tifffile. Tags and their
meaning: TIFF 6.0 (Adobe 1992), TIFF Technical Note 1 for pages within pages, and section 23 for CIELAB.
"""

import io
import logging
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from busi.images.cost import MOST_SCANNED, check_jpeg_2000_inside, check_jpeg_inside, check_scans
from busi.images.levels import Range, to_levels
from busi.images.metadata import turned
from busi.images.refused import MIN_SIDE, ImageRefused, check_size, too_costly, unreadable

if TYPE_CHECKING:
    from tifffile import TiffPage

MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
MOST_PAGES = 256  # that are looked at
MOST_TAGS, MOST_STRIPS = 10_000, 50_000  # of all of them
_JPEG, _JPEG_2000 = (6, 7, 33007, 34892), (33003, 33004, 33005, 34712)
# What tifffile may unpack: kinds of packing that cannot yield more than a strip holds, or that are looked into first.
_UNPACKED = frozenset([1, 2, 3, 4, 5, 8, 32773, 32946, 34925, 50000, *_JPEG, *_JPEG_2000])
_REDUCED, _MASK = 1, 4  # bits of NewSubfileType
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _YCBCR, _LAB = 0, 1, 2, 3, 5, 6, (8, 9, 10)
_SUBFILE, _ORIENTATION, _EXTRA = 254, 274, 338
_LEAST_AND_MOST = ((340, 341), (280, 281))  # tags that declare a range
_ASSOCIATED, _UNASSOCIATED = 1, 2  # what an extra sample may be: opacity, colours multiplied by it or not

logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # what it says of a visitor's file belongs in no log


def read_tiff(file: bytes) -> Image.Image:
    """The picture of a TIFF, as it is to be seen.

    Args:
        file: the bytes of a TIFF.

    Returns:
        A decoded picture of eight bits a channel.

    Raises:
        ImageRefused: if it is damaged, of a kind that cannot be read, too small or too large.
    """
    try:
        page, number = _page(file)
        _check(page, file)
    except ImageRefused:
        raise
    except Exception as error:  # a damaged header makes tifffile raise almost anything
        raise ImageRefused("truncated", f"the picture's header is damaged ({type(error).__name__})") from error
    try:
        if (picture := _by_pillow(file, page, number)) is not None:
            return picture
        return turned(_decoded(page), _tag(page, _ORIENTATION) or 1)
    except ImageRefused:
        raise
    except Exception as error:  # whatever a decoder raises, the file is at fault
        raise unreadable("TIFF") from error


def _page(file: bytes) -> tuple["TiffPage", int | None]:
    """The picture among the pages, and its number if it is no page within a page."""
    from tifffile import TiffFile  # here, because few pictures need it

    found, tags, strips = [], 0, 0
    for page, number in islice(_all(TiffFile(io.BytesIO(file)).pages), MOST_PAGES):
        tags, strips = tags + len(page.tags), strips + len(page.dataoffsets)
        if tags > MOST_TAGS or strips > MOST_STRIPS:
            raise too_costly(f"a TIFF of more than {MOST_TAGS:,} tags or {MOST_STRIPS:,} strips")
        if page.imagewidth:
            found.append((page, number))
    if not found:
        raise ImageRefused("truncated", "the picture is incomplete: it has no page")
    return max(found, key=lambda one: (not _is_copy_or_mask(one[0]), one[0].imagewidth * one[0].imagelength))


def _check(page: "TiffPage", file: bytes) -> None:
    """Refuses a page by its header, before anything of it is decoded."""
    check_size(page.imagewidth, page.imagelength, _bytes_per_pixel(page))
    strips = list(zip(page.dataoffsets, page.databytecounts, strict=False))
    if not strips or any(place + count > len(file) for place, count in strips):
        raise ImageRefused("truncated", "the picture is incomplete: its file ends too early")
    width, height = (page.tilewidth, page.tilelength) if page.is_tiled else (page.imagewidth, page.rowsperstrip)
    check_size(max(width, MIN_SIDE), max(min(height, page.imagelength), MIN_SIDE), _bytes_per_pixel(page))
    if page.compression in _JPEG:
        _check_jpegs(page, file, strips, width * min(height, page.imagelength))
    elif page.compression in _JPEG_2000:
        for place, count in set(strips):
            check_jpeg_2000_inside(file[place : place + count], width, height)


def _bytes_per_pixel(page: "TiffPage") -> float:
    """What decoding holds: the numbers of a strip, which may be all, those of the page, and copies to scale by."""
    samples = max(1, page.samplesperpixel)
    if page.bitspersample <= 8:
        return samples + (5 if samples > 1 else 2) if samples < 4 else 3 * samples
    size = page.dtype.itemsize if page.dtype else page.bitspersample / 8
    return 2.5 * size * samples + 2


def _check_jpegs(page: "TiffPage", file: bytes, strips: list[tuple[int, int]], pixels: int) -> None:
    """Refuses JPEGs within a page that are larger than their strips, or cost more scans than any encoder writes."""
    if page.compression == _JPEG[0]:  # its parts may lie anywhere
        return check_jpeg_inside(file, page.imagewidth, page.imagelength)
    scanned = 0
    for place, count in strips:
        scanned += pixels * check_scans(file[place : place + count], pixels)
        if scanned > MOST_SCANNED + pixels:
            raise too_costly("a TIFF of JPEGs with many scans")
    for place, count in set(strips):
        check_jpeg_inside(file[place : place + count], pixels, 1)
    return None


def _all(pages: Any) -> Iterator[tuple["TiffPage", int | None]]:
    for number, page in enumerate(pages):
        yield page.aspage(), number
        yield from ((inner.aspage(), None) for inner in page.pages or ())


def _is_copy_or_mask(page: "TiffPage") -> bool:
    """Whether a page says of itself that it is a smaller copy, or a mask."""
    return bool((_tag(page, _SUBFILE) or 0) & (_REDUCED | _MASK))


def _by_pillow(file: bytes, page: "TiffPage", number: int | None) -> Image.Image | None:
    """The page as Pillow reads it; None if it is too deep for Pillow, or Pillow gives up."""
    known = page.photometric in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _CMYK, _YCBCR)
    if number is None or not known or page.bitspersample > 8 or page.sampleformat != 1:
        return None
    try:
        picture = Image.open(io.BytesIO(file), formats=("TIFF",))
        picture.seek(number)
        picture.load()  # Pillow turns a TIFF itself
    except Exception:  # tifffile may still know it
        return None
    return picture if picture.size in _sizes(page) else None


def _sizes(page: "TiffPage") -> tuple[tuple[int, int], tuple[int, int]]:
    return (page.imagewidth, page.imagelength), (page.imagelength, page.imagewidth)


def _decoded(page: "TiffPage") -> Image.Image:
    """The page as tifffile reads it, in eight bits."""
    if page.compression not in _UNPACKED:
        raise unreadable("TIFF")
    numbers = page.asarray(maxworkers=1)
    if numbers.ndim == 3 and page.axes.startswith("S"):
        numbers = np.moveaxis(numbers, 0, -1)
    if numbers.ndim == 2:
        numbers = numbers[..., np.newaxis]
    if numbers.ndim != 3 or numbers.shape[:2] != (page.imagelength, page.imagewidth):
        raise unreadable("TIFF")
    declared = _declared(page, numbers)
    if page.photometric == _PALETTE:
        return Image.fromarray(_in_colour(numbers[..., 0], page.colormap))
    if page.photometric in _LAB:
        return Image.fromarray(_gray_of_lightness(to_levels(numbers[..., 0], _full(numbers))))
    if page.photometric == _CMYK and numbers.shape[2] >= 4:
        return Image.fromarray(to_levels(numbers[..., :4], declared), "CMYK")
    if page.photometric == _RGB and numbers.shape[2] >= 3:
        return _with_opacity(to_levels(numbers[..., :3], declared), numbers[..., 3:], page)
    if page.photometric in (_WHITE_IS_ZERO, _BLACK_IS_ZERO):
        levels = to_levels(numbers[..., 0], declared, page.photometric == _WHITE_IS_ZERO)
        return _with_opacity(levels, numbers[..., 1:], page)
    raise unreadable("TIFF")


def _declared(page: "TiffPage", numbers: np.ndarray) -> Range | None:
    """Black and white as the file says them: by tags, or by a depth that no computer has."""
    for least, most in _LEAST_AND_MOST:
        low, high = _tag(page, least) or 0, _tag(page, most)
        if high is not None and low < high and low <= numbers.min() and numbers.max() <= high:
            return float(low), float(high)
    bits = page.bitspersample
    if numbers.dtype.kind == "u" and bits not in (8, 16, 32, 64):
        if numbers.max() >= 2**bits:  # then something else went wrong
            raise unreadable("TIFF")
        return 0.0, float(2**bits - 1)
    return None


def _full(numbers: np.ndarray) -> Range:
    return (0.0, float(np.iinfo(numbers.dtype).max)) if numbers.dtype.kind == "u" else (0.0, 100.0)


def _in_colour(indices: np.ndarray, colours: np.ndarray | None) -> np.ndarray:
    """A palette's colours. Many programs write numbers to 255 where numbers to 65535 are due."""
    if colours is None:
        raise unreadable("TIFF")
    shift = 0 if colours.max() <= 255 else 8
    return (colours.astype(np.uint16) >> shift).astype(np.uint8).T[indices]


def _gray_of_lightness(lightness: np.ndarray) -> np.ndarray:
    """The gray of sRGB that has a lightness L* (CIE 1976; IEC 61966-2-1); 255 for an L* of 100."""
    root = (np.arange(256) / 255 * 100 + 16) / 116
    linear = np.where(root > 6 / 29, root**3, (116 * root - 16) * 27 / 24389)
    gray = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    return np.rint(np.clip(gray, 0, 1) * 255).astype(np.uint8)[lightness]


def _with_opacity(levels: np.ndarray, extra: np.ndarray, page: "TiffPage") -> Image.Image:
    kinds = _tag(page, _EXTRA)
    kind = kinds[0] if isinstance(kinds, tuple) and kinds else kinds
    picture = Image.fromarray(levels)
    if extra.shape[2] and kind in (_ASSOCIATED, _UNASSOCIATED):
        picture = picture.convert("RGB")
        opacity = Image.fromarray(to_levels(extra[..., 0], _full(extra)))
        if kind == _ASSOCIATED:  # black lies behind it already
            opacity = Image.new("L", picture.size, 255)
        picture.putalpha(opacity)
    return picture


def _tag(page: "TiffPage", code: int) -> Any:
    found = page.tags.get(code)
    value = found.value if found is not None else None
    return int(value) if isinstance(value, int) else value  # a number of an enumeration, too
