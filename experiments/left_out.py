"""The simulator without one of its parts: what a network loses that never saw it tells what the part brings.

    anatomy     the layers of the breast: each of one thickness, without strands, texture, vessels, ducts or ribs
    lesion      what a lesion does to its edge and to the tissue around, and holds inside: margin of one strength all
                round, an even solid mass, no halo, no calcification, nothing pushed aside or pulled in
    behind      what is behind it: no shadow, no enhancement, no edge shadow, one attenuation
    scanners    one scanner with one setting, well held, without marks

`PLAIN` is the whole of it: a field of `Lesion` or `Scene`, and the value that it has in every image. What is in `KEPT`
belongs to no part and stays as it was drawn, as the class does. A field that the simulator gains goes into one of the
two; a test holds both to its fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from busi.simulator import Lesion, Scene
from busi.simulator.lesion import SOLID
from busi.simulator.scene import PLAIN as SCREEN_ALONE

ANATOMY, LESION, BEHIND, SCANNERS = PARTS = ("anatomy", "lesion", "behind", "scanners")


@dataclass(frozen=True)
class Plain:
    """The values that make a part plain.

    Attributes:
        lesion: by the fields of `Lesion`.
        scene: by the fields of `Scene`.
    """

    lesion: Mapping[str, Any] = field(default_factory=dict)
    scene: Mapping[str, Any] = field(default_factory=dict)


PLAIN: Mapping[str, Plain] = {
    ANATOMY: Plain(
        scene={
            "skin_mm": 1.6,
            "fat_mm": 8.0,
            "gland_mm": 18.0,
            "retromammary_mm": 2.0,
            "muscle_mm": 10.0,
            "density": 0.6,
            "lobule_mm": 8.0,
            "strands": 0.0,
            "texture": 0.0,
            "veins": 0,
            "ducts": 0,
            "cysts": 0,
            "ribs": False,
        }
    ),
    LESION: Plain(
        lesion={
            "margin_strength": 0.5,
            "margin_variation": 0.0,
            "inside": SOLID,
            "heterogeneity": 0.2,
            "calcifications": 0,
            "calcification_mm": 0.25,
            "halo": 0.0,
            "displacement": 0.0,
            "distortion": 0.0,
        }
    ),
    BEHIND: Plain(
        lesion={"posterior_db": 0.0, "posterior_mix": 0.0}, scene={"edge_shadow_db": 0.0, "attenuation": 0.65}
    ),
    SCANNERS: Plain(
        scene={
            "frequency_mhz": 10.0,
            "focus": 0.4,
            "looks": 7,
            "gain_db": 0.0,
            "near_db": 0.0,
            "deep_db": 0.0,
            "noise_db": -52.0,
            "dynamic_range_db": 55.0,
            "gray_map": 1.4,
            "smoothing": 1.8,
            "speckle_reduction": 0.4,
            "edge_enhancement": 0.7,
            "sector_deg": 0.0,
            "contact": 0.2,
            "screen_scale": 2.0,
            "jpeg_quality": 100.0,
            "calipers": False,
            "text": "",
            "maker": SCREEN_ALONE,
        }
    ),
}
# What the lesion is and where it lies in an image of which size: without it there is nothing to name or to outline.
KEPT: Mapping[str, frozenset[str]] = {
    "lesion": frozenset(("shape", "margin", "size_mm", "depth_mm", "offset_mm", "aspect", "angle_deg", "echo_db")),
    "scene": frozenset(("width_mm", "depth_mm", "rows", "columns")),
}


@dataclass(frozen=True)
class Without:
    """Makes one part of a drawn case plain: a `busi.data.simulated.Change`.

    Attributes:
        part: one of `PARTS`.
    """

    part: str

    def __post_init__(self) -> None:
        """Refuses a part that there is not.

        Raises:
            ValueError: naming the parts and the value received.
        """
        if self.part not in PARTS:
            raise ValueError(f"what is left out must be one of {', '.join(PARTS)}, got {self.part!r}")

    def __call__(self, lesion: Lesion, scene: Scene) -> tuple[Lesion, Scene]:
        """The same lesion and scene, with that part plain.

        Args:
            lesion: as it was drawn.
            scene: as it was drawn.
        """
        plain = PLAIN[self.part]
        return replace(lesion, **plain.lesion), replace(scene, **plain.scene)

    def __repr__(self) -> str:
        """The part and its values: who changes one draws other images."""
        return f"without {self.part}: {PLAIN[self.part]}"
