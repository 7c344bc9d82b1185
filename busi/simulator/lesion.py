"""A lesion in the radiologist's words.

The terms are those of the BI-RADS lexicon for ultrasound (American College of Radiology, 5th edition, 2013; the halo is
of the 4th). What the lexicon names by a word and nature draws by degrees is a number here (how far a lesion's echoes
lie below its surroundings, how much darker it is behind it), and the word follows from the number; what has no degrees
is a word. As in the lexicon, echoes are compared with those of fat, which lie 8 dB below the gland's.
"""

from dataclasses import dataclass

from busi.simulator.settings import check_settings
from busi.system.ranges import check_offered

OVAL, ROUND, IRREGULAR = SHAPES = ("oval", "round", "irregular")
CIRCUMSCRIBED, INDISTINCT, ANGULAR, MICROLOBULATED, SPICULATED = MARGINS = (
    "circumscribed",
    "indistinct",
    "angular",
    "microlobulated",
    "spiculated",
)
PARALLEL, NOT_PARALLEL = ORIENTATIONS = ("parallel", "not_parallel")
ANECHOIC, HYPOECHOIC, ISOECHOIC, HYPERECHOIC, HETEROGENEOUS, COMPLEX = ECHO_PATTERNS = (
    "anechoic",
    "hypoechoic",
    "isoechoic",
    "hyperechoic",
    "heterogeneous",
    "complex",
)
NO_FEATURE, ENHANCEMENT, SHADOWING, COMBINED = POSTERIOR_FEATURES = ("none", "enhancement", "shadowing", "combined")
SOLID, FLUID, DEBRIS, SEPTA, GROWTH = INSIDES = ("solid", "fluid", "debris", "septa", "growth")

FAT_BELOW_GLAND_DB = -8.0

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
    "margin_variation": (0, 1),
    "displacement": (0, 1),
    "distortion": (0, 1),
    "calcification_mm": (0.1, 0.5),
    "posterior_mix": (0, 1),
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
        inside: what it is filled with: solid, fluid, debris (settled, with a level), septa (walls through fluid) or
            growth (a solid part in fluid).
        margin_variation: how much its margin differs from place to place, 0 (the same all round) to 1.
        displacement: how far it pushes the layers around it aside, 0 to 1.
        distortion: how strongly it pulls them in (architectural distortion), 0 to 1.
        calcification_mm: mean diameter of a bright speck, 0.1 to 0.5.
        posterior_mix: over how much of its width what is behind it is the opposite of `posterior_db`, 0 to 1.
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
    inside: str = SOLID
    margin_variation: float = 0.4
    displacement: float = 0.4
    distortion: float = 0.0
    calcification_mm: float = 0.25
    posterior_mix: float = 0.0

    def __post_init__(self) -> None:
        """Refuses words that the lexicon does not have and numbers out of range.

        Raises:
            ValueError: naming the attribute, what it may be and the value received.
        """
        check_offered("shape", self.shape, SHAPES)
        check_offered("margin", self.margin, MARGINS)
        check_offered("inside", self.inside, INSIDES)
        check_settings(self, LESION_RANGES)

    @property
    def orientation(self) -> str:
        """Parallel if it is wider than tall, as most benign lesions are; else, or if it is round, not parallel."""
        return PARALLEL if self.shape != ROUND and abs(self.angle_deg) <= 45 else NOT_PARALLEL

    @property
    def echo_pattern(self) -> str:
        """The word for how bright its echoes are beside those of fat, and how even; complex is cystic and solid."""
        if self.inside in (SEPTA, GROWTH):
            return COMPLEX
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
        if self.posterior_mix >= 0.3:
            return COMBINED
        return ENHANCEMENT if self.posterior_db > 0 else SHADOWING
