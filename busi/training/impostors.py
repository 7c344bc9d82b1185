"""What a network answers to pictures that are no ultrasound, which the page tells before the network is loaded."""

import keras

from busi.data.parts import part_of
from busi.images import ImageContract
from busi.images.impostors import IMPOSTORS
from busi.model.scoring import Scoring
from busi.training.evaluation import score_part


def answers_to_impostors(
    network: keras.Model, contract: ImageContract, scoring: Scoring, mirrored: bool
) -> dict[str, float]:
    """Asks a network on each picture of `images.impostors`.

    Args:
        network: from `fit`.
        contract: how its images are prepared.
        scoring: how its outputs become a score.
        mirrored: whether it looks at each image in the mirror too.

    Returns:
        The calibrated probability of malignant, in (0, 1), rounded to six digits, by the picture's name.
    """
    nothing_known = part_of({name: draw() for name, draw in IMPOSTORS.items()}, contract)
    probabilities = score_part(network, nothing_known, scoring, mirrored)
    return {name: round(float(value), 6) for name, value in zip(IMPOSTORS, probabilities, strict=True)}
