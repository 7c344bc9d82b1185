"""Cases to learn from: lesions drawn so that the two classes overlap, sign by sign, as in a study of real masses.

No single feature tells a cancer. A. Hong et al., "BI-RADS for sonography: positive and negative predictive values of
sonographic features", AJR 184 (2005) 1260-1265 (PubMed 15788607), described 403 solid masses, 141 of them malignant:
malignant were 19 of 22 with a spiculated margin, 102 of 164 of irregular shape, 75 of 109 not parallel; benign were
160 of 178 circumscribed, 200 of 237 oval, 228 of 294 parallel, and 72 of the 117 that cast a shadow. The sums of
`SHAPE_AND_MARGIN` are theirs; how shape and margin go together, the other three margins, and everything drawn from a
continuous range are choices of this workshop. Hong's masses were solid; here a quarter of the oval, circumscribed
benign ones are drawn as dark as fluid, because cysts are what a beginner meets first.

The breast and the scanner (`draw_scene`) do not depend on the class, so they carry no information about it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from busi.simulator.lesion import (
    ANGULAR,
    CIRCUMSCRIBED,
    INDISTINCT,
    IRREGULAR,
    LESION_RANGES,
    MICROLOBULATED,
    OVAL,
    ROUND,
    SPICULATED,
    Lesion,
    Scene,
)
from busi.words.classes import BENIGN, CLASSES, MALIGNANT

MASSES = {BENIGN: 262, MALIGNANT: 141}
SHAPE_AND_MARGIN: Mapping[str, Mapping[tuple[str, str], int]] = {
    BENIGN: {
        (OVAL, CIRCUMSCRIBED): 155,
        (OVAL, INDISTINCT): 24,
        (OVAL, ANGULAR): 6,
        (OVAL, MICROLOBULATED): 15,
        (IRREGULAR, CIRCUMSCRIBED): 5,
        (IRREGULAR, INDISTINCT): 28,
        (IRREGULAR, ANGULAR): 12,
        (IRREGULAR, MICROLOBULATED): 14,
        (IRREGULAR, SPICULATED): 3,
    },
    MALIGNANT: {
        (OVAL, CIRCUMSCRIBED): 17,
        (OVAL, INDISTINCT): 10,
        (OVAL, ANGULAR): 4,
        (OVAL, MICROLOBULATED): 6,
        (ROUND, CIRCUMSCRIBED): 1,
        (ROUND, MICROLOBULATED): 1,
        (IRREGULAR, INDISTINCT): 34,
        (IRREGULAR, ANGULAR): 26,
        (IRREGULAR, MICROLOBULATED): 23,
        (IRREGULAR, SPICULATED): 19,
    },
}


@dataclass(frozen=True)
class _Habits:
    """How a class tends to look: counts of Hong's masses, then our ranges.

    Attributes:
        not_parallel: masses, of `MASSES`.
        shadowing: masses with a shadow.
        enhancement: share of the others with an enhancement.
        size_mm: median and spread (of the logarithm) of the largest diameter.
        aspect: mean and spread.
        strength: of the margin, lowest and highest.
        echo_db: lowest and highest.
        heterogeneity: lowest and highest.
        shadow_db: strongest and weakest.
        halo: share with one.
        calcifications: share with some.
    """

    not_parallel: int
    shadowing: int
    enhancement: float
    size_mm: tuple[float, float]
    aspect: tuple[float, float]
    strength: tuple[float, float]
    echo_db: tuple[float, float]
    heterogeneity: tuple[float, float]
    shadow_db: tuple[float, float]
    halo: float
    calcifications: float


_HABITS = {
    BENIGN: _Habits(
        not_parallel=34,
        shadowing=72,
        enhancement=0.75,
        size_mm=(11.5, 0.55),
        aspect=(0.56, 0.13),
        strength=(0.0, 0.7),
        echo_db=(-23, -8),
        heterogeneity=(0.0, 0.7),
        shadow_db=(-9, -2.5),
        halo=0.08,
        calcifications=0.07,
    ),
    MALIGNANT: _Habits(
        not_parallel=75,
        shadowing=45,
        enhancement=0.25,
        size_mm=(19, 0.42),
        aspect=(0.72, 0.13),
        strength=(0.3, 1.0),
        echo_db=(-20, -6),
        heterogeneity=(0.2, 1.0),
        shadow_db=(-22, -5),
        halo=0.40,
        calcifications=0.30,
    ),
}
_CYSTS = 0.25  # of the circumscribed benign masses are as dark as fluid
_UPRIGHT_ASPECT = 0.82, 0.09  # those that are taller than wide are seldom much so
_TEXTS = (
    "RT UOQ",
    "LT UOQ",
    "RT UIQ",
    "LT LOQ",
    "RT AXILLA",
    "LEFT BREAST",
    "RT 10 OCLOCK",
    "LT 2 OCLOCK",
    "RT1",
    "LT2",
)


def draw_case(label: str, rng: np.random.Generator) -> tuple[Lesion, Scene]:
    """Draws a lesion of a class, and a breast and a scanner around it.

    Args:
        label: "benign" or "malignant".
        rng: decides.

    Returns:
        The lesion and the scene; the lesion's centre lies within it, and its outline may reach the skin or a side.

    Raises:
        ValueError: if there is no such class.
    """
    if label not in CLASSES:
        raise ValueError(f"label must be one of {', '.join(CLASSES)}, got {label!r}")
    scene = draw_scene(rng)
    return _draw_lesion(label, scene, rng), scene


def draw_scene(rng: np.random.Generator) -> Scene:
    """A breast and a scanner, drawn without regard to what the lesion is."""
    width = rng.uniform(33, 46)
    depth = max(width / np.clip(rng.normal(1.22, 0.18), 0.85, 1.7), 22)
    return Scene(
        width_mm=width,
        depth_mm=float(depth),
        skin_mm=rng.uniform(0.8, 2.2),
        fat_mm=rng.uniform(1, 11),
        gland_mm=rng.uniform(8, 26),
        strands=rng.uniform(0.2, 0.9),
        texture=rng.uniform(0.4, 1),
        contact=rng.uniform(0, 0.7),
        frequency_mhz=rng.uniform(8, 11),
        gain_db=float(np.clip(rng.normal(1, 2.2), -12, 12)),
        dynamic_range_db=rng.uniform(54, 68),
        attenuation=rng.uniform(0.8, 1.1),
        looks=int(rng.integers(3, 6)),
        sector_deg=rng.uniform(5, 14) if rng.random() < 0.12 else 0.0,
        edge_shadow_db=rng.uniform(0, 9),
        calipers=bool(rng.random() < 0.35),
        text=str(rng.choice(_TEXTS)) if rng.random() < 0.35 else "",
    )


def _draw_lesion(label: str, scene: Scene, rng: np.random.Generator) -> Lesion:
    habits = _HABITS[label]
    pairs, counts = zip(*SHAPE_AND_MARGIN[label].items(), strict=True)
    shape, margin = pairs[rng.choice(len(pairs), p=np.array(counts) / MASSES[label])]
    upright = rng.random() < habits.not_parallel / MASSES[label]
    cyst = label == BENIGN and (shape, margin) == (OVAL, CIRCUMSCRIBED) and rng.random() < _CYSTS
    aspect = float(np.clip(rng.normal(*(_UPRIGHT_ASPECT if upright else habits.aspect)), 0.35, 1))
    size = float(np.clip(rng.lognormal(np.log(habits.size_mm[0]), habits.size_mm[1]), 4, 0.75 * scene.width_mm))
    height = size if upright else size * aspect
    if height > 0.7 * scene.depth_mm:
        size *= 0.7 * scene.depth_mm / height
        height = 0.7 * scene.depth_mm
    top = rng.uniform(0.06, 0.36) * scene.depth_mm
    room = max(0.5 * (scene.width_mm - size), 0)
    return Lesion(
        shape=shape,
        margin=margin,
        size_mm=_within("size_mm", size),
        depth_mm=_within("depth_mm", min(top + height / 2, scene.depth_mm - 0.45 * height)),
        offset_mm=_within("offset_mm", float(np.clip(rng.normal(0, 0.15 * scene.width_mm), -room, room))),
        aspect=aspect,
        angle_deg=float(rng.choice([-1, 1]) * (rng.uniform(50, 90) if upright else abs(rng.normal(0, 14)) % 45)),
        margin_strength=rng.uniform(*habits.strength),
        echo_db=rng.uniform(-38, -27) if cyst else rng.uniform(*habits.echo_db),
        heterogeneity=rng.uniform(0, 0.15) if cyst else rng.uniform(*habits.heterogeneity),
        posterior_db=_posterior_db(habits, label, cyst, rng),
        calcifications=int(rng.integers(2, 16)) if rng.random() < habits.calcifications else 0,
        halo=rng.uniform(0.3, 1) if rng.random() < habits.halo else 0.0,
    )


def _posterior_db(habits: _Habits, label: str, cyst: bool, rng: np.random.Generator) -> float:
    """A shadow as often as in Hong's masses, but never behind fluid; else an enhancement, or next to nothing."""
    cysts = _CYSTS * SHAPE_AND_MARGIN[BENIGN][OVAL, CIRCUMSCRIBED] if label == BENIGN else 0
    if not cyst and rng.random() < habits.shadowing / (MASSES[label] - cysts):
        return rng.uniform(*habits.shadow_db)
    if cyst or rng.random() < habits.enhancement:
        return rng.uniform(3, 13)
    return rng.uniform(-1.9, 1.9)


def _within(name: str, value: float) -> float:
    low, high = LESION_RANGES[name]
    return float(min(max(value, low), high))
