"""Near-duplicates to find: one picture, and six others of which one shows the same capture again.

With BUSI at hand the pairs are real: held-out images that stand in one near-duplicate group. Without it the second
capture is drawn: the same lesion, tissue and grain, with the calipers put on or taken off, another gain, and the frame
moved a little, as between two captures of one lesion. A round is decided by its number alone, so any copy of the
server gives the same one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import cv2
import numpy as np

from busi.bundle.files import BUSI, Bundle
from busi.data.simulated import describe
from busi.images.provenance import mark_simulated
from busi.serving.gallery import Example, Gallery
from busi.simulator import simulate

CANDIDATES = 6
LARGEST_SHIFT = 0.035  # of the side

_GAIN = 2.0  # dB between two captures
_STREAM = 91  # of chance, apart from those that draw a case


@dataclass(frozen=True)
class Round:
    """One picture, and six others of which one is its near-duplicate.

    Attributes:
        number: of the round, which decides everything else.
        reference: the picture.
        candidates: the six, in a drawn order.
        answer: which of them is the near-duplicate.
    """

    number: int
    reference: Example
    candidates: tuple[Example, ...]
    answer: int


def round_of(gallery: Gallery, bundle: Bundle, number: int) -> Round:
    """The round of a number.

    Args:
        gallery: of the page; its ultrasound images are used.
        bundle: whose predictions tell the near-duplicate group of each held-out image.
        number: 0 or more; numbers past the last pair begin again.

    Raises:
        ValueError: if the gallery holds too few images, or no near-duplicates, to make a round.
    """
    pairs = _busi_pairs(gallery, bundle) if gallery.own == BUSI else _simulated_pairs(gallery)
    if not pairs:
        raise ValueError("the gallery holds no near-duplicates")
    reference, twin, group_of = pairs[number % len(pairs)]
    rng = np.random.default_rng([_STREAM, number])
    others = _others(gallery, reference, group_of, rng)
    answer = int(rng.integers(CANDIDATES))
    return Round(number, reference, (*others[:answer], twin, *others[answer:]), answer)


def second_capture(seed: int) -> np.ndarray:
    """The case of a seed captured again.

    Args:
        seed: of the case.

    Returns:
        uint8 (H, W), a little smaller than the first capture.
    """
    lesion, scene = describe(seed)
    rng = np.random.default_rng([_STREAM, seed])
    gain = float(np.clip(scene.gain_db + rng.choice([-_GAIN, _GAIN]), -10, 10))
    image = simulate(lesion, replace(scene, calipers=not scene.calipers, gain_db=gain), seed)[0]
    down, across, up, back = rng.integers(0, round(LARGEST_SHIFT * min(image.shape)) + 1, 4)
    return image[down : image.shape[0] - up, across : image.shape[1] - back]


def _simulated_pairs(gallery: Gallery) -> list[tuple[Example, Example, dict[str, int]]]:
    examples = [example for example in gallery.examples.values() if example.seed is not None]
    if len(examples) <= CANDIDATES:
        return []
    return [(example, _twin(example), {}) for example in examples]


@lru_cache(maxsize=256)
def _twin(example: Example) -> Example:
    if example.seed is None:
        raise ValueError(f"only a simulated picture can be taken a second time, got {example.key}")
    return replace(
        example, key=f"{example.key}-again", read=partial(_second_file, example.seed), outline=None, image_id=""
    )


def _second_file(seed: int) -> bytes:
    return mark_simulated(cv2.imencode(".png", second_capture(seed))[1].tobytes())


def _busi_pairs(gallery: Gallery, bundle: Bundle) -> list[tuple[Example, Example, dict[str, int]]]:
    """Two held-out images of each group that has several, beside the group of every image."""
    rows = bundle.predictions[bundle.predictions["source"] == BUSI]
    group_of = dict(zip(rows["image_id"], rows["group"], strict=True))
    members: dict[int, list[Example]] = {}
    for example in gallery.examples.values():
        if example.source == BUSI and example.image_id in group_of:
            members.setdefault(group_of[example.image_id], []).append(example)
    return [(found[0], found[1], group_of) for found in members.values() if len(found) > 1]


def _others(
    gallery: Gallery, reference: Example, group_of: dict[str, int], rng: np.random.Generator
) -> Sequence[Example]:
    """Five other images: of the same class first, and never of the reference's group."""
    own_group = group_of.get(reference.image_id)
    others = [
        example
        for example in gallery.examples.values()
        if example.source == reference.source
        and example.key != reference.key
        and (own_group is None or group_of.get(example.image_id) != own_group)
    ]
    drawn = [others[place] for place in rng.permutation(len(others))]
    drawn.sort(key=lambda example: example.label != reference.label)
    if len(drawn) < CANDIDATES - 1:
        raise ValueError(f"a round needs {CANDIDATES - 1} other images, the gallery has {len(drawn)}")
    return drawn[: CANDIDATES - 1]
