"""A running average of a network's weights.

After each step the average moves a little towards the new weights. With few images single steps are noisy, and the
average of the last few epochs is a steadier and usually better network than the last step's; its validation curve
is smooth enough to choose an epoch by.

Source: B. Polyak and A. Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM J. Control Optim. 30
(1992) 838. The statistics of batch normalisation are averaged with the weights. Pure Keras.

Keras' optimizers can average too (`use_ema`), but otherwise: at one momentum from the first step on, so that the
starting weights stay in the average for long, and trainable weights alone, so that averaged weights would be measured
with the batch statistics of the last step.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np


class RunningAverage(keras.callbacks.Callback):
    """Follows a model while it trains, and lends it the average when it is measured or saved."""

    def __init__(self, decay: float) -> None:
        """Prepares.

        Args:
            decay: how much of the average stays at each step, in [0, 1); 0.98 remembers some 50 steps. The first
                steps use less, so that the average does not drag the starting weights along.

        Raises:
            ValueError: if the decay is out of range.
        """
        super().__init__()
        if not 0 <= decay < 1:
            raise ValueError(f"decay must be in [0, 1), got {decay!r}")
        self.decay = decay
        self.steps = 0
        self.values: list[np.ndarray] | None = None

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Moves the average towards the weights of this step."""
        self.steps += 1
        stays = min(self.decay, self.steps / (self.steps + 9))
        weights = [weight.numpy() for weight in self.model.weights]
        if self.values is None:
            self.values = [weight.copy() for weight in weights]
        for average, weight in zip(self.values, weights, strict=True):
            average += (1 - stays) * (weight - average)

    @contextmanager
    def lent_to(self, model: keras.Model) -> Iterator[None]:
        """Within the block the model has the averaged weights; after it, its own again."""
        own = model.get_weights()
        model.set_weights(self.values or own)
        try:
            yield
        finally:
            model.set_weights(own)
