"""Maps that come from covering: against exact Shapley values, and answers of which one knows where they come from."""

from itertools import combinations
from math import comb

import numpy as np
import pytest

from busi.model.covering import covered, occlusion, shapley, veil

RNG = np.random.default_rng(5)
IMAGE = np.kron(RNG.integers(0, 256, (6, 6), np.uint8), np.ones((8, 8), np.uint8))


def exactly(image, answer, cells):
    """By the definition, over all subsets."""
    count = cells * cells
    value = {}
    for size in range(count + 1):
        for subset in combinations(range(count), size):
            seen = np.isin(np.arange(count), subset).reshape(1, cells, cells)
            value[subset] = float(answer(covered(image, seen))[0])
    shares = np.zeros(count)
    for one in range(count):
        for subset in (subset for subset in value if one not in subset):
            weight = 1 / (count * comb(count - 1, len(subset)))
            shares[one] += weight * (value[tuple(sorted((*subset, one)))] - value[subset])
    return shares.reshape(cells, cells)


def by_products(images):
    """Squares that count together: the first with the second, and the third alone."""
    means = images.reshape(len(images), 3, 16, 3, 16).mean(axis=(2, 4)) / 255
    return means[:, 0, 0] * means[:, 0, 1] * 4 + np.tanh(3 * means[:, 2, 2]) + means[:, 1, 1] ** 2 * means[:, 2, 2]


def test_what_is_covered_is_the_veil_and_what_is_seen_the_picture():
    seen = np.zeros((2, 3, 3), bool)
    seen[1, 0, 2] = True
    none, one = covered(IMAGE, seen)
    assert np.array_equal(none, veil(IMAGE)) and np.array_equal(one[:16, 32:], IMAGE[:16, 32:])
    assert np.array_equal(one[16:], veil(IMAGE)[16:]) and veil(IMAGE).std() < 0.5 * IMAGE.std()


def test_squares_share_every_pixel_even_where_they_do_not_divide_the_picture():
    image = np.full((50, 47), 200, np.uint8)
    image[20:30, 20:27] = 0
    shown = [covered(image, seen[np.newaxis])[0] for seen in np.eye(49, dtype=bool).reshape(49, 7, 7)]
    changed = np.sum([one != veil(image) for one in shown], axis=0)
    assert changed.max() == 1 and np.array_equal(changed == 1, image != veil(image))


def test_drawn_orders_come_near_the_exact_shares():
    expected = exactly(IMAGE, by_products, 3)
    assert shapley(IMAGE, by_products, 3, rounds=400) == pytest.approx(expected, abs=0.02)
    assert np.abs(expected).max() > 0.1


def test_shares_add_up_and_a_square_that_does_nothing_has_none():
    found = shapley(IMAGE, by_products, 3, rounds=2)
    whole, nothing = by_products(np.stack([IMAGE, veil(IMAGE)]))
    assert found.sum() == pytest.approx(whole - nothing, abs=1e-12)
    idle = [(0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]
    assert [found[place] for place in idle] == [0] * 5


def test_of_a_sum_both_maps_are_the_summands():
    weights = RNG.normal(size=(4, 4))

    def summed(images):
        return (images.reshape(len(images), 4, 12, 4, 12).mean(axis=(2, 4)) * weights).sum(axis=(1, 2))

    change = (IMAGE.astype(float) - veil(IMAGE)).reshape(4, 12, 4, 12).mean(axis=(1, 3))
    for found in (occlusion(IMAGE, summed, 4), shapley(IMAGE, summed, 4, rounds=1)):
        assert found == pytest.approx(change * weights, abs=1e-9)


def test_two_squares_that_say_the_same_hide_each_other_from_occlusion_alone():
    def either(images):
        return np.maximum(*(images[:, :24, part].mean(axis=(1, 2)) for part in (slice(24), slice(24, None))))

    image = np.zeros((48, 48), np.uint8)
    image[:24] = 200
    assert occlusion(image, either, 2).max() < 0.05 * shapley(image, either, 2, rounds=50).max()
