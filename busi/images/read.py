"""A file becomes gray levels, or a refusal that says why. What it is called does not matter, what is in it does."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from PIL import Image, ImageFilter, UnidentifiedImageError

from busi.images.cost import check_cost, check_webp
from busi.images.dicom import is_dicom, read_dicom
from busi.images.levels import is_flat, to_levels
from busi.images.metadata import JPEG, ORIENTATION, PNG, pixels_alone, significant_bits, turned
from busi.images.refused import MAX_PIXELS, ImageRefused, check_size, too_costly, unreadable
from busi.images.tiff import MAGIC as TIFF
from busi.images.tiff import read_tiff

# Pillow knows many more, some of which run other programs (EPS starts Ghostscript).
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "AVIF")
# How the names of such files end; a file is judged by its content, so this only tells pictures from other things.
SUFFIXES = frozenset(
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".tif",
        ".tiff",
        ".webp",
        ".bmp",
        ".dib",
        ".gif",
        ".dcm",
        ".dicom",
        ".heic",
        ".heif",
        ".avif",
    ]
)
_SHOWN = 640  # pixels a side at least that are kept of what the file holds
_ENOUGH = 1280  # pixels a side, as of a square, that a picture has at least which is read at a smaller size
_LYING = (5, 6, 7, 8)  # orientations that change width and height about
_TRUE_SIZE = "size in the file"  # among what Pillow keeps beside a picture
_STRIP = 2**18  # pixels
_BILINEAR = Image.Resampling.BILINEAR  # first along rows, then along columns, so strips come out as the whole does
# Levels between channels, beyond which a pixel is in colour. Scanners tint their gray levels: BrEaST's by up to 28.
_COLOURED = 40
_COLOUR_SIDE = 256  # pixels at which colour is looked for
_FIELD = 7  # of these pixels: what is thinner is a mark, not a field of colour
# How pictures begin that are known by their name at least.
_KINDS = {
    PNG: "PNG",
    JPEG: "JPEG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\xff\x0a": "JPEG XL",
    b"8BPS": "Photoshop",
}
_HEIF_BRANDS = ("heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1")

ImageSource = str | PathLike | bytes | Image.Image | np.ndarray


@dataclass(frozen=True)
class Original:
    """A picture as its file holds it, colours and all; a palette is looked up, and depth brought to eight bits.

    Attributes:
        pixels: uint8 (H, W), (H, W, 2), (H, W, 3) or (H, W, 4), or bool (H, W) of a picture of one bit; from 1280
            pixels a side on reduced by a whole number.
        shape: of the whole picture.
        low: the smallest of all its numbers, as they were decoded.
        high: the largest.
    """

    pixels: np.ndarray
    shape: tuple[int, ...]
    low: int
    high: int


@dataclass(frozen=True)
class Reading:
    """A picture that was read.

    Attributes:
        image: uint8 (H, W), gray levels.
        colour: the share of its pixels in fields of colour, in [0, 1], as `colour_share` tells it.
        original: what the file holds, if that was asked for.
    """

    image: np.ndarray
    colour: float
    original: Original | None = None

    def need_original(self) -> Original:
        """What the file holds, of a picture that was read with it.

        Raises:
            ValueError: if it was read without.
        """
        if self.original is None:
            raise ValueError("the picture was read without its original")
        return self.original


def read_image(source: ImageSource, flat: bool = False) -> np.ndarray:
    """Reads any usual picture as gray levels.

    Files may be PNG, JPEG, TIFF, WebP, BMP, GIF, HEIC, AVIF or DICOM, of any depth; of several pages the largest is
    taken, of several frames the first. Orientation is applied; transparency is laid on black, unless nothing were left
    to see; numbers of more than eight bits are scaled by the range that the file declares, or that they fill.

    Args:
        source: a path, the bytes of a file, a PIL image, or an array of shape (H, W), (H, W, 1), (H, W, 2: gray
            and alpha), (H, W, 3: RGB) or (H, W, 4: RGBA); bool, uint8, uint16, or float in [0, 1] or [0, 255].
        flat: take a picture that shows nothing, too, as the outline of no lesion does.

    Returns:
        uint8 array of shape (H, W), in [0, 255].

    Raises:
        ImageRefused: if it is missing, empty, not a picture, of a kind that cannot be read, truncated, under 32 pixels
            on a side, over 40 megapixels (told from the header, before decoding), or of one gray level.
    """
    return read_picture(source, flat).image


def colour_share(source: ImageSource) -> float:
    """How much of a picture is in colour, as a photograph or the flow in a Doppler image is.

    It is the share of pixels, of 256 x 256, whose channels are more than 40 levels apart and which lie in a field of
    such: tinted gray levels are no colour, and a scanner's thin lines, letters and crosses are no field.

    Args:
        source: as for `read_image`.

    Raises:
        ImageRefused: as `read_image` does, but for a picture of one gray level.
    """
    return read_picture(source, flat=True).colour


def read_picture(source: ImageSource, flat: bool = False, original: bool = False, reduced: bool = False) -> Reading:
    """Gray levels and share of colour at once, as `read_image` and `colour_share` give them.

    Args:
        source: as for `read_image`.
        flat: as for `read_image`.
        original: keep also what the file holds.
        reduced: read what is far larger than any use of it at a half, a quarter or an eighth of its size: from four
            times 1280 x 1280 pixels on.

    Raises:
        ImageRefused: as `read_image` does.
    """
    try:
        decoded = _decode(source, reduced)
        image = _to_gray(decoded)
        if reduced and (times := _times_too_large(*decoded.size)) > 1:
            image = np.array(Image.fromarray(image).reduce(times))
        picture = Reading(image, _colour(decoded), _original(decoded) if original else None)
    except ImageRefused as error:
        if _ran_out_of_memory(error):
            raise too_costly("it needs more memory than is allowed") from error
        raise
    except MemoryError as error:
        raise too_costly("it needs more memory than is allowed") from error
    except Exception as error:  # whatever a decoder raises that nobody foresaw, the file is at fault
        raise ImageRefused("truncated", f"the picture cannot be decoded ({type(error).__name__})") from error
    if not flat and is_flat(picture.image):
        gray = round(float(picture.image.mean()))
        raise ImageRefused("flat", f"the picture shows nothing: it is of one gray level, {gray}")
    return picture


def _ran_out_of_memory(error: BaseException | None) -> bool:
    """Whether a decoder that gave up did so for want of memory."""
    while error is not None and not isinstance(error, MemoryError):
        error = error.__cause__ or error.__context__
    return error is not None


def _original(picture: Image.Image) -> Original:
    picture = picture.convert("RGB") if picture.mode == "P" else picture
    bands = picture.getbands()
    extrema: Any = picture.getextrema()  # a pair of one band, a tuple of pairs of more
    ends: Sequence[tuple[int, int]] = [extrema] if len(bands) == 1 else extrema
    one_bit, size = picture.mode == "1", picture.info.get(_TRUE_SIZE, picture.size)[::-1]
    white = 255 if one_bit else 1
    low, high = min(low for low, _ in ends) // white, max(high for _, high in ends) // white
    if (times := max(picture.size) // _SHOWN) > 1:
        small = picture.convert("L").reduce(times) if one_bit else picture.reduce(times)
        picture = small.convert("1", dither=Image.Dither.NONE) if one_bit else small
    return Original(np.array(picture), size if len(bands) == 1 else (*size, len(bands)), low, high)


def _times_too_large(width: int, height: int) -> int:
    """By what a picture is reduced that is far larger than any use of it: 1, 2, 4 or 8."""
    return max(times for times in (1, 2, 4, 8) if times == 1 or width * height >= (times * _ENOUGH) ** 2)


def _decode(source: ImageSource, reduced: bool = False) -> Image.Image:
    """Any source as a decoded picture of eight bits a channel, turned as it is to be seen; a JPEG in a smaller size."""
    if isinstance(source, np.ndarray):
        source = _array_to_pil(source)
    if isinstance(source, Image.Image):
        check_size(*source.size)
        return _in_eight_bits(turned(_loaded(source), source.getexif().get(ORIENTATION, 1)))
    file = source if isinstance(source, bytes) else _file_bytes(source)
    if not file:
        raise ImageRefused("empty", "the file is empty")
    if file.startswith(TIFF):
        return read_tiff(file)
    if is_dicom(file):
        return read_dicom(file)
    return _decode_usual(file, reduced)


def _file_bytes(path: str | PathLike) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ImageRefused("missing", f"cannot read {path}: {error.strerror}") from error


def _decode_usual(file: bytes, reduced: bool) -> Image.Image:
    """PNG, JPEG, WebP, BMP, GIF, HEIC or AVIF."""
    pixels, orientation = pixels_alone(file)
    check_webp(file)
    picture = _open(pixels)
    deep = _is_deep_colour(pixels)
    true_size = picture.size
    if reduced and picture.format in ("JPEG", "MPO"):
        _reduce(picture)
    check_cost(picture, pixels, deep, true_size)
    bits = significant_bits(file) if file.startswith(PNG) else None
    decoded = _deep_colour_png(pixels, bits) if deep else _in_eight_bits(_loaded(picture), bits)
    if not file.startswith((PNG, JPEG)):
        orientation = _orientation_in_metadata(picture)
    seen = turned(decoded, orientation)
    seen.info[_TRUE_SIZE] = true_size[::-1] if orientation in _LYING else true_size
    return seen


def _reduce(picture: Image.Image) -> None:
    """Lets a JPEG that is far larger than any use of it be decoded at a smaller size.

    The cosines of its blocks are summed at that size, as libjpeg does, which is no worse than reducing the picture
    afterwards, in a fraction of the time and the memory.
    """
    times = _times_too_large(*picture.size)
    picture.draft(None, (picture.width // times, picture.height // times))


def _open(file: bytes) -> Image.Image:
    """Reads the header only; pixels are decoded later."""
    try:
        if file[4:8] == b"ftyp" and file[8:12].decode("latin-1") in _HEIF_BRANDS:
            return _open_heif(file)
        return Image.open(io.BytesIO(file), formats=FORMATS)
    except Image.DecompressionBombError as error:
        limit = MAX_PIXELS // 1_000_000
        raise ImageRefused("too_large", f"a picture may have {limit} megapixels: {error}", limit=limit) from error
    except UnidentifiedImageError as error:
        kind = next((kind for begin, kind in _KINDS.items() if file.startswith(begin)), None)
        if kind and len(file) > 100:
            raise unreadable(kind) from error
        raise ImageRefused("not_an_image", "the file is not a picture in a known format") from error
    except ImageRefused:
        raise
    except Exception as error:  # a damaged header makes Pillow raise almost anything
        raise ImageRefused("truncated", f"the picture's header is damaged: {error}") from error


def _open_heif(file: bytes) -> Image.Image:
    from pillow_heif import HeifImageFile  # here, because few pictures need it

    try:
        return HeifImageFile(io.BytesIO(file))
    except Exception as error:  # libheif says everything in its own words
        raise unreadable("HEIC") from error


def _loaded(picture: Image.Image) -> Image.Image:
    try:
        picture.seek(0)
        picture.load()
    except Exception as error:  # a damaged body makes Pillow raise almost anything
        raise ImageRefused("truncated", f"the picture is damaged or incomplete: {error}") from error
    return picture


def _orientation_in_metadata(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # broken words are no broken picture
        return 1


def _is_deep_colour(file: bytes) -> bool:
    """Whether a PNG has 16 bits and several channels, of which Pillow would keep the upper eight bits."""
    return file.startswith(PNG) and file[24:25] == b"\x10" and file[25:26] in (b"\x02", b"\x04", b"\x06")


def _deep_colour_png(file: bytes, bits: int | None) -> Image.Image:
    import imagecodecs  # here, because few pictures need it

    try:
        numbers = imagecodecs.png_decode(file)
    except Exception as error:
        raise ImageRefused("truncated", f"the picture is damaged or incomplete: {error}") from error
    colours = numbers.shape[2] - (numbers.shape[2] % 2 == 0)
    levels = to_levels(numbers[..., :colours], _declared(numbers, bits))
    picture = Image.fromarray(levels[..., 0] if colours == 1 else levels)
    if colours < numbers.shape[2]:
        picture.putalpha(Image.fromarray(to_levels(numbers[..., -1], (0.0, 65535.0))))
    return picture


def _in_eight_bits(picture: Image.Image, bits: int | None = None) -> Image.Image:
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        numbers = np.asarray(picture)
        return Image.fromarray(to_levels(numbers, _declared(numbers, bits)))
    return picture


def _declared(numbers: np.ndarray, bits: int | None) -> tuple[float, float] | None:
    """The range of numbers of which a PNG says how many bits are meant, if they were not spread over all 16."""
    if bits is None or not 8 <= bits < 16 or numbers.max() >= 2**bits:
        return None
    return 0.0, float(2**bits - 1)


def _to_gray(picture: Image.Image) -> np.ndarray:
    """Gray levels of a decoded picture of any mode of eight bits: uint8 (H, W)."""
    if not picture.has_transparency_data:
        return _strip_by_strip(picture, lambda strip: strip.convert("L"))
    laid = _strip_by_strip(picture, lambda strip: _on_black(strip.convert("RGBA")).convert("L"))
    if not is_flat(laid):
        return laid
    # Programs that leave the opacity unset write zeros: then it was not meant.
    return _strip_by_strip(picture, lambda strip: strip.convert("RGBA").convert("RGB").convert("L"))


def _strip_by_strip(picture: Image.Image, change: Callable[[Image.Image], Image.Image]) -> np.ndarray:
    """A change of each pixel for itself, made in strips, so that a large picture is never there twice: uint8 (H, W)."""
    levels, top = np.empty(picture.size[::-1], np.uint8), 0
    for strip in _strips(picture):
        levels[top : top + strip.height] = np.asarray(change(strip))
        top += strip.height
    return levels


def _strips(picture: Image.Image) -> Iterator[Image.Image]:
    width, height = picture.size
    rows = max(1, _STRIP // width)
    if rows >= height:
        yield picture
        return
    for top in range(0, height, rows):
        yield picture.crop((0, top, width, min(top + rows, height)))


def _on_black(picture: Image.Image) -> Image.Image:
    """Ultrasound is read on black, so black is what shows through transparent pixels."""
    black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, picture).convert("RGB")


def _colour(picture: Image.Image) -> float:
    if picture.mode in ("1", "L", "LA"):
        return 0.0
    width = min(_COLOUR_SIDE, picture.width)
    narrow = [strip.convert("RGB").resize((width, strip.height), _BILINEAR) for strip in _strips(picture)]
    whole = Image.fromarray(np.concatenate([np.asarray(strip) for strip in narrow]))
    channels = np.asarray(whole.resize((_COLOUR_SIDE, _COLOUR_SIDE), _BILINEAR), np.int16)
    return float(_fields(channels.max(axis=2) - channels.min(axis=2) > _COLOURED).mean())


def _fields(coloured: np.ndarray) -> np.ndarray:
    """Of coloured pixels those in a square of them, as wide as a field is at least: bool (H, W), as they are given."""
    levels = Image.fromarray(coloured.astype(np.uint8))
    return np.asarray(levels.filter(ImageFilter.MinFilter(_FIELD)).filter(ImageFilter.MaxFilter(_FIELD))) > 0


def _array_to_pil(array: np.ndarray) -> Image.Image:
    if array.size == 0:
        raise ImageRefused("empty", f"the array is empty: shape {array.shape}")
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 2, 3, 4):
        raise ImageRefused("not_an_image", f"an array must be (H, W) or (H, W, 1 to 4), got {array.shape}")
    levels = _array_to_levels(array)
    return Image.fromarray(levels[..., 0] if array.ndim == 3 and channels == 1 else levels)


def _array_to_levels(array: np.ndarray) -> np.ndarray:
    """The same array as uint8 in [0, 255]."""
    if array.dtype in (bool, np.uint8, np.uint16):
        return to_levels(array)
    if not np.issubdtype(array.dtype, np.floating):
        raise ImageRefused("bad_values", f"an array must be bool, uint8, uint16 or float, got {array.dtype}")
    if not np.isfinite(array).all() or array.min() < 0 or array.max() > 255:
        raise ImageRefused("bad_values", "a float array must lie in [0, 1] or in [0, 255]")
    return np.rint(array * 255 if array.max() <= 1 else array).astype(np.uint8)
