"""The small network in NumPy alone, for whoever takes it home: what a notebook of the inquiry *Apprends-lui* holds.

`answer` computes what Keras does with the same weights; a test compares them.
"""

import numpy as np


def answer(picture: np.ndarray, weights: list[np.ndarray] | tuple[np.ndarray, ...]) -> float:
    """The log-odds of the second box for a picture.

    Args:
        picture: uint8 (H, W), gray, 64 x 64.
        weights: kernel and bias of three convolutions, then of the last unit, as Keras's `get_weights` gives them.

    Returns:
        A float.
    """
    maps = picture[..., np.newaxis] / 255 - 0.37  # (64, 64, 1), around zero
    for kernel, bias in zip(weights[0:6:2], weights[1:6:2]):  # noqa: B905, older Pythons know no strict
        padded = np.pad(maps, ((1, 1), (1, 1), (0, 0)))
        rows, columns = maps.shape[:2]
        sums = bias + sum(
            padded[i : i + rows, j : j + columns] @ kernel[i, j] for i in range(3) for j in range(3)
        )  # the kernel at each of its nine places
        sums = np.maximum(sums, 0)  # ReLU
        maps = sums.reshape(rows // 2, 2, columns // 2, 2, -1).max(axis=(1, 3))  # the largest of four
    return float(maps.ravel() @ weights[6][:, 0] + weights[7][0])
