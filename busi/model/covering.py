"""Where an answer comes from, found by covering parts of the picture and asking again.

    covered(image, seen)                    uint8 (N, H, W)          the picture, some squares of a grid covered
    occlusion(image, answer, cells)         float64 (cells, cells)   what the answer loses when a square is covered
    shapley(image, answer, cells, rounds)   float64 (cells, cells)   each square's fair share of the answer

Occlusion: M. Zeiler and R. Fergus, "Visualizing and Understanding Convolutional Networks", 2014,
https://arxiv.org/abs/1311.2901. Each square is covered alone; two that say the same hide each other, and both seem to
say nothing. Shapley values (L. Shapley, 1953) uncover the squares one after the other, in every order, and give each
the mean of what it added: they add up to the answer for the whole less that for a picture that is all covered. Of the
orders a few are drawn, each with its reverse (E. Strumbelj and I. Kononenko, "Explaining prediction models and
individual predictions with feature contributions", 2014, https://doi.org/10.1007/s10115-013-0679-x; R. Mitchell et al.,
"Sampling Permutations for Shapley Value Estimation", 2022, https://arxiv.org/abs/2104.12199). S. Lundberg and S.-I. Lee
named them SHAP in "A Unified Approach to Interpreting Model Predictions", 2017, https://arxiv.org/abs/1705.07874.

What covers is the picture itself, blurred until no lesion is left (`veil`): a black square would be seen as a shadow.
"""

from collections.abc import Callable, Iterator

import cv2
import numpy as np

Answer = Callable[[np.ndarray], np.ndarray]  # of images uint8 (N, H, W), scores (N,); log-odds add up best

BATCH = 32
BLUR = 1 / 6  # standard deviation of what covers, as a share of the image's width


def veil(image: np.ndarray) -> np.ndarray:
    """What a picture is covered with: itself without anything smaller than a third of it, uint8 (H, W).

    Args:
        image: uint8 (H, W).
    """
    return cv2.GaussianBlur(image, (0, 0), BLUR * image.shape[1], borderType=cv2.BORDER_REFLECT)


def covered(image: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """A picture of which some squares are seen and the others covered, several times.

    Args:
        image: uint8 (H, W).
        seen: bool (N, rows, columns), of a grid over the picture.

    Returns:
        uint8 (N, H, W).
    """
    height, width = image.shape
    rows, columns = (
        np.arange(length) * cells // length for length, cells in zip((height, width), seen.shape[1:], strict=True)
    )
    pixels = seen[:, rows[:, np.newaxis], columns]
    return np.where(pixels, image, veil(image))


def occlusion(image: np.ndarray, answer: Answer, cells: int) -> np.ndarray:
    """What the answer loses when one square alone is covered.

    Args:
        image: uint8 (H, W).
        answer: gives a score for each of several images.
        cells: squares to a side of the grid.

    Returns:
        float64 (cells, cells): above 0, the square spoke for a higher score.
    """
    count = cells * cells
    seen = np.concatenate([np.ones((1, count), bool), ~np.eye(count, dtype=bool)])
    whole, *without = _asked(image, answer, seen, cells)
    return whole - np.array(without).reshape(cells, cells)


def shapley(image: np.ndarray, answer: Answer, cells: int, rounds: int, seed: int = 0) -> np.ndarray:
    """Each square's share of the answer: what it adds where it is uncovered, over drawn orders and their reverses.

    Args:
        image: uint8 (H, W).
        answer: gives a score for each of several images.
        cells: squares to a side of the grid.
        rounds: orders that are drawn; each costs 2 (cells² - 1) answers.
        seed: of the orders.

    Returns:
        float64 (cells, cells), whose sum is the answer for the whole less that for a picture that is all covered.
    """
    count = cells * cells
    drawn = np.random.default_rng(seed).permuted(np.tile(np.arange(count), (rounds, 1)), axis=1)
    orders = np.concatenate([drawn, drawn[:, ::-1]])
    # Square p is seen after step n if it stands before n in the order: place[p] < n, for n from 0 to all.
    place = np.argsort(orders, axis=1)
    seen = place[:, np.newaxis, :] < np.arange(count + 1)[:, np.newaxis]
    between = seen[:, 1:-1].reshape(-1, count)
    nothing, all_of_it = _asked(image, answer, np.stack([np.zeros(count, bool), np.ones(count, bool)]), cells)
    scores = np.empty((len(orders), count + 1))
    scores[:, 0], scores[:, -1] = nothing, all_of_it
    scores[:, 1:-1] = _asked(image, answer, between, cells).reshape(len(orders), count - 1)
    added = np.diff(scores, axis=1)
    return np.take_along_axis(added, place, axis=1).mean(axis=0).reshape(cells, cells)


def _asked(image: np.ndarray, answer: Answer, seen: np.ndarray, cells: int) -> np.ndarray:
    """The answer for each of several ways of covering: float64 (N,), `seen` bool (N, cells²)."""
    grids = seen.reshape(-1, cells, cells)
    return np.concatenate([np.asarray(answer(covered(image, some)), np.float64) for some in _batches(grids)])


def _batches(grids: np.ndarray) -> Iterator[np.ndarray]:
    return (grids[start : start + BATCH] for start in range(0, len(grids), BATCH))
