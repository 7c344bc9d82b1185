"""Three plain measures of a picture: how sharp, how contrasted, how bright.

They are computed on the resized gray image, before CLAHE, so that pictures of different sizes compare.
"""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Quality:
    """What a picture is like, whatever it shows.

    Attributes:
        blur: variance of the Laplacian, in squared gray levels; LOW means blurred (J. Pech-Pacheco et al.,
            "Diatom autofocusing in brightfield microscopy", ICPR 2000).
        contrast: standard deviation of the gray levels, 0 to 127.5.
        brightness: mean gray level, 0 to 255.
    """

    blur: float
    contrast: float
    brightness: float


def measure(image: np.ndarray) -> Quality:
    """Measures a picture.

    Args:
        image: uint8 array of shape (H, W).

    Returns:
        Its blur, contrast and brightness.
    """
    return Quality(
        blur=float(cv2.Laplacian(image, cv2.CV_64F).var()),
        contrast=float(image.std()),
        brightness=float(image.mean()),
    )
