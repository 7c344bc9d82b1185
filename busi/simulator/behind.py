"""What sound lost, or did not lose, on its way: shadows and enhancement, which taper and break up with depth."""

import cv2
import numpy as np

from busi.simulator.anatomy import GLAND_DB
from busi.simulator.fields import beyond, depths, places, texture
from busi.simulator.lesion import CIRCUMSCRIBED, IRREGULAR, Lesion
from busi.simulator.scene import Scene

_NARROW_MM, _WIDE_MM = 0.9, 3.5  # blur across of what is behind, near the lesion and far from it
_FADE_MM = 30.0  # under the lesion, where views from several sides have filled half of a shadow
_BROKEN, _BREAKS_MM = 0.35, 12.0  # how far streaks differ, and where they fully do
_TISSUE_DB_PER_MM = 0.10  # lost behind each mm of tissue brighter than gland, for each dB that it is brighter
_TISSUE_MOST_DB = 7.0


def behind_db(lesion: Lesion, scene: Scene, inside: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the lesion leaves to the places below it: a shadow, an enhancement, or both side by side.

    That the lesion acts on everything below it, in the beams that cross it, is physics: fluid weakens sound less than
    tissue, a dense tumour more. How strongly is asked for in dB, not derived from a tissue: `posterior_db` is a
    difference in attenuation of posterior_db / (2 x thickness in cm x frequency in MHz) dB/cm/MHz (for values of
    tissues see PMC5087608). A beam that crosses a thin part gets its share of it.
    Beams widen with depth, and a scanner sees each place from several sides: so it blurs, tapers and fades there.

    Args:
        lesion: `posterior_db` and `posterior_mix`.
        scene: the size of a pixel.
        inside: how much of each place is lesion, float array (rows, columns), in [0, 1].
        rng: where it breaks up.

    Returns:
        float32 array (rows, columns), in dB: 0 above the lesion, about `posterior_db` just behind its thickest part.
    """
    path = np.cumsum(inside, axis=0, dtype=np.float32)
    thickest = path[-1].max()
    if not lesion.posterior_db or thickest <= 0:
        return np.zeros_like(path)
    # The thickest half acts almost alike: shadows are flat in their middle, not pointed.
    crossed = np.tanh(1.4 * path / thickest) / np.tanh(1.4) * _sides(lesion, scene, path[-1], rng)
    below = _below_mm(scene, inside)
    narrow, wide = (
        cv2.GaussianBlur(crossed, (0, 0), width / scene.pitch_mm[1], sigmaY=0.3, borderType=cv2.BORDER_REPLICATE)
        for width in (_NARROW_MM, _WIDE_MM)
    )
    far = np.clip(below / _FADE_MM, 0, 1)
    broken = 1 + np.clip(below / _BREAKS_MM, 0, 1) * _BROKEN * texture(scene, 1.4, 9, rng)
    return lesion.posterior_db * (narrow + far * (wide - narrow)) * np.clip(broken, 0.3, 1.6) / (1 + below / _FADE_MM)


def edge_shadows_db(lesion: Lesion, scene: Scene, outline: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Thin shadows under the two sides of a smooth lesion, where its curved wall bends sound away.

    Args:
        lesion: only circumscribed ones that are not irregular have them.
        scene: `edge_shadow_db`.
        outline: float array (P, 2), x and y in mm.
        rng: how strong and how long each is.

    Returns:
        float32 array (rows, columns), in dB, at most 0.
    """
    shadow = np.zeros((scene.rows, scene.columns), np.float32)
    if lesion.margin != CIRCUMSCRIBED or lesion.shape == IRREGULAR:
        return shadow
    for end, outward in ((outline[:, 0].argmin(), -1), (outline[:, 0].argmax(), 1)):
        under = depths(scene) - outline[end, 1]
        width = 0.35 + 0.03 * np.clip(under, 0, None)
        off = places(scene) - outline[end, 0] - outward * 0.03 * under
        fade = beyond(under, 0.5) * np.exp(-np.clip(under, 0, None) / rng.uniform(8, 25))
        shadow -= scene.edge_shadow_db * rng.uniform(0.5, 1) * fade * np.exp(-((off / width) ** 2))
    return shadow


def tissue_shadows_db(scene: Scene, echo_db: np.ndarray) -> np.ndarray:
    """What bright tissue (ligaments, fibres, specks) takes from the places behind it.

    Args:
        scene: the size of a pixel.
        echo_db: float32 (rows, columns).

    Returns:
        float32 array (rows, columns), in dB, at most 0.
    """
    lost = np.cumsum(np.clip(echo_db - GLAND_DB - 2, 0, 12), axis=0, dtype=np.float32) * np.float32(scene.pitch_mm[0])
    lost = cv2.blur(lost, (max(1, round(0.8 / scene.pitch_mm[1])), 1), borderType=cv2.BORDER_REPLICATE)
    return -_TISSUE_MOST_DB * np.tanh(_TISSUE_DB_PER_MM * lost / _TISSUE_MOST_DB)


def _below_mm(scene: Scene, inside: np.ndarray) -> np.ndarray:
    """How far each row is under the lesion's lowest part: float32 (rows, 1)."""
    last = int(np.nonzero(inside.max(axis=1) > 0.5)[0].max(initial=0))
    return np.clip(np.arange(scene.rows, dtype=np.float32) - last, 0, None)[:, np.newaxis] * np.float32(
        scene.pitch_mm[0]
    )


def _sides(lesion: Lesion, scene: Scene, path: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """1 where it acts as asked, -1 where it does the opposite: float32 (columns,)."""
    at_the_right = rng.random() < 0.5  # drawn in any case, so that a mix leaves what is drawn next in place
    if not lesion.posterior_mix:
        return np.ones(scene.columns, np.float32)
    crossed = np.nonzero(path > 0.3 * path.max())[0]
    share = np.linspace(0, 1, len(crossed))
    position = np.interp(np.arange(scene.columns), crossed, share if at_the_right else share[::-1])
    return (1 - 2 * beyond(position - (1 - lesion.posterior_mix), 0.04)).astype(np.float32)
