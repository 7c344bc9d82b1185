"""What lies under the breast: fascia, the pectoral muscle, and under that ribs or the pleura."""

import numpy as np

from busi.simulator.fields import beyond, curve, places, ridge, texture
from busi.simulator.scene import Scene

MUSCLE_DB, FASCIA_DB, BONE_DB, LUNG_DB = -15.0, 0.0, 4.0, -16.0

_RIB_MM, _BETWEEN_MM = 5.0, 9.0  # half the width of a rib; half the space between two
_RIB_SHADOW_DB = 12.0


def muscle(scene: Scene, under_fascia_mm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Dark, with fibres along the skin and long bright sheets; its fascia is a bright line, broken here and there.

    Args:
        scene: the size of the image.
        under_fascia_mm: float32 (rows, columns), how far each place is under the muscle's upper side.
        rng: where sheets and fibres are.

    Returns:
        float32 array (rows, columns), in dB.
    """
    fibres, sheets = texture(scene, 1.0, 0.14, rng), texture(scene, 2.2, 0.17, rng)
    level = MUSCLE_DB + 2.2 * fibres + 4.5 * texture(scene, 6, 1.6, rng) + 8.5 * np.clip(sheets - 0.7, 0, 1.6)
    bright = np.clip(0.55 + 0.45 * curve(scene, 7, rng), 0.05, 1.2)
    return level + (FASCIA_DB - MUSCLE_DB) * bright * ridge(under_fascia_mm, 0.3)


def chest_wall(scene: Scene, under_muscle_mm: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The pleura, a bright line over an even haze, or ribs: bright arcs with a soft shadow.

    Args:
        scene: `ribs`.
        under_muscle_mm: float32 (rows, columns), how far each place is under the muscle's lower side.
        rng: where ribs are, and how bright.

    Returns:
        Level, float32 (rows, columns), in dB; how much of each place is chest wall, float32 (rows, columns), 0 to 1.
    """
    shine = np.clip(0.6 + 0.4 * curve(scene, 8, rng), 0.1, 1.2)
    rib = np.zeros(scene.columns, np.float32)
    if scene.ribs:
        period = 2 * (_RIB_MM + _BETWEEN_MM)
        off = (places(scene) + rng.uniform(0, period)) % period - period / 2
        rib = (np.clip(1 - (off / _RIB_MM) ** 2, 0, 1) ** 1.5).astype(np.float32)
    under = under_muscle_mm + 1.2 * rib
    haze = LUNG_DB - 0.25 * np.clip(under, 0, 40) + 1.5 * texture(scene, 5, 3, rng) + 3 * texture(scene, 2, 0.25, rng)
    shadow = _RIB_SHADOW_DB * rib * beyond(under - 1, 0.6)
    line = (BONE_DB - LUNG_DB) * shine * ridge(under - 0.3, 0.35)
    return haze - shadow + line, beyond(under, 0.2)
