"""What a network answers to pictures that are no ultrasound, which the page tells before the network is loaded."""

import keras
import numpy as np

from busi.data.parts import Part
from busi.images import ImageContract, standardise
from busi.images.impostors import IMPOSTORS
from busi.model.metrics import apply_temperature
from busi.training.fit import predict_part


def answers_to_impostors(
    network: keras.Model, contract: ImageContract, temperature: float, mirrored: bool
) -> dict[str, float]:
    """Asks a network on each picture of `images.impostors`.

    Args:
        network: from `fit`.
        contract: how its images are prepared.
        temperature: of its calibration.
        mirrored: whether it looks at each image in the mirror too.

    Returns:
        The calibrated probability of malignant, in (0, 1), rounded to six digits, by the picture's name.
    """
    images = np.stack([standardise(draw(), contract) for draw in IMPOSTORS.values()])
    nothing_known = Part(images, np.zeros(len(images), bool), ())
    probabilities = apply_temperature(predict_part(network, nothing_known, mirrored), temperature)
    return {name: round(float(value), 6) for name, value in zip(IMPOSTORS, probabilities, strict=True)}
