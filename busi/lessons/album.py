"""The pictures of the small training: 400 simulated textbook cases, drawn beforehand so that nobody waits for them.

    album.webp      all of them on one sheet of 20 x 20, each as the network sees it

    labels(range(3))     bool (3,), true for malignant
    pictures(range(3))   uint8 (3, 64, 64)
    draw(7)              the same picture drawn anew, from its seed

WebP keeps the sheet small with a small loss: what stands on it is the picture of every training, and differs from the
one drawn anew by a few gray levels. `python -m busi.lessons.album` draws all of it again.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import count
from typing import Any

import numpy as np

from busi.data.simulated import describe, label_of
from busi.images import ImageContract, standardise
from busi.lessons import sheets
from busi.simulator import PLAIN, Lesion, Scene, simulate
from busi.system.places import folder_of
from busi.system.whole_files import whole_file
from busi.words.classes import MALIGNANT

FIRST_SEED = 3_000_000  # beyond the held-out seeds of busi.data.simulated, and before its training seeds
PICTURES, ACROSS = 400, 20
SIDE = 64  # of what the network sees
SHEET = folder_of("busi.lessons") / "album.webp"

# What distracts so small a network is left out: marks, what lies beside the lesion, an uneven breast, a dark screen.
CALM: dict[str, Any] = {
    **{"calipers": False, "text": "", "maker": PLAIN, "sector_deg": 0.0, "contact": 0.0},
    **{"texture": 0.4, "strands": 0.3, "veins": 0, "ducts": 0, "cysts": 0, "ribs": False},
    **{"gain_db": 0.0, "near_db": 0.0, "deep_db": 0.0, "noise_db": -60.0, "speckle_reduction": 0.5},
}
_DARKER_DB = -13.0  # than the gland by as much at least: on 64 pixels, what is hardly darker is not seen
_LARGE = 0.2  # of the image's width at least


def labels(positions: Sequence[int]) -> np.ndarray:
    """Which of some pictures show a malignant mass: bool (N,); 7 of each 20 in a row do.

    Args:
        positions: in the album, each below `PICTURES`.
    """
    return np.array([_label_at(position) == MALIGNANT for position in positions])


def pictures(positions: Sequence[int]) -> np.ndarray:
    """Some pictures, as the network sees them: uint8 (N, 64, 64).

    Args:
        positions: in the album, each below `PICTURES`.
    """
    return _sheet()[list(positions)]


def draw(position: int) -> np.ndarray:
    """A picture drawn from its seed: uint8 (S, S), S being `SIDE`.

    Args:
        position: in the album.
    """
    seed = seeds()[position]
    lesion, scene = describe(seed)
    return standardise(simulate(lesion, replace(scene, **CALM), seed)[0], ImageContract(size=SIDE))


@lru_cache(maxsize=1)
def seeds() -> tuple[int, ...]:
    """The seed of each picture, in order; none comes twice."""
    chosen: list[int] = []
    for seed in count(FIRST_SEED):
        if len(chosen) == PICTURES:
            return tuple(chosen)
        label = label_of(seed)
        if label == _label_at(len(chosen)) and is_textbook(label, *describe(seed)):
            chosen.append(seed)
    raise AssertionError("the seeds never end")


def is_textbook(label: str, lesion: Lesion, scene: Scene) -> bool:
    """Whether a lesion looks as textbooks say that its class does, and can be seen on few pixels.

    Args:
        label: "benign" or "malignant".
        lesion: its description.
        scene: how wide the image is.
    """
    if lesion.echo_db > _DARKER_DB or lesion.size_mm < _LARGE * scene.width_mm:
        return False
    if label == MALIGNANT:
        return lesion.shape == "irregular"
    calm = lesion.orientation == "parallel" and lesion.posterior != "shadowing"
    return calm and (lesion.shape, lesion.margin) == ("oval", "circumscribed")


def encoded() -> bytes:
    """The sheet, drawn anew, as a WebP file."""
    return sheets.encoded(np.stack([draw(position) for position in range(PICTURES)]), ACROSS)


def _label_at(position: int) -> str:
    return label_of(FIRST_SEED + position)


@lru_cache(maxsize=1)
def _sheet() -> np.ndarray:
    """Every picture: uint8 (400, 64, 64), read once for each process."""
    return sheets.cut(SHEET.read_bytes(), ACROSS)


if __name__ == "__main__":
    with whole_file(SHEET) as partial:
        partial.write_bytes(encoded())
