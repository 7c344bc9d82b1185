"""A lesion in the radiologist's words becomes a simulated B-mode image.

    Lesion, Scene, seed -> echo_map   float32 (H, W)   dB: how strongly each place sends sound back (anatomy, echoes)
                        -> speckle    float32 (H, W)   intensity of what comes back, grain and all (speckle)
                        -> display    uint8   (H, W)   logarithm, gain, dynamic range: what a screen shows (image)
                        -> marks                       calipers and words burned in (marks)

`draw_case` draws lesions whose features, taken one by one, overlap between the classes as real ones do (cases).

What is physics: the statistics of speckle before it is averaged and filtered as scanners do, its size, that a lesion
which weakens sound more or less than its surroundings acts on everything below it, what attenuation does with depth
and frequency, the logarithm. What is a choice for teaching: the layers of the breast and their levels, how a margin is
drawn, how strong a shadow is, an even noise floor, the scanner's curve of grays.
The picture is of nobody. A score on such pictures says what a network makes of these rules, and nothing of a clinic.
"""

from busi.simulator.cases import draw_case
from busi.simulator.image import display, echo_map, simulate
from busi.simulator.lesion import (
    ECHO_PATTERNS,
    LESION_RANGES,
    MARGINS,
    ORIENTATIONS,
    POSTERIOR_FEATURES,
    SCENE_RANGES,
    SHAPES,
    Lesion,
    Scene,
)
from busi.simulator.marks import burn_in

__all__ = [
    "ECHO_PATTERNS",
    "LESION_RANGES",
    "MARGINS",
    "ORIENTATIONS",
    "POSTERIOR_FEATURES",
    "SCENE_RANGES",
    "SHAPES",
    "Lesion",
    "Scene",
    "burn_in",
    "display",
    "draw_case",
    "echo_map",
    "simulate",
]
