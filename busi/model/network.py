"""The convolutional neural network, from a gray image to one probability.

`atelier` is the workshop's CNN in a form that learns well from a few hundred images: the same bricks
(convolution, ReLU, pooling, dropout, dense, sigmoid), with batch normalisation after each convolution, and a
global average in place of the flattening. `simple` is the notebook's first network, kept to compare with. `ResNet50V2`,
`InceptionV3` and `EfficientNetV2B0` are three well-known ones from keras.applications, with one gray channel at their
entry, our average and unit at their end, and random weights at the start, as ours have.

With a global average and a single dense unit, the answer is a weighted sum of the last feature maps, so a picture
of where it comes from (Grad-CAM) needs no gradient.

Sources: batch normalisation, S. Ioffe and C. Szegedy 2015, https://arxiv.org/abs/1502.03167; global average
pooling, M. Lin et al. 2013, https://arxiv.org/abs/1312.4400; dropout, N. Srivastava et al. 2014,
https://jmlr.org/papers/v15/srivastava14a.html; ResNet V2, K. He et al. 2016, https://arxiv.org/abs/1603.05027;
Inception V3, C. Szegedy et al. 2015, https://arxiv.org/abs/1512.00567; EfficientNet V2, M. Tan and Q. Le 2021,
https://arxiv.org/abs/2104.00298.

`atelier_deep` has two convolutions where `atelier` has one, behind its stem. `lite` is the beginning of
EfficientNet-Lite0 (`lite.py`), that can start from what photographs taught it.

While it learns, `with_outline` gives the CNN a second task, drawing the lesion's outline from the same features, so
that few images teach it more; `without_outline` takes the branch away (R. Caruana 1997,
https://doi.org/10.1023/A:1007379606734; the branch is that of a U-Net, O. Ronneberger et al. 2015,
https://arxiv.org/abs/1505.04597).

Once it has learned, `finer` lets the CNN look at twice as many places with the weights that it has, by holes in its
last kernels in place of steps in its last pooling ("à trous": P. Sermanet et al. 2014, https://arxiv.org/abs/1312.6229;
L.-C. Chen et al. 2015, https://arxiv.org/abs/1412.7062).

Pure Keras: it builds and trains on any backend. No Lambda layer, so weights open in safe mode.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import keras
from keras import applications, layers

from busi.model import lite
from busi.model.mixed_precision import FULL

ATELIER, DEEP, LITE, SIMPLE = "atelier", "atelier_deep", "lite", "simple"
FROM_SCRATCH = (ATELIER, DEEP)
OURS = (*FROM_SCRATCH, LITE)
OUTLINE = "_outline"  # ends the name of a network that draws outlines
RESNET, INCEPTION, EFFICIENTNET = PUBLISHED = "ResNet50V2", "InceptionV3", "EfficientNetV2B0"


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
    least = 75 if arch == INCEPTION else 64
    if size < least:
        raise ValueError(f"the network needs images of {least} pixels a side at least, got {size}")
    keras.utils.set_random_seed(seed)
    image = keras.Input((size, size, 1), name="image")
    return keras.Model(image, ARCHITECTURES[arch](image), name=arch)


def with_outline(network: keras.Model) -> keras.Model:
    """A network with a second output, that draws the lesion. Both share every layer of the first.

    Args:
        network: of an architecture of `OURS`.

    Returns:
        A model from float32 (N, S, S, 1) in [0, 1] to a dictionary: "probability" float32 (N, 1), and "outline" float32
        (N, S/K, S/K, 1) in [0, 1], how much of each place is lesion; K is `outline_step` of its architecture.

    Raises:
        ValueError: if the network is another, or S is no multiple of 32.
    """
    if network.name not in OURS or network.input_shape[1] % 32:
        raise ValueError(
            f"outlines are learned by {', '.join(OURS)}, with images of a multiple of 32 pixels a side, got"
            f" {network.name} with {network.input_shape[1]}"
        )
    outputs = {"probability": network.output, "outline": _draw(network)}
    return keras.Model(network.input, outputs, name=f"{network.name}{OUTLINE}")


def outline_step(arch: str) -> int:
    """How many pixels of the image a place of the drawn outline stands for, on each side."""
    return 2 if arch == LITE else 8


def without_outline(network: keras.Model) -> keras.Model:
    """The part of a network that answers; the network itself if it has no other.

    Args:
        network: from `build_network` or `with_outline`.
    """
    if not isinstance(network.output, dict):
        return network
    return keras.Model(network.input, network.get_layer("probability").output, name=network.name.removesuffix(OUTLINE))


def finer(network: keras.Model) -> keras.Model:
    """The workshop's CNN with last maps of twice as many rows and columns, and the same weights.

    The last pooling moves by one place instead of two, and what comes after it reaches over every other place: at
    every second row and column it finds what it found before, and between them what it would have found, had the
    image been shifted a little. So the answer is the mean of four looks, and Grad-CAM is less coarse.

    Args:
        network: of an architecture of `FROM_SCRATCH`, trained; S a multiple of 32.

    Returns:
        A model of its own, of the same input and output.

    Raises:
        ValueError: if the network is another.
    """
    if network.name not in FROM_SCRATCH or network.input_shape[1] % 32:
        names = ", ".join(FROM_SCRATCH)
        raise ValueError(f"only {names} with a multiple of 32 pixels a side can be made finer, got {network.name}")
    image = keras.Input(network.input_shape[1:], name="image")
    made = keras.Model(image, ARCHITECTURES[network.name](image, fine=True), name=network.name)
    copy_weights(network, made)
    return made


def copy_weights(source: keras.Model, target: keras.Model) -> None:
    """Gives the layers of a network the weights of another's layers of the same names; others stay as they are.

    Args:
        source: whose weights are copied.
        target: with layers of the same names and shapes, perhaps in another order, or beside others.
    """
    theirs = {layer.name: layer for layer in source.layers}
    for layer in target.layers:
        if layer.weights and layer.name in theirs:
            layer.set_weights(theirs[layer.name].get_weights())


def in_float32(network: keras.Model) -> keras.Model:
    """The same network, computing with 32 bits throughout.

    Args:
        network: any, perhaps made to compute with fewer (`precision.py`).

    Returns:
        The network itself if it does already, else one of its own with the same weights, not compiled.
    """
    if all(layer.compute_dtype == FULL for layer in network.layers):
        return network
    made = keras.models.clone_model(
        network, clone_function=lambda layer: type(layer).from_config({**layer.get_config(), "dtype": FULL})
    )
    made.set_weights(network.get_weights())
    return made


def both_ways(network: keras.Model) -> Callable[[keras.KerasTensor], keras.KerasTensor | dict[str, keras.KerasTensor]]:
    """The network's answer to an image and to its mirror image, as one: the mean of their log-odds.

    Left and right say nothing of a lesion, so a network should answer both alike; it does not quite, and the mean of
    two looks errs a little less than either. What it draws in the mirror image is turned back and averaged too.

    Args:
        network: float32 (N, S, S, 1) in [0, 1] to float32 (N, 1), a probability, or to a dictionary of that and the
            outline.

    Returns:
        A function of the same input and output.
    """

    def answer(images: keras.KerasTensor) -> keras.KerasTensor | dict[str, keras.KerasTensor]:
        seen = network(keras.ops.concatenate([images, keras.ops.flip(images, axis=2)]), training=False)
        if not isinstance(seen, dict):
            return _mean_answer(seen)
        drawn, mirrored = keras.ops.split(seen["outline"], 2)
        outline = (drawn + keras.ops.flip(mirrored, axis=2)) / 2
        return {"probability": _mean_answer(seen["probability"]), "outline": outline}

    return answer


def _mean_answer(seen: keras.KerasTensor) -> keras.KerasTensor:
    """Of the probabilities of images and of their mirror images, (2 N, 1), the mean in log-odds, (N, 1)."""
    seen = keras.ops.clip(seen, 1e-7, 1 - 1e-7)
    one, other = keras.ops.split(keras.ops.log(seen) - keras.ops.log1p(-seen), 2)
    return keras.ops.sigmoid((one + other) / 2)


def _draw(network: keras.Model) -> keras.KerasTensor:
    """The branch that outlines: from the last maps, (N, H, H, C), up to (N, S/K, S/K, 1) in [0, 1]."""
    branch = _BRANCHES[network.name]
    x = _convolution(network.get_layer(branch.last).output, 64, 6, kernel=1)
    for number, (stage, narrow, filters) in enumerate(branch.sides, start=7):
        side = _convolution(network.get_layer(stage).output, narrow, number + 10, kernel=1)
        x = layers.UpSampling2D(interpolation="bilinear", name=f"up{number}")(x)
        x = _convolution(layers.Concatenate(name=f"join{number}")([x, side]), filters, number)
    return layers.Conv2D(1, 1, activation="sigmoid", dtype=FULL, name="outline")(x)


@dataclass(frozen=True)
class _Branch:
    """Where the branch that outlines sets out.

    Attributes:
        last: layer whose maps it begins with.
        sides: of each step up: the layer whose maps join, to how many filters they are narrowed, filters of the step.
    """

    last: str
    sides: tuple[tuple[str, int, int], ...]


_BRANCHES = {
    ATELIER: _Branch("relu5", (("relu4", 32, 48), ("relu3", 32, 48))),
    DEEP: _Branch("relu5b", (("relu4b", 32, 48), ("relu3b", 32, 48))),
    LITE: _Branch(lite.LAST, ((lite.SIDES[0], 48, 48), (lite.SIDES[1], 32, 32), (lite.SIDES[2], 16, 16))),
}


def _atelier(image: keras.KerasTensor, fine: bool = False) -> keras.KerasTensor:
    """A stem at half resolution, four stages of pooling and convolution, a global average, one unit."""
    x = _convolution(image, 24, 1, kernel=5, strides=2)  # (N, S/2, S/2, 24)
    for number, filters in enumerate((48, 96, 160), start=2):
        x = layers.MaxPooling2D(name=f"pool{number - 1}")(x)
        x = _convolution(x, filters, number)  # (N, S/2**number, S/2**number, filters)
    x = layers.MaxPooling2D(strides=1 if fine else 2, padding="same" if fine else "valid", name="pool4")(x)
    return _average_and_answer(_convolution(x, 256, 5, dilation=2 if fine else 1))  # (N, S/32, S/32, 256)


def _atelier_deep(image: keras.KerasTensor, fine: bool = False) -> keras.KerasTensor:
    """As the workshop's CNN, with two convolutions in each stage."""
    x = _convolution(image, 24, 1, kernel=5, strides=2)  # (N, S/2, S/2, 24)
    for number, filters in enumerate((48, 96, 160, 256), start=2):
        last = fine and number == 5
        steps = {"strides": 1, "padding": "same"} if last else {"strides": 2}
        x = layers.MaxPooling2D(**steps, name=f"pool{number - 1}")(x)
        for half in "ab":  # (N, S/2**number, S/2**number, filters)
            x = _convolution(x, filters, f"{number}{half}", dilation=2 if last else 1)
    return _average_and_answer(x)


def _lite(image: keras.KerasTensor) -> keras.KerasTensor:
    """The beginning of EfficientNet-Lite0, a global average, one unit."""
    return _average_and_answer(lite.lite0(image))


def _simple(image: keras.KerasTensor) -> keras.KerasTensor:
    """Three convolutions, flatten, dense: the notebook's first network."""
    x = image
    for number, filters in enumerate((32, 64, 128), start=1):
        x = layers.Conv2D(filters, 3, activation="relu", name=f"conv{number}")(x)
        x = layers.MaxPooling2D(name=f"pool{number}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(128, activation="relu", name="dense")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    return layers.Dense(1, activation="sigmoid", dtype=FULL, name="probability")(x)


def _convolution(
    x: keras.KerasTensor, filters: int, name: int | str, kernel: int = 3, strides: int = 1, dilation: int = 1
) -> keras.KerasTensor:
    """Convolution, normalisation, ReLU: (N, H, W, C) -> (N, H/strides, W/strides, filters)."""
    x = layers.Conv2D(
        filters,
        kernel,
        strides=strides,
        dilation_rate=dilation,
        padding="same",
        use_bias=False,  # the normalisation that follows has its own
        kernel_initializer="he_normal",
        name=f"conv{name}",
    )(x)
    x = layers.BatchNormalization(momentum=0.9, name=f"norm{name}")(x)
    return layers.ReLU(name=f"relu{name}")(x)


def _published(image: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """The body of a network of keras.applications, from random weights, and our end."""
    own = {"include_preprocessing": False} if name == EFFICIENTNET else {}  # our images are in [0, 1] already
    body = getattr(applications, name)(include_top=False, weights=None, input_tensor=image, **own)
    for layer in body.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = 0.9  # an epoch has some thirty steps: at the usual 0.99 the statistics would lag by epochs
    return _average_and_answer(body.output)


def _average_and_answer(x: keras.KerasTensor) -> keras.KerasTensor:
    """A global average over the places, dropout, one unit: (N, H, W, C) -> (N, 1)."""
    x = layers.GlobalAveragePooling2D(name="average")(x)  # (N, C)
    x = layers.Dropout(0.4, name="dropout")(x)
    return layers.Dense(1, activation="sigmoid", dtype=FULL, name="probability")(x)


ARCHITECTURES: dict[str, Callable[..., keras.KerasTensor]] = {  # of `FROM_SCRATCH`, also with `fine`
    ATELIER: _atelier,
    DEEP: _atelier_deep,
    LITE: _lite,
    SIMPLE: _simple,
    **{name: partial(_published, name=name) for name in PUBLISHED},
}
