"""From what the probe hears to gray levels: gain, the scanner's filters, curve of grays, screen and file."""

import cv2
import numpy as np

from busi.simulator.scene import Scene

WHITE_DB = 10.0  # at gain 0, this and more is white
SECTOR_REACH = 0.7  # share of the depth from which the sector is wider than the image

_NEAR_MM = 6.0
_LATERAL = 1.5  # smoothing across the beam, of that along it
_GRAIN_DB = 3.0  # what the filter against grain takes for grain
_SHARPENED_PIXELS = 1.6


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
    if scene.smoothing:
        down, across = (scene.smoothing / 1000 * side for side in level.shape)
        level = cv2.GaussianBlur(level, (0, 0), _LATERAL * across, sigmaY=down)
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


def on_screen(image: np.ndarray, scene: Scene) -> np.ndarray:
    """The image as large as the scanner shows it.

    Args:
        image: uint8 array (rows, columns).
        scene: `screen_scale`.

    Returns:
        uint8 array (rows, columns), each side `screen_scale` times as long.
    """
    size = tuple(round(scene.screen_scale * side) for side in image.shape[::-1])
    return cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)


def export(screen: np.ndarray, scene: Scene) -> np.ndarray:
    """What is kept of the screen: JPEG's losses, if it is such a file, and fewer pixels.

    Args:
        screen: uint8 array, as `on_screen` gives it.
        scene: `rows`, `columns` and `jpeg_quality`.

    Returns:
        uint8 array (rows, columns).
    """
    if scene.jpeg_quality < 100:
        coded = cv2.imencode(".jpg", screen, [cv2.IMWRITE_JPEG_QUALITY, int(scene.jpeg_quality)])[1]
        screen = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE))
    return cv2.resize(screen, (scene.columns, scene.rows), interpolation=cv2.INTER_AREA)


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
