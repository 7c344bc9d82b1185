"""How strongly each place of the breast sends sound back, before there is a lesion in it.

From the skin down: skin, fat in lobules, the gland mixed with fat, the fat behind it, muscle, ribs or pleura. Their
order of brightness is that of any atlas (skin and fibrous tissue bright, gland brighter than fat, muscle dark); their
levels in dB are choices of this workshop.
"""

import cv2
import numpy as np

from busi.simulator.fields import beyond, curve, depths, ridge, texture
from busi.simulator.lesion import FAT_BELOW_GLAND_DB
from busi.simulator.lobules import Mosaic, ligaments, mosaic
from busi.simulator.muscle import chest_wall, muscle
from busi.simulator.scene import Scene
from busi.simulator.vessels import cysts, ducts, veins

SKIN_DB, GLAND_DB = 2.0, -5.0
FAT_DB = GLAND_DB + FAT_BELOW_GLAND_DB

_LIGAMENT_DB = 15.0
_REGIONS_DB = 3.5  # standard deviation of what regions of a breast differ by


def tissue(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """A map of echo strengths.

    Args:
        scene: the layers.
        rng: where they wave and how their texture runs.

    Returns:
        float32 array (rows, columns), in dB.
    """
    depth = depths(scene)
    under_skin = depth - scene.skin_mm - 0.1 * curve(scene, 14, rng)
    breast = _breast(scene, rng)
    under_fascia = depth - scene.breast_mm - min(1.2, 0.06 * scene.breast_mm) * curve(scene, 22, rng)
    echo = breast + beyond(under_fascia, 0.15) * (muscle(scene, under_fascia, rng) - breast)
    wall, of_wall = chest_wall(scene, under_fascia - scene.muscle_mm - 0.5 * curve(scene, 20, rng), rng)
    echo += of_wall * (wall - echo)
    echo = cysts(scene, ducts(scene, veins(scene, echo, rng), rng), rng)
    echo += _REGIONS_DB * texture(scene, rng.uniform(6, 12), rng.uniform(4, 9), rng)
    return np.where(under_skin < 0, _skin(scene, under_skin), echo).astype(np.float32)


def contact_shadows(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Bands of shadow from the skin on, where the probe touches badly or sound is weakened early.

    Args:
        scene: `contact` tells how uneven.
        rng: where the bands are.

    Returns:
        float32 array (rows, columns), in dB, at most 0.
    """
    depth = np.linspace(0.1, 1, scene.rows, dtype=np.float32)[:, np.newaxis]
    narrow, wide = (np.minimum(curve(scene, length, rng) + shift, 0) for length, shift in ((5, 1.0), (12, 0.2)))
    uneven = 1 + 0.3 * texture(scene, 1.5, 10, rng)
    return (scene.contact * np.sqrt(depth) * np.maximum(uneven, 0) * (9 * narrow + 9 * wide)).astype(np.float32)


def _skin(scene: Scene, under_skin: np.ndarray) -> np.ndarray:
    """Two bright lines with a darker band between."""
    return SKIN_DB - 13 * ridge(under_skin + scene.skin_mm / 2, scene.skin_mm / 3)


def _breast(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Fat and gland between skin and muscle, and the ligaments between lobules."""
    cells = mosaic(scene, rng)
    of_fat = _which_are_fat(scene, cells, rng)
    share = of_fat.astype(np.float32)[cells.nearest]
    level = rng.normal(0, 2.3, len(of_fat)).astype(np.float32)[cells.nearest]
    soft = cv2.GaussianBlur(np.stack([share, level], axis=-1), (0, 0), 1.8)
    share, level = cv2.split(cv2.resize(soft, (scene.columns, scene.rows), interpolation=cv2.INTER_LINEAR))
    fat, gland = _fat_and_gland(scene, rng)
    echo = gland + share * (fat - gland) + level
    bright = ligaments(scene, cells, of_fat, rng)
    return echo + _LIGAMENT_DB * bright


def _which_are_fat(scene: Scene, cells: Mosaic, rng: np.random.Generator) -> np.ndarray:
    """Cells before the gland, behind it, and some within it, the fewer the denser: bool (cells,)."""
    begins = curve(scene, 12, rng) * min(3.0, 0.35 * scene.fat_mm) + scene.skin_mm + scene.fat_mm
    ends = begins + scene.gland_mm + 0.15 * scene.gland_mm * curve(scene, 12, rng)
    column = np.clip(cells.across_mm / scene.pitch_mm[1], 0, scene.columns - 1).astype(int)
    outside = (cells.depth_mm < begins[column]) | (cells.depth_mm > ends[column])
    return outside | (rng.random(len(outside)) > 0.25 + 0.8 * scene.density)


def _fat_and_gland(scene: Scene, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Fat dark and rather even; gland brighter, with fibres along the skin and small dark lobules."""
    fine, streaks, fibres = (
        texture(scene, 0.35, 0.13, rng),
        texture(scene, 0.35, 0.14, rng),
        texture(scene, 1.3, 0.16, rng),
    )
    bright = np.maximum(fibres - 0.9, 0) * np.clip(1 + texture(scene, 4, 3, rng), 0, 2.5)
    mottled, cloudy = texture(scene, 0.5, 0.22, rng), texture(scene, 3, 1.3, rng)
    fat = FAT_DB + scene.texture * (1.3 * fine + 1.3 * streaks + 4 * bright + 2.5 * cloudy)
    holes = np.maximum(texture(scene, 1.1, 0.5, rng) - 0.9, 0)
    gland = GLAND_DB + scene.texture * (
        1.5 * fine + 3.3 * streaks + 1.2 * mottled + 5 * cloudy + 6 * bright - 7 * holes
    )
    return fat, gland
