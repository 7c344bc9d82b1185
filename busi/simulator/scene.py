"""The breast around a lesion, and the settings of the scanner that looks at it."""

from dataclasses import dataclass

from busi.simulator.settings import check_settings
from busi.system.ranges import check_offered

PLAIN, RULER, FRAME, BAR = MAKERS = ("plain", "ruler", "frame", "bar")

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
    "frequency_mhz": (5, 18),
    "gain_db": (-20, 20),
    "dynamic_range_db": (30, 80),
    "attenuation": (0.3, 1.2),
    "looks": (1, 9),
    "sector_deg": (0, 25),
    "edge_shadow_db": (0, 15),
    "density": (0, 1),
    "lobule_mm": (3, 15),
    "retromammary_mm": (0, 15),
    "muscle_mm": (2, 30),
    "veins": (0, 4),
    "ducts": (0, 4),
    "cysts": (0, 3),
    "focus": (0.1, 0.9),
    "near_db": (-20, 10),
    "deep_db": (-20, 20),
    "noise_db": (-70, -30),
    "smoothing": (0, 6),
    "gray_map": (0.7, 2.5),
    "speckle_reduction": (0, 1),
    "edge_enhancement": (0, 1),
    "screen_scale": (1, 3),
    "jpeg_quality": (30, 100),
}


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
        gland_mm: of the glandular tissue under that, 0 to 45.
        strands: how many ligaments and bright fibres cross fat and gland, 0 to 1.
        texture: how uneven gland and fat are, 0 to 1.
        contact: how uneven the contact of the probe is: bands of shadow from the skin on, 0 (even) to 1.
        frequency_mhz: of the probe, 5 to 18; higher draws finer, and multiplies what attenuation does.
        gain_db: brightness, -20 to 20.
        dynamic_range_db: from black to white, 30 to 80; smaller is harder.
        attenuation: of glandular tissue, 0.3 to 1.2 dB/cm/MHz; the scanner makes up for 0.5.
        looks: views averaged into one image (spatial compounding), 1 to 9; more have less grain.
        sector_deg: by how much the sides of the image lean in (a trapezoid), 0 to 25; what is outside is black.
        edge_shadow_db: shadows under the sides of a smooth lesion, where sound is bent away, 0 to 15 dB.
        calipers: whether the lesion's two diameters are marked, as for a measurement.
        text: what is written into the image, up to 24 characters; empty for none.
        density: how much of the glandular layer is gland and not fat, 0 (fatty) to 1 (extremely dense).
        lobule_mm: how wide lobules of fat are, 3 to 15.
        retromammary_mm: thickness of the fat between gland and muscle, 0 to 15.
        muscle_mm: thickness of the muscle under that, 2 to 30; below are ribs and pleura.
        veins: veins in the fat, 0 to 4.
        ducts: ducts in the gland, 0 to 4.
        cysts: small cysts anywhere in the gland, 0 to 3.
        ribs: whether ribs stand under the muscle; else the pleura alone.
        focus: depth of the focus as a share of the image's depth, 0.1 to 0.9.
        near_db: gain of the first centimetre against the rest, -20 to 10 dB.
        deep_db: gain of the deepest place against the surface, -20 to 20 dB.
        noise_db: what the electronics hear of themselves, -70 to -30 dB.
        smoothing: of the picture, from line to line and along them: standard deviation in thousandths of its sides,
            0 to 6.
        gray_map: gray is this power of the share of the dynamic range, 0.7 to 2.5; more darkens the dark.
        speckle_reduction: how strongly the scanner filters against grain, 0 to 1.
        edge_enhancement: how strongly it sharpens, 0 to 1.
        screen_scale: pixels of the scanner's screen, on which marks are written and from which the file is made, for
            each pixel of this image, along each side, 1 to 3.
        jpeg_quality: of the file, 30 to 100; 100 stands for one without losses.
        maker: whose screen it is cut from: plain, ruler (depth scale), frame (black borders), bar (gray scale, icon).
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
    density: float = 0.6
    lobule_mm: float = 8.0
    retromammary_mm: float = 2.0
    muscle_mm: float = 10.0
    veins: int = 0
    ducts: int = 1
    cysts: int = 0
    ribs: bool = False
    focus: float = 0.4
    near_db: float = 0.0
    deep_db: float = 0.0
    noise_db: float = -52.0
    smoothing: float = 1.8
    gray_map: float = 1.4
    speckle_reduction: float = 0.4
    edge_enhancement: float = 0.7
    screen_scale: float = 2.0
    jpeg_quality: float = 100.0
    maker: str = PLAIN

    def __post_init__(self) -> None:
        """Refuses numbers out of range, and words and text that cannot be drawn.

        Raises:
            ValueError: naming the attribute, its range and the value received.
        """
        check_settings(self, SCENE_RANGES)
        check_offered("maker", self.maker, MAKERS)
        if not isinstance(self.text, str) or len(self.text) > 24 or not self.text.isascii():
            raise ValueError(f"text must be at most 24 plain characters, got {self.text!r}")

    @property
    def pitch_mm(self) -> tuple[float, float]:
        """Height and width of a pixel, in mm."""
        return self.depth_mm / self.rows, self.width_mm / self.columns

    @property
    def breast_mm(self) -> float:
        """Where the muscle begins: skin, fat, gland and the fat behind it."""
        return self.skin_mm + self.fat_mm + self.gland_mm + self.retromammary_mm
