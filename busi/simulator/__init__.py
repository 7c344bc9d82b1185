"""A lesion in the radiologist's words becomes a simulated B-mode image.

    Lesion, Scene, seed -> tissue     float32 (H, W)   dB: the breast alone (anatomy: lobules, muscle, vessels)
                        -> echo_map   float32 (H, W)   dB: the lesion in it, what it moves (displacement), its border
                                                       (outline, margin), its inside, what is behind it (inside, behind)
                        -> speckle    float32 (H, W)   intensity of what comes back, grain and all (speckle)
                        -> display    uint8   (H, W)   logarithm, gain, filters, curve of grays (screen)
                        -> burn_in                     calipers, words, rulers (marks)
                        -> export     uint8   (H, W)   what a file keeps of the screen (screen)

`draw_case` draws lesions whose features, taken one by one, overlap between the classes as real ones do (cases), in
breasts and on scanners that have no part in that (scanners).

What is physics: the statistics of speckle before it is averaged and filtered as scanners do, its size, that a lesion
which weakens sound more or less than its surroundings acts on everything below it, what attenuation does with depth
and frequency, the logarithm. What is a choice for teaching: the layers of the breast and their levels, how a margin is
drawn, how strong a shadow is, an even noise floor, the scanner's curve of grays.
The picture is of nobody. A score on such pictures says what a network makes of these rules, and nothing of a clinic.
"""

from busi.simulator.cases import draw_case
from busi.simulator.image import echo_map, simulate
from busi.simulator.lesion import (
    DEBRIS,
    ECHO_PATTERNS,
    INSIDES,
    LESION_RANGES,
    MARGINS,
    ORIENTATIONS,
    POSTERIOR_FEATURES,
    SHAPES,
    Lesion,
)
from busi.simulator.marks import burn_in
from busi.simulator.scene import MAKERS, PLAIN, SCENE_RANGES, Scene
from busi.simulator.screen import display

__all__ = [
    "DEBRIS",
    "ECHO_PATTERNS",
    "INSIDES",
    "LESION_RANGES",
    "MAKERS",
    "MARGINS",
    "ORIENTATIONS",
    "PLAIN",
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
