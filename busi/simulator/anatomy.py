"""How strongly each place of the breast sends sound back, before there is a lesion in it.

From the skin down: skin, fat, glandular tissue, muscle; bright fibrous strands through fat and gland. Their order of
brightness is that of any atlas (skin and fibrous tissue bright, gland brighter than fat, muscle dark); their levels in
dB are choices of this workshop, set beside the gray levels of BUSI.
"""

import cv2
import numpy as np

from busi.simulator.lesion import Scene

SKIN_DB, FAT_DB, GLAND_DB, MUSCLE_DB, FASCIA_DB = 2.0, -10.0, -5.0, -13.0, 1.0

_PITCH_MM = 0.4  # of the coarse grid on which slow textures are drawn


def tissue(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """A map of echo strengths.

    Args:
        scene: the layers.
        rng: where they wave and how their texture runs.

    Returns:
        float32 array (rows, columns), in dB.
    """
    depth = ((np.arange(scene.rows, dtype=np.float32) + 0.5) * scene.pitch_mm[0])[:, np.newaxis]
    skin = depth - scene.skin_mm - 0.15 * _curve(scene, 12, rng)
    fat = skin - scene.fat_mm - min(2.2, 0.25 * scene.fat_mm) * _curve(scene, 9, rng)
    gland = fat - scene.gland_mm - min(2.5, 0.15 * scene.gland_mm) * _curve(scene, 14, rng)
    subcutaneous, glandular = _fat_and_gland(scene, rng)
    echo = subcutaneous + _beyond(fat, 0.6) * (glandular - subcutaneous)
    echo += _beyond(gland, 0.4) * (_muscle(scene, rng) - echo)
    echo += _strands(scene, rng, deep=gland)
    echo += (FASCIA_DB - MUSCLE_DB) * _ridge(gland, 0.35) * (0.4 + 0.3 * _curve(scene, 6, rng))
    return np.where(skin < 0, SKIN_DB - 5 * _ridge(skin + scene.skin_mm / 2, scene.skin_mm / 3), echo).astype(
        np.float32
    )


def contact_shadows(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Bands of shadow from the skin on, where the probe touches badly or sound is weakened early.

    Args:
        scene: `contact` tells how uneven.
        rng: where the bands are.

    Returns:
        float32 array (rows, columns), in dB, at most 0.
    """
    depth = np.linspace(0.15, 1, scene.rows, dtype=np.float32)[:, np.newaxis]
    bands = np.minimum(0.8 * _curve(scene, 9, rng) + 0.4 * _curve(scene, 4, rng), 0)
    return 12 * scene.contact * np.sqrt(depth) * bands


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
    pitch = min(_PITCH_MM, down_mm / 1.5, across_mm / 1.5)
    rows, columns = (max(8, round(side / pitch)) for side in (scene.depth_mm, scene.width_mm))
    noise = rng.standard_normal((rows, columns), dtype=np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), across_mm / pitch, sigmaY=down_mm / pitch, borderType=cv2.BORDER_REFLECT)
    noise /= noise.std() + 1e-6
    return cv2.resize(noise, (scene.columns, scene.rows), interpolation=cv2.INTER_CUBIC)


def _fat_and_gland(scene: Scene, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Fat in dark lobules, gland brighter and mixed with fat; both layered along the skin."""
    uneven = scene.texture
    fine = 4.5 * texture(scene, 1.5, 0.2, rng)
    fat = FAT_DB + uneven * (3.5 * texture(scene, 3, 1.2, rng) + fine)
    islands = np.maximum(texture(scene, 4, 1.6, rng) - 0.5, 0)
    gland = GLAND_DB + uneven * (
        4.5 * texture(scene, 2.2, 0.7, rng) + fine + 2.5 * texture(scene, 6, 3, rng) - 6 * islands
    )
    return fat, gland


def _muscle(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Dark, with fibres along the skin and a few bright sheets."""
    bend = 0.7 * _curve(scene, 12, rng)
    fibres = _shifted(texture(scene, 3.5, 0.35, rng), bend, scene)
    return MUSCLE_DB + 4 * fibres + 7 * np.maximum(fibres - 1.2, 0) + 3 * texture(scene, 6, 3, rng)


def _strands(scene: Scene, rng: np.random.Generator, deep: np.ndarray) -> np.ndarray:
    """Fibrous strands: thin bright lines that wave along the skin, broken here and there; fewer below the gland."""
    total = np.zeros((scene.rows, scene.columns), np.float32)
    for across, down, width in ((5.0, 0.8, 0.15), (3.2, 0.55, 0.18), (1.8, 0.4, 0.2)):
        field = _shifted(texture(scene, across, down, rng), 0.8 * _curve(scene, 8, rng), scene)
        lines = np.maximum(1 - np.abs(field) / width, 0)
        total = np.maximum(total, lines * np.clip(0.35 + 0.8 * texture(scene, 2.5, 1.2, rng), 0, 1.5))
    return 20 * scene.strands * total * np.where(deep < 0, 1, 0.45)


def _shifted(field: np.ndarray, bend_mm: np.ndarray, scene: Scene) -> np.ndarray:
    """The field with every column moved down by its own amount, so that what ran straight waves."""
    columns = np.broadcast_to(np.arange(scene.columns, dtype=np.float32), field.shape)
    rows = np.arange(scene.rows, dtype=np.float32)[:, np.newaxis] + bend_mm.astype(np.float32) / scene.pitch_mm[0]
    return cv2.remap(field, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def _curve(scene: Scene, length_mm: float, rng: np.random.Generator) -> np.ndarray:
    """A line that waves from side to side: float32 (columns,), standard deviation about 1."""
    pitch = min(1.0, length_mm / 3)
    noise = rng.standard_normal((1, max(8, round(scene.width_mm / pitch) + 8)), dtype=np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), length_mm / 2 / pitch, borderType=cv2.BORDER_REFLECT)
    noise /= noise.std() + 1e-6
    return cv2.resize(noise, (scene.columns, 1), interpolation=cv2.INTER_CUBIC)[0]


def _beyond(distance: np.ndarray, width_mm: float) -> np.ndarray:
    """0 before a boundary, 1 behind it."""
    return 1 / (1 + np.exp(np.clip(-distance / width_mm, -30, 30)))


def _ridge(distance: np.ndarray, width_mm: float) -> np.ndarray:
    """1 on a boundary, falling to 0 within its width."""
    return np.exp(-((distance / width_mm) ** 2))
