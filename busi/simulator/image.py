"""From a described lesion to the picture on a scanner's screen."""

import cv2
import numpy as np

from busi.simulator.anatomy import contact_shadows, tissue
from busi.simulator.echoes import behind_db, calcifications_db, edge_shadows_db, inside_db, presence, rim_db
from busi.simulator.lesion import Lesion, Scene
from busi.simulator.marks import burn_in
from busi.simulator.outline import mask_of, outline, signed_distance
from busi.simulator.speckle import point_spread, speckle
from busi.system.ranges import check_number

NOISE_FLOOR_DB = -48.0
WHITE_DB = 10.0  # at gain 0, this and more is white
SMOOTHING = 0.0021, 0.0030  # of the scanner's filter against grain: standard deviation, share of the image's sides
SECTOR_REACH = 0.7  # share of the depth from which the sector is wider than the image
GRAY_MAP = 1.5  # scanners darken the dark: gray is this power of the share of the dynamic range
SCANNER_ATTENUATION = 0.5  # dB/cm/MHz, what the scanner makes up for

_STREAMS = ("outline", "tissue", "contact", "edge", "inside", "rim", "specks", "speckle", "noise", "marks")


def simulate(lesion: Lesion, scene: Scene, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draws a lesion as an ultrasound scanner might show it.

    The same arguments give the same image to the last pixel. Each part of the picture has its own stream of chance, so
    turning one setting leaves the rest of the picture in place.

    Args:
        lesion: what it is like.
        scene: the breast around it and the scanner's settings.
        seed: decides everything that the words leave open: a non-negative integer.

    Returns:
        The image, uint8 (rows, columns), and the pixels inside the lesion's outline, bool (rows, columns).

    Raises:
        ValueError: if the seed is negative, or the lesion lies outside of the image.
    """
    chance = _streams(seed)
    points = outline(lesion, scene, chance["outline"])
    mask = mask_of(points, scene)
    if not mask.any():
        raise ValueError(f"the lesion lies outside of the image: {lesion.depth_mm:g} mm deep in {scene.depth_mm:g} mm")
    image = display(_intensity(_echoes(lesion, scene, points, chance), scene, chance), scene)
    burn_in(image, points, scene, chance["marks"])
    return image, mask


def echo_map(lesion: Lesion, scene: Scene, seed: int) -> np.ndarray:
    """How strongly each place sends sound back, with everything that weakens it on its way.

    Args:
        lesion: what it is like.
        scene: the breast around it.
        seed: as for `simulate`.

    Returns:
        float32 array (rows, columns), in dB: the mean level that speckle then varies around.
    """
    chance = _streams(seed)
    return _echoes(lesion, scene, outline(lesion, scene, chance["outline"]), chance)


def display(intensity: np.ndarray, scene: Scene) -> np.ndarray:
    """Gray levels from intensities: logarithm, gain, dynamic range, the sides of the sector.

    Args:
        intensity: float array (rows, columns), above zero.
        scene: `gain_db`, `dynamic_range_db`, `sector_deg`.

    Returns:
        uint8 array (rows, columns).
    """
    level = cv2.log(intensity.astype(np.float32)) * np.float32(10 / np.log(10)) + scene.gain_db - WHITE_DB
    down, across = SMOOTHING[0] * scene.rows, SMOOTHING[1] * scene.columns
    level = cv2.GaussianBlur(level, (0, 0), across, sigmaY=down)
    gray = 255 * np.clip(1 + level / scene.dynamic_range_db, 0, 1) ** GRAY_MAP
    if scene.sector_deg:
        gray[_outside_sector(scene)] = 0
    return np.rint(gray).astype(np.uint8)


def _streams(seed: int) -> dict[str, np.random.Generator]:
    check_number("seed", seed, 0, whole=True)
    return {name: np.random.default_rng([seed, number]) for number, name in enumerate(_STREAMS)}


def _intensity(echo_db: np.ndarray, scene: Scene, chance: dict[str, np.random.Generator]) -> np.ndarray:
    """What the probe hears: echoes with their speckle, and the noise of its own electronics."""
    echoes = speckle(
        echo_db, point_spread(scene.frequency_mhz, scene.depth_mm), scene.pitch_mm, scene.looks, chance["speckle"]
    )
    noise = chance["noise"].standard_normal((2, *echoes.shape), dtype=np.float32)
    return echoes + np.float32(10 ** (NOISE_FLOOR_DB / 10) / 2) * (noise[0] ** 2 + noise[1] ** 2)


def _echoes(lesion: Lesion, scene: Scene, points: np.ndarray, chance: dict[str, np.random.Generator]) -> np.ndarray:
    """Tissue, the lesion in it, and everything that weakens sound between the probe and each place."""
    distance, mask = signed_distance(points, scene), mask_of(points, scene)
    inside = presence(lesion, scene, distance, chance["edge"])
    around = tissue(scene, chance["tissue"])
    echo = around + inside * (inside_db(lesion, scene, chance["inside"]) - around)
    echo += rim_db(lesion, scene, distance, chance["rim"])
    echo += calcifications_db(lesion, scene, mask, chance["specks"])
    echo += behind_db(lesion, scene, inside) + edge_shadows_db(lesion, scene, mask)
    echo += contact_shadows(scene, chance["contact"]) - _uncompensated(scene)
    return echo.astype(np.float32)


def _uncompensated(scene: Scene) -> np.ndarray:
    """What tissue weakens beyond what the scanner makes up for: float32 (rows, 1), in dB, there and back."""
    depth_cm = (np.arange(scene.rows, dtype=np.float32)[:, np.newaxis] + 0.5) * scene.pitch_mm[0] / 10
    return 2 * depth_cm * scene.frequency_mhz * (scene.attenuation - SCANNER_ATTENUATION)


def _outside_sector(scene: Scene) -> np.ndarray:
    """What lies beyond the leaning sides: bool (rows, columns). Below the reach it is as wide as the image."""
    depth = (np.arange(scene.rows)[:, np.newaxis] + 0.5) * scene.pitch_mm[0]
    across = np.abs((np.arange(scene.columns) + 0.5) * scene.pitch_mm[1] - scene.width_mm / 2)
    return across > scene.width_mm / 2 - np.maximum(SECTOR_REACH * scene.depth_mm - depth, 0) * np.tan(
        np.deg2rad(scene.sector_deg)
    )
