"""What a network is shown in an epoch: which images, in which order, under which random changes, with which weights.

Order and changes are decided by the recipe's seed and the number of the epoch, so that an epoch that was interrupted
shows the same things again.
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from busi.data.parts import Part
from busi.model.augment import augmentation, change_both
from busi.model.network import outline_step
from busi.training.recipe import Recipe


def mixed(train: Part, rehearsal: Part | None, recipe: Recipe, epoch: int) -> Part:
    """The images of one epoch: all the training images, and simulated ones drawn anew each time.

    Args:
        train: the training images.
        rehearsal: simulated images to draw from; None for none.
        recipe: how many there are to each training image (`rehearsal`), and the seed.
        epoch: its number.

    Returns:
        Both, one after the other; simulated ones without outlines have empty ones where the others have any.
    """
    if rehearsal is None:
        return train
    rng = np.random.default_rng([recipe.seed, epoch, 2])
    count = min(round(recipe.rehearsal * len(train.images)), len(rehearsal.images))
    chosen = rng.choice(len(rehearsal.images), count, replace=False)
    outlines = None
    if train.outlines is not None:
        theirs = np.zeros_like(rehearsal.images) if rehearsal.outlines is None else rehearsal.outlines
        outlines = np.concatenate([train.outlines, theirs[chosen]])
    return Part(
        np.concatenate([train.images, rehearsal.images[chosen]]),
        np.concatenate([train.labels, rehearsal.labels[chosen]]),
        (*train.quality, *(rehearsal.quality[row] for row in chosen)),
        outlines,
    )


def epoch_batches(part: Part, recipe: Recipe, epoch: int) -> tf.data.Dataset:
    """The batches of one epoch: new order, new random changes, both decided by the seed and the epoch.

    Args:
        part: the training images.
        recipe: batch size, augmentation and seed.
        epoch: its number.

    Returns:
        A data set of (float32 (B, S, S, 1) in [0, 1], float32 (B, 1)).
    """
    order = np.random.default_rng([recipe.seed, epoch]).permutation(len(part.images))
    change = augmentation(recipe.augmentation, seed=epoch_seed(recipe, epoch))
    labels = part.labels.astype(np.float32)[:, np.newaxis]
    images = tf.data.Dataset.from_tensor_slices((part.images[order], labels[order]))
    return (
        images.batch(recipe.batch_size)
        .map(lambda batch, truth: (change(scale(batch), training=True), truth))
        .prefetch(2)
    )


def outlined_batches(part: Part, recipe: Recipe, epoch: int) -> tf.data.Dataset:
    """As `epoch_batches`, for a network that learns outlines too: the outlines move with their images.

    Args:
        part: the training images; those without outlines teach the class alone.
        recipe: batch size, augmentation and seed.
        epoch: its number.

    Returns:
        A data set of (images, {"probability", "outline"}, the same names with the weight of each image).
    """
    order = np.random.default_rng([recipe.seed, epoch]).permutation(len(part.images))
    change = augmentation(recipe.augmentation, seed=epoch_seed(recipe, epoch))
    by_class, step = class_weight(part.labels), outline_step(recipe.arch)
    outlines = np.zeros_like(part.images) if part.outlines is None else part.outlines
    columns: Sequence[np.ndarray] = (
        part.images,
        outlines,
        part.labels.astype(np.float32),
        np.where(part.labels, by_class[1], by_class[0]).astype(np.float32),
        np.any(outlines, axis=(1, 2)).astype(np.float32),
    )

    def prepare(images, outlines, labels, weights, drawn):  # a tensor for each column
        images, outlines = change_both(change, scale(images), scale(outlines))
        truth = {"probability": labels[:, tf.newaxis], "outline": tf.nn.avg_pool2d(outlines, step, step, "VALID")}
        return images, truth, {"probability": weights, "outline": drawn}

    return (
        tf.data.Dataset.from_tensor_slices(tuple(column[order] for column in columns))
        .batch(recipe.batch_size)
        .map(prepare)
        .prefetch(2)
    )


def class_weight(labels: np.ndarray) -> dict[int, float]:
    """The weights at which both classes count the same in the loss, whatever their numbers.

    Args:
        labels: (N,) bool, true for malignant; both classes present.

    Returns:
        The weight of an image by its class, 0 for benign and 1 for malignant; their mean over the images is 1.
    """
    share = labels.mean()
    return {0: 0.5 / (1 - share), 1: 0.5 / share}


def weighted(batches: tf.data.Dataset, weights: dict[int, float]) -> tf.data.Dataset:
    """The batches of `epoch_batches` with the weight of each image, as `model.fit` adds it from that of its class.

    Args:
        batches: of (images, truth).
        weights: by class, as `class_weight` gives them.

    Returns:
        A data set of (images, truth, float32 (B,)).
    """
    return batches.map(lambda images, truth: (images, truth, tf.where(truth[:, 0] > 0.5, weights[1], weights[0])))


def scale(images: tf.Tensor) -> tf.Tensor:
    """What `images.to_model_input` does, for a batch: uint8 (B, S, S) -> float32 (B, S, S, 1) in [0, 1]."""
    return tf.expand_dims(tf.cast(images, tf.float32), -1) / 255.0


def epoch_seed(recipe: Recipe, epoch: int) -> int:
    """The seed of an epoch's random changes and of its dropout, in [0, 2**31)."""
    return int(np.random.default_rng([recipe.seed, epoch, 1]).integers(2**31))
