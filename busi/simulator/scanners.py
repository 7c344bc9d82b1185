"""Breasts and scanners, drawn without regard to what the lesion is, so that they carry no information about it.

Widths of linear arrays, frequencies and fields of view are those that makers publish; what of it goes together follows
physics: sound of a high frequency does not reach deep, so deep images use a lower one, and gain makes up for depth. The
ranges are wide on purpose: a network is to meet more breasts and more scanners here than one hospital has.
"""

from typing import Any

import numpy as np

from busi.simulator.scene import BAR, FRAME, MAKERS, PLAIN, RULER, Scene

_REACH_MHZ_CM = 40  # frequency times depth that still gives an image
_BRIGHT = 0.5  # share of scenes with a bright near field that falls off; the others are darker and more even
_FILTERED, _JPEG, _TRAPEZOID = 0.65, 0.5, 0.06  # shares of scenes
_MEASURED, _WRITTEN = {True: 0.38, False: 0.12}, {True: 0.3, False: 0.08}  # by whether bright
_MAKERS = {PLAIN: 0.6, RULER: 0.16, FRAME: 0.1, BAR: 0.14}
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


def draw_scene(rng: np.random.Generator) -> Scene:
    """Draws a breast and a scanner.

    Args:
        rng: decides.

    Returns:
        The scene, of 256 by 256 pixels.
    """
    width = rng.uniform(34, 54)
    shape = rng.normal(1.22, 0.18) if rng.random() < 0.55 else rng.lognormal(0.02, 0.22)
    depth = float(np.clip(width / np.clip(shape, 0.75, 1.9), 24, 68))
    bright = rng.random() < _BRIGHT
    return Scene(
        width_mm=width, depth_mm=depth, **_breast(depth, rng), **_probe(depth, bright, rng), **_picture(bright, rng)
    )


def _breast(depth_mm: float, rng: np.random.Generator) -> dict[str, Any]:
    share = np.clip(rng.normal(0.75, 0.25), 0.35, 1.3)  # of the image's depth that is breast
    fat, gland, behind = rng.dirichlet([2.2, 4, 1]) * share * depth_mm
    return {
        "skin_mm": rng.uniform(0.8, 2.2),
        "fat_mm": float(np.clip(fat, 0.5, 30)),
        "gland_mm": float(np.clip(gland, 3, 45)),
        "retromammary_mm": float(np.clip(behind, 0, 15)),
        "muscle_mm": rng.uniform(4, 14),
        "density": float(rng.beta(1.6, 1.4)),
        "lobule_mm": rng.uniform(4, 14),
        "strands": rng.uniform(0.15, 1),
        "texture": rng.uniform(0.5, 1),
        "veins": int(rng.choice([0, 1, 2], p=[0.75, 0.2, 0.05])),
        "ducts": int(rng.choice([0, 1, 2, 3], p=[0.6, 0.2, 0.12, 0.08])),
        "cysts": int(rng.choice([0, 1, 2], p=[0.85, 0.1, 0.05])),
        "ribs": bool(rng.random() < 0.15),
    }


def _probe(depth_mm: float, bright: bool, rng: np.random.Generator) -> dict[str, Any]:
    frequency = float(np.clip(10 * _REACH_MHZ_CM / depth_mm * rng.lognormal(0, 0.08), 5, 18))
    attenuation = rng.uniform(0.55, 0.95)
    lost = 2 * depth_mm / 10 * frequency * (attenuation - 0.5)  # by the deepest place
    return {
        "frequency_mhz": frequency,
        "attenuation": attenuation,
        "deep_db": float(
            np.clip((rng.uniform(-0.2, 0.6) if bright else rng.uniform(0.1, 0.8)) * lost + rng.normal(0, 3), -20, 20)
        ),
        "looks": int(rng.integers(6, 10)),
        "focus": rng.uniform(0.2, 0.7),
        "contact": float(rng.beta(1.2, 2.5)),
        "edge_shadow_db": rng.uniform(0, 10),
        "sector_deg": rng.uniform(5, 16) if rng.random() < _TRAPEZOID else 0.0,
        "noise_db": rng.uniform(-60, -44),
    }


def _picture(bright: bool, rng: np.random.Generator) -> dict[str, Any]:
    return {
        "gain_db": float(np.clip(rng.normal(2.8, 2) if bright else rng.normal(-3, 2), -15, 15)),
        "near_db": float(np.clip(rng.normal(0.5, 2) if bright else rng.normal(-7, 3), -16, 6)),
        "dynamic_range_db": rng.uniform(44, 59),
        "smoothing": rng.uniform(1.6, 2.2) if bright else rng.uniform(1.1, 1.8),
        "gray_map": rng.uniform(1.1, 1.7),
        "speckle_reduction": rng.uniform(0.2, 0.65) if rng.random() < _FILTERED else 0.0,
        "edge_enhancement": rng.uniform(0.4, 1),
        "screen_scale": rng.uniform(1.7, 2.3),
        "jpeg_quality": rng.uniform(60, 97) if rng.random() < _JPEG else 100.0,
        "calipers": bool(rng.random() < _MEASURED[bright]),
        "text": str(rng.choice(_TEXTS)) if rng.random() < _WRITTEN[bright] else "",
        "maker": str(rng.choice(MAKERS, p=[_MAKERS[maker] for maker in MAKERS])),
    }
