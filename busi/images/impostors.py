"""Pictures that are no ultrasound, drawn by this file.

The network has two answers and no way to say "this is none of my business". Shown a smiley, it still gives a
probability: the first thing a visitor can find out, and it needs no data at all.
"""

from collections.abc import Callable

import cv2
import numpy as np

SIDE = 320


def smiley() -> np.ndarray:
    """A smiling face, pale on black: uint8 (320, 320)."""
    image = np.full((SIDE, SIDE), 12, np.uint8)
    centre = (SIDE // 2, SIDE // 2)
    cv2.circle(image, centre, 120, 205, -1, cv2.LINE_AA)
    for x in (-42, 42):
        cv2.ellipse(image, (centre[0] + x, centre[1] - 34), (13, 20), 0, 0, 360, 20, -1, cv2.LINE_AA)
    cv2.ellipse(image, (centre[0], centre[1] + 18), (68, 56), 0, 15, 165, 20, 10, cv2.LINE_AA)
    return image


def rings() -> np.ndarray:
    """Rings, as from a stone in water: uint8 (320, 320)."""
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    distance = np.hypot(x, y)
    wave = np.cos(distance / 5.5) * np.exp(-distance / 140)
    return np.clip(118 + 110 * wave, 0, 255).astype(np.uint8)


def snow() -> np.ndarray:
    """The snow of an old television: uint8 (320, 320)."""
    rng = np.random.default_rng(1926)
    grains = rng.integers(0, 256, (SIDE // 2, SIDE // 2)).astype(np.uint8)
    return cv2.resize(grains, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)


IMPOSTORS: dict[str, Callable[[], np.ndarray]] = {"smiley": smiley, "rings": rings, "snow": snow}
