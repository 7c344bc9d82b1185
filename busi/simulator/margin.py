"""The border of a lesion: how sharp it is from place to place, its bright walls, its halo and its spicules."""

import cv2
import numpy as np

from busi.simulator.fields import ridge, texture
from busi.simulator.lesion import CIRCUMSCRIBED, INDISTINCT, SPICULATED, Lesion
from busi.simulator.scene import Scene

CRISP_MM, BLURRED_MM = 0.1, 1.3

_SIDE_MM = 0.25  # by how much more a side wall is blurred, which meets the beam at a slant
_WALL_DB, _HALO_DB, _SPICULE_DB = 9.0, 9.0, 8.0


def presence(
    lesion: Lesion, scene: Scene, distance_mm: np.ndarray, facing: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """How much of each place is lesion: a crisp edge of 0.1 mm, or a blurred one of up to 1.3 mm and uneven.

    Args:
        lesion: its margin.
        scene: the size of the image.
        distance_mm: signed distance from the outline, float array (rows, columns), in mm.
        facing: how squarely the border meets the beam, float array (rows, columns), in [0, 1].
        rng: where it is sharper, and where a blurred edge wanders.

    Returns:
        float32 array (rows, columns), in [0, 1].
    """
    width = CRISP_MM
    if lesion.margin != CIRCUMSCRIBED:
        most = BLURRED_MM if lesion.margin == INDISTINCT else BLURRED_MM / 2
        width += (most - CRISP_MM) * lesion.margin_strength
    varied = np.exp2(1.6 * lesion.margin_variation * np.clip(texture(scene, 4, 4, rng), -1.5, 1.5))
    widths = width * varied + _SIDE_MM * lesion.margin_variation * (1 - facing)
    distance_mm = distance_mm + np.minimum(widths, 0.6) * texture(scene, 0.9, 0.7, rng)
    return (1 / (1 + np.exp(np.clip(distance_mm / widths, -30, 30)))).astype(np.float32)


def rim_db(
    lesion: Lesion, scene: Scene, distance_mm: np.ndarray, facing: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """What is brighter at the border: front and back walls of a smooth mass where they face the beam, and a halo.

    Args:
        lesion: its margin and halo.
        scene: the size of the image.
        distance_mm: signed distance from the outline, float array (rows, columns), in mm.
        facing: how squarely the border meets the beam, float array (rows, columns), in [0, 1].
        rng: where walls shine and the halo is thick.

    Returns:
        float32 array (rows, columns), in dB, at least 0.
    """
    rim = np.zeros_like(distance_mm)
    if lesion.margin == CIRCUMSCRIBED:
        shine = np.clip(0.8 + 0.5 * texture(scene, 2.5, 2.5, rng), 0, 1.5)
        rim += _WALL_DB * shine * facing**6 * ridge(distance_mm - 0.1, 0.22)
    if lesion.halo:
        uneven = texture(scene, 5, 5, rng)
        thickness = 1.3 * np.clip(1 + 0.7 * uneven, 0.15, 2.4)
        outside = np.maximum(distance_mm, 0)
        rim += (
            _HALO_DB
            * lesion.halo
            * np.clip(1 + 0.5 * uneven, 0.2, 1.4)
            * ridge(outside, thickness)
            * (distance_mm > -0.2)
        )
    return rim


def spicules_db(lesion: Lesion, scene: Scene, outline: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Thin lines that leave the lesion and taper, bright ones beside dark ones.

    Args:
        lesion: spiculated ones have them as marked as the margin is; others where they distort the tissue.
        scene: the size of a pixel.
        outline: float array (P, 2), x and y in mm.
        rng: where they are, how long and how thick.

    Returns:
        float32 array (rows, columns), in dB, 0 where there is none.
    """
    marked = max(lesion.margin_strength if lesion.margin == SPICULATED else 0.0, 0.8 * lesion.distortion)
    lines = np.zeros((2, scene.rows, scene.columns), np.uint8)  # bright, dark
    if not marked:
        return np.zeros(lines.shape[1:], np.float32)
    centre = outline.mean(axis=0)
    for number in range(round(6 + 9 * marked)):
        foot = outline[rng.integers(len(outline))]
        spicule = _spicule(centre, foot, (0.35 + 0.65 * marked) * rng.uniform(0.3, 1.1), rng)
        pixels = spicule / (scene.pitch_mm[1], scene.pitch_mm[0])
        cv2.fillPoly(lines[number % 2], [np.rint(16 * pixels).astype(np.int32)], int(rng.integers(90, 255)), 16, 4)
    bright, dark = cv2.GaussianBlur(lines.transpose(1, 2, 0).astype(np.float32) / 255, (0, 0), 0.6).transpose(2, 0, 1)
    return _SPICULE_DB * (0.5 + 0.5 * marked) * (bright - 1.1 * dark)


def _spicule(centre: np.ndarray, foot: np.ndarray, length: float, rng: np.random.Generator) -> np.ndarray:
    """A slightly bent spike: float64 (2k, 2), the corners of a polygon in mm. `length` counts in radii there."""
    out = foot - centre
    aside = np.array([-out[1], out[0]]) / (np.hypot(*out) + 1e-6)
    along = np.linspace(-0.15, 1, 6)[:, np.newaxis]
    middle = foot + length * along * out + rng.normal(0, 0.2) * length * np.hypot(*out) * along**2 * aside
    half = rng.uniform(0.1, 0.3) * (1 - np.clip(along, 0, 1)) + 0.03
    return np.vstack([middle + half * aside, (middle - half * aside)[::-1]])
