"""Inside the network: its layers, the maps that they draw of an image, and where its answer comes from.

    layers_of(network)                what it is made of, one `Layer` each
    Inside(network).maps(...)         float32 (H, W, C)   the feature maps of one layer for one image
    Inside(network).maps_of_several(...)                  those of several layers at once
    Inside(network).evidence(...)     float32 (H, W)      what spoke for malignant (above 0) and for benign (below 0)
    gradcam(evidence, label)          float32 (H, W)      the part that spoke for one class, in [0, 1]

Grad-CAM: R. Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", 2017,
https://arxiv.org/abs/1610.02391. Each map of the last layer that still has a height and a width is weighted by how
much the answer would change with it, and the weighted maps are added up. After a global average and one dense unit, as
in the `atelier` network, this is exact: the sums over the places, plus a constant, are the log-odds. The maps are
small (7 x 7 for an image of 224), so the place is coarse; and a place is no reason: nothing here says WHY it counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from busi.words.classes import MALIGNANT

if TYPE_CHECKING:
    import keras

# What a layer's `settings` may tell, by the name of Keras' own setting.
_SETTINGS = ("filters", "kernel_size", "strides", "pool_size", "rate", "units", "activation", "max_value")


@dataclass(frozen=True)
class Layer:
    """One layer of a network.

    Attributes:
        name: as the network calls it, unique in it.
        kind: the Keras class, as "Conv2D".
        shape: of what it gives for one image: (H, W, C) or (C,).
        parameters: how many numbers of its own it has.
        learned: how many of them training changes; the others are statistics that normalisation keeps.
        settings: those of filters, kernel_size, strides, pool_size, rate, units, activation and max_value that it was
            built with.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    learned: int
    settings: dict[str, Any]

    @property
    def has_maps(self) -> bool:
        """Whether it gives pictures: a height, a width and channels."""
        return len(self.shape) == 3


def layers_of(network: "keras.Model") -> tuple[Layer, ...]:
    """What a network is made of, in order, its input first.

    Args:
        network: with layers of one output each.
    """
    return tuple(
        Layer(
            layer.name,
            type(layer).__name__,
            tuple(int(side) for side in layer.output.shape[1:]),
            int(layer.count_params()),
            sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights),
            {key: value for key, value in layer.get_config().items() if key in _SETTINGS},
        )
        for layer in network.layers
    )


class Inside:
    """A network opened up. Safe to call from several threads."""

    def __init__(self, network: "keras.Model", mirrored: bool = False) -> None:
        """Prepares; the first call compiles.

        Args:
            network: float32 (N, S, S, 1) to float32 (N, 1), ending in one dense unit with a sigmoid.
            mirrored: whether it answers by the mean of the log-odds over an image and its mirror image; then so does
                the evidence, each place beside its own mirror image.

        Raises:
            ValueError: if it ends otherwise.
        """
        last = network.layers[-1]
        if type(last).__name__ != "Dense" or last.units != 1 or last.activation.__name__ != "sigmoid":
            raise ValueError(f"the network must end in one dense unit with a sigmoid, got {type(last).__name__}")
        self.network = network
        self.mirrored = mirrored
        self.layers = layers_of(network)

    @property
    def with_maps(self) -> tuple[Layer, ...]:
        """The layers that draw maps; the input is none."""
        return tuple(layer for layer in self.layers if layer.has_maps and layer.kind != "InputLayer")

    def warm_up(self) -> None:
        """Compiles now what would make the first visitor wait."""
        if self.with_maps:
            nothing = np.zeros(self.network.input_shape[1:], np.float32)
            self.maps(nothing, self.with_maps[0].name)
            self.evidence(nothing)

    def maps(self, model_input: np.ndarray, layer: str) -> np.ndarray:
        """The feature maps of one layer for one image.

        Args:
            model_input: float32 (S, S, 1) in [0, 1].
            layer: the name of a layer that has maps.

        Returns:
            float32 (H, W, C), one map per channel; any range, from 0 on after a ReLU.

        Raises:
            ValueError: if no layer of that name has maps.
        """
        return self.maps_of_several(model_input, [layer])[0]

    def maps_of_several(self, model_input: np.ndarray, layers: Sequence[str]) -> list[np.ndarray]:
        """The feature maps of some layers for one image, for the cost of one look.

        Args:
            model_input: float32 (S, S, 1) in [0, 1].
            layers: names of layers that have maps.

        Returns:
            Of each, float32 (H, W, C), as from `maps`.

        Raises:
            ValueError: if a name is that of no layer that has maps.
        """
        drawing = [one.name for one in self.with_maps]
        if unknown := [layer for layer in layers if layer not in drawing]:
            has = ", ".join(drawing) or "this network has none"
            raise ValueError(f"layer must be one that draws maps ({has}), got {unknown[0]!r}")
        found = self._all_maps(model_input[np.newaxis]) if layers else []
        return [found[drawing.index(layer)].numpy()[0] for layer in layers]

    def evidence(self, model_input: np.ndarray) -> np.ndarray:
        """What speaks for malignant, and what against it, place by place (Grad-CAM before its ReLU).

        Args:
            model_input: float32 (S, S, 1) in [0, 1].

        Returns:
            float32 (H, W) as large as the last maps: in log-odds, above 0 for malignant and below for benign.

        Raises:
            ValueError: if the network draws no maps.
        """
        if not self.with_maps:
            raise ValueError("Grad-CAM needs a layer that draws maps, and this network has none")
        found = self._evidence(model_input[np.newaxis]).numpy()[0]
        if self.mirrored:
            found = (found + self._evidence(model_input[np.newaxis, :, ::-1]).numpy()[0, :, ::-1]) / 2
        return found

    @cached_property
    def _all_maps(self) -> Any:
        """A compiled function: float32 (1, S, S, 1) -> one tensor (1, H, W, C) per layer with maps."""
        import keras
        import tensorflow as tf  # here, because pages are built before TensorFlow is loaded

        outputs = [self.network.get_layer(layer.name).output for layer in self.with_maps]
        opened = keras.Model(self.network.inputs, outputs)
        return tf.function(lambda batch: _as_list(opened(batch, training=False)), input_signature=[self._signature(tf)])

    @cached_property
    def _evidence(self) -> Any:
        """A compiled function: float32 (1, S, S, 1) -> float32 (1, H, W)."""
        import keras
        import tensorflow as tf

        maps, unit = self.network.get_layer(self.with_maps[-1].name), self.network.layers[-1]
        opened = keras.Model(self.network.inputs, [maps.output, unit.input])

        def evidence(batch: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                drawn, before_last = opened(batch, training=False)
                log_odds = tf.matmul(before_last, unit.kernel)  # the bias would move no gradient
            weights = tf.reduce_mean(tape.gradient(log_odds, drawn), axis=(1, 2), keepdims=True)
            return tf.reduce_sum(weights * drawn, axis=-1)

        return tf.function(evidence, input_signature=[self._signature(tf)])

    def _signature(self, tf: Any) -> Any:
        return tf.TensorSpec((1, *self.network.input_shape[1:]), tf.float32)


def gradcam(evidence: np.ndarray, label: str, size: int) -> np.ndarray:
    """What spoke for a class, as large as the image.

    Args:
        evidence: float32 (H, W), from `Inside.evidence`.
        label: the class.
        size: side S of the image, in pixels.

    Returns:
        float32 (S, S) in [0, 1], 1 at the strongest place; all 0 if nothing spoke for this class.
    """
    for_class = evidence if label == MALIGNANT else -evidence
    large = cv2.resize(np.maximum(for_class, 0), (size, size), interpolation=cv2.INTER_CUBIC)
    large = np.maximum(large, 0)  # the cubic curve may dip below
    return large / large.max() if large.max() > 0 else large


def strongest_place(heat: np.ndarray) -> tuple[int, int]:
    """The pixel where a picture float32 (S, S) is highest: its row and its column."""
    row, column = np.unravel_index(int(np.argmax(heat)), heat.shape)
    return int(row), int(column)


def strongest_filters(maps: np.ndarray, count: int) -> list[int]:
    """Which filters answer most to an image.

    Args:
        maps: float32 (H, W, C).
        count: how many at most.

    Returns:
        Their numbers from 0, the one with the largest mean size of its answer first.
    """
    return np.argsort(-np.abs(maps).mean(axis=(0, 1)), kind="stable")[:count].tolist()


def filters_to_compare(one: np.ndarray, other: np.ndarray, count: int, differing: bool = False) -> list[int]:
    """Which filters to show side by side for two images.

    Args:
        one: float32 (H, W, C), the maps of a layer for one image.
        other: float32 (H, W, C), those of the same layer for another image.
        count: how many at most.
        differing: whether those come first whose mean size of answer differs most between the two, relative to the
            larger; else those that answer most to the two together.

    Returns:
        Their numbers from 0.
    """
    strengths = np.abs(np.stack([one, other])).mean(axis=(1, 2))  # (2, C)
    if differing:
        larger = strengths.max(axis=0)
        # A filter that is all but silent for both differs in nothing that could be seen.
        is_active = larger > 0.05 * larger.max()
        order = np.where(is_active, np.abs(strengths[0] - strengths[1]) / np.maximum(larger, 1e-12), -1)
    else:
        order = strengths.sum(axis=0)
    return np.argsort(-order, kind="stable")[:count].tolist()


def as_gray(one_map: np.ndarray) -> np.ndarray:
    """A map as a picture, from its lowest value in black to its highest in white.

    Args:
        one_map: float32 (H, W), any range.

    Returns:
        uint8 (H, W); all black if it is the same everywhere.
    """
    spread = float(np.ptp(one_map))
    shown = (one_map - one_map.min()) / spread if spread > 0 else np.zeros_like(one_map)
    return np.rint(shown * 255).astype(np.uint8)


def _as_list(tensors: Any) -> list:
    return list(tensors) if isinstance(tensors, list | tuple) else [tensors]
