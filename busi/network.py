"""The convolutional neural network, from a gray image to one probability.

`atelier` is the workshop's CNN in a form that learns well from a few hundred images: the same bricks
(convolution, ReLU, pooling, dropout, dense, sigmoid), with batch normalisation after each convolution, and a
global average in place of the flattening. `simple` is the notebook's first network, kept to compare with.

With a global average and a single dense unit, the answer is a weighted sum of the last feature maps, so a picture
of where it comes from (Grad-CAM) needs no gradient.

Sources: batch normalisation, S. Ioffe and C. Szegedy 2015, https://arxiv.org/abs/1502.03167; global average
pooling, M. Lin et al. 2013, https://arxiv.org/abs/1312.4400; dropout, N. Srivastava et al. 2014,
https://jmlr.org/papers/v15/srivastava14a.html.

Pure Keras: it builds and trains on any backend. No Lambda layer, so weights open in safe mode.
"""

from collections.abc import Callable

import keras
from keras import layers

ATELIER, SIMPLE = "atelier", "simple"


def build_network(arch: str, size: int, seed: int = 0) -> keras.Model:
    """Builds an untrained network.

    Args:
        arch: one of `ARCHITECTURES`.
        size: side S of the square input, in pixels.
        seed: decides the starting weights and what dropout draws.

    Returns:
        A model from float32 (N, S, S, 1) in [0, 1] to float32 (N, 1): the probability of malignant.

    Raises:
        ValueError: if there is no such architecture, or the input is too small for it.
    """
    if arch not in ARCHITECTURES:
        raise ValueError(f"arch must be one of {', '.join(ARCHITECTURES)}, got {arch!r}")
    if size < 64:
        raise ValueError(f"the network needs images of 64 pixels a side at least, got {size}")
    keras.utils.set_random_seed(seed)
    image = keras.Input((size, size, 1), name="image")
    return keras.Model(image, ARCHITECTURES[arch](image), name=arch)


def _atelier(image: keras.KerasTensor) -> keras.KerasTensor:
    """A stem at half resolution, four stages of convolution and pooling, a global average, one unit."""
    x = _convolution(image, 24, number=1, kernel=5, strides=2)  # (N, S/2, S/2, 24)
    for number, filters in enumerate((48, 96, 160, 256), start=2):
        x = layers.MaxPooling2D(name=f"pool{number - 1}")(x)
        x = _convolution(x, filters, number)  # (N, S/2**number, S/2**number, filters)
    x = layers.GlobalAveragePooling2D(name="average")(x)  # (N, 256)
    x = layers.Dropout(0.4, name="dropout")(x)
    return layers.Dense(1, activation="sigmoid", name="probability")(x)


def _simple(image: keras.KerasTensor) -> keras.KerasTensor:
    """Three convolutions, flatten, dense: the notebook's first network."""
    x = image
    for number, filters in enumerate((32, 64, 128), start=1):
        x = layers.Conv2D(filters, 3, activation="relu", name=f"conv{number}")(x)
        x = layers.MaxPooling2D(name=f"pool{number}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(128, activation="relu", name="dense")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    return layers.Dense(1, activation="sigmoid", name="probability")(x)


def _convolution(
    x: keras.KerasTensor, filters: int, number: int, kernel: int = 3, strides: int = 1
) -> keras.KerasTensor:
    """Convolution, normalisation, ReLU: (N, H, W, C) -> (N, H/strides, W/strides, filters)."""
    x = layers.Conv2D(
        filters,
        kernel,
        strides=strides,
        padding="same",
        use_bias=False,  # the normalisation that follows has its own
        kernel_initializer="he_normal",
        name=f"conv{number}",
    )(x)
    x = layers.BatchNormalization(momentum=0.9, name=f"norm{number}")(x)
    return layers.ReLU(name=f"relu{number}")(x)


ARCHITECTURES: dict[str, Callable[[keras.KerasTensor], keras.KerasTensor]] = {ATELIER: _atelier, SIMPLE: _simple}
