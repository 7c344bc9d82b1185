"""A convolution of the network unfolded: what it is given, its kernels, and what becomes of its sums.

    convolutions_in(inside)              which layers can be unfolded
    unfold(inside, model_input, name)    a `Convolution`: all that its numbers are made of, for one image

At one place of a map stands one sum: each kernel's number times the number that lies under it, over all the channels
that the filter sees, plus its bias. What lies outside of the input counts as 0.

    map[row, column] = bias + sum of given[row * stride - before + i * step, ...] * kernel[i, j, channel]

A normalisation behind it multiplies each map by a number and adds another; a ReLU lets nothing below zero pass, and
with a ceiling nothing above that. These two are told as well, where they follow.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from busi.model.activations import Inside, strongest_filters

if TYPE_CHECKING:
    import keras

_KINDS = ("Conv2D", "DepthwiseConv2D")
_PASSED_ON = ("linear", "relu")  # a convolution's own activation, of which we know what it makes of the sum


@dataclass(frozen=True)
class Filter:
    """One filter of a convolution.

    Attributes:
        number: from 0.
        channels: those of the input that it sees, from 0.
        kernel: float32 (K, L, N), K rows and L columns of numbers for each of its N channels.
        bias: what is added to the sum.
        scale: what the normalisation behind it multiplies by; None if there is none.
        offset: what that adds; None likewise.
    """

    number: int
    channels: tuple[int, ...]
    kernel: np.ndarray
    bias: float
    scale: float | None
    offset: float | None


@dataclass(frozen=True)
class Convolution:
    """One convolution for one image.

    Attributes:
        name: of the layer.
        given: float32 (H, W, C), what it looks at.
        filters: those that answer most to the image, the strongest first.
        all_filters: how many it has.
        size: rows and columns of its maps.
        strides: how far the kernel moves, down and across.
        dilation: how far apart its numbers lie, down and across.
        before: how many rows and columns the kernel stands out over the first edges of the input.
        rectified: whether a ReLU follows, behind the normalisation if there is one.
        ceiling: the most that this ReLU lets pass; None if it has no end.
    """

    name: str
    given: np.ndarray
    filters: tuple[Filter, ...]
    all_filters: int
    size: tuple[int, int]
    strides: tuple[int, int]
    dilation: tuple[int, int]
    before: tuple[int, int]
    rectified: bool
    ceiling: float | None


@dataclass(frozen=True)
class Relu:
    """Lets pass what is above 0.

    Attributes:
        ceiling: what it gives at most; None for no end.
    """

    ceiling: float | None = None


def convolutions_in(inside: Inside) -> tuple[str, ...]:
    """The names of the layers that `unfold` can take, in order.

    Args:
        inside: the network.
    """
    return tuple(layer.name for layer in inside.with_maps if _can_unfold(inside, layer.name))


def given_size(inside: Inside, name: str) -> tuple[int, int, int]:
    """Rows, columns and channels of what a convolution looks at.

    Args:
        inside: the network.
        name: of the layer.
    """
    rows, columns, channels = inside.network.get_layer(name).input.shape[1:]
    return int(rows), int(columns), int(channels)


def unfold(inside: Inside, model_input: np.ndarray, name: str, count: int) -> Convolution:
    """All that the numbers of a convolution's maps are made of, for one image.

    Args:
        inside: the network.
        model_input: float32 (S, S, 1) in [0, 1].
        name: of the layer, one of `convolutions_in`.
        count: of filters at most.

    Raises:
        ValueError: if the layer is none of these.
    """
    if name not in convolutions_in(inside):
        raise ValueError(f"name must be a convolution ({', '.join(convolutions_in(inside)) or 'none'}), got {name!r}")
    layer = inside.network.get_layer(name)
    scales, offsets, relu, last = _what_follows(inside, layer)
    given, passed_on = _given_and_passed_on(inside, model_input, layer, last)
    (strides, dilation), kernel_size = _steps(layer), layer.kernel_size
    filters = tuple(
        Filter(
            number,
            *_seen_by(layer, number, given.shape[2]),
            bias=float(layer.bias[number]) if layer.use_bias else 0.0,
            scale=None if scales is None else float(scales[number]),
            offset=None if offsets is None else float(offsets[number]),
        )
        for number in strongest_filters(passed_on, count)
    )
    rows, columns = (
        _before(layer.padding, *sizes) for sizes in zip(given.shape[:2], kernel_size, strides, dilation, strict=True)
    )
    height, width, all_filters = layer.output.shape[1:]
    passes = (relu is not None, relu.ceiling if relu else None)
    return Convolution(name, given, filters, all_filters, (height, width), strides, dilation, (rows, columns), *passes)


def _can_unfold(inside: Inside, name: str) -> bool:
    layer = inside.network.get_layer(name)
    return (
        type(layer).__name__ in _KINDS
        and layer.data_format == "channels_last"
        and layer.activation.__name__ in _PASSED_ON
        and _maker(inside, layer) is not None
    )


def _maker(inside: Inside, layer: "keras.Layer") -> "keras.Layer | None":
    """The layer whose maps, or the input whose image, a convolution looks at; None if it is none that we can ask."""
    with_maps = {one.name for one in inside.with_maps}
    makers = [one for one in inside.network.layers if one.output is layer.input]
    return next((one for one in makers if one.name in with_maps or type(one).__name__ == "InputLayer"), None)


def _given_and_passed_on(
    inside: Inside, model_input: np.ndarray, layer: "keras.Layer", last: str
) -> tuple[np.ndarray, np.ndarray]:
    """What a convolution looks at, and the maps of the last layer that takes up its sums."""
    maker = _maker(inside, layer)
    if maker is None or type(maker).__name__ == "InputLayer":
        return model_input, inside.maps(model_input, last)
    given, passed_on = inside.maps_of_several(model_input, [maker.name, last])
    return given, passed_on


def _seen_by(layer: "keras.Layer", number: int, channels: int) -> tuple[tuple[int, ...], np.ndarray]:
    """The channels that a filter sees, and its numbers for each."""
    kernel = np.asarray(
        layer.kernel, np.float32
    )  # (K, L, N, F), or (K, L, C, M) if each channel has filters of its own
    if type(layer).__name__ == "DepthwiseConv2D":
        channel, copy = divmod(number, layer.depth_multiplier)
        return (channel,), kernel[:, :, channel, copy : copy + 1]
    seen, of_group = kernel.shape[2], number // (kernel.shape[3] // layer.groups)
    return tuple(range(channels))[of_group * seen : (of_group + 1) * seen], kernel[..., number]


def _steps(layer: "keras.Layer") -> tuple[tuple[int, int], tuple[int, int]]:
    """Its strides and its dilation, down and across."""
    return tuple(layer.strides), tuple(layer.dilation_rate)


def _before(padding: str, given: int, kernel: int, stride: int, step: int) -> int:
    """How far a kernel stands out over the first edge: as TensorFlow pads, the odd one behind the last edge."""
    if padding == "valid":
        return 0
    places = -(-given // stride)
    return max((places - 1) * stride + (kernel - 1) * step + 1 - given, 0) // 2


def _what_follows(
    inside: Inside, layer: "keras.Layer"
) -> tuple[np.ndarray | None, np.ndarray | None, Relu | None, str]:
    """What the normalisation multiplies by and adds, the ReLU that follows, and the last layer of these."""
    if layer.activation.__name__ == "relu":
        return None, None, Relu(), layer.name
    scale = offset = None
    behind = _only_one_behind(inside, layer)
    if type(behind).__name__ == "BatchNormalization":
        scale, offset = _normalisation(behind)
        layer, behind = behind, _only_one_behind(inside, behind)
    if behind is not None and (relu := _relu_of(behind)):
        return scale, offset, relu, behind.name
    return scale, offset, None, layer.name


def _only_one_behind(inside: Inside, layer: "keras.Layer") -> Any:
    """The layer that takes what this one gives, if there is one only."""
    behind = [one for one in inside.network.layers if one is not layer and one.input is layer.output]
    return behind[0] if len(behind) == 1 else None


def _normalisation(layer: "keras.Layer") -> tuple[np.ndarray, np.ndarray]:
    """What it multiplies by and adds: float32 (C,) each."""
    mean, variance = np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)
    scale = (np.asarray(layer.gamma) if layer.scale else 1.0) / np.sqrt(variance + layer.epsilon)
    return scale, (np.asarray(layer.beta) if layer.center else 0.0) - mean * scale


def _relu_of(layer: "keras.Layer") -> Relu | None:
    """What a layer lets pass, if it is a ReLU that gives 0 below 0."""
    settings = layer.get_config()
    if type(layer).__name__ == "Activation":
        return {"relu": Relu(), "relu6": Relu(6.0)}.get(str(settings.get("activation")))
    if type(layer).__name__ != "ReLU" or settings.get("negative_slope") or settings.get("threshold"):
        return None
    return Relu(settings.get("max_value"))
