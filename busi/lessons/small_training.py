"""A training small enough to be watched: a few thousand weights, simulated images, less than a minute.

    for state in train(Settings(images=240, rate="good", changes=True)):
        print(state.phase, state.rows[-1:])

Its network is a toy: three convolutions on 64 x 64 pixels. So that so small a thing can learn from so few images, the
cases are textbook ones: benign masses that are oval, well outlined, lying along the skin and casting no shadow;
malignant ones of irregular shape. Real masses mix far more, and nothing here says anything of real patients. What
carries over to a real training is what the curves do: few images are learned by heart, random changes help against
that, a step too small gets nowhere, and a step too large breaks everything.

The generator draws and trains only while somebody asks for its next state, in short pieces, and leaves all global
seeds alone, so it can run in a server beside other work. TensorFlow is imported when a training begins.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from busi.data.simulated import describe, label_of
from busi.images import ImageContract, standardise
from busi.model.metrics import rate
from busi.simulator import Lesion, simulate
from busi.system.ranges import check_number
from busi.words.classes import BENIGN, MALIGNANT

if TYPE_CHECKING:
    import keras

FIRST_SEED = 3_000_000  # beyond the held-out seeds of busi.data.simulated, and before its training seeds
SIDE = 64  # of what the network sees
WEIGHTS = 7937
DRAWN_SIDE = 128  # a quarter of the usual pixels, drawn in less than half of the time
VALIDATION_IMAGES = 160
SIZES = (12, 60, 240)
RATES = {"small": 1e-7, "good": 3e-3, "large": 0.3}
EPOCHS = 40
BATCH = 12
LIMIT = 50.0  # seconds after which nothing new is begun, drawing included: with the last step, less than 60
PACE = 0.15  # seconds that an epoch takes at least: the eye can follow, and other visitors get their turn

DRAWING, TRAINING, FINISHED, OUT_OF_TIME = "drawing", "training", "finished", "out_of_time"
LEARNS, BY_HEART, STILL, BROKEN, UNCLEAR = OUTCOMES = ("learns", "by_heart", "still", "broken", "unclear")

_MEAN_GRAY = 0.42  # of the drawn images, taken away so that the input lies around zero
_DRAWN_AT_ONCE = 8
_STILL_BELOW = 0.02  # the loss has not moved if it never was further than this from its start
_GAP = 0.2  # by heart from this difference of losses on
_BROKEN_FROM = 0.6  # a training loss still this high is no better than knowing how many are malignant (0.647)
_EXPLODED_FROM = 2.0  # three times the loss of who answers 50 % to everything


@dataclass(frozen=True)
class Settings:
    """What a visitor chooses before it starts.

    Attributes:
        images: to learn from, one of `SIZES`.
        rate: the learning rate to begin with, one of `RATES`; it falls to zero, as in the real training.
        changes: whether each image is changed at random each time it is shown, as in the real training.
        seed: of the starting weights, the order and the changes.
    """

    images: int = 12
    rate: str = "good"
    changes: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuses what is not offered.

        Raises:
            ValueError: naming the setting, what it may be and the value received.
        """
        if self.images not in SIZES:
            raise ValueError(f"images must be one of {', '.join(map(str, SIZES))}, got {self.images!r}")
        if self.rate not in RATES:
            raise ValueError(f"rate must be one of {', '.join(RATES)}, got {self.rate!r}")
        check_number("seed", self.seed, 0, 2**31 - 1, whole=True)


@dataclass(frozen=True)
class Row:
    """The network measured after an epoch; before the first one, epoch 0.

    Attributes:
        epoch: its number.
        loss: mean binary cross-entropy on the training images, unchanged.
        accuracy: share of them called right at 0.5.
        val_loss: as loss, on the validation images.
        val_accuracy: as accuracy, on the validation images.
        seconds: since the training was asked for.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


@dataclass(frozen=True)
class State:
    """Where a training stands.

    Attributes:
        settings: of the training.
        phase: DRAWING, TRAINING, FINISHED or OUT_OF_TIME.
        drawn: images drawn so far, of `to_draw`.
        rows: what was measured so far.
    """

    settings: Settings
    phase: str
    drawn: int = 0
    rows: tuple[Row, ...] = ()

    @property
    def to_draw(self) -> int:
        """Images that this training needs: its own and those of validation."""
        return self.settings.images + VALIDATION_IMAGES


def train(
    settings: Settings, limit: float = LIMIT, pace: float = PACE, clock: Callable[[], float] = time.monotonic
) -> Iterator[State]:
    """Draws the images that are missing, trains, and tells of every step on the way.

    Args:
        settings: what was chosen.
        limit: seconds after which nothing new is begun.
        pace: seconds that an epoch takes at least.
        clock: gives the time in seconds.

    Yields:
        The state after each few images and after each epoch; the last one is FINISHED or OUT_OF_TIME.
    """
    began = clock()

    def is_late() -> bool:
        return clock() - began >= limit

    state = State(settings, DRAWING)
    yield state
    positions = [*range(VALIDATION_IMAGES + settings.images)]
    for first in range(0, len(positions), _DRAWN_AT_ONCE):
        if is_late():
            yield replace(state, phase=OUT_OF_TIME)
            return
        chunk = positions[first : first + _DRAWN_AT_ONCE]
        already = picture.cache_info().misses
        for position in chunk:
            picture(position)
        state = replace(state, drawn=chunk[-1] + 1)
        if picture.cache_info().misses > already:  # what was kept from an earlier training needs no telling
            yield state
    yield from _epochs(state, is_late, lambda: clock() - began, pace)


def training_images(count: int) -> tuple[np.ndarray, np.ndarray]:
    """The images to learn from: uint8 (N, 64, 64), and their labels, bool (N,), true for malignant.

    Args:
        count: how many, one of `SIZES`.
    """
    return _images(range(VALIDATION_IMAGES, VALIDATION_IMAGES + count))


def validation_images() -> tuple[np.ndarray, np.ndarray]:
    """The images that the network is examined on: uint8 (N, 64, 64), bool (N,); the same for every training."""
    return _images(range(VALIDATION_IMAGES))


@lru_cache(maxsize=VALIDATION_IMAGES + max(SIZES))
def picture(position: int) -> np.ndarray:
    """A simulated textbook case as the network sees it, drawn once for each process: uint8 (S, S), S being `SIDE`.

    Args:
        position: in the album; those of validation come first.
    """
    seed = album()[position]
    lesion, scene = describe(seed)
    plain = replace(scene, rows=DRAWN_SIDE, columns=DRAWN_SIDE, calipers=False, text="")
    return standardise(simulate(lesion, plain, seed)[0], ImageContract(size=SIDE))


@lru_cache(maxsize=1)
def album() -> tuple[int, ...]:
    """The seeds of all the images, in order: 7 of each 20 in a row are malignant, and no seed comes twice."""
    chosen: list[int] = []
    for seed in count(FIRST_SEED):
        if len(chosen) == VALIDATION_IMAGES + max(SIZES):
            return tuple(chosen)
        label = label_of(seed)
        if label == label_of(FIRST_SEED + len(chosen)) and is_textbook(label, describe(seed)[0]):
            chosen.append(seed)
    raise AssertionError("the seeds never end")


def is_textbook(label: str, lesion: Lesion) -> bool:
    """Whether a lesion looks as textbooks say that its class does.

    Args:
        label: "benign" or "malignant".
        lesion: its description.
    """
    if label == MALIGNANT:
        return lesion.shape == "irregular"
    calm = lesion.orientation == "parallel" and lesion.posterior != "shadowing"
    return calm and (lesion.shape, lesion.margin) == ("oval", "circumscribed")


def always_benign() -> float:
    """The exactitude on the validation images of whoever answers benign to everything, in [0, 1]."""
    return sum(label_of(seed) == BENIGN for seed in album()[:VALIDATION_IMAGES]) / VALIDATION_IMAGES


def outcome(rows: tuple[Row, ...]) -> str:
    """What became of a training, read from its curves.

    Args:
        rows: of a training that has come to its end.

    Returns:
        STILL if the training loss has not moved; BROKEN if it exploded on the way, or the training images are not
        learned at the end; BY_HEART if they are, and the loss on validation is far above; LEARNS if the exactitude on
        validation is above that of always answering benign, by more than chance explains (95 % interval); else UNCLEAR.
    """
    first, last = rows[0], rows[-1]
    if all(abs(row.loss - first.loss) < _STILL_BELOW for row in rows):
        return STILL
    if not last.loss < _BROKEN_FROM or max(row.loss for row in rows) > _EXPLODED_FROM:
        return BROKEN
    if not last.val_loss - last.loss < _GAP:
        return BY_HEART
    right = round(last.val_accuracy * VALIDATION_IMAGES)
    return LEARNS if rate(right, VALIDATION_IMAGES).low > always_benign() else UNCLEAR


def tiny_network() -> "keras.Model":
    """Three convolutions and one unit, with the log-odds of malignant at its end.

    Returns:
        A model from float32 (N, 64, 64, 1) in [0, 1] to float32 (N, 1); `_Learner.begin` gives it its weights.
    """
    from keras import Input, Model, layers

    image = Input((SIDE, SIDE, 1))
    x = layers.Rescaling(1.0, offset=-_MEAN_GRAY)(image)
    for filters in (8, 16, 32):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer="zeros")(x)
        x = layers.MaxPooling2D()(x)  # at the end (N, 8, 8, 32)
    return Model(image, layers.Dense(1, kernel_initializer="zeros")(layers.Flatten()(x)))


def _images(positions: range) -> tuple[np.ndarray, np.ndarray]:
    labels = np.array([label_of(album()[position]) == MALIGNANT for position in positions])
    return np.stack([picture(position) for position in positions]), labels


def _epochs(state: State, is_late: Callable[[], bool], elapsed: Callable[[], float], pace: float) -> Iterator[State]:
    """The training itself, once the images are there."""
    settings = state.settings
    train, validation = (_as_input(*part) for part in (training_images(settings.images), validation_images()))
    rng = np.random.default_rng([settings.seed, 1])
    state = replace(state, phase=TRAINING, drawn=state.to_draw)
    with _borrowed(settings) as learner:
        for epoch in range(EPOCHS + 1):
            begun = elapsed()
            learner.slow_down(settings, epoch)
            for batch in _batches(len(train[0]), rng) if epoch else ():
                if is_late():
                    yield replace(state, phase=OUT_OF_TIME)
                    return
                learner.step(train[0][batch], train[1][batch])
            row = Row(epoch, *_measure(learner.answer, *train), *_measure(learner.answer, *validation), elapsed())
            state = replace(state, rows=(*state.rows, row), phase=FINISHED if epoch == EPOCHS else TRAINING)
            yield state
            time.sleep(max(0.0, min(pace, pace - (elapsed() - begun))))


def _as_input(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the network takes and what it should answer: float32 (N, 64, 64, 1) in [0, 1], float32 (N, 1)."""
    return images[..., np.newaxis].astype(np.float32) / 255, labels[:, np.newaxis].astype(np.float32)


def _batches(images: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Every image once, in a new order, a few at a time."""
    return np.split(rng.permutation(images), range(BATCH, images, BATCH))


class _Learner:
    """The network, its optimiser, and what is compiled for them, to be used for one training after the other."""

    def __init__(self, changes: bool) -> None:
        """Builds and compiles; `begin` makes it ready."""
        import keras
        import tensorflow as tf

        from busi.model.augment import AugmentationSettings, augmentation

        self.network = network = tiny_network()
        self.change = change = augmentation(AugmentationSettings()) if changes else None
        self.optimiser = optimiser = keras.optimizers.Adam()
        optimiser.build(network.trainable_variables)
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        images, truth = tf.TensorSpec((None, SIDE, SIDE, 1)), tf.TensorSpec((None, 1))

        @tf.function(input_signature=[images, truth])
        def step(batch: tf.Tensor | np.ndarray, labels: tf.Tensor | np.ndarray) -> None:
            shown = change(batch, training=True) if change else batch
            with tf.GradientTape() as tape:
                error = loss(labels, network(shown, training=True))
            gradients = tape.gradient(error, network.trainable_variables)
            optimiser.apply_gradients(zip(gradients, network.trainable_variables, strict=True))

        self.step, self.answer = step, tf.function(network, input_signature=[images])

    def begin(self, seed: int) -> None:
        """Starting weights, drawn anew (He et al. 2015); those of the last unit are zero, so at first it answers 50 %.

        Args:
            seed: of the weights and of the random changes.
        """
        from busi.model.augment import reseed

        rng = np.random.default_rng([seed, 0])
        for layer in self.network.layers:
            if hasattr(layer, "kernel"):
                spread = np.sqrt(2 / np.prod(layer.kernel.shape[:-1])) if layer.kernel.ndim == 4 else 0
                layer.kernel.assign(spread * rng.standard_normal(layer.kernel.shape))
                layer.bias.assign(np.zeros(layer.bias.shape))
        for variable in self.optimiser.variables:
            variable.assign(np.zeros(variable.shape))
        if self.change:
            reseed(self.change, seed)

    def slow_down(self, settings: Settings, epoch: int) -> None:
        """The learning rate of an epoch: from the chosen one to zero along half a cosine, as in the real training."""
        self.optimiser.learning_rate = RATES[settings.rate] * (1 + np.cos(np.pi * max(0, epoch - 1) / EPOCHS)) / 2


# TensorFlow keeps some of the memory of whatever it has compiled, so what is compiled is used again.
_RESTING: dict[bool, list[_Learner]] = {False: [], True: []}


@contextmanager
def _borrowed(settings: Settings) -> Iterator[_Learner]:
    """A learner that nobody else uses meanwhile, at its beginning."""
    resting = _RESTING[settings.changes]
    try:
        learner = resting.pop()
    except IndexError:
        learner = _Learner(settings.changes)
    try:
        learner.begin(settings.seed)
        yield learner
    finally:
        resting.append(learner)


def _measure(answer: Callable, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Loss and exactitude; at exactly 50 % the answer is benign."""
    log_odds = answer(images).numpy().astype(np.float64)
    loss = np.mean(np.logaddexp(0, log_odds) - labels * log_odds)
    return float(loss), float(np.mean((log_odds > 0) == (labels > 0)))
