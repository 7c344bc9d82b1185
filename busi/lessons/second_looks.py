"""Second looks at the lesions of the small training: the same woman, seen with another probe and another gain.

    second_looks.webp      a second look at each of 120 cases of album.webp, on one sheet of 12 x 10

    second_looks(range(3))     uint8 (3, 64, 64)
    draw(7)                    the same picture drawn anew

`python -m busi.lessons.second_looks` draws all of them again.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from busi.data.simulated import describe
from busi.images import ImageContract, standardise
from busi.lessons import sheets
from busi.lessons.album import CALM, SIDE, seeds
from busi.lessons.small_training import VALIDATION_IMAGES
from busi.simulator import SCENE_RANGES, simulate
from busi.system.places import folder_of
from busi.system.whole_files import whole_file

WOMEN, ACROSS = 120, 12
SHEET = folder_of("busi.lessons") / "second_looks.webp"

_GAIN_DB, _PROBE = 6.0, 0.25  # how far gain and frequency may differ from those of the first look


def second_looks(women: Sequence[int]) -> np.ndarray:
    """Second looks at some women: uint8 (N, 64, 64).

    Args:
        women: from 0, each below `WOMEN`.
    """
    return _sheet()[list(women)]


def draw(woman: int) -> np.ndarray:
    """A second look drawn anew: uint8 (S, S), S being `SIDE`.

    Args:
        woman: from 0, below `WOMEN`.
    """
    seed = seeds()[VALIDATION_IMAGES + woman]
    lesion, scene = describe(seed)
    rng = np.random.default_rng([seed, 5])
    lowest, highest = SCENE_RANGES["frequency_mhz"]
    seen = replace(
        replace(scene, **CALM),
        frequency_mhz=float(np.clip(scene.frequency_mhz * rng.uniform(1 - _PROBE, 1 + _PROBE), lowest, highest)),
        gain_db=float(rng.uniform(-_GAIN_DB, _GAIN_DB)),
        dynamic_range_db=float(rng.uniform(50, 75)),
        gray_map=float(rng.uniform(0.9, 1.6)),
    )
    return standardise(simulate(lesion, seen, seed)[0], ImageContract(size=SIDE))


def encoded() -> bytes:
    """The sheet, drawn anew, as a WebP file."""
    return sheets.encoded(np.stack([draw(woman) for woman in range(WOMEN)]), ACROSS)


@lru_cache(maxsize=1)
def _sheet() -> np.ndarray:
    """Every picture: uint8 (120, 64, 64), read once for each process."""
    return sheets.cut(SHEET.read_bytes(), ACROSS)


if __name__ == "__main__":
    with whole_file(SHEET) as partial:
        partial.write_bytes(encoded())
