"""The outline of a lesion, and how far each point of the image is from it.

An ellipse whose radius is multiplied by a sum of random waves; the margin adds its own: corners, small lobes or the
feet of spicules. Waves that go round two or three times are kept small: they make trefoils, which no mass looks like.
The idea of a smooth body with random waves and of spicules added to it is that of L. de Sisternes et al., "A
computational model to generate simulated three-dimensional breast masses", Med. Phys. 42 (2015) 1098-1118, PMC4320152.
"""

import cv2
import numpy as np

from busi.simulator.lesion import ANGULAR, INDISTINCT, IRREGULAR, MICROLOBULATED, ROUND, SPICULATED, Lesion
from busi.simulator.scene import Scene

POINTS = 720

_UNEVENNESS = {ROUND: 0.015, IRREGULAR: 0.2}
_OVAL_UNEVENNESS = 0.035
_WAVES = range(2, 10)
_TAMED = 0.75  # those that go round two or three times
_UNDER_SKIN_MM, _GIVE_MM = 0.5, 0.6  # a lesion flattens where it comes near the skin
_SUBPIXEL = 4  # bits


def outline(lesion: Lesion, scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Draws the outline.

    Args:
        lesion: its shape, margin, size and place.
        scene: where the middle of the image is.
        rng: decides the waves.

    Returns:
        float64 array (P, 2), P = 720: x and y of its points in mm, from the image's upper left corner. Its largest
        diameter is about `size_mm`; it never crosses the skin, under which it flattens.
    """
    angle = np.linspace(0, 2 * np.pi, POINTS, endpoint=False)
    aspect = 1.0 if lesion.shape == ROUND else lesion.aspect
    long, short = lesion.size_mm / 2, lesion.size_mm / 2 * aspect
    radius = long * short / np.hypot(short * np.cos(angle), long * np.sin(angle))
    radius = radius * _waves(angle, _UNEVENNESS.get(lesion.shape, _OVAL_UNEVENNESS), rng)
    radius = radius * _margin(angle, lesion, rng)
    tilt = -np.deg2rad(lesion.angle_deg)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    across = x * np.cos(tilt) - y * np.sin(tilt) + scene.width_mm / 2 + lesion.offset_mm
    down = x * np.sin(tilt) + y * np.cos(tilt) + lesion.depth_mm
    return np.stack([across, _under_skin(down, scene)], axis=1)


def signed_distance(points: np.ndarray, scene: Scene) -> np.ndarray:
    """How far each pixel is from the outline.

    Args:
        points: float array (P, 2), x and y in mm.
        scene: the size of the image.

    Returns:
        float32 array (rows, columns), in mm: below zero inside, above outside.
    """
    pitch = scene.width_mm / scene.columns
    height = max(1, round(scene.depth_mm / pitch))  # of a grid with square pixels, as the distance transform needs
    inside = _filled(points, (pitch, pitch), (height, scene.columns))
    outward, inward = (
        cv2.distanceTransform(side, cv2.DIST_L2, cv2.DIST_MASK_5) for side in ((inside == 0).astype(np.uint8), inside)
    )
    distance = (np.maximum(outward - 0.5, 0) - np.maximum(inward - 0.5, 0)) * np.float32(pitch)
    return cv2.resize(distance, (scene.columns, scene.rows), interpolation=cv2.INTER_LINEAR)


def mask_of(points: np.ndarray, scene: Scene) -> np.ndarray:
    """The pixels inside the outline: bool array (rows, columns)."""
    return _filled(points, scene.pitch_mm, (scene.rows, scene.columns)) > 0


def facing(distance_mm: np.ndarray, scene: Scene) -> np.ndarray:
    """How squarely a border meets the beam.

    Args:
        distance_mm: signed distance from the outline, float32 (rows, columns), in mm.
        scene: the size of a pixel.

    Returns:
        float32 array (rows, columns): 1 where the border next to a place lies along the skin, 0 where it is upright.
    """
    down = cv2.Sobel(distance_mm, cv2.CV_32F, 0, 1, scale=1 / (8 * scene.pitch_mm[0]))
    across = cv2.Sobel(distance_mm, cv2.CV_32F, 1, 0, scale=1 / (8 * scene.pitch_mm[1]))
    return np.abs(down) / (np.sqrt(down**2 + across**2) + np.float32(1e-6))


def _under_skin(down_mm: np.ndarray, scene: Scene) -> np.ndarray:
    """Depths, pressed down softly where they would come nearer to the skin than half a millimetre."""
    over = (down_mm - scene.skin_mm - _UNDER_SKIN_MM) / _GIVE_MM
    return scene.skin_mm + _UNDER_SKIN_MM + _GIVE_MM * np.logaddexp(0, over)


def _filled(points: np.ndarray, pitch: tuple[float, float], shape: tuple[int, int]) -> np.ndarray:
    pixels = points / (pitch[1], pitch[0]) - 0.5  # the centre of the first pixel is half a pixel from the edge
    image = np.zeros(shape, np.uint8)
    corners = np.rint(pixels * 2**_SUBPIXEL).astype(np.int32)
    cv2.fillPoly(image, [corners], 1, shift=_SUBPIXEL)
    return image


def _waves(angle: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """1 plus a sum of random cosines, none dominant: float64 (P,), above 0.3."""
    total = np.zeros_like(angle)
    for number in _WAVES:
        height = size * np.clip(rng.normal(), -1.3, 1.3) / number**0.6 * (_TAMED if number < 4 else 1)
        total += height * np.cos(number * angle + rng.uniform(0, 2 * np.pi))
    return np.maximum(1 + total, 0.3)


def _margin(angle: np.ndarray, lesion: Lesion, rng: np.random.Generator) -> np.ndarray:
    """What the margin multiplies the radius by: float64 (P,)."""
    strength = lesion.margin_strength
    if lesion.margin == ANGULAR:
        return _corners(angle, 0.10 + 0.34 * strength, rng)
    if lesion.margin == MICROLOBULATED:
        return _lobules(angle, lesion.size_mm, 0.04 + 0.08 * strength, rng)
    if lesion.margin == SPICULATED:
        return _feet(angle, 0.08 + 0.27 * strength, rng)
    if lesion.margin == INDISTINCT:
        return _waves(angle, 0.04 * strength, rng)
    return np.ones_like(angle)


def _corners(angle: np.ndarray, height: float, rng: np.random.Generator) -> np.ndarray:
    """Straight sides between a few corners that stand out or in."""
    count = int(rng.integers(5, 9))
    where = (np.arange(count) + rng.uniform(-0.3, 0.3, count)) * 2 * np.pi / count
    size = rng.uniform(-1, 1, count) * height
    return 1 + np.interp(angle, where, size, period=2 * np.pi)


def _lobules(angle: np.ndarray, size_mm: float, height: float, rng: np.random.Generator) -> np.ndarray:
    """Small round lobes of one to a few millimetres, no two alike, with sharp notches between."""
    count = int(np.clip(np.pi * size_mm / rng.uniform(3, 6), 6, 24))
    notches = np.sort((np.arange(count) + rng.uniform(-0.48, 0.48, count)) * 2 * np.pi / count)
    number = np.searchsorted(notches, angle, side="right") - 1
    start, end = notches[number], np.append(notches[1:], notches[0] + 2 * np.pi)[number]
    along = ((angle - start) % (2 * np.pi)) / (end - start)
    heights = rng.uniform(0.1, 1.4, count) * height
    return 1 + heights[number] * (np.sqrt(np.clip(1 - (2 * along - 1) ** 2, 0, 1)) - 0.6)


def _feet(angle: np.ndarray, height: float, rng: np.random.Generator) -> np.ndarray:
    """Narrow points that radiate: where spicules begin."""
    total = np.zeros_like(angle)
    for where in rng.uniform(0, 2 * np.pi, int(rng.integers(10, 18))):
        away = np.abs((angle - where + np.pi) % (2 * np.pi) - np.pi)
        total = np.maximum(total, rng.uniform(0.3, 1) * height * np.exp(-away / rng.uniform(0.05, 0.12)))
    return 1 + total
