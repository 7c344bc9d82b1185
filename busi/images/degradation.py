"""Making a picture worse on purpose, to see whether that is what makes a network err.

That errors and blur go together does not show that blur causes them: something else may cause both. Blurring one and
the same picture step by step changes nothing but the blur.
"""

import cv2
import numpy as np

# Each way with its steps, the picture as it is first: standard deviation of the blur in pixels, gray levels added,
# factor of the contrast.
STEPS: dict[str, tuple[float, ...]] = {
    "blur": (0, 0.6, 1, 1.5, 2.2, 3.2),
    "darker": (0, -15, -30, -45, -60, -80),
    "brighter": (0, 15, 30, 45, 60, 80),
    "contrast": (1, 0.85, 0.7, 0.55, 0.4, 0.25),
}


def degrade(image: np.ndarray, way: str, amount: float) -> np.ndarray:
    """Makes a picture worse in one way.

    Args:
        image: uint8 (H, W), gray levels.
        way: a key of `STEPS`.
        amount: in the unit of that way; the first of its steps leaves the picture as it is.

    Returns:
        uint8 (H, W).

    Raises:
        ValueError: if there is no such way.
    """
    if way == "blur":
        return cv2.GaussianBlur(image, (0, 0), amount) if amount > 0 else image.copy()
    if way in ("darker", "brighter"):
        return np.clip(image.astype(np.float64) + amount, 0, 255).astype(np.uint8)
    if way == "contrast":
        mean = image.mean()
        return np.rint(np.clip(mean + amount * (image - mean), 0, 255)).astype(np.uint8)
    raise ValueError(f"way must be one of {', '.join(STEPS)}, got {way!r}")
