"""From gray levels to what the network sees: size, contrast, numbers in [0, 1]."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from busi.images.refused import MIN_SIDE
from busi.system.ranges import check_number


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
        check_number("size", self.size, MIN_SIDE, 1024)
        check_number("clahe_clip_limit", self.clahe_clip_limit, 0, 100)
        check_number("clahe_tiles", self.clahe_tiles, 1, 64)

    def to_dict(self) -> dict[str, Any]:
        """The settings as bundle.json holds them, with the input's shape, dtype and range spelled out."""
        return {
            **asdict(self),
            "channels": "gray",
            "shape": [self.size, self.size, 1],
            "dtype": "float32",
            "value_range": [0.0, 1.0],
        }


def proportion_of(image: np.ndarray) -> float:
    """Height over width of an image, which the network's square does not keep.

    Args:
        image: uint8 array of shape (H, W).
    """
    return image.shape[0] / image.shape[1]


def resize(image: np.ndarray, size: int) -> np.ndarray:
    """Scales an image to a square, whatever its shape: width and height are stretched independently.

    Args:
        image: uint8 array of shape (H, W).
        size: side S of the result, in pixels.

    Returns:
        uint8 array of shape (S, S). Area averaging when shrinking, linear interpolation when growing.
    """
    import cv2  # here, because a process that only decodes does without it

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
    check_number("clip_limit", clip_limit, 0, 100)
    check_number("tiles", tiles, 1, 64)
    if clip_limit == 0:
        return image.copy()
    import cv2  # as above

    return cv2.createCLAHE(clipLimit=float(clip_limit), tileGridSize=(int(tiles), int(tiles))).apply(image)


def to_model_input(image: np.ndarray) -> np.ndarray:
    """Scales gray levels to [0, 1] and adds the channel axis.

    Args:
        image: uint8 array of shape (S, S).

    Returns:
        float32 array of shape (S, S, 1), in [0, 1].
    """
    return (image.astype(np.float32) / 255.0)[..., np.newaxis]


def gray_levels(model_input: np.ndarray) -> np.ndarray:
    """What the network saw, as gray levels: the way back of `to_model_input`.

    Args:
        model_input: float array of shape (S, S, 1), or (N, S, S, 1) for several, in [0, 1].

    Returns:
        uint8 array of shape (S, S), or (N, S, S).
    """
    return np.rint(model_input[..., 0] * 255).astype(np.uint8)


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
