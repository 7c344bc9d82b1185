"""A lesion in the radiologist's words, and the scene around it.

The terms are those of the BI-RADS lexicon for ultrasound (American College of Radiology, 5th edition, 2013; the halo is
of the 4th). What the lexicon names by a word and nature draws by degrees is a number here (how far a lesion's echoes
lie below its surroundings, how much darker it is behind it), and the word follows from the number; what has no degrees
is a word. As in the lexicon, echoes are compared with those of fat, which lie 5 dB below the gland's.
"""

from dataclasses import dataclass, fields

from busi.system.ranges import check_number

OVAL, ROUND, IRREGULAR = SHAPES = ("oval", "round", "irregular")
CIRCUMSCRIBED, INDISTINCT, ANGULAR, MICROLOBULATED, SPICULATED = MARGINS = (
    "circumscribed",
    "indistinct",
    "angular",
    "microlobulated",
    "spiculated",
)
PARALLEL, NOT_PARALLEL = ORIENTATIONS = ("parallel", "not_parallel")
ANECHOIC, HYPOECHOIC, ISOECHOIC, HYPERECHOIC, HETEROGENEOUS = ECHO_PATTERNS = (
    "anechoic",
    "hypoechoic",
    "isoechoic",
    "hyperechoic",
    "heterogeneous",
)
NO_FEATURE, ENHANCEMENT, SHADOWING = POSTERIOR_FEATURES = ("none", "enhancement", "shadowing")

FAT_BELOW_GLAND_DB = -5.0

LESION_RANGES: dict[str, tuple[float, float]] = {
    "size_mm": (3, 45),
    "depth_mm": (3, 50),
    "offset_mm": (-20, 20),
    "aspect": (0.3, 1),
    "angle_deg": (-90, 90),
    "margin_strength": (0, 1),
    "echo_db": (-40, 10),
    "heterogeneity": (0, 1),
    "posterior_db": (-30, 15),
    "calcifications": (0, 40),
    "halo": (0, 1),
}
SCENE_RANGES: dict[str, tuple[float, float]] = {
    "width_mm": (20, 70),
    "depth_mm": (20, 70),
    "rows": (64, 1024),
    "columns": (64, 1024),
    "skin_mm": (0.5, 4),
    "fat_mm": (0, 30),
    "gland_mm": (0, 45),
    "strands": (0, 1),
    "texture": (0, 1),
    "contact": (0, 1),
    "frequency_mhz": (5, 15),
    "gain_db": (-20, 20),
    "dynamic_range_db": (30, 80),
    "attenuation": (0.3, 1.2),
    "looks": (1, 9),
    "sector_deg": (0, 25),
    "edge_shadow_db": (0, 15),
}


@dataclass(frozen=True)
class Lesion:
    """A lesion, as a report would describe it.

    Attributes:
        shape: oval, round or irregular.
        margin: circumscribed, indistinct, angular, microlobulated or spiculated.
        size_mm: largest diameter, 3 to 45.
        depth_mm: of its centre under the skin's surface, 3 to 50.
        offset_mm: of its centre from the middle of the image, -20 (left) to 20 (right).
        aspect: short diameter over long one, 0.3 to 1; a round lesion takes it as 1.
        angle_deg: of its long axis with the skin, -90 to 90; 0 lies along it.
        margin_strength: how marked the margin is (blur, corners, lobules or spicules), 0 to 1.
        echo_db: its echoes against those of the glandular tissue, -40 to 10 dB.
        heterogeneity: how uneven they are, 0 to 1.
        posterior_db: what is behind it, against the same place without it: shadow below zero, enhancement above,
            -30 to 15 dB.
        calcifications: number of bright specks, 0 to 40.
        halo: how marked a bright rim around it is, 0 to 1.
    """

    shape: str = OVAL
    margin: str = CIRCUMSCRIBED
    size_mm: float = 14.0
    depth_mm: float = 15.0
    offset_mm: float = 0.0
    aspect: float = 0.65
    angle_deg: float = 0.0
    margin_strength: float = 0.5
    echo_db: float = -16.0
    heterogeneity: float = 0.2
    posterior_db: float = 0.0
    calcifications: int = 0
    halo: float = 0.0

    def __post_init__(self) -> None:
        """Refuses words that the lexicon does not have and numbers out of range.

        Raises:
            ValueError: naming the attribute, what it may be and the value received.
        """
        _check_word("shape", self.shape, SHAPES)
        _check_word("margin", self.margin, MARGINS)
        _check_ranges(self, LESION_RANGES)

    @property
    def orientation(self) -> str:
        """Parallel if it is wider than tall, as most benign lesions are; else, or if it is round, not parallel."""
        return PARALLEL if self.shape != ROUND and abs(self.angle_deg) <= 45 else NOT_PARALLEL

    @property
    def echo_pattern(self) -> str:
        """The word for how bright its echoes are beside those of fat, and how even."""
        if self.echo_db <= -26:
            return ANECHOIC
        if self.heterogeneity > 0.6:
            return HETEROGENEOUS
        if abs(self.echo_db - FAT_BELOW_GLAND_DB) <= 2:
            return ISOECHOIC
        return HYPOECHOIC if self.echo_db < FAT_BELOW_GLAND_DB else HYPERECHOIC

    @property
    def posterior(self) -> str:
        """The word for what is behind it; less than 2 dB either way goes unnoticed."""
        if abs(self.posterior_db) < 2:
            return NO_FEATURE
        return ENHANCEMENT if self.posterior_db > 0 else SHADOWING


@dataclass(frozen=True)
class Scene:
    """The breast around the lesion and the settings of the scanner.

    Attributes:
        width_mm: of the image, 20 to 70.
        depth_mm: that the image reaches, 20 to 70.
        rows: height of the image in pixels, 64 to 1024.
        columns: its width in pixels, 64 to 1024.
        skin_mm: thickness of the skin, 0.5 to 4.
        fat_mm: of the fat under it, 0 to 30.
        gland_mm: of the glandular tissue under that, 0 to 45; below lies muscle.
        strands: how much bright fibrous tissue crosses fat and gland, 0 to 1.
        texture: how uneven gland and fat are, 0 to 1.
        contact: how uneven the contact of the probe is: bands of shadow from the skin on, 0 (even) to 1.
        frequency_mhz: of the probe, 5 to 15; higher draws finer, and multiplies what attenuation does.
        gain_db: brightness, -20 to 20.
        dynamic_range_db: from black to white, 30 to 80; smaller is harder.
        attenuation: of the tissue, 0.3 to 1.2 dB/cm/MHz; the scanner makes up for 0.5.
        looks: views averaged into one image (spatial compounding), 1 to 9; more have less grain.
        sector_deg: by how much the sides of the image lean in, 0 to 25; what is outside is black.
        edge_shadow_db: shadows under the sides of a smooth lesion, where sound is bent away, 0 to 15 dB.
        calipers: whether the lesion's two diameters are marked, as for a measurement.
        text: what is written into the image, up to 24 characters; empty for none.
    """

    width_mm: float = 40.0
    depth_mm: float = 40.0
    rows: int = 256
    columns: int = 256
    skin_mm: float = 1.6
    fat_mm: float = 8.0
    gland_mm: float = 18.0
    strands: float = 0.5
    texture: float = 0.5
    contact: float = 0.2
    frequency_mhz: float = 10.0
    gain_db: float = 0.0
    dynamic_range_db: float = 60.0
    attenuation: float = 0.65
    looks: int = 4
    sector_deg: float = 0.0
    edge_shadow_db: float = 4.0
    calipers: bool = False
    text: str = ""

    def __post_init__(self) -> None:
        """Refuses numbers out of range and text that cannot be burned in.

        Raises:
            ValueError: naming the attribute, its range and the value received.
        """
        _check_ranges(self, SCENE_RANGES)
        if not isinstance(self.text, str) or len(self.text) > 24 or not self.text.isascii():
            raise ValueError(f"text must be at most 24 plain characters, got {self.text!r}")

    @property
    def pitch_mm(self) -> tuple[float, float]:
        """Height and width of a pixel, in mm."""
        return self.depth_mm / self.rows, self.width_mm / self.columns


def _check_word(name: str, value: str, words: tuple[str, ...]) -> None:
    if value not in words:
        raise ValueError(f"{name} must be one of {', '.join(words)}, got {value!r}")


def _check_ranges(settings: Lesion | Scene, ranges: dict[str, tuple[float, float]]) -> None:
    for field in fields(settings):
        if field.name not in ranges:
            continue
        check_number(field.name, getattr(settings, field.name), *ranges[field.name], whole=field.type is int)
