"""Training shared out over several machines, by TensorFlow's tf.distribute.

The same command is given on each machine, with TF_CONFIG saying which machines there are and which one this is:

    TF_CONFIG='{"cluster": {"worker": ["10.0.0.1:2222", "10.0.0.2:2222"]}, "task": {"type": "worker", "index": 0}}'

Every machine has all images and the whole network. It learns from its share of each batch; the gradients of all are
added up before a step is taken, so the weights stay the same everywhere. What batch normalisation remembers, and the
running average with it, is seen by each machine in its own share: after each epoch the mean of that is taken. What is
decided after an epoch (which is best, whether to stop) is decided by the mean of what the machines measured, because
two processors may round differently.

The loop over the batches is ours, because Keras's own `fit` (3.15) stops at the first batch that lies on several
machines. The step is Keras's. A machine that is lost is not replaced: the others end with an error, and all go on
from the last epoch with --resume.

Source: https://www.tensorflow.org/guide/distributed_training
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf


@contextmanager
def _in_touch() -> Iterator[None]:
    """Says in one sentence that another machine is lost, where TensorFlow says it in twenty."""
    try:
        yield
    except (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError) as error:
        raise ConnectionError("another machine is lost; end all, then the same commands with --resume go on") from error


class Workers:
    """The machines that train together, seen from one of them.

    Attributes:
        count: how many.
        index: which of them this is, from 0.
    """

    def __init__(self, count: int, index: int) -> None:
        """Waits until all of them are there. To be made before TensorFlow computes anything.

        Args:
            count: of machines, as in TF_CONFIG.
            index: of this one.
        """
        self.count, self.index = count, index
        self.strategy = tf.distribute.MultiWorkerMirroredStrategy()
        self._model: keras.Model | None = None
        self._step: Callable[[Any], Mapping[str, Any]] = lambda _: {}  # made with the first model

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Models that are made, or loaded, within the block are shared by all machines.

        Raises:
            ConnectionError: if another machine is lost.
        """
        with _in_touch(), self.strategy.scope():
            yield

    @_in_touch()
    def fit_epoch(
        self, model: keras.Model, batches: tf.data.Dataset, callbacks: Sequence[keras.callbacks.Callback]
    ) -> None:
        """Shows a model every batch once, as `model.fit` does on one machine.

        Args:
            model: made in `scope`, and compiled.
            batches: the same on each machine; each takes its share. A batch that has not an image for every machine
                is left out; in one that cannot be shared out evenly, the images of a smaller share count a little more.
            callbacks: told of each step.

        Raises:
            ConnectionError: if another machine is lost.
        """
        enough = batches.filter(lambda images, *_: tf.shape(images)[0] >= self.count)
        listeners = keras.callbacks.CallbackList(list(callbacks), model=model, epochs=1, verbose=0)
        if self._model is not model:
            self._model, self._step = model, self._step_of(model, batches)
        model.reset_metrics()
        listeners.on_train_begin()
        listeners.on_epoch_begin(0)
        for number, batch in enumerate(self.strategy.experimental_distribute_dataset(enough)):
            listeners.on_train_batch_begin(number)
            listeners.on_train_batch_end(number, {name: self._here(value) for name, value in self._step(batch).items()})
        listeners.on_epoch_end(0)
        listeners.on_train_end()
        model.set_weights(self.mean(model.get_weights()))

    @_in_touch()
    def mean(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The mean over all machines of each array.

        Args:
            arrays: float, any shape, the same on each machine.

        Returns:
            Of the same shapes and types.

        Raises:
            ConnectionError: if another machine is lost.
        """

        def mean(mine: list[tf.Tensor]) -> list[tf.Tensor]:
            placed = [tf.identity(array) for array in mine]  # an argument lies nowhere yet
            return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.MEAN, placed)

        mine = [tf.constant(array) for array in arrays]
        return [array.numpy() for array in self.strategy.run(tf.function(mean), args=(mine,))]

    def mean_of(self, measured: Mapping[str, float]) -> dict[str, float]:
        """The mean over all machines of what each measured."""
        values = self.mean([np.array(list(measured.values()))])[0]
        return dict(zip(measured, (round(float(value), 6) for value in values), strict=True))

    def check_same(self, plan: str) -> None:
        """Makes sure that all machines are about to do the same.

        Args:
            plan: what this one is about to do.

        Raises:
            ValueError: on each machine, if they differ.
        """
        mine = np.zeros(self.count)
        mine[self.index] = int(hashlib.sha256(plan.encode()).hexdigest()[:8], 16)
        if len(np.unique(np.round(self.mean([mine])[0] * self.count))) > 1:
            raise ValueError("the machines must train with the same recipe, images and checkpoints, and they differ")

    def _here(self, value: tf.Tensor | tf.distribute.DistributedValues) -> float:
        """A number as this machine has it."""
        return float(self.strategy.experimental_local_results(value)[0])

    def _step_of(self, model: keras.Model, batches: tf.data.Dataset):
        """One step of a model on all machines."""
        blank = keras.tree.map_structure(lambda one: tf.zeros([1, *one.shape[1:]], one.dtype), batches.element_spec)
        images, truth, *weights = blank  # a real batch would draw from the chance that belongs to the epoch
        with self.scope():  # what is made at a first call must be made where the model was
            model.optimizer.build(model.trainable_variables)
            model.compute_loss(images, truth, model(images, training=False), *weights)
        return tf.function(lambda batch: self.strategy.run(model.train_step, args=(batch,)))


@cache
def workers() -> Workers | None:
    """The machines that TF_CONFIG names; None if there is no other than this one.

    Raises:
        ValueError: if TF_CONFIG is set and cannot be read.
    """
    config = os.environ.get("TF_CONFIG")
    if not config:
        return None
    count, index = _count_and_index(config)
    return Workers(count, index) if count > 1 else None


def _count_and_index(text: str) -> tuple[int, int]:
    """How many machines TF_CONFIG names, and which of them this one is."""
    try:
        config = json.loads(text)
        cluster, task = config["cluster"], config["task"]
        _check_config(cluster, task)
    except (KeyError, TypeError, ValueError) as error:
        rule = 'be {"cluster": {"worker": [addresses]}, "task": {"type": "worker", "index": number}}'
        raise ValueError(f"TF_CONFIG must {rule}, got {text!r} ({error!r})") from error
    return len(cluster["worker"]), task["index"]


def _check_config(cluster: Mapping[str, Any], task: Mapping[str, Any]) -> None:
    """Makes sure that there are workers and nothing else (no chief, no parameter server), and that this is one."""
    addresses, index = cluster["worker"], task["index"]
    if set(cluster) != {"worker"}:
        raise ValueError(f"only workers are known, not {', '.join(sorted(set(cluster) - {'worker'}))}")
    if not isinstance(addresses, list) or type(index) is not int:
        raise TypeError("a list and a whole number are needed")
    if task["type"] != "worker" or not 0 <= index < len(addresses):
        raise ValueError(f"there is no {task['type']} {index}")
