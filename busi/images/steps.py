"""One image through each step of its way to the network, each step kept to be looked at.

The steps themselves are those of `images`: here they are only stopped at one by one.
"""

from dataclasses import dataclass

import numpy as np

from busi.images import ImageContract, Reading, clahe, resize, to_model_input

ORIGINAL, GRAY, RESIZED, EQUALISED, SCALED, CHANNEL = STEPS = (
    "original",
    "gray",
    "resized",
    "equalised",
    "scaled",
    "channel",
)


@dataclass(frozen=True)
class Step:
    """What an image is after one step.

    Attributes:
        name: one of `STEPS`.
        array: in the order of `STEPS`: uint8 (H, W) or (H, W, 3 or 4) as it was sent, reduced if it is large; uint8
            (H, W); uint8 (S, S); uint8 (S, S); float32 (S, S) in [0, 1]; float32 (S, S, 1).
        shape: of the whole array.
        ends: its smallest and its largest number.
    """

    name: str
    array: np.ndarray
    shape: tuple[int, ...]
    ends: tuple[float, float]


def steps_of(picture: Reading, contract: ImageContract) -> tuple[Step, ...]:
    """Takes an image through all steps.

    Args:
        picture: with its original.
        contract: the settings of the steps.

    Returns:
        One step for each of `STEPS`; the last holds float32 (S, S, 1) in [0, 1], what the network sees.
    """
    gray, original = picture.image, picture.need_original()
    resized = resize(gray, contract.size)
    equalised = clahe(resized, contract.clahe_clip_limit, contract.clahe_tiles)
    model_input = to_model_input(equalised)
    arrays = (gray, resized, equalised, model_input[..., 0], model_input)
    taken = [
        Step(name, array, array.shape, (float(array.min()), float(array.max())))
        for name, array in zip(STEPS[1:], arrays, strict=True)
    ]
    return (Step(ORIGINAL, original.pixels, original.shape, (original.low, original.high)), *taken)
