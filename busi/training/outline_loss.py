"""How far a drawn outline is from the true one, for the two networks that learn to draw."""

import keras
import tensorflow as tf


def entropy_and_dice(truth: tf.Tensor, drawn: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Cross-entropy at each place, and how well the drawn lesion covers the true one (Dice).

    Args:
        truth: float32 (N, H, W, 1) in [0, 1].
        drawn: the same, as a network drew it.

    Returns:
        Two tensors float32 (N,): the mean of the entropy, and Dice's coefficient, 1 where both are the same.
    """
    drawn = keras.ops.clip(drawn, 1e-6, 1 - 1e-6)
    places = (1, 2, 3)
    entropy = -keras.ops.mean(truth * keras.ops.log(drawn) + (1 - truth) * keras.ops.log(1 - drawn), axis=places)
    both = keras.ops.sum(truth * drawn, axis=places)
    dice = (2 * both + 1) / (keras.ops.sum(truth, axis=places) + keras.ops.sum(drawn, axis=places) + 1)
    return entropy, dice
