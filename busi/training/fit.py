"""Fitting the network: epochs, curves, the best weights, and going on after an interruption.

One epoch shows every training image once, in a new order and under new random changes. After each, the network
is measured on the training and on the validation images, unchanged and by the same formulas, so that the two
curves can be compared. What is measured, and kept, is the running average of the weights (`averaging.py`), at the
epoch with the lowest validation loss (of those after the first, unsettled ones, if the recipe leaves these out); when
that has not improved for `patience` epochs, training stops.

Every epoch starts from its own seed and leaves a complete checkpoint, so a run that was interrupted goes on as if
nothing had happened and ends in the same weights.
"""

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from busi.data.parts import Part
from busi.model.augment import reseed
from busi.model.averaging import RunningAverage
from busi.model.lite import load_imagenet
from busi.model.metrics import area_under_roc, binary_cross_entropy
from busi.model.mixed_precision import FULL, MIXED, computing_in, policy_of
from busi.model.network import both_ways, build_network, copy_weights, finer, in_float32, with_outline, without_outline
from busi.training.batches import class_weight, epoch_batches, epoch_seed, mixed, outlined_batches, scale, weighted
from busi.training.checkpoints import BEST_WEIGHTS, Epoch, Run, best_epoch, newest, resume, save_checkpoint
from busi.training.outline_loss import entropy_and_dice
from busi.training.recipe import IMAGENET, LAST, Recipe
from busi.training.workers import Workers, workers

EVALUATION_BATCH = 32
_MEASURES = ("loss", "accuracy", "auc")


@dataclass(frozen=True)
class Fitted:
    """The result of a training: the model with its best weights, and the curves.

    Attributes:
        model: float32 (N, S, S, 1) in [0, 1] -> float32 (N, 1), the probability of malignant; after `network.finer`
            if the recipe says so.
        history: one `Epoch` per epoch run.
        best: the epoch whose weights were kept.
        first_kept: the first epoch that could be.
        whole: the network as it was trained, with the branch that outlines if it had one, and never made finer: where
            a later stage can start from.
        computed_in: the policy that it learned by: "mixed_bfloat16" where the recipe asks for it and the processor
            can, else "float32". Another processor rounds otherwise, and the same command ends in other weights.
    """

    model: keras.Model
    history: tuple[Epoch, ...]
    best: Epoch
    whole: keras.Model
    first_kept: int = 1
    computed_in: str = FULL


def fit(
    recipe: Recipe,
    train: Part,
    validation: Part | None,
    checkpoints: Path,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    start: keras.Model | None = None,
    rehearsal: Part | None = None,
    curve: bool = True,
    record: Callable[[int, keras.Model], None] = lambda epoch, model: None,
) -> Fitted:
    """Trains a network, going on from the newest checkpoint in the folder if there is one, with the bits it began with.

    Args:
        recipe: how.
        train: what the weights learn from.
        validation: what chooses the best epoch; None where none is chosen, since the recipe keeps the last.
        checkpoints: folder for checkpoints; made if needed, left in place at the end.
        on_epoch: told of each finished epoch.
        callbacks: Keras callbacks, for a progress bar within an epoch.
        start: a network of the same architecture whose weights are the start; by default they are random. If only one
            of the two has the branch that outlines, the rest starts from it.
        rehearsal: simulated images, of which every epoch shows some among the real ones (`recipe.rehearsal` says how
            many), so that what was learned from them is not forgotten. The curves and the best epoch are measured
            on `train` and `validation` alone.
        curve: whether the training images are measured too after each epoch; where nobody looks at their curve it is
            time lost, and the history holds NaN.
        record: given the network as it is measured after each epoch, and as 0 before the first; see `moments.py`.

    Returns:
        The fitted network.

    Raises:
        ValueError: if the folder's checkpoint is of another recipe or of other images, or a part lacks a class.
    """
    if validation is None and recipe.keep != LAST:
        raise ValueError(f"validation images choose the epoch where keep is {recipe.keep}, and there are none")
    _check_parts(train, *([validation] if validation else []))
    tf.config.experimental.enable_op_determinism()
    began_with = _digest(recipe, *(part for part in (train, validation, rehearsal) if part))
    with shared.scope() if (shared := workers()) else nullcontext():
        run = resume(recipe, began_with, checkpoints) or Run(
            _new_model(recipe, mixed(train, rehearsal, recipe, 1), start), RunningAverage(recipe.averaging), ()
        )
    if shared:
        rows = [replace(row, seconds=0) for row in run.history]
        shared.check_same(f"{recipe} {_policy_of(run.model)} {began_with} {rows}")
    if not run.history:
        record(0, run.model)
    while not _is_over(run.history, recipe):
        shown = mixed(train, rehearsal, recipe, len(run.history) + 1)
        row = _run_epoch(run, recipe, shown, train if curve else None, validation, callbacks, record)
        run = replace(run, history=(*run.history, row))
        save_checkpoint(checkpoints, run, recipe, began_with)
        on_epoch(row)
    computed_in, model, history = _policy_of(run.model), in_float32(run.model), run.history
    if (checkpoint := newest(checkpoints)) is None:
        raise FileNotFoundError(f"the checkpoint of the last epoch is gone from {checkpoints}")
    model.load_weights(checkpoint / BEST_WEIGHTS)
    _restore_prevalence(model, train.labels.mean())
    answering = without_outline(model)
    answering = finer(answering) if recipe.finer else answering
    return Fitted(answering, history, best_epoch(history, recipe), model, recipe.first_kept, computed_in)


def predict_part(model: keras.Model, part: Part, mirrored: bool = False) -> np.ndarray:
    """The network's answers for a part: float64 (N,), probability of malignant, not calibrated.

    Args:
        model: from `fit`, with or without the branch that outlines.
        part: the images.
        mirrored: whether each image is looked at in the mirror too, as `predict.Classifier` does.
    """
    batches = _in_batches(part)
    if mirrored or workers():  # of several machines each asks its own network; Keras's `predict` would share out
        network = without_outline(model)
        answer = tf.function(both_ways(network) if mirrored else lambda batch: network(batch, training=False))
        return np.concatenate([answer(batch).numpy() for batch in batches])[:, 0].astype(np.float64)
    answers = model.predict(batches, verbose=0)
    answers = answers["probability"] if isinstance(answers, dict) else answers
    return answers[:, 0].astype(np.float64)


def outputs_of(model: keras.Model, part: Part, mirrored: bool = False) -> dict[str, np.ndarray]:
    """What a network that draws puts out for a part.

    Args:
        model: with the branch that outlines.
        part: the images.
        mirrored: whether each image is looked at in the mirror too, as `predict.Classifier` does.

    Returns:
        "probability", float32 (N, 1), not calibrated, and "outline", float32 (N, H, H, 1), both in [0, 1].

    Raises:
        ValueError: if it does not draw.
    """
    if not isinstance(model.output, dict):
        raise ValueError(f"{model.name} does not draw")
    answer = tf.function(both_ways(model) if mirrored else lambda batch: model(batch, training=False))
    found = [answer(batch) for batch in _in_batches(part)]
    return {name: np.concatenate([batch[name].numpy() for batch in found]) for name in found[0]}


def _in_batches(part: Part) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices(part.images).batch(EVALUATION_BATCH).map(scale)


@keras.saving.register_keras_serializable("busi")
def _outline_loss(truth: tf.Tensor, drawn: tf.Tensor) -> tf.Tensor:
    """Cross-entropy at each place, and how far the drawn lesion is from covering the true one (Dice): (N,)."""
    entropy, dice = entropy_and_dice(truth, drawn)
    return entropy + (1 - dice) / 2


def _new_model(recipe: Recipe, shown: Part, start: keras.Model | None) -> keras.Model:
    graphics = tf.config.list_physical_devices("GPU")  # it would compute, not the processor that was asked
    with computing_in(policy_of(recipe.bfloat16 and not graphics)):
        model = build_network(recipe.arch, recipe.image.size, recipe.seed)
        model = with_outline(model) if recipe.outline else model
    if recipe.weights == IMAGENET:
        load_imagenet(model)
    _start_from(model, start)
    steps = -(-len(shown.images) // recipe.batch_size)
    warmup = min(recipe.warmup, recipe.epochs - 1) * steps
    schedule = keras.optimizers.schedules.CosineDecay(
        recipe.learning_rate / 100 if warmup else recipe.learning_rate,
        decay_steps=recipe.epochs * steps - warmup,
        warmup_target=recipe.learning_rate if warmup else None,
        warmup_steps=warmup,
        alpha=0.0 if recipe.cosine_decay else 1.0,  # the share of the highest rate that is left at the end
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay)
    naming = keras.losses.BinaryCrossentropy(label_smoothing=recipe.label_smoothing)
    if not recipe.outline:
        model.compile(optimizer=optimizer, loss=naming)
        return model
    model.compile(
        optimizer=optimizer,
        loss={"probability": naming, "outline": _outline_loss},
        loss_weights={"probability": 1.0, "outline": recipe.outline},
    )
    return model


def _policy_of(model: keras.Model) -> str:
    return MIXED if any(layer.compute_dtype == "bfloat16" for layer in model.layers) else FULL


def _start_from(model: keras.Model, start: keras.Model | None) -> None:
    """Gives a new model the weights of another, as far as both have the same layers."""
    if start is not None:
        copy_weights(start, model)


def _run_epoch(
    run: Run,
    recipe: Recipe,
    shown: Part,
    train: Part | None,
    validation: Part | None,
    callbacks: Sequence[keras.callbacks.Callback],
    record: Callable[[int, keras.Model], None],
) -> Epoch:
    start, number, model = time.monotonic(), len(run.history) + 1, run.model
    reseed(model, epoch_seed(recipe, number))
    if recipe.outline:
        batches, weights = outlined_batches(shown, recipe, number), None
    else:
        batches, weights = epoch_batches(shown, recipe, number), class_weight(shown.labels)
    listeners = [run.average, *callbacks]
    if shared := workers():
        _learn_together(shared, run, batches, weights, listeners)
    else:
        model.fit(batches, class_weight=weights, callbacks=listeners, shuffle=False, verbose=0)
    with run.average.lent_to(model):
        train_scores, validation_scores = (
            _measures(model, part) if part else dict.fromkeys(_MEASURES, math.nan) for part in (train, validation)
        )
        record(number, model)
    return Epoch(
        epoch=number,
        **train_scores,
        **{f"val_{name}": value for name, value in validation_scores.items()},
        learning_rate=float(model.optimizer.learning_rate),
        seconds=round(time.monotonic() - start, 2),
    )


def _learn_together(
    shared: Workers,
    run: Run,
    batches: tf.data.Dataset,
    weights: dict[int, float] | None,
    callbacks: Sequence[keras.callbacks.Callback],
) -> None:
    """What `model.fit` does on one machine, on several that train together."""
    shared.fit_epoch(run.model, weighted(batches, weights) if weights else batches, callbacks)
    run.average.values = shared.mean(run.average.values or [])


def _measures(model: keras.Model, part: Part) -> dict[str, float]:
    probabilities = predict_part(model, part)
    measured = {
        "loss": round(binary_cross_entropy(part.labels, probabilities), 6),
        "accuracy": round(float(((probabilities >= 0.5) == part.labels).mean()), 6),
        "auc": round(area_under_roc(part.labels, probabilities), 6),
    }
    return shared.mean_of(measured) if (shared := workers()) else measured


def _restore_prevalence(model: keras.Model, share: float) -> None:
    """Undoes what the class weights did to the probabilities, by shifting the bias of the last unit.

    Trained with equal weights, the network answers as if half of all images were malignant. Adding the log-odds of
    the true share makes its probabilities fit the data again (C. Elkan, "The Foundations of Cost-Sensitive
    Learning", IJCAI 2001). The order of the images does not change.
    """
    bias = model.get_layer("probability").bias
    bias.assign(bias + np.log(share / (1 - share)))


def _is_over(history: tuple[Epoch, ...], recipe: Recipe) -> bool:
    if not history:
        return False
    if recipe.keep == LAST:
        return len(history) >= recipe.epochs
    return len(history) >= recipe.epochs or len(history) - best_epoch(history, recipe).epoch >= recipe.patience


def _digest(recipe: Recipe, *parts: Part) -> str:
    """Tells sets of images apart: SHA-256 over their pixels and labels."""
    digest = hashlib.sha256(str(recipe.image).encode())
    for part in parts:
        digest.update(part.images.tobytes() + part.labels.tobytes())
        if part.outlines is not None:
            digest.update(part.outlines.tobytes())
    return digest.hexdigest()


def _check_parts(train: Part, validation: Part | None = None) -> None:
    for name, part in (("training", train), *([("validation", validation)] if validation else [])):
        if part.labels.all() or not part.labels.any():
            raise ValueError(f"the {name} part needs images of both classes, got {len(part.labels)} of one")
