"""Cases to learn from: lesions drawn so that the two classes overlap, sign by sign, as in a study of real masses.

No single feature tells a cancer. A. Hong et al., "BI-RADS for sonography: positive and negative predictive values of
sonographic features", AJR 184 (2005) 1260-1265 (PubMed 15788607), described 403 solid masses, 141 of them malignant:
malignant were 19 of 22 with a spiculated margin, 102 of 164 of irregular shape, 75 of 109 not parallel; benign were
160 of 178 circumscribed, 200 of 237 oval, 228 of 294 parallel, and 72 of the 117 that cast a shadow. The sums of
`SHAPE_AND_MARGIN` are theirs; how shape and margin go together, the other three margins, and everything drawn from a
continuous range are choices of this workshop. Hong's masses were solid; here a quarter of the oval, circumscribed
benign ones are drawn as dark as fluid, because cysts are what a beginner meets first.

The breast and the scanner (scanners) do not depend on the class, so they carry no information about it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from busi.simulator.lesion import (
    ANGULAR,
    CIRCUMSCRIBED,
    DEBRIS,
    FLUID,
    GROWTH,
    INDISTINCT,
    IRREGULAR,
    LESION_RANGES,
    MICROLOBULATED,
    OVAL,
    ROUND,
    SEPTA,
    SOLID,
    SPICULATED,
    Lesion,
)
from busi.simulator.scanners import draw_scene
from busi.simulator.scene import Scene
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
        calcification_mm: smallest and largest mean diameter.
        displacement: lowest and highest.
        distortion: share that pulls tissue in.
        complex: share that is cystic and solid.
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
    calcification_mm: tuple[float, float]
    displacement: tuple[float, float]
    distortion: float
    complex: float


_HABITS = {
    BENIGN: _Habits(
        not_parallel=34,
        shadowing=72,
        enhancement=0.75,
        size_mm=(11.5, 0.55),
        aspect=(0.56, 0.13),
        strength=(0.0, 0.7),
        echo_db=(-24, -9),
        heterogeneity=(0.0, 0.7),
        shadow_db=(-9, -2.5),
        halo=0.08,
        calcifications=0.07,
        calcification_mm=(0.2, 0.5),
        displacement=(0.0, 1.0),
        distortion=0.05,
        complex=0.03,
    ),
    MALIGNANT: _Habits(
        not_parallel=75,
        shadowing=45,
        enhancement=0.25,
        size_mm=(19, 0.42),
        aspect=(0.72, 0.13),
        strength=(0.3, 1.0),
        echo_db=(-22, -8),
        heterogeneity=(0.2, 1.0),
        shadow_db=(-18, -4),
        halo=0.40,
        calcifications=0.30,
        calcification_mm=(0.1, 0.35),
        displacement=(0.0, 0.7),
        distortion=0.45,
        complex=0.06,
    ),
}
_CYSTS = 0.25  # of the circumscribed benign masses are as dark as fluid
_IN_CYSTS = 0.7, 0.15, 0.08, 0.07  # fluid alone, debris, septa, a growth
_BRIGHT_BENIGN, _BRIGHT_MALIGNANT = 0.05, 0.005  # hyperechoic masses
_COMBINED = 0.06  # of those with something behind them: shadow and enhancement side by side
_ABOVE = 1.3, 3.4  # how much of that room lies above a mass, whatever its size: parameters of a beta distribution
_FILLS = 0.9  # of the room between skin and muscle, at most
_UPRIGHT_ASPECT = 0.82, 0.09  # those that are taller than wide are seldom much so


def draw_case(label: str, rng: np.random.Generator) -> tuple[Lesion, Scene]:
    """Draws a lesion of a class, and a breast and a scanner around it.

    Args:
        label: "benign" or "malignant".
        rng: decides.

    Returns:
        The lesion and the scene; the lesion's centre lies within the breast, between skin and muscle.

    Raises:
        ValueError: if there is no such class.
    """
    if label not in CLASSES:
        raise ValueError(f"label must be one of {', '.join(CLASSES)}, got {label!r}")
    scene = draw_scene(rng)
    return _draw_lesion(label, scene, rng), scene


def _draw_lesion(label: str, scene: Scene, rng: np.random.Generator) -> Lesion:
    habits = _HABITS[label]
    pairs, counts = zip(*SHAPE_AND_MARGIN[label].items(), strict=True)
    shape, margin = pairs[rng.choice(len(pairs), p=np.array(counts) / MASSES[label])]
    upright = rng.random() < habits.not_parallel / MASSES[label]
    cyst = label == BENIGN and (shape, margin) == (OVAL, CIRCUMSCRIBED) and rng.random() < _CYSTS
    return Lesion(
        shape=shape,
        margin=margin,
        **_place(habits, scene, upright, rng),
        angle_deg=float(rng.choice([-1, 1]) * (rng.uniform(50, 90) if upright else abs(rng.normal(0, 14)) % 45)),
        margin_strength=rng.uniform(*habits.strength),
        margin_variation=rng.uniform(0.1, 1),
        **(_fluid(rng) if cyst else _solid(label, habits, rng)),
        posterior_db=_posterior_db(habits, label, cyst, rng),
        posterior_mix=rng.uniform(0.3, 0.6) if rng.random() < _COMBINED else 0.0,
        calcifications=int(rng.integers(2, 16)) if rng.random() < habits.calcifications else 0,
        calcification_mm=rng.uniform(*habits.calcification_mm),
        halo=rng.uniform(0.3, 1) if rng.random() < habits.halo else 0.0,
        displacement=rng.uniform(*habits.displacement),
        distortion=rng.uniform(0.2, 1) if rng.random() < habits.distortion else 0.0,
    )


def _place(habits: _Habits, scene: Scene, upright: bool, rng: np.random.Generator) -> dict[str, float]:
    """Size, roundness and place, such that it fits between skin and muscle."""
    room = min(scene.breast_mm, 0.97 * scene.depth_mm) - scene.skin_mm - 1
    aspect = float(np.clip(rng.normal(*(_UPRIGHT_ASPECT if upright else habits.aspect)), 0.35, 1))
    size = float(np.clip(rng.lognormal(np.log(habits.size_mm[0]), habits.size_mm[1]), 4, 0.75 * scene.width_mm))
    size *= min(1, _FILLS * room / (size if upright else size * aspect))
    size = _within("size_mm", size)
    height = size if upright else size * aspect
    above = min(rng.beta(*_ABOVE) * room, max(room - height, 0))  # so that a larger mass has its middle deeper
    middle = scene.skin_mm + 0.5 + height / 2 + above
    beside = max(0.5 * (scene.width_mm - size), 0)
    offset = float(np.clip(rng.normal(0, 0.15 * scene.width_mm), -beside, beside))
    return {
        "size_mm": size,
        "aspect": aspect,
        "depth_mm": _within("depth_mm", middle),
        "offset_mm": _within("offset_mm", offset),
    }


def _fluid(rng: np.random.Generator) -> dict[str, Any]:
    """A cyst: mostly simple, now and then with debris, walls or a solid part."""
    inside = str(rng.choice([FLUID, DEBRIS, SEPTA, GROWTH], p=_IN_CYSTS))
    return {"inside": inside, "echo_db": rng.uniform(-38, -27), "heterogeneity": rng.uniform(0, 0.15)}


def _solid(label: str, habits: _Habits, rng: np.random.Generator) -> dict[str, Any]:
    """A mass: mostly solid and darker than fat or like it; a few cystic and solid, a few benign ones bright."""
    heterogeneity = rng.uniform(*habits.heterogeneity)
    if rng.random() < habits.complex:
        return {
            "inside": str(rng.choice([SEPTA, GROWTH])),
            "echo_db": rng.uniform(-34, -22),
            "heterogeneity": heterogeneity,
        }
    bright = rng.random() < (_BRIGHT_BENIGN if label == BENIGN else _BRIGHT_MALIGNANT)
    return {
        "inside": SOLID,
        "echo_db": rng.uniform(-5, 2) if bright else rng.uniform(*habits.echo_db),
        "heterogeneity": heterogeneity,
    }


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
