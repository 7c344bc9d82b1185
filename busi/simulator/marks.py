"""What scanners write into an image: the marks of a measurement, a few words, rulers, frames and icons.

Almost half of BUSI's images carry some. They say nothing of the lesion's nature, but a network does not know that.
"""

import cv2
import numpy as np

from busi.simulator.scene import BAR, FRAME, RULER, Scene

_LEVEL = 245
_TICK_MM = 10.0


def burn_in(image: np.ndarray, outline: np.ndarray, scene: Scene, rng: np.random.Generator) -> None:
    """Draws the marks that the scene asks for, in place.

    Args:
        image: uint8 array of any size, the scanner's screen.
        outline: float array (P, 2), of the lesion to measure: x and y in pixels of this image.
        scene: `calipers`, `text` and `maker`.
        rng: where the text stands, and how a maker's screen is cut out.
    """
    side, place = min(image.shape) / 256, rng.random(2)
    thick = max(1, round(0.6 * side))
    _screen(image, scene, side, rng)
    if scene.calipers:
        for number, ends in enumerate(_diameters(outline), start=1):
            _measure(image, ends, side, str(number))
    if scene.text:
        x = int((0.04 + 0.5 * place[0]) * image.shape[1])
        y = int((0.62 + 0.33 * place[1]) * image.shape[0])
        cv2.putText(image, scene.text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.38 * side, _LEVEL, thick, cv2.LINE_AA)


def _screen(image: np.ndarray, scene: Scene, side: float, rng: np.random.Generator) -> None:
    """What stands at the sides of a maker's screen."""
    level = int(rng.integers(120, 240))
    if scene.maker == RULER:
        _ruler(image, scene, level, right=bool(rng.random() < 0.5))
    elif scene.maker == FRAME:
        top, bottom, left, right = (rng.uniform(0, 0.05, 4) * np.repeat(image.shape, 2)).astype(int)
        image[:top] = image[image.shape[0] - bottom :] = 0
        image[:, :left] = image[:, image.shape[1] - right :] = 0
    elif scene.maker == BAR:
        corner, thick = max(3, round(rng.uniform(3, 7) * side)), max(1, round(0.6 * side))
        cv2.circle(image, (corner, corner), corner // 2, level, thick, cv2.LINE_AA)
        if rng.random() < 0.4:
            height = image.shape[0] // 3
            image[corner : corner + height, -max(2, corner) :] = np.linspace(255, 0, height)[:, np.newaxis]


def _ruler(image: np.ndarray, scene: Scene, level: int, right: bool) -> None:
    """A depth scale: a tick every five millimetres, a longer one every ten."""
    for number in range(1, int(2 * scene.depth_mm / _TICK_MM)):
        row = int(number * _TICK_MM / 2 / scene.depth_mm * image.shape[0])
        length = max(2, round((0.012 if number % 2 else 0.024) * image.shape[1]))
        image[row, slice(-length, None) if right else slice(length)] = level


def _diameters(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the longest diameter and of the one across it: two arrays (2, 2)."""
    centred = points - points.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    along = centred @ axes.T  # (P, 2)
    ends = [points[[column.argmin(), column.argmax()]] for column in along.T]
    return ends[0], ends[1]


def _measure(image: np.ndarray, ends: np.ndarray, side: float, name: str) -> None:
    arm, thick = max(2, round(4 * side)), max(1, round(0.6 * side))
    (x0, y0), (x1, y1) = (tuple(int(value) for value in np.rint(end)) for end in ends)
    for x, y in ((x0, y0), (x1, y1)):
        cv2.line(image, (x - arm, y), (x + arm, y), _LEVEL, thick)
        cv2.line(image, (x, y - arm), (x, y + arm), _LEVEL, thick)
    dots = max(2, int(np.hypot(x1 - x0, y1 - y0) / (3.5 * side)))
    for x, y in np.rint(np.linspace(ends[0], ends[1], dots)).astype(int):
        if 0 <= y < image.shape[0] and 0 <= x < image.shape[1]:
            image[y, x] = _LEVEL
    cv2.putText(
        image, name, (x0 - 2 * arm, y0 - arm), cv2.FONT_HERSHEY_SIMPLEX, 0.32 * side, _LEVEL, thick, cv2.LINE_AA
    )
