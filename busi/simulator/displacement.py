"""How a lesion moves the tissue around it: layers bend round a mass that grows, and towards one that retracts."""

import cv2
import numpy as np

from busi.simulator.fields import depths, places, texture
from busi.simulator.lesion import Lesion
from busi.simulator.scene import Scene

_PUSH, _PULL = 0.18, 0.22  # of the lesion's diameter, at its border
_PUSH_REACH, _PULL_REACH = 0.3, 0.45  # of its diameter: where it has fallen to a third
_MOST_MM = 2.8
_BEND_MM, _TILT = 0.6, 0.05
_STIFF_MM = 3.0  # under the skin, which stays in place


def displace(
    lesion: Lesion, scene: Scene, tissue_db: np.ndarray, distance_mm: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Moves the tissue.

    Args:
        lesion: `displacement` and `distortion`.
        scene: the size of the image; its skin stays.
        tissue_db: float32 (rows, columns), before.
        distance_mm: signed distance from the outline, float32 (rows, columns), in mm.
        rng: how layers bend and tilt without a lesion.

    Returns:
        The tissue after it was moved: float32 (rows, columns), in dB.
    """
    pitch = scene.pitch_mm
    smooth = cv2.GaussianBlur(distance_mm, (0, 0), 1.5 / pitch[1], sigmaY=1.5 / pitch[0])
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / (8 * pitch[0]))
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / (8 * pitch[1]))
    outward = _outward_mm(lesion, np.maximum(distance_mm, 0))
    free = np.clip((depths(scene) - scene.skin_mm - 0.5) / _STIFF_MM, 0, 1)
    own = _BEND_MM * texture(scene, 7, 6, rng) + rng.normal(0, _TILT) * (places(scene) - scene.width_mm / 2)
    source_y = depths(scene) + free * (own - outward * down)
    source_y = np.maximum(source_y, np.minimum(depths(scene), scene.skin_mm + 0.4))  # no place gets skin but the skin
    source_x = places(scene) - free * outward * across
    return cv2.remap(
        tissue_db,
        (source_x / pitch[1] - 0.5).astype(np.float32),
        (source_y / pitch[0] - 0.5).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )


def _outward_mm(lesion: Lesion, away_mm: np.ndarray) -> np.ndarray:
    """How far tissue at a distance was moved away from the lesion; below zero, towards it."""
    push = (
        min(_PUSH * lesion.size_mm, _MOST_MM) * lesion.displacement * np.exp(-away_mm / (_PUSH_REACH * lesion.size_mm))
    )
    pull = min(_PULL * lesion.size_mm, _MOST_MM) * lesion.distortion * np.exp(-away_mm / (_PULL_REACH * lesion.size_mm))
    return push - pull
