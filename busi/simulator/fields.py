"""Random fields and curves from which tissue is drawn, on grids no finer than they need, and profiles across a line."""

import cv2
import numpy as np

from busi.simulator.scene import Scene

_STEPS = 1.5  # of the coarse grid in the distance over which a field stays alike


def texture(scene: Scene, across_mm: float, down_mm: float, rng: np.random.Generator) -> np.ndarray:
    """Correlated noise of mean 0 and standard deviation about 1.

    Args:
        scene: the size of the image.
        across_mm: how far it stays alike along the skin.
        down_mm: how far in depth.
        rng: decides the noise.

    Returns:
        float32 array (rows, columns).
    """
    rows, columns = (
        max(8, round(_STEPS * side / alike)) for side, alike in ((scene.depth_mm, down_mm), (scene.width_mm, across_mm))
    )
    noise = rng.standard_normal((rows, columns), dtype=np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), _STEPS, borderType=cv2.BORDER_REFLECT)
    noise /= noise.std() + 1e-6
    return cv2.resize(noise, (scene.columns, scene.rows), interpolation=cv2.INTER_CUBIC)


def curve(scene: Scene, length_mm: float, rng: np.random.Generator) -> np.ndarray:
    """A line that waves from side to side.

    Args:
        scene: the size of the image.
        length_mm: how far it stays alike.
        rng: decides how it waves.

    Returns:
        float32 array (columns,), standard deviation about 1.
    """
    pitch = min(1.0, length_mm / 3)
    noise = rng.standard_normal((1, max(8, round(scene.width_mm / pitch) + 8)), dtype=np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), length_mm / 2 / pitch, borderType=cv2.BORDER_REFLECT)
    noise /= noise.std() + 1e-6
    return cv2.resize(noise, (scene.columns, 1), interpolation=cv2.INTER_CUBIC)[0]


def depths(scene: Scene) -> np.ndarray:
    """The depth of each row's centre: float32 (rows, 1), in mm."""
    return ((np.arange(scene.rows, dtype=np.float32) + 0.5) * np.float32(scene.pitch_mm[0]))[:, np.newaxis]


def places(scene: Scene) -> np.ndarray:
    """How far each column's centre is from the left side: float32 (columns,), in mm."""
    return (np.arange(scene.columns, dtype=np.float32) + 0.5) * np.float32(scene.pitch_mm[1])


def beyond(distance: np.ndarray, width_mm: float | np.ndarray) -> np.ndarray:
    """A soft step.

    Args:
        distance: float array of any shape, in mm, below zero before a boundary.
        width_mm: of the step, more than 0.

    Returns:
        float array of the same shape, 0 before the boundary, 1 behind it.
    """
    return 1 / (1 + np.exp(np.clip(-distance / width_mm, -30, 30)))


def ridge(distance: np.ndarray, width_mm: float | np.ndarray) -> np.ndarray:
    """A soft line.

    Args:
        distance: float array of any shape, in mm, from the line.
        width_mm: of the line, more than 0.

    Returns:
        float array of the same shape, 1 on the line, falling to 0 within its width.
    """
    return np.exp(-((distance / width_mm) ** 2))


def added_db(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Two levels heard together, whose powers add up: 0 dB and 0 dB give 3 dB.

    Args:
        first: float array of any shape, in dB.
        second: the same.

    Returns:
        float32 array of the same shape, in dB.
    """
    scale = np.float32(np.log(10) / 10)
    return (np.logaddexp(first * scale, second * scale) / scale).astype(np.float32)
