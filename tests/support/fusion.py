"""A network that draws without having learned to, and a reading of what it draws."""

import keras
import numpy as np

from busi.model.fusion import LateFusion
from busi.model.network import ATELIER, build_network
from busi.model.shape import FEATURES
from busi.model.shape_model import ShapeModel


def dark_is_lesion(size: int = 64) -> keras.Model:
    """An untrained network with a second output, that takes for lesion what is darker than a third.

    Args:
        size: side of its input.
    """
    network = build_network(ATELIER, size, seed=3)
    coarse = keras.layers.AveragePooling2D(2, name="coarse")(network.input)
    outline = keras.layers.Conv2D(1, 1, activation="sigmoid", name="outline")
    outputs = {"probability": network.output, "outline": outline(coarse)}
    model = keras.Model(network.input, outputs, name=f"{ATELIER}_outline")
    outline.set_weights([np.full((1, 1, 1, 1), -30, np.float32), np.full(1, 10, np.float32)])
    return model


def some_fusion() -> LateFusion:
    """Weights of both scores, and of every measure one of its own."""
    numbers = np.arange(1, len(FEATURES) + 1)
    return LateFusion(
        ShapeModel(numbers / 10, np.full(len(FEATURES), 2.0), 0.1 * (-1.0) ** numbers, -0.4), 0.6, 0.5, 0.3
    )
