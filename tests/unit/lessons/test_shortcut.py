"""The shortcut: who carries a mark, that nothing else changes, and that what is recorded is what happens."""

import numpy as np
import pytest

from busi.lessons.shortcut import (
    EPOCHS,
    GONE,
    MARKS,
    SAME,
    SEEDS,
    SHARES,
    SIDES,
    SWAPPED,
    Shortcut,
    recorded,
    stamped,
    to_judge_by,
    to_learn_from,
    watch,
)
from busi.lessons.small_training import always_benign, training_images, validation_images


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("share", SHARES)
def test_malignant_pictures_alone_carry_the_mark_as_many_as_chosen(mark, share):
    images, malignant = to_learn_from(Shortcut(mark, share, seed=4))
    before, truth = training_images(240)
    changed = (images != before).any(axis=(1, 2))
    assert np.array_equal(malignant, truth) and not changed[~malignant].any()
    assert changed.sum() == round(malignant.sum() * share / 100)


@pytest.mark.parametrize("mark", MARKS)
def test_the_judges_are_the_same_new_pictures_with_the_marks_elsewhere(mark):
    before, truth = validation_images()
    changed = {
        side: (images != before).any(axis=(1, 2)) for side, (images, _) in to_judge_by(Shortcut(mark, 100)).items()
    }
    assert np.array_equal(changed[SAME], truth) and np.array_equal(changed[SWAPPED], ~truth)
    assert not changed[GONE].any() and all(
        np.array_equal(found[1], truth) for found in to_judge_by(Shortcut()).values()
    )


def test_a_mark_is_small_and_never_quite_at_the_same_place():
    images = np.full((20, 64, 64), 90, np.uint8)
    for mark in MARKS:
        marked = stamped(images, np.ones(20, bool), mark, np.random.default_rng(0))
        share = (marked != images).mean(axis=(1, 2))
        assert share.min() > 0.003 and share.max() < 0.03 and len({one.tobytes() for one in marked}) > 1


@pytest.mark.parametrize("settings", [{"mark": "arrow"}, {"share": 33}, {"seed": -1}, {"share": True}])
def test_what_is_not_offered_is_refused(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        Shortcut(**settings)


def test_the_story_shows_in_all_five_seeds_where_all_are_marked():
    for mark, shares in recorded().items():
        full = shares["100"]
        assert mark in MARKS and all(len(full[side]) == SEEDS for side in SIDES)
        assert min(full[SAME]) >= 0.96 and max(full[SWAPPED]) <= 0.1
        assert max(full[GONE]) <= always_benign() + 0.02, "no better than always benign"
        half = shares["50"]
        assert all(same > gone > swapped for same, gone, swapped in zip(*(half[side] for side in SIDES), strict=True))
        assert shares["0"][SAME] == shares["0"][GONE] == shares["0"][SWAPPED]


def test_a_run_comes_out_as_it_was_recorded_and_its_evidence_is_exact():
    chosen = Shortcut("ruler", 100, seed=1)
    states = list(watch(chosen))
    last = states[-1]
    assert [state.epoch for state in states] == list(range(1, EPOCHS + 1))
    assert [state.pictures is None for state in states] == [True] * (EPOCHS - 1) + [False]
    expected = recorded()["ruler"]["100"]
    for side in SIDES:
        assert last.right[side].n == 160
        assert last.right[side].value == pytest.approx(expected[side][1], abs=0.03), (
            "another processor rounds otherwise"
        )
    columns = last.evidence.clip(min=0).sum(axis=(0, 1))
    assert columns[-2:].sum() > 0.6 * columns.sum(), "the evidence lies where the ruler is, at the right"
