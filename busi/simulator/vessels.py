"""Veins in the fat, ducts in the gland and small cysts: what a still image shows by chance beside a lesion."""

import numpy as np

from busi.simulator.fields import beyond, curve, depths, places, ridge
from busi.simulator.scene import Scene

LUMEN_DB = -28.0

_WALL_DB = 5.0
_BEHIND_CYST_DB = 5.0


def veins(scene: Scene, echo_db: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Dark tubes of 1 to 2.5 mm in the fat under the skin, cut across or along.

    Args:
        scene: `veins`, how many.
        echo_db: float32 (rows, columns), the tissue.
        rng: where they run.

    Returns:
        The tissue with them: float32 (rows, columns), in dB.
    """
    for _ in range(scene.veins):
        depth = scene.skin_mm + rng.uniform(0.3, 0.9) * max(scene.fat_mm, 3)
        length = rng.choice([1.0, 1.6, 5.0, 9.0])
        echo_db = _tube(scene, echo_db, depth, length, rng.uniform(0.5, 1.2), rng)
    return echo_db


def ducts(scene: Scene, echo_db: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Thin dark tubes in the gland that rise towards the nipple.

    Args:
        scene: `ducts`, how many.
        echo_db: float32 (rows, columns), the tissue.
        rng: where they run.

    Returns:
        The tissue with them: float32 (rows, columns), in dB.
    """
    nipple = rng.uniform(-0.5, 1.5) * scene.width_mm
    for _ in range(scene.ducts):
        depth = scene.skin_mm + scene.fat_mm + rng.uniform(0.1, 0.6) * scene.gland_mm
        echo_db = _tube(scene, echo_db, depth, rng.uniform(3, 10), rng.uniform(0.25, 0.6), rng, nipple)
    return echo_db


def cysts(scene: Scene, echo_db: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Small cysts in the gland, a little brighter behind.

    Args:
        scene: `cysts`, how many.
        echo_db: float32 (rows, columns), the tissue.
        rng: where they are.

    Returns:
        The tissue with them: float32 (rows, columns), in dB.
    """
    down, across = depths(scene), places(scene)
    for _ in range(scene.cysts):
        depth = scene.skin_mm + scene.fat_mm + rng.uniform(0, 0.8) * scene.gland_mm
        half, place = rng.uniform(0.7, 2.2), rng.uniform(0, scene.width_mm)
        away = half * (np.hypot((across - place) / half, (down - depth) / (half * rng.uniform(0.5, 0.8))) - 1)
        behind = np.clip((down - depth) / 2, 0, 1) * np.exp(-np.clip(down - depth, 0, None) / 9)
        echo_db = echo_db + _BEHIND_CYST_DB * behind * ridge(across - place, half)
        echo_db = echo_db + beyond(-away, 0.15) * (LUMEN_DB - echo_db)
    return echo_db


def _tube(
    scene: Scene,
    echo_db: np.ndarray,
    depth_mm: float,
    length_mm: float,
    radius_mm: float,
    rng: np.random.Generator,
    towards_mm: float | None = None,
) -> np.ndarray:
    """A tube that waves along the skin, or rises towards a place; its walls shine where they lie across the beam."""
    centre = rng.uniform(0.05, 0.95) * scene.width_mm
    off = places(scene) - centre
    rise = 0.0 if towards_mm is None else -0.25 * np.sign(towards_mm - centre)
    middle = depth_mm + 0.5 * curve(scene, 7, rng) + rise * off
    half = radius_mm * np.sqrt(np.clip(1 - (off / length_mm) ** 2, 0, 1))
    away = np.abs(depths(scene) - middle) - half
    walls = _WALL_DB * ridge(away, 0.2) * (half > 0)
    return echo_db + beyond(-away, 0.12) * (half > 0.1) * (LUMEN_DB + 8 - echo_db) + walls
