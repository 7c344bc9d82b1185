"""A file becomes gray levels, or a refusal that says why. What it is called does not matter, what is in it does."""

import io
from dataclasses import dataclass
from os import PathLike

import numpy as np
from PIL import Image, UnidentifiedImageError

from busi.images.dicom import is_dicom, read_dicom
from busi.images.levels import is_flat, to_levels
from busi.images.metadata import JPEG, ORIENTATION, PNG, pixels_alone, significant_bits, turned
from busi.images.refused import MAX_PIXELS, ImageRefused, check_size, unreadable
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
_COLOURED = 24  # levels between channels, from which on a pixel is in colour
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
class Reading:
    """A picture that was read.

    Attributes:
        image: uint8 (H, W), gray levels.
        colour: the share of its pixels whose channels are more than 24 levels apart, in [0, 1].
    """

    image: np.ndarray
    colour: float


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
    """How much of a picture is in colour: the share of its pixels whose channels are more than 24 levels apart.

    Args:
        source: as for `read_image`.

    Raises:
        ImageRefused: as `read_image` does, but for a picture of one gray level.
    """
    return read_picture(source, flat=True).colour


def read_picture(source: ImageSource, flat: bool = False) -> Reading:
    """Gray levels and share of colour at once, as `read_image` and `colour_share` give them.

    Args:
        source: as for `read_image`.
        flat: as for `read_image`.

    Raises:
        ImageRefused: as `read_image` does.
    """
    try:
        decoded = _decode(source)
        picture = Reading(_to_gray(decoded), _colour(decoded))
    except ImageRefused:
        raise
    except Exception as error:  # whatever a decoder raises that nobody foresaw, the file is at fault
        raise ImageRefused("truncated", f"the picture cannot be decoded ({type(error).__name__})") from error
    if not flat and is_flat(picture.image):
        gray = round(float(picture.image.mean()))
        raise ImageRefused("flat", f"the picture shows nothing: it is of one gray level, {gray}")
    return picture


def as_sent(source: ImageSource) -> np.ndarray:
    """The pixels as the file holds them, colours and all; a palette is looked up, and depth brought to eight bits.

    Args:
        source: as for `read_image`.

    Returns:
        uint8 array of shape (H, W), (H, W, 2), (H, W, 3) or (H, W, 4); bool (H, W) of a picture of one bit.

    Raises:
        ImageRefused: as `read_image` does, but for a picture of one gray level.
    """
    picture = _decode(source)
    return np.asarray(picture.convert("RGB") if picture.mode == "P" else picture)


def _decode(source: ImageSource) -> Image.Image:
    """Any source as a decoded picture of eight bits a channel, turned as it is to be seen."""
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
    return _decode_usual(file)


def _file_bytes(path: str | PathLike) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ImageRefused("missing", f"cannot read {path}: {error.strerror}") from error


def _decode_usual(file: bytes) -> Image.Image:
    """PNG, JPEG, WebP, BMP, GIF, HEIC or AVIF."""
    pixels, orientation = pixels_alone(file)
    picture = _open(pixels)
    check_size(*picture.size)
    bits = significant_bits(file) if file.startswith(PNG) else None
    decoded = _deep_colour_png(pixels, bits) if _is_deep_colour(pixels) else _in_eight_bits(_loaded(picture), bits)
    if file.startswith((PNG, JPEG)):
        return turned(decoded, orientation)
    return turned(decoded, _orientation_beside(picture))


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


def _orientation_beside(picture: Image.Image) -> int:
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
        return np.array(picture.convert("L"))
    in_colour = picture.convert("RGBA")
    laid = np.array(_on_black(in_colour).convert("L"))
    # Programs that leave the opacity unset write zeros: then it was not meant.
    return np.array(in_colour.convert("RGB").convert("L")) if is_flat(laid) else laid


def _on_black(picture: Image.Image) -> Image.Image:
    """Ultrasound is read on black, so black is what shows through transparent pixels."""
    black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, picture).convert("RGB")


def _colour(picture: Image.Image) -> float:
    if picture.mode in ("1", "L", "LA"):
        return 0.0
    channels = np.asarray(picture.convert("RGB").resize((128, 128), Image.Resampling.BILINEAR), np.int16)
    return float((channels.max(axis=2) - channels.min(axis=2) > _COLOURED).mean())


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
