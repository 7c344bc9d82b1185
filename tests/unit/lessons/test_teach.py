"""Boxes that a visitor fills: which are ready or refused, what is told of an order, and the network in NumPy."""

from itertools import combinations

import numpy as np
import pytest

from busi.data.simulated import describe
from busi.lessons.album import labels, seeds
from busi.lessons.numpy_network import answer
from busi.lessons.small_training import learn
from busi.lessons.teach import (
    BRIGHTNESS,
    CLASS,
    EPOCHS,
    PROPERTIES,
    READY,
    SEEDS,
    SIZE,
    WALL,
    Boxes,
    concordance,
    others,
    presets,
    recorded,
    wall,
    watch,
)


def test_boxes_that_are_ready_hold_both_ends_of_what_they_are_named_after():
    brightness = [image.mean() for image in wall()]
    sizes = [lesion.size_mm / scene.width_mm for lesion, scene in (describe(seeds()[place]) for place in WALL)]
    for name, values in ((BRIGHTNESS, brightness), (SIZE, sizes), (CLASS, labels(WALL).tolist())):
        boxes = presets()[name]
        first, second = ([values[place] for place in box] for box in (boxes.first, boxes.second))
        assert len(first) == len(second) == READY and max(first) < min(second)
        between = [values[place] for place in range(len(WALL)) if place not in boxes.first + boxes.second]
        assert max(first) <= min(between) and max(between) <= min(second)


def test_nobody_has_sorted_what_is_sorted_at_the_end():
    seen = {image.tobytes() for image in wall()}
    assert len(seen) == len(WALL) == 36 and not seen & {image.tobytes() for image in others()}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((), ()),
        ((1,), (2, 3)),
        ((1, 2), (2, 3)),
        ((1, 1), (2, 3)),
        ((-1, 2), (3, 4)),
        ((1, 2), (3, 36)),
        (tuple(range(19)), (20, 21)),
    ],
)
def test_boxes_from_which_nothing_can_be_learned_are_refused(first, second):
    with pytest.raises(ValueError, match="must"):
        Boxes(first, second)


def test_concordance_counts_pairs_and_ties_for_half():
    rng = np.random.default_rng(0)
    values, answers = rng.integers(0, 5, 40), rng.integers(0, 6, 40).astype(float)
    scores = [
        0.5 if answers[i] == answers[j] else float((values[i] > values[j]) == (answers[i] > answers[j]))
        for i, j in combinations(range(40), 2)
        if values[i] != values[j]
    ]
    assert concordance(values, answers) == pytest.approx(np.mean(scores))
    assert concordance([1, 2, 3], np.array([0.1, 0.2, 0.3])) == 1
    assert concordance([1, 2, 3], np.array([0.3, 0.2, 0.1])) == 0


def test_a_run_comes_out_as_it_was_recorded_and_its_order_is_of_all_pictures():
    boxes = presets()[BRIGHTNESS]
    *before, last = watch(boxes)
    assert len(before) == EPOCHS - 1 and all(one.order is None and one.follows is None for one in before)
    assert sorted(last.order) == list(range(len(others())))
    brightness = others().mean(axis=(1, 2))[last.order]
    assert brightness[-20:].mean() > brightness[:20].mean() + 10
    for name in PROPERTIES:
        assert last.follows[name] == pytest.approx(recorded()[BRIGHTNESS][name][0], abs=0.04), (
            "another processor rounds otherwise"
        )


def test_the_story_shows_in_the_recorded_runs():
    """Sorted by size, brightness is followed more than size; sorted by diagnosis, darkness more than the diagnosis."""
    by_size, by_class = recorded()[SIZE], recorded()[CLASS]
    assert all(len(runs) == SEEDS for preset in recorded().values() for runs in preset.values())
    assert all(bright > size for bright, size in zip(by_size[BRIGHTNESS], by_size[SIZE], strict=True))
    assert all(1 - bright > kind for bright, kind in zip(by_class[BRIGHTNESS], by_class[CLASS], strict=True))


def test_the_network_in_numpy_answers_what_keras_answers():
    images = wall()[:6]
    *_, last = learn(images, np.arange(6) >= 3, {"same": images}, images[:0], epochs=3, seed=2)
    assert [answer(image, last.weights) for image in images] == pytest.approx(last.answers["same"], abs=1e-4)
    assert sum(part.size for part in last.weights) == 7937, "as the notebook says"
