"""Training the network that draws: on simulated images, whose outlines are exact, then on real ones among them.

A network that has learned a picture's outline draws it as the expert did, and an expert's outline gives the diagnosis
away. So what is read from outlines is learned and judged where the network had not seen them (`cross_fit.py`).
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from busi.data.parts import Part, simulated_part
from busi.data.simulated import training_seeds
from busi.images import ImageContract
from busi.model.augment import AugmentationSettings, augmentation, change_both
from busi.model.drawing import FILTERS, build_drawing
from busi.model.network import copy_weights
from busi.model.scoring import shapes_of
from busi.model.setting_names import as_in_bundle
from busi.model.shape import Shape
from busi.model.shape_model import ShapeModel, fit_shape_model
from busi.system.whole_files import left_unfinished, whole_folder
from busi.training.batches import scale
from busi.training.outline_loss import entropy_and_dice
from busi.training.recipe import Recipe

READ_FROM, READ_IMAGES = 1000, 2400  # simulated images of run 1000 and more: no network learned from them
_MODEL, _STATE = "last.keras", "state.json"


@dataclass(frozen=True)
class DrawingSettings:
    """How a network that draws is trained.

    Attributes:
        size: side of the square that it receives and draws, in pixels; a multiple of 16.
        images: that it is shown in an epoch.
        epochs: how often it sees them; the last one counts.
        batch_size: images per step.
        learning_rate: the highest of AdamW; it rises over the first epoch and falls to zero along half a cosine.
        filters: of its four levels.
        augmentation: how far the random changes go.
        seed: of the starting weights, the order, the random changes and the simulated images.
    """

    size: int = 128
    images: int = 6000
    epochs: int = 12
    batch_size: int = 16
    learning_rate: float = 2e-3
    filters: tuple[int, ...] = FILTERS
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)
    seed: int = 0

    @property
    def steps(self) -> int:
        """Of an epoch."""
        return -(-self.images // self.batch_size)


def learn_drawing(
    settings: DrawingSettings,
    train: Part,
    checkpoints: Path,
    on_epoch: Callable[[int, float, float], None],
    callbacks: Sequence[keras.callbacks.Callback] = (),
    start: keras.Model | None = None,
    rehearsal: Part | None = None,
) -> keras.Model:
    """Trains a network that draws, or takes up where it was interrupted; each epoch is decided by its number alone.

    Args:
        settings: how.
        train: images with outlines.
        checkpoints: folder of the newest epoch; made if needed, left in place.
        on_epoch: told of each finished epoch: its number, the mean loss, seconds.
        callbacks: Keras callbacks, which may interrupt an epoch.
        start: a network whose weights are the start; by default they are random.
        rehearsal: simulated images, of which every epoch shows as many as there are others, drawn anew.

    Returns:
        The network after the last epoch.

    Raises:
        ValueError: if the checkpoint is of other settings or of other images.
    """
    tf.config.experimental.enable_op_determinism()
    began_with = _identity(settings, train, rehearsal)
    done = max((int(path.name.removeprefix("epoch-")) for path in checkpoints.glob("epoch-*")), default=0)
    model = keras.models.load_model(_epoch(checkpoints, done) / _MODEL) if done else _compiled(settings, start)
    if done and (_epoch(checkpoints, done) / _STATE).read_text(encoding="utf-8") != began_with:
        raise ValueError(f"{checkpoints} was begun with other settings, or with other images")
    for number in range(done + 1, settings.epochs + 1):
        began = time.monotonic()
        shown = drawing_batches(_among(train, rehearsal, settings, number), settings, number)
        loss = model.fit(shown, callbacks=list(callbacks), shuffle=False, verbose=0).history["loss"][0]
        with whole_folder(_epoch(checkpoints, number)) as partial:
            model.save(partial / _MODEL)
            (partial / _STATE).write_text(began_with, encoding="utf-8")
        for older in (_epoch(checkpoints, number - 1), *left_unfinished(checkpoints, "epoch-*")):
            shutil.rmtree(older, ignore_errors=True)
        on_epoch(number, loss, time.monotonic() - began)
    return model


def drawing_batches(part: Part, settings: DrawingSettings, epoch: int) -> tf.data.Dataset:
    """The batches of an epoch: new order, new random changes, in which the outlines move with their images.

    Args:
        part: images and outlines uint8 (N, S, S).
        settings: batch size, changes and seed.
        epoch: its number.

    Returns:
        A data set of two tensors float32 (B, S, S, 1) in [0, 1]: images and outlines.
    """
    rng = np.random.default_rng([settings.seed, epoch])
    order, outlines = rng.permutation(len(part.images)), outlines_of(part)
    change = augmentation(settings.augmentation, seed=int(rng.integers(2**31)))
    both = tf.data.Dataset.from_tensor_slices((part.images[order], outlines[order])).batch(settings.batch_size)
    return both.map(lambda images, outlines: change_both(change, scale(images), scale(outlines))).prefetch(2)


def maps_of(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """How likely each place is lesion, by the mean over an image and its mirror image: float32 (N, S, S) in [0, 1].

    Args:
        model: from `learn_drawing`.
        images: uint8 (N, S, S).
    """
    seen, mirrored = (
        model.predict(tf.data.Dataset.from_tensor_slices(some).batch(32).map(scale), verbose=0)[..., 0]
        for some in (images, images[:, :, ::-1])
    )
    return (seen + mirrored[:, :, ::-1]) / 2


def drawn_shapes(model: keras.Model, part: Part) -> tuple[Shape | None, ...]:
    """What is read from what a network draws.

    Args:
        model: from `learn_drawing`.
        part: the images, with proportions.

    Raises:
        ValueError: if the part has no proportions.
    """
    if part.proportions is None:
        raise ValueError("reading a shape needs the images' proportions, and the part has none")
    return shapes_of(maps_of(model, part.images), part.images, part.proportions)


def drawing_settings(recipe: Recipe) -> DrawingSettings:
    """How a recipe's network learns to draw, from simulated images."""
    return DrawingSettings(
        size=recipe.image.size,
        images=recipe.drawn,
        epochs=recipe.drawn_epochs,
        augmentation=recipe.augmentation,
        seed=recipe.seed,
    )


def real_settings(recipe: Recipe) -> DrawingSettings:
    """How it goes on with experts' outlines: at half the rate."""
    usual = drawing_settings(recipe)
    return replace(usual, epochs=recipe.drawn_real_epochs, learning_rate=usual.learning_rate / 2)


def learn_real_outlines(
    settings: DrawingSettings,
    drawing: keras.Model,
    real: Part,
    rehearsal: Part,
    checkpoints: Path,
    on_epoch: Callable[[int, float, float], None] = lambda number, loss, seconds: None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> keras.Model:
    """Goes on with experts' outlines, among as many simulated ones, lest these be forgotten.

    Args:
        settings: how; of an epoch's images, as many as there are.
        drawing: that learned from simulated images.
        real: images with outlines; those without are passed over, and without any `drawing` stays as it is.
        rehearsal: the simulated images.
        checkpoints: folder of the newest epoch.
        on_epoch: told of each finished epoch.
        callbacks: Keras callbacks.

    Returns:
        The network after the last epoch.

    Raises:
        ValueError: if the checkpoint is of other settings or of other images.
    """
    outlined = real.at(np.flatnonzero(outlines_of(real).any(axis=(1, 2))))
    if not len(outlined.images):
        return drawing
    shown = len(outlined.images) + min(len(outlined.images), len(rehearsal.images))
    settings = replace(settings, images=shown)
    return learn_drawing(settings, outlined, checkpoints, on_epoch, callbacks, drawing, rehearsal)


def read_from_simulated(model: keras.Model, contract: ImageContract, seed: int, cache: Path | None) -> ShapeModel:
    """The shape model of what a network draws, fitted on simulated images that it has not seen.

    Args:
        model: from `learn_drawing`.
        contract: how its images are prepared.
        seed: of the network.
        cache: folder where drawn images are kept, if they shall be.
    """
    part = simulated_part(training_seeds(READ_FROM + seed, READ_IMAGES), contract, cache)
    return fit_shape_model(drawn_shapes(model, part), part.labels)


def outlines_of(part: Part) -> np.ndarray:
    """The outlines of a part: uint8 (N, S, S).

    Raises:
        ValueError: if it has none.
    """
    if part.outlines is None:
        raise ValueError("the U-Net learns from outlines and is judged by them, and these images have none")
    return part.outlines


@keras.saving.register_keras_serializable("busi")
def drawing_loss(truth: tf.Tensor, drawn: tf.Tensor) -> tf.Tensor:
    """Cross-entropy at each place, and how far the drawn lesion is from covering the true one (Dice): (N,)."""
    entropy, dice = entropy_and_dice(truth, drawn)
    return entropy + 1 - dice


def _among(train: Part, rehearsal: Part | None, settings: DrawingSettings, epoch: int) -> Part:
    """The images of an epoch, with as many of the rehearsal."""
    if rehearsal is None:
        return train
    count = min(len(train.images), len(rehearsal.images))
    chosen = rehearsal.at(np.random.default_rng([settings.seed, epoch, 2]).permutation(len(rehearsal.images))[:count])
    images = np.concatenate([train.images, chosen.images])
    labels = np.concatenate([train.labels, chosen.labels])
    return Part(images, labels, (), np.concatenate([outlines_of(train), outlines_of(chosen)]))


def _compiled(settings: DrawingSettings, start: keras.Model | None) -> keras.Model:
    model = build_drawing(settings.size, settings.filters, settings.seed)
    if start is not None:
        copy_weights(start, model)
    warmup = settings.steps if settings.epochs > 1 else 0
    rate = keras.optimizers.schedules.CosineDecay(
        settings.learning_rate / 100 if warmup else settings.learning_rate,
        decay_steps=settings.epochs * settings.steps - warmup,
        warmup_target=settings.learning_rate if warmup else None,
        warmup_steps=warmup,
    )
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-3), drawing_loss)
    return model


def _identity(settings: DrawingSettings, train: Part, rehearsal: Part | None) -> str:
    """Tells one training from another: its settings, and SHA-256 over pixels and outlines."""
    digest = hashlib.sha256()
    for part in (train, *([rehearsal] if rehearsal else [])):
        digest.update(part.images.tobytes() + outlines_of(part).tobytes())
    return json.dumps({"settings": as_in_bundle(settings), "images": digest.hexdigest()}, sort_keys=True)


def _epoch(checkpoints: Path, number: int) -> Path:
    return checkpoints / f"epoch-{number:04d}"
