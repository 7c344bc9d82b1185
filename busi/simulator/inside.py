"""What a lesion is filled with: solid tissue, fluid, fluid with something in it, and calcifications."""

import cv2
import numpy as np

from busi.simulator.anatomy import GLAND_DB
from busi.simulator.fields import added_db, beyond, depths, places, ridge, texture
from busi.simulator.lesion import DEBRIS, GROWTH, SEPTA, SOLID, Lesion
from busi.simulator.scene import Scene

_DEBRIS_DB, _GROWTH_DB, _SEPTUM_DB = -18.0, -12.0, -15.0  # against the gland
_REVERBERATION_DB, _REVERBERATION_FADES = -17.0, 5.0  # just behind the front wall, against the gland; dB for each mm
_CALCIFICATION_DB = 20.0


def inside_db(lesion: Lesion, scene: Scene, mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The echoes of the lesion's inside.

    Args:
        lesion: `inside`, `echo_db` and `heterogeneity`.
        scene: the size of the image.
        mask: bool array (rows, columns), true inside.
        rng: how its texture runs, and where walls and solid parts are.

    Returns:
        float32 array (rows, columns), in dB.
    """
    uneven = 2.5 * texture(scene, 1.5, 0.9, rng) + 2.5 * texture(scene, 0.5, 0.3, rng)
    uneven += 5 * np.maximum(texture(scene, 0.9, 0.25, rng) - 1, 0)
    level = lesion.echo_db + (0.25 + 0.9 * lesion.heterogeneity) * uneven
    if lesion.inside in (DEBRIS, SEPTA, GROWTH):
        level = _filled_db(lesion, scene, mask, level, rng)
    if lesion.inside != SOLID:
        crossed = np.cumsum(mask, axis=0, dtype=np.float32) * np.float32(scene.pitch_mm[0])
        level = added_db(level, _REVERBERATION_DB + 2 * texture(scene, 4, 0.3, rng) - _REVERBERATION_FADES * crossed)
    return GLAND_DB + level.astype(np.float32)


def calcifications_db(lesion: Lesion, scene: Scene, mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bright specks in a cluster within the lesion, no two alike.

    Args:
        lesion: `calcifications`, their number, and `calcification_mm`.
        scene: the size of the image.
        mask: bool array (rows, columns), true inside.
        rng: where they are, how large and how bright.

    Returns:
        float32 array (rows, columns), in dB, at least 0.
    """
    specks = np.zeros(mask.shape, np.float32)
    rows, columns = np.nonzero(mask)
    if not lesion.calcifications or not len(rows):
        return specks
    centre, stretch = rng.integers(len(rows)), rng.uniform(0.5, 2)
    down, across = (
        (values - values[centre]) * pitch for values, pitch in zip((rows, columns), scene.pitch_mm, strict=True)
    )
    nearness = np.exp(-(stretch * down**2 + across**2 / stretch) / (2 * (0.2 * lesion.size_mm) ** 2))
    for chosen in rng.choice(len(rows), lesion.calcifications, p=nearness / nearness.sum()):
        radius = np.clip(rng.lognormal(np.log(lesion.calcification_mm), 0.35), 0.1, 0.5) / 2
        corners = rng.uniform(0.6, 1.3, (6, 1)) * radius / (scene.pitch_mm[1], scene.pitch_mm[0])
        turn = np.arange(6)[:, np.newaxis] * np.pi / 3
        points = (columns[chosen], rows[chosen]) + corners * np.hstack([np.cos(turn), np.sin(turn)])
        cv2.fillPoly(specks, [np.rint(16 * points).astype(np.int32)], float(rng.uniform(0.5, 1)), shift=4)
    return _CALCIFICATION_DB * specks


def _filled_db(
    lesion: Lesion, scene: Scene, mask: np.ndarray, level: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Fluid with what has settled in it, walls through it, or a solid part that grows from its wall."""
    rows, columns = np.nonzero(mask)
    top, left = rows.min() * scene.pitch_mm[0], columns.min() * scene.pitch_mm[1]
    height, width = np.ptp(rows) * scene.pitch_mm[0], np.ptp(columns) * scene.pitch_mm[1]
    down, across = (depths(scene) - top) / (height + 1e-3), (places(scene) - left) / (width + 1e-3)
    if lesion.inside == DEBRIS:
        settled = beyond((down - rng.uniform(0.4, 0.65) - rng.normal(0, 0.05) * across) * height, 0.35)
        return level + settled * np.maximum(_DEBRIS_DB + 2 * texture(scene, 1.2, 0.7, rng) - level, 0)
    if lesion.inside == SEPTA:
        walls = np.zeros_like(level)
        for _ in range(int(rng.integers(1, 4))):
            slope = rng.normal(0, 0.8)
            line = (down - rng.uniform(0.25, 0.75) - slope * (across - 0.5)) * height / np.hypot(1, slope)
            walls = np.maximum(walls, ridge(line + 0.7 * texture(scene, 2.5, 2.5, rng), 0.15))
        return level + walls * np.maximum(_SEPTUM_DB - level, 0)
    place = rng.uniform(0.2, 0.8), rng.choice([0.1, 0.9])
    reach = 0.28 + 0.08 * texture(scene, 0.15 * width + 0.5, 0.15 * height + 0.5, rng)
    solid = beyond((reach - np.hypot(across - place[0], down - place[1])) * lesion.size_mm, 0.15)
    return level + solid * np.maximum(_GROWTH_DB + 3 * texture(scene, 0.8, 0.5, rng) - level, 0)
