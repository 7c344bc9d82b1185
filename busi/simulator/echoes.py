"""What a lesion changes in the map of echoes: its inside, its rim, what is behind it."""

import cv2
import numpy as np

from busi.simulator.anatomy import GLAND_DB, texture
from busi.simulator.lesion import CIRCUMSCRIBED, INDISTINCT, IRREGULAR, Lesion, Scene

CRISP_MM, BLURRED_MM = 0.1, 0.9

_CAPSULE_DB, _HALO_DB, _CALCIFICATION_DB = 9.0, 12.0, 24.0


def presence(lesion: Lesion, scene: Scene, distance_mm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How much of each place is lesion: a crisp edge of 0.1 mm, or a blurred one of up to 0.9 mm and uneven.

    Args:
        lesion: its margin.
        scene: the size of the image.
        distance_mm: signed distance from the outline, float array (rows, columns), in mm.
        rng: where a blurred edge wanders.

    Returns:
        float32 array (rows, columns), in [0, 1].
    """
    width = CRISP_MM
    if lesion.margin != CIRCUMSCRIBED:
        most = BLURRED_MM if lesion.margin == INDISTINCT else BLURRED_MM / 2
        width += (most - CRISP_MM) * lesion.margin_strength
    distance_mm = distance_mm + 1.0 * width * texture(scene, 0.9, 0.7, rng)
    return (1 / (1 + np.exp(np.clip(distance_mm / width, -30, 30)))).astype(np.float32)


def inside_db(lesion: Lesion, scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """The echoes of the lesion's inside.

    Args:
        lesion: `echo_db` and `heterogeneity`.
        scene: the size of the image.
        rng: how its texture runs.

    Returns:
        float32 array (rows, columns), in dB.
    """
    uneven = 4.5 * texture(scene, 1.6, 1.0, rng) + 2.5 * texture(scene, 0.6, 0.4, rng)
    bright = 6 * np.maximum(texture(scene, 2.5, 0.7, rng) - 1, 0)
    return GLAND_DB + lesion.echo_db + (0.3 + 0.8 * lesion.heterogeneity) * (uneven + bright)


def rim_db(lesion: Lesion, scene: Scene, distance_mm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What is brighter at the border: the thin wall of a circumscribed mass where sound meets it head on, and a halo.

    Args:
        lesion: its margin and halo.
        scene: the size of the image.
        distance_mm: signed distance from the outline, float array (rows, columns), in mm.
        rng: where the halo is thick.

    Returns:
        float32 array (rows, columns), in dB, at least 0.
    """
    rim = np.zeros_like(distance_mm)
    if lesion.margin == CIRCUMSCRIBED:
        down = np.abs(np.gradient(distance_mm, scene.pitch_mm[0], axis=0)) ** 4
        rim += _CAPSULE_DB * np.minimum(down, 1) * np.exp(-((distance_mm / 0.3) ** 2))
    if lesion.halo:
        thickness = 1.1 * np.clip(1 + 0.5 * texture(scene, 4, 4, rng), 0.3, 2)
        outside = np.maximum(distance_mm, 0)
        rim += _HALO_DB * lesion.halo * np.exp(-((outside / thickness) ** 2)) * (distance_mm > -0.2)
    return rim


def calcifications_db(lesion: Lesion, scene: Scene, mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bright specks of a quarter to half a millimetre, in a cluster within the lesion.

    Args:
        lesion: their number.
        scene: the size of the image.
        mask: bool array (rows, columns), true inside.
        rng: where they are.

    Returns:
        float32 array (rows, columns), in dB, at least 0.
    """
    specks = np.zeros(mask.shape, np.float32)
    rows, columns = np.nonzero(mask)
    if not lesion.calcifications or not len(rows):
        return specks
    centre = rng.integers(len(rows))
    down, across = (
        (values - values[centre]) * pitch for values, pitch in zip((rows, columns), scene.pitch_mm, strict=True)
    )
    nearness = np.exp(-(down**2 + across**2) / (2 * (0.22 * lesion.size_mm) ** 2))
    for chosen in rng.choice(len(rows), lesion.calcifications, p=nearness / nearness.sum()):
        where = (int(columns[chosen]) * 16, int(rows[chosen]) * 16)
        radius = int(16 * rng.uniform(0.12, 0.26) / scene.pitch_mm[1])
        cv2.circle(specks, where, radius, float(rng.uniform(0.6, 1)), -1, shift=4)
    return _CALCIFICATION_DB * specks


def behind_db(lesion: Lesion, scene: Scene, inside: np.ndarray) -> np.ndarray:
    """What sound lost, or did not lose, on its way through the lesion: a shadow below it, or an enhancement.

    That the lesion acts on everything below it, in the beams that cross it, is physics: fluid weakens sound less than
    tissue, a dense tumour more. How strongly is asked for in dB, not derived from a tissue: `posterior_db` is a
    difference in attenuation of posterior_db / (2 x thickness in cm x frequency in MHz) dB/cm/MHz (for values of
    tissues see PMC5087608). A beam that crosses less than five eighths of the thickest part gets its share of it.

    Args:
        lesion: `posterior_db`.
        scene: the height of a pixel.
        inside: how much of each place is lesion, float array (rows, columns), in [0, 1].

    Returns:
        float32 array (rows, columns), in dB: 0 above the lesion, `posterior_db` behind its thickest part.
    """
    path = np.cumsum(inside, axis=0, dtype=np.float32)
    thickest = path[-1].max()
    if not lesion.posterior_db or thickest <= 0:
        return np.zeros_like(path)
    # Five eighths of the thickness act as the whole: shadows are flat in their middle, not pointed.
    crossed = np.minimum(1.6 * path / thickest, 1)
    across = 0.7 / scene.pitch_mm[1]
    return lesion.posterior_db * cv2.GaussianBlur(crossed, (0, 0), across, sigmaY=0.3, borderType=cv2.BORDER_REPLICATE)


def edge_shadows_db(lesion: Lesion, scene: Scene, mask: np.ndarray) -> np.ndarray:
    """Thin shadows under the two sides of a smooth lesion, where its curved wall bends sound away.

    Args:
        lesion: only circumscribed ones that are not irregular have them.
        scene: `edge_shadow_db`.
        mask: bool array (rows, columns), true inside.

    Returns:
        float32 array (rows, columns), in dB, at most 0.
    """
    shadow = np.zeros(mask.shape, np.float32)
    if lesion.margin != CIRCUMSCRIBED or lesion.shape == IRREGULAR or not mask.any():
        return shadow
    columns = np.nonzero(mask.any(axis=0))[0]
    across = np.arange(mask.shape[1]) * scene.pitch_mm[1]
    for side in (columns[0], columns[-1]):
        start = int(np.nonzero(mask[:, side])[0].mean())
        band = np.exp(-(((across - across[side]) / 0.6) ** 2))
        shadow[start:] = np.minimum(shadow[start:], -scene.edge_shadow_db * band)
    return cv2.GaussianBlur(shadow, (0, 0), 0.3 / scene.pitch_mm[1], sigmaY=1.0 / scene.pitch_mm[0])
