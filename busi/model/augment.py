"""The random changes that show the network the same lesson under many looks.

The five changes of the workshop (rotation, zoom, translation, brightness, contrast) and a left-right flip. There
is no up-down flip: in an ultrasound depth runs down, and the shadow of a lesion lies under it. Training adds what
another scanner would have changed (`Scanner`), and marks that say nothing (`Marks`).

Pure Keras, so it runs on any backend. The same layers train the network and fill the exercise on augmentation:
`augmentation` builds them, `reseed` fixes what they draw next, `variants` shows what they make of one image.
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops

from busi.system.ranges import check_number

_SOFT = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]).astype(np.float32)[..., np.newaxis, np.newaxis] / 256
_INK = 0.92  # gray level of what a scanner writes into an image

GEOMETRIC = ("flip", "rotation", "zoom", "translation")  # the layers that move things


@dataclass(frozen=True)
class AugmentationSettings:
    """How far each change may go; 0 turns one off.

    Attributes:
        rotation: largest angle either way, in degrees, 0 to 180.
        zoom: largest change of scale either way, as a share, 0 to 0.9; width and height are drawn apart.
        translation: largest shift either way, as a share of the side, 0 to 0.9.
        brightness: largest gray level added or taken away, as a share of the range, 0 to 1.
        contrast: largest share that the contrast may gain, 0 to 1.
        contrast_both_ways: whether it may lose as much, too.
        flip: whether half of the images are mirrored left to right.
        gamma: largest change of the logarithm of gamma, the bend of the scale of grays, either way, 0 to 1.
        shading: largest change of the logarithm of the gain from one border to the other, in depth and across, 0 to 1.
        softness: how far an image may be blended with, or away from, a blurred copy of itself, 0 to 1.
        grain: largest strength of multiplicative noise, as a share of the gray level, 0 to 1.
        marks: how often each of three marks is stamped on an image, 0 to 1.
    """

    rotation: float = 15.0
    zoom: float = 0.15
    translation: float = 0.10
    brightness: float = 0.15
    contrast: float = 0.25
    flip: bool = True
    gamma: float = 0.0
    shading: float = 0.0
    softness: float = 0.0
    grain: float = 0.0
    marks: float = 0.0
    contrast_both_ways: bool = False

    def __post_init__(self) -> None:
        """Refuses settings out of range.

        Raises:
            ValueError: naming the setting, its range and the value received.
        """
        highest = {"rotation": 180, "zoom": 0.9, "translation": 0.9, "brightness": 1, "contrast": 1}
        highest |= dict.fromkeys(("gamma", "shading", "softness", "grain", "marks"), 1)
        for name, limit in highest.items():
            check_number(name, getattr(self, name), 0, limit)


def augmentation(settings: AugmentationSettings, seed: int = 0) -> keras.Sequential:
    """The layers that apply the random changes. They act only when called with `training=True`.

    Args:
        settings: how far each change may go.
        seed: decides what is drawn.

    Returns:
        A model from float32 (N, H, W, 1) in [0, 1] to the same shape and range. What a shift or a rotation
        uncovers is black, as beside the fan of a probe.
    """
    black = {"fill_mode": "constant", "fill_value": 0.0}
    steps: list[keras.Layer] = []
    if settings.flip:
        steps.append(layers.RandomFlip("horizontal", name="flip"))
    if settings.rotation:
        steps.append(layers.RandomRotation(settings.rotation / 360, **black, name="rotation"))
    if settings.zoom:
        steps.append(layers.RandomZoom(settings.zoom, settings.zoom, **black, name="zoom"))
    if settings.translation:
        steps.append(layers.RandomTranslation(settings.translation, settings.translation, **black, name="translation"))
    steps += _another_scanner(settings)
    if settings.brightness:
        steps.append(layers.RandomBrightness(settings.brightness, value_range=(0, 1), name="brightness"))
    if settings.contrast:
        # Given one number, Keras 3.15 only raises the contrast: of -factor and 0 it takes the larger as the lower end.
        either_way = (settings.contrast if settings.contrast_both_ways else 0.0, settings.contrast)
        steps.append(layers.RandomContrast(either_way, value_range=(0, 1), name="contrast"))
    steps += _stray_marks(settings)
    steps = steps or [layers.Identity(name="unchanged")]
    model = keras.Sequential(steps, name="augmentation")
    reseed(model, seed)
    return model


def _another_scanner(settings: AugmentationSettings) -> list[keras.Layer]:
    amounts = settings.gamma, settings.shading, settings.softness, settings.grain
    return [Scanner(*amounts, name="scanner")] if any(amounts) else []


def _stray_marks(settings: AugmentationSettings) -> list[keras.Layer]:
    return [Marks(settings.marks, name="marks")] if settings.marks else []


class Scanner(layers.Layer):
    """What another scanner, or another hand on its knobs, would have changed; each image draws its own amounts."""

    def __init__(self, gamma: float, shading: float, softness: float, grain: float, **kwargs) -> None:
        """Takes how far each change may go, as `AugmentationSettings` has them."""
        super().__init__(**kwargs)
        self.gamma, self.shading, self.softness, self.grain = gamma, shading, softness, grain
        self.generator = keras.random.SeedGenerator(0)

    def call(self, images: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        """float32 (N, H, W, 1) in [0, 1] -> the same shape and range."""
        if not training:
            return images
        number, rows, columns = ops.shape(images)[0], images.shape[1], images.shape[2]
        bent = ops.power(ops.clip(images, 1e-4, 1.0), ops.exp(self._either_way(self.gamma, number)))
        depth, across = ops.reshape(ops.linspace(-1.0, 1.0, rows), (1, rows, 1, 1)), ops.linspace(-1.0, 1.0, columns)
        slopes = self._either_way(self.shading, number) * depth
        slopes += self._either_way(self.shading, number) * ops.reshape(across, (1, 1, columns, 1))
        lit = bent * ops.exp(slopes)
        soft = ops.conv(ops.pad(lit, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="reflect"), ops.convert_to_tensor(_SOFT))
        focused = lit + self._either_way(self.softness, number) * (soft - lit)
        strength = self.grain * keras.random.uniform((number, 1, 1, 1), seed=self.generator)
        noise = keras.random.normal((number, rows, columns, 1), seed=self.generator)
        return ops.clip(focused * (1 + strength * noise), 0.0, 1.0)

    def _either_way(self, most: float, number: int) -> keras.KerasTensor:
        return keras.random.uniform((number, 1, 1, 1), -most, most, seed=self.generator)


class Marks(layers.Layer):
    """Burns two crosses and a short line of strokes, like written words, into some images, anywhere.

    Scanners burn such marks into almost half of BUSI's images. Where they stand by chance, whatever the class, a
    network can learn nothing from them.
    """

    def __init__(self, often: float, **kwargs) -> None:
        """Takes how often each of the three is stamped, 0 to 1."""
        super().__init__(**kwargs)
        self.often = often
        self.generator = keras.random.SeedGenerator(0)

    def call(self, images: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        """float32 (N, H, W, 1) in [0, 1] -> the same shape and range."""
        if not training:
            return images
        number, rows, columns = ops.shape(images)[0], images.shape[1], images.shape[2]
        unit = rows / 128  # the length of a mark follows the size of the image
        row = ops.reshape(ops.arange(rows, dtype="float32"), (1, rows, 1, 1))
        column = ops.reshape(ops.arange(columns, dtype="float32"), (1, 1, columns, 1))
        for _ in range(2):
            down, aside = ops.abs(row - self._chance(number) * rows), ops.abs(column - self._chance(number) * columns)
            thin, arm = 0.6 * unit, 2.5 * unit
            cross = ((down < thin) & (aside < arm)) | ((aside < thin) & (down < arm))
            images = self._stamp(images, cross)
        left, length = self._chance(number) * columns * 0.7, (8 + 30 * self._chance(number)) * unit
        line = (ops.abs(row - self._chance(number) * rows) < 3 * unit) & (column >= left) & (column < left + length)
        strokes = keras.random.uniform((number, rows, columns, 1), seed=self.generator) < 0.45
        return self._stamp(images, line & strokes)

    def _stamp(self, images: keras.KerasTensor, where: keras.KerasTensor) -> keras.KerasTensor:
        chosen = self._chance(ops.shape(images)[0]) < self.often
        return ops.where(where & chosen, _INK, images)

    def _chance(self, number: int) -> keras.KerasTensor:
        return keras.random.uniform((number, 1, 1, 1), seed=self.generator)


def change_both(model: keras.Sequential, images: keras.KerasTensor, outlines: keras.KerasTensor) -> tuple:
    """Changes images at random, and moves their outlines along; gray levels of outlines stay.

    Args:
        model: from `augmentation`.
        images: float32 (N, H, W, 1) in [0, 1].
        outlines: float32 (N, H, W, 1) in [0, 1].

    Returns:
        Both, changed: same shapes and range.
    """
    both = keras.ops.concatenate([images, outlines], axis=-1)
    for layer in model.layers:
        if layer.name in GEOMETRIC:
            both = layer(both, training=True)
        else:
            both = keras.ops.concatenate([layer(both[..., :1], training=True), both[..., 1:]], axis=-1)
    return both[..., :1], both[..., 1:]


def variants(image: np.ndarray, settings: AugmentationSettings, seed: int, count: int) -> np.ndarray:
    """Looks that training could give one image: what `batches.epoch_batches` does to a batch of it.

    Args:
        image: float32 (S, S, 1) in [0, 1], as the network sees it.
        settings: how far each change may go.
        seed: decides what is drawn; a non-negative integer.
        count: how many, at least 1.

    Returns:
        float32 (count, S, S, 1) in [0, 1].

    Raises:
        ValueError: if the count or the seed is out of range.
    """
    check_number("count", count, 1, whole=True)
    check_number("seed", seed, 0, whole=True)
    batch = np.repeat(image[np.newaxis], count, axis=0)
    return keras.ops.convert_to_numpy(augmentation(settings, seed)(batch, training=True))


def reseed(model: keras.Model, seed: int) -> None:
    """Makes the random layers of a model draw the sequence that belongs to `seed`, from its start.

    It serves augmentation layers and dropout alike: an epoch that starts with its own seed can be run again,
    after an interruption or in another process, with the same draws.

    Args:
        model: any Keras model; layers without a random generator are left alone.
        seed: a non-negative integer.
    """
    for position, layer in enumerate(model.layers):
        for name in ("generator", "seed_generator"):
            generator = getattr(layer, name, None)
            if generator is not None:
                generator.state.assign([(seed * 1009 + position) % 2**31, 0])
