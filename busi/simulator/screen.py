"""From what the probe hears to gray levels: gain, the scanner's filters, its curve of grays, and the export."""

import cv2
import numpy as np

from busi.simulator.scene import Scene

WHITE_DB = 10.0  # at gain 0, this and more is white
SECTOR_REACH = 0.7  # share of the depth from which the sector is wider than the image

_NEAR_MM = 6.0
_GRAIN_DB = 4.5  # what the filter against grain takes for grain
_SHARPENED_PIXELS = 1.2


def display(intensity: np.ndarray, scene: Scene) -> np.ndarray:
    """Gray levels from intensities: logarithm, gain, filters, dynamic range, the sides of the sector.

    Args:
        intensity: float array (rows, columns), above zero.
        scene: the scanner's settings.

    Returns:
        uint8 array (rows, columns).
    """
    level = cv2.log(intensity.astype(np.float32)) * np.float32(10 / np.log(10))
    level += np.float32(scene.gain_db - WHITE_DB) + _gain_over_depth(scene, len(level))
    if scene.speckle_reduction:
        level = without_grain(level, scene.speckle_reduction)
    if scene.edge_enhancement:
        level += np.float32(scene.edge_enhancement) * (level - cv2.GaussianBlur(level, (0, 0), _SHARPENED_PIXELS))
    gray = 255 * np.clip(1 + level / scene.dynamic_range_db, 0, 1) ** scene.gray_map
    if scene.sector_deg:
        gray[_outside_sector(scene)] = 0
    return np.rint(gray).astype(np.uint8)


def without_grain(level_db: np.ndarray, strength: float) -> np.ndarray:
    """Smooths what varies no more than grain does, and keeps what varies more, as a guided filter does.

    K. He, J. Sun and X. Tang, "Guided image filtering", IEEE Trans. Pattern Anal. Mach. Intell. 35 (2013) 1397-1409,
    with the image as its own guide and a window that is wider across the beam, as the grain is.

    Args:
        level_db: float32 (rows, columns).
        strength: 0 (as it was) to 1.

    Returns:
        float32 array (rows, columns), in dB.
    """
    window = (5, 3) if strength < 0.6 else (7, 5)
    mean = cv2.blur(level_db, window)
    spread = cv2.blur(level_db**2, window) - mean**2
    kept = np.maximum(spread, 0) / (np.maximum(spread, 0) + np.float32(_GRAIN_DB**2))
    smooth = cv2.blur(kept, window) * level_db + cv2.blur((1 - kept) * mean, window)
    return level_db + np.float32(strength) * (smooth - level_db)


def export(image: np.ndarray, scene: Scene) -> np.ndarray:
    """What a file keeps of the screen: fewer pixels, scaled to size again, and JPEG's losses.

    Args:
        image: uint8 array (rows, columns).
        scene: `resampling` and `jpeg_quality`.

    Returns:
        uint8 array of the same shape.
    """
    size = image.shape[::-1]
    if scene.resampling < 1:
        fewer = tuple(max(16, round(side * scene.resampling)) for side in size)
        image = cv2.resize(cv2.resize(image, fewer, interpolation=cv2.INTER_AREA), size, interpolation=cv2.INTER_CUBIC)
    if scene.jpeg_quality < 100:
        coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(scene.jpeg_quality)])[1]
        image = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
    return image


def _gain_over_depth(scene: Scene, rows: int) -> np.ndarray:
    """Gain by depth: float32 (rows, 1), in dB."""
    share = ((np.arange(rows, dtype=np.float32) + 0.5) / rows)[:, np.newaxis]
    near = np.float32(scene.near_db) * np.exp(-((share * np.float32(scene.depth_mm / _NEAR_MM)) ** 2) / 2)
    return near + np.float32(scene.deep_db) * share


def _outside_sector(scene: Scene) -> np.ndarray:
    """What lies beyond the leaning sides: bool (rows, columns). Below the reach it is as wide as the image."""
    depth = (np.arange(scene.rows)[:, np.newaxis] + 0.5) * scene.pitch_mm[0]
    across = np.abs((np.arange(scene.columns) + 0.5) * scene.pitch_mm[1] - scene.width_mm / 2)
    return across > scene.width_mm / 2 - np.maximum(SECTOR_REACH * scene.depth_mm - depth, 0) * np.tan(
        np.deg2rad(scene.sector_deg)
    )
