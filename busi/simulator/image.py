"""From a described lesion to the picture on a scanner's screen."""

import numpy as np

from busi.simulator.echoes import echoes
from busi.simulator.lesion import Lesion
from busi.simulator.marks import burn_in
from busi.simulator.outline import mask_of, outline
from busi.simulator.scene import Scene
from busi.simulator.screen import display, export, on_screen
from busi.simulator.speckle import point_spread, speckle
from busi.system.ranges import check_number

_STREAMS = (
    "outline",
    "tissue",
    "contact",
    "edge",
    "inside",
    "rim",
    "specks",
    "speckle",
    "noise",
    "marks",
    "bend",
    "spicules",
    "behind",
    "sides",
)


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
    screen = on_screen(display(_intensity(echoes(lesion, scene, points, chance), scene, chance), scene), scene)
    burn_in(
        screen, points * (screen.shape[1] / scene.width_mm, screen.shape[0] / scene.depth_mm), scene, chance["marks"]
    )
    return export(screen, scene), mask


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
    return echoes(lesion, scene, outline(lesion, scene, chance["outline"]), chance)


def _streams(seed: int) -> dict[str, np.random.Generator]:
    check_number("seed", seed, 0, whole=True)
    return {name: np.random.default_rng([seed, number]) for number, name in enumerate(_STREAMS)}


def _intensity(echo_db: np.ndarray, scene: Scene, chance: dict[str, np.random.Generator]) -> np.ndarray:
    """What the probe hears: echoes with their speckle, and the noise of its own electronics."""
    spread = point_spread(scene.frequency_mhz, scene.depth_mm, scene.focus)
    heard = speckle(echo_db, spread, scene.pitch_mm, scene.looks, chance["speckle"])
    nowhere = np.full_like(echo_db, scene.noise_db)  # noise comes through the same filters as an echo, from no place
    return heard + speckle(nowhere, spread, scene.pitch_mm, 1, chance["noise"])
