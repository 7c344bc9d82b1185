"""The way of an image, from a file to what the network sees.

Four steps, in the order in which training and the app both take them:

    read_image      file -> uint8 (H, W)        gray levels, or a refusal that says why
    resize          -> uint8 (S, S)
    clahe           -> uint8 (S, S)              local contrast made even
    to_model_input  -> float32 (S, S, 1)         in [0, 1]

`standardise` does the second and third, `prepare` the second to the fourth.

The settings of these steps form an `ImageContract`. Training writes it into the bundle and the app reads it
from there, so the two cannot disagree.
"""

import io
from dataclasses import asdict, dataclass
from os import PathLike
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

MIN_SIDE = 32
MAX_PIXELS = 40_000_000
# Pillow knows many more, some of which run other programs (EPS starts Ghostscript).
FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
# How the names of such files end; a file is judged by its content, so this only tells pictures from other things.
SUFFIXES = frozenset(
    ".png .jpg .jpeg .jpe .jfif .tif .tiff .webp .bmp .dib .gif .dcm .dicom .heic .heif .avif".split()
)

ImageSource = str | PathLike | bytes | Image.Image | np.ndarray


@dataclass(frozen=True)
class ImageContract:
    """How a gray image becomes the network's input.

    Attributes:
        size: side S of the square input, in pixels, from 32 to 1024.
        clahe_clip_limit: how far CLAHE may amplify contrast; 0 leaves the image as it is.
        clahe_tiles: CLAHE works on a grid of this many tiles by as many, from 1 to 64.
    """

    size: int = 224
    clahe_clip_limit: float = 2.0
    clahe_tiles: int = 8

    def __post_init__(self) -> None:
        """Refuses settings out of range.

        Raises:
            ValueError: naming the setting, its range and the value received.
        """
        _check_range("size", self.size, MIN_SIDE, 1024)
        _check_range("clahe_clip_limit", self.clahe_clip_limit, 0, 100)
        _check_range("clahe_tiles", self.clahe_tiles, 1, 64)

    def to_dict(self) -> dict[str, Any]:
        """The settings as bundle.json holds them, with the input's shape, dtype and range spelled out."""
        return {
            **asdict(self),
            "channels": "gray",
            "shape": [self.size, self.size, 1],
            "dtype": "float32",
            "value_range": [0.0, 1.0],
        }


class ImageRefused(ValueError):
    """A picture that cannot be used, with a reason that the page can put into the visitor's words.

    Attributes:
        reason: one of "missing", "not_an_image", "empty", "truncated", "too_small", "too_large", "bad_values".
        details: the numbers that belong to the reason (width, height, limit).
    """

    def __init__(self, reason: str, message: str, **details: int) -> None:
        """Keeps the reason and its numbers beside the English message."""
        super().__init__(message)
        self.reason = reason
        self.details = details


def read_image(source: ImageSource) -> np.ndarray:
    """Reads any usual picture as gray levels.

    Files may be PNG, JPEG, TIFF, WebP, BMP or GIF (first frame), with 8 or 16 bits, gray, colour or palette.
    EXIF rotation is applied; transparency is laid on black; 16 bits are divided by 257.

    Args:
        source: a path, the bytes of a file, a PIL image, or an array of shape (H, W), (H, W, 1), (H, W, 2: gray
            and alpha), (H, W, 3: RGB) or (H, W, 4: RGBA); bool, uint8, uint16, or float in [0, 1] or [0, 255].

    Returns:
        uint8 array of shape (H, W), in [0, 255].

    Raises:
        ImageRefused: if it is missing, empty, not a picture, truncated, under 32 pixels on a side, or over
            40 megapixels (told from the header, before decoding).
    """
    if isinstance(source, np.ndarray):
        source = _array_to_pil(source)
    picture = source if isinstance(source, Image.Image) else _open(source)
    _check_size(*picture.size)
    return _to_gray(_decode(picture))


def colour_share(source: ImageSource) -> float:
    """How much of a picture is in colour: the share of its pixels whose channels are more than 24 levels apart.

    Args:
        source: as for `read_image`.

    Raises:
        ImageRefused: as `read_image` does.
    """
    if isinstance(source, np.ndarray):
        source = _array_to_pil(source)
    picture = source if isinstance(source, Image.Image) else _open(source)
    _check_size(*picture.size)
    if picture.mode in ("1", "L", "LA", "I", "F") or picture.mode.startswith("I;16"):
        return 0.0
    channels = np.asarray(_decode(picture).convert("RGB").resize((128, 128), Image.Resampling.BILINEAR), np.int16)
    return float((channels.max(axis=2) - channels.min(axis=2) > 24).mean())


def resize(image: np.ndarray, size: int) -> np.ndarray:
    """Scales an image to a square, whatever its shape: width and height are stretched independently.

    Args:
        image: uint8 array of shape (H, W).
        size: side S of the result, in pixels.

    Returns:
        uint8 array of shape (S, S). Area averaging when shrinking, linear interpolation when growing.
    """
    shrinks = size <= min(image.shape)
    return cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)


def clahe(image: np.ndarray, clip_limit: float, tiles: int) -> np.ndarray:
    """Contrast-limited adaptive histogram equalisation, by OpenCV.

    Method: K. Zuiderveld, "Contrast Limited Adaptive Histogram Equalization", Graphics Gems IV, 1994.

    Args:
        image: uint8 array of shape (H, W).
        clip_limit: a bar of a tile's histogram is cut above this many times its mean; 0 returns the image as is.
        tiles: the grid has `tiles` x `tiles` tiles.

    Returns:
        uint8 array of shape (H, W).

    Raises:
        ValueError: if the clip limit is not in 0-100 or the tiles not in 1-64.
    """
    _check_range("clip_limit", clip_limit, 0, 100)
    _check_range("tiles", tiles, 1, 64)
    if clip_limit == 0:
        return image.copy()
    return cv2.createCLAHE(clipLimit=float(clip_limit), tileGridSize=(int(tiles), int(tiles))).apply(image)


def to_model_input(image: np.ndarray) -> np.ndarray:
    """Scales gray levels to [0, 1] and adds the channel axis.

    Args:
        image: uint8 array of shape (S, S).

    Returns:
        float32 array of shape (S, S, 1), in [0, 1].
    """
    return (image.astype(np.float32) / 255.0)[..., np.newaxis]


def standardise(image: np.ndarray, contract: ImageContract) -> np.ndarray:
    """Size and contrast as the network knows them, still in gray levels: what a person can look at.

    Args:
        image: uint8 array of shape (H, W).
        contract: the settings of the steps.

    Returns:
        uint8 array of shape (S, S).
    """
    small = resize(image, contract.size)
    return clahe(small, contract.clahe_clip_limit, contract.clahe_tiles)


def prepare(image: np.ndarray, contract: ImageContract) -> np.ndarray:
    """The whole way from gray levels to the network's input.

    Args:
        image: uint8 array of shape (H, W).
        contract: the settings of the steps.

    Returns:
        float32 array of shape (S, S, 1), in [0, 1].
    """
    return to_model_input(standardise(image, contract))


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} must be a number from {low} to {high}, got {value!r}")


def _open(source: str | PathLike | bytes) -> Image.Image:
    """Reads the header only; pixels are decoded later."""
    try:
        data = source if isinstance(source, bytes) else _file_bytes(source)
        if not data:
            raise ImageRefused("empty", "the file is empty")
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        limit = MAX_PIXELS // 1_000_000
        raise ImageRefused("too_large", f"a picture may have {limit} megapixels: {error}", limit=limit) from error
    except UnidentifiedImageError as error:
        raise ImageRefused("not_an_image", "the file is not a picture in a known format") from error
    except ImageRefused:
        raise
    except Exception as error:  # a damaged header makes Pillow raise almost anything
        raise ImageRefused("truncated", f"the picture's header is damaged: {error}") from error


def _file_bytes(path: str | PathLike) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise ImageRefused("missing", f"cannot read {path}: {error.strerror}") from error


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        limit = MAX_PIXELS // 1_000_000
        message = f"a picture may have {limit} megapixels at most, got {width} x {height}"
        raise ImageRefused("too_large", message, width=width, height=height, limit=limit)
    if min(width, height) < MIN_SIDE:
        message = f"a picture must have {MIN_SIDE} pixels a side at least, got {width} x {height}"
        raise ImageRefused("too_small", message, width=width, height=height, limit=MIN_SIDE)


def _decode(picture: Image.Image) -> Image.Image:
    try:
        picture.seek(0)
        picture.load()
        return ImageOps.exif_transpose(picture)
    except Exception as error:  # a damaged body makes Pillow raise almost anything
        raise ImageRefused("truncated", f"the picture is damaged or incomplete: {error}") from error


def _to_gray(picture: Image.Image) -> np.ndarray:
    """Gray levels of a decoded picture of any mode: uint8 (H, W)."""
    if picture.mode.startswith("I;16"):
        return (np.asarray(picture).astype(np.uint32) // 257).astype(np.uint8)
    if picture.mode in ("I", "F"):
        return _stretch(np.asarray(picture, dtype=np.float32))
    if picture.has_transparency_data:
        picture = _on_black(picture.convert("RGBA"))
    return np.array(picture.convert("L"))


def _on_black(picture: Image.Image) -> Image.Image:
    """Ultrasound is read on black, so black is what shows through transparent pixels."""
    black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
    return Image.alpha_composite(black, picture).convert("RGB")


def _stretch(values: np.ndarray) -> np.ndarray:
    """Maps numbers without a declared range to gray levels, smallest to 0 and largest to 255."""
    if not np.isfinite(values).all():
        raise ImageRefused("bad_values", "the picture holds values that are not numbers")
    low, high = values.min(), values.max()
    return np.zeros(values.shape, np.uint8) if high == low else np.uint8((values - low) / (high - low) * 255)


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
    if array.dtype == np.uint8:
        return array
    if array.dtype == bool:
        return array.astype(np.uint8) * 255
    if array.dtype == np.uint16:
        return (array // 257).astype(np.uint8)
    if not np.issubdtype(array.dtype, np.floating):
        raise ImageRefused("bad_values", f"an array must be bool, uint8, uint16 or float, got {array.dtype}")
    if not np.isfinite(array).all() or array.min() < 0 or array.max() > 255:
        raise ImageRefused("bad_values", "a float array must lie in [0, 1] or in [0, 255]")
    return np.rint(array * 255 if array.max() <= 1 else array).astype(np.uint8)
