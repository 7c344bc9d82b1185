"""A training small enough to be watched: a few thousand weights, simulated images, less than a minute.

    for state in train(Settings(images=240, rate="good", changes=True)):
        print(state.phase, state.rows[-1:])

Its network is a toy: three convolutions on 64 x 64 pixels. So that so small a thing can learn from so few images, the
cases are textbook ones: benign masses that are oval, well outlined, lying along the skin and casting no shadow;
malignant ones of irregular shape. Real masses mix far more, and nothing here says anything of real patients. What
carries over to a real training is what the curves do: few images are learned by heart, random changes help against
that, a step too small gets nowhere, and a step too large breaks everything.

The generator trains only while somebody asks for its next state, in short pieces, and leaves all global seeds alone,
so it can run in a server beside other work. A state carries the resting network: whoever pauses holds no turn, and goes
on later with the same numbers. The pictures are drawn beforehand (`album.py`). TensorFlow is imported when a training
begins.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from busi.lessons.album import SIDE, labels, pictures
from busi.model.metrics import rate
from busi.system.ranges import check_number, check_offered

if TYPE_CHECKING:
    import keras

WEIGHTS = 7937
VALIDATION_IMAGES = 160
SIZES = (12, 60, 240)
RATES = {"small": 1e-7, "good": 3e-3, "large": 0.3}
EPOCHS = 40
BATCH = 12
LIMIT = 50.0  # seconds after which nothing new is begun: with the last step, less than 60
PACE = 0.15  # seconds that an epoch takes at least: the eye can follow, and other visitors get their turn

TRAINING, PAUSED, FINISHED, OUT_OF_TIME = "training", "paused", "finished", "out_of_time"
LEARNS, BY_HEART, STILL, BROKEN, UNCLEAR = OUTCOMES = ("learns", "by_heart", "still", "broken", "unclear")

_MEAN_GRAY = 0.37  # of the drawn images, taken away so that the input lies around zero
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
        check_offered("images", self.images, SIZES)
        check_offered("rate", self.rate, RATES)
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
class Resting:
    """A network between two epochs, with all that decides how it goes on: some 100 kB.

    Attributes:
        weights: of the network.
        optimiser: what Adam remembers of the steps before.
        changes: where the random changes stand in what they draw.
        order: where the order of the images stands in it.
    """

    weights: tuple[np.ndarray, ...]
    optimiser: tuple[np.ndarray, ...]
    changes: tuple[np.ndarray, ...]
    order: Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """Where a training stands.

    Attributes:
        settings: of the training.
        phase: TRAINING, PAUSED, FINISHED or OUT_OF_TIME.
        rows: what was measured so far.
        resting: the network after the last of them, to go on with; None at the end.
    """

    settings: Settings
    phase: str
    rows: tuple[Row, ...] = ()
    resting: Resting | None = field(default=None, repr=False, compare=False)


def train(
    settings: Settings,
    limit: float = LIMIT,
    pace: float = PACE,
    clock: Callable[[], float] = time.monotonic,
    paused: State | None = None,
    epochs: int = EPOCHS,
) -> Iterator[State]:
    """Trains, and tells of every epoch; or goes on with a training that was paused, as if it never had been.

    Args:
        settings: what was chosen.
        limit: seconds after which nothing new is begun.
        pace: seconds that an epoch takes at least.
        clock: gives the time in seconds.
        paused: where to go on, a state with a `resting` network.
        epochs: after which it pauses, if it has not come to its end.

    Yields:
        The state after each epoch; the last one is FINISHED, OUT_OF_TIME or PAUSED.
    """
    began, before = clock(), paused.rows[-1].seconds if paused else 0.0
    seen, held = (_as_input(*part) for part in (training_images(settings.images), validation_images()))
    state = paused or State(settings, TRAINING)
    first = len(state.rows)
    last = min(EPOCHS, max(0, first - 1) + epochs)
    with _borrowed(settings) as learner:
        order = np.random.default_rng([settings.seed, 1])
        if state.resting:
            learner.wake(state.resting, order)
        for epoch in range(first, last + 1):
            begun = clock()
            learner.slow_down(settings, epoch)
            for batch in _batches(len(seen[0]), order) if epoch else ():
                if clock() - began >= limit:
                    yield replace(state, phase=OUT_OF_TIME)
                    return
                learner.step(seen[0][batch], seen[1][batch])
            row = Row(
                epoch, *_measure(learner.answer, *seen), *_measure(learner.answer, *held), before + clock() - began
            )
            phase = FINISHED if epoch == EPOCHS else PAUSED if epoch == last else TRAINING
            state = State(settings, phase, (*state.rows, row), None if phase == FINISHED else learner.rest(order))
            yield state
            time.sleep(max(0.0, min(pace, pace - (clock() - begun))))


@dataclass(frozen=True)
class Judged:
    """A small network after an epoch, asked about several sets of pictures.

    Attributes:
        epoch: its number, from 1.
        epochs: how many there will be.
        answers: log-odds of malignant, float64 (N,), by the name of each set.
        evidence: after the last epoch, for some pictures, what each of 8 x 8 places adds to the log-odds, float64
            (M, 8, 8): exact, their sum and the last unit's bias are the log-odds; else None.
        weights: after the last epoch, of the network, as Keras gives them; else none.
    """

    epoch: int
    epochs: int
    answers: Mapping[str, np.ndarray]
    evidence: np.ndarray | None = None
    weights: tuple[np.ndarray, ...] = ()


def learn(
    images: np.ndarray,
    malignant: np.ndarray,
    asked: Mapping[str, np.ndarray],
    looked_at: np.ndarray,
    epochs: int,
    seed: int = 0,
) -> Iterator[Judged]:
    """Trains the small network on given pictures, without random changes, and tells what it answers on the way.

    Args:
        images: uint8 (N, 64, 64), to learn from.
        malignant: bool (N,).
        asked: uint8 (N, 64, 64) each, by a name; nothing is learned from them.
        looked_at: uint8 (M, 64, 64), whose evidence is wanted at the end.
        epochs: how many; the rate falls to zero over them along half a cosine.
        seed: of the starting weights and of the order.

    Yields:
        A state after each epoch.
    """
    settings = Settings(seed=seed)
    seen, labels = _as_input(images, malignant)
    others = {name: _as_input(some, np.zeros(len(some)))[0] for name, some in asked.items()}
    with _borrowed(settings) as learner:
        order = np.random.default_rng([seed, 1])
        for epoch in range(1, epochs + 1):
            learner.optimiser.learning_rate = RATES[settings.rate] * (1 + np.cos(np.pi * (epoch - 1) / epochs)) / 2
            for batch in _batches(len(seen), order):
                learner.step(seen[batch], labels[batch])
            answers = {name: learner.answer(some).numpy()[:, 0].astype(np.float64) for name, some in others.items()}
            if epoch < epochs:
                yield Judged(epoch, epochs, answers)
                continue
            looked = _as_input(looked_at, np.zeros(len(looked_at)))[0]
            evidence = learner.evidence(looked) if len(looked) else None
            yield Judged(epoch, epochs, answers, evidence, tuple(learner.network.get_weights()))


def training_images(count: int) -> tuple[np.ndarray, np.ndarray]:
    """The images to learn from: uint8 (N, 64, 64), and their labels, bool (N,), true for malignant.

    Args:
        count: how many, one of `SIZES`.
    """
    return _images(range(VALIDATION_IMAGES, VALIDATION_IMAGES + count))


def validation_images() -> tuple[np.ndarray, np.ndarray]:
    """The images that the network is examined on: uint8 (N, 64, 64), bool (N,); the same for every training."""
    return _images(range(VALIDATION_IMAGES))


def always_benign() -> float:
    """The exactitude on the validation images of whoever answers benign to everything, in [0, 1]."""
    return float(1 - labels(range(VALIDATION_IMAGES)).mean())


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
    return pictures(positions), labels(positions)


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

    def evidence(self, images: np.ndarray) -> np.ndarray:
        """What each place adds to the log-odds: float64 (N, 8, 8); their sum and the bias of the last unit are these.

        Args:
            images: float32 (N, 64, 64, 1) in [0, 1].
        """
        *below, _, last = self.network.layers[1:]  # the last unit sees all places in a row
        maps = images
        for layer in below:
            maps = layer(maps)
        maps = np.asarray(maps, np.float64)
        return (maps * np.asarray(last.kernel).reshape(maps.shape[1:])).sum(axis=-1)

    def rest(self, order: np.random.Generator) -> Resting:
        """All that it takes to go on later, in another learner too.

        Args:
            order: what draws the order of the images.
        """
        held = (self.network.variables, self.optimiser.variables, self._draws())
        weights, optimiser, changes = (tuple(variable.numpy().copy() for variable in group) for group in held)
        return Resting(weights, optimiser, changes, order.bit_generator.state)

    def wake(self, resting: Resting, order: np.random.Generator) -> None:
        """Goes on where a network rested.

        Args:
            resting: from `rest`.
            order: what is to draw the order of the images.
        """
        variables = (*self.network.variables, *self.optimiser.variables, *self._draws())
        for variable, value in zip(variables, (*resting.weights, *resting.optimiser, *resting.changes), strict=True):
            variable.assign(value)
        order.bit_generator.state = resting.order

    def _draws(self) -> list:
        """Where each random change stands in what it draws."""
        layers = self.change.layers if self.change else ()
        return [layer.generator.state for layer in layers if getattr(layer, "generator", None) is not None]

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
