"""A small network that draws the lesion, and its place beside the one that looks at the whole image.

A U-Net (O. Ronneberger et al. 2015, https://arxiv.org/abs/1505.04597) with batch normalisation, that begins with a step
of two pixels, so that one core trains it in a quarter of an hour. It shares no layer with the network that looks: in a
trial where one network did both, the sum of both scores was below that of the whole image alone (docs/model.md).

Pure Keras, no custom code in the file.
"""

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers

from busi.model.network import OUTLINE, copy_weights

FILTERS = (16, 32, 48, 64)
_PREFIX = "draw_"  # of its layers, so that none has the name of a layer of the other network


def build_drawing(size: int, filters: Sequence[int] = FILTERS, seed: int = 0) -> keras.Model:
    """The untrained network.

    Args:
        size: side S of the square input, in pixels; a multiple of 16.
        filters: of its four levels.
        seed: decides the starting weights.

    Returns:
        A model from float32 (N, S, S, 1) in [0, 1] to the same shape and range: how likely each place is lesion.

    Raises:
        ValueError: if the size cannot be halved four times.
    """
    if size % 16:
        raise ValueError(f"the U-Net needs images of a multiple of 16 pixels a side, got {size}")
    keras.utils.set_random_seed(seed)
    image = keras.Input((size, size, 1), name="image")
    return keras.Model(image, _unet(image, filters), name="u-net")


def beside(looking: keras.Model, drawing: keras.Model) -> keras.Model:
    """Both networks as one, with two outputs of the same image.

    Args:
        looking: float32 (N, S, S, 1) in [0, 1] to float32 (N, 1), a probability.
        drawing: from `build_drawing`, of the same S, trained.

    Returns:
        A model of its own, of the same input, to a dictionary: "probability" float32 (N, 1), and "outline" float32
        (N, S, S, 1) in [0, 1].

    Raises:
        ValueError: if their inputs differ.
    """
    if looking.input_shape != drawing.input_shape:
        raise ValueError(f"both networks need the same input, got {looking.input_shape} and {drawing.input_shape}")
    outline = _unet(looking.input, _filters_of(drawing))
    outputs = {"probability": looking.output, "outline": outline}
    joined = keras.Model(looking.input, outputs, name=f"{looking.name}{OUTLINE}")
    copy_weights(drawing, joined)
    return joined


class Steps:
    """What a network that draws makes of an image, level by level: down to few places, and up again to the outline.

    Attributes:
        down: names of the layers that end each level on the way down, the finest first.
        up: those on the way up, the coarsest first.
    """

    def __init__(self, network: keras.Model) -> None:
        """Prepares.

        Args:
            network: from `beside`, or from `build_drawing`.

        Raises:
            ValueError: if it has no such levels.
        """
        names = {layer.name for layer in network.layers}
        levels = range(sum(f"{_PREFIX}conv_down{level}b" in names for level in range(len(names))))
        if not levels:
            raise ValueError(f"{network.name} draws in no levels")
        self.down = tuple(f"{_PREFIX}relu_down{level}b" for level in levels)
        self.up = tuple(f"{_PREFIX}relu_up{level}b" for level in reversed(levels[:-1]))
        outputs = [network.get_layer(name).output for name in (*self.down, *self.up)]
        self._look = keras.Model(network.input, outputs)

    def maps(self, model_input: np.ndarray) -> dict[str, np.ndarray]:
        """The maps of each level, float32 (H, W, C), by its name; those of the image as it is, not of its mirror image.

        Args:
            model_input: float32 (S, S, 1) in [0, 1].
        """
        found = self._look(model_input[np.newaxis], training=False)
        return {name: np.asarray(maps[0]) for name, maps in zip((*self.down, *self.up), found, strict=True)}


def _unet(image: keras.KerasTensor, filters: Sequence[int]) -> keras.KerasTensor:
    """(N, S, S, 1) -> (N, S, S, 1) in [0, 1]."""
    x, sides = _convolution(image, filters[0], "in", kernel=5, step=2), []
    for level, number in enumerate(filters):
        x = layers.MaxPooling2D(name=f"{_PREFIX}pool{level}")(x) if level else x
        x = _convolution(_convolution(x, number, f"down{level}a"), number, f"down{level}b")
        sides.append(x)
    for level, side in zip(range(len(filters) - 2, -1, -1), sides[-2::-1], strict=True):
        x = layers.UpSampling2D(interpolation="bilinear", name=f"{_PREFIX}up{level}")(x)
        x = layers.Concatenate(name=f"{_PREFIX}join{level}")([x, side])
        x = _convolution(x, filters[level], f"up{level}a", kernel=1)
        x = _convolution(x, filters[level], f"up{level}b")
    x = layers.Conv2D(1, 1, name=f"{_PREFIX}out")(x)
    x = layers.UpSampling2D(interpolation="bilinear", name=f"{_PREFIX}up")(x)
    return layers.Activation("sigmoid", name="outline")(x)


def _convolution(x: keras.KerasTensor, filters: int, name: str, kernel: int = 3, step: int = 1) -> keras.KerasTensor:
    x = layers.Conv2D(filters, kernel, step, padding="same", use_bias=False, name=f"{_PREFIX}conv_{name}")(x)
    return layers.ReLU(name=f"{_PREFIX}relu_{name}")(layers.BatchNormalization(name=f"{_PREFIX}norm_{name}")(x))


def _filters_of(drawing: keras.Model) -> tuple[int, ...]:
    names = [layer.name for layer in drawing.layers]
    levels = sum(name.startswith(f"{_PREFIX}conv_down") and name.endswith("a") for name in names)
    return tuple(drawing.get_layer(f"{_PREFIX}conv_down{level}a").filters for level in range(levels))
