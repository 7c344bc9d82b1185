"""The live training, trained: what it tells, when it stops and goes on, and the stories that it is there to show."""

import itertools
import threading
from dataclasses import replace

import numpy as np
import pytest

from busi.lessons import small_training
from busi.lessons.small_training import (
    BY_HEART,
    EPOCHS,
    FINISHED,
    OUT_OF_TIME,
    PAUSED,
    STILL,
    TRAINING,
    Settings,
    outcome,
    train,
)
from tests.support.small_trainings import short_trainings


@pytest.fixture
def few():
    with short_trainings():
        yield


def test_a_training_tells_of_every_epoch_and_measures_before_the_first(few):
    states = list(train(Settings(images=12), pace=0))
    assert [state.rows[-1].epoch for state in states] == [0, 1, 2, 3]
    assert [state.phase for state in states] == [TRAINING] * 3 + [FINISHED]
    first = states[-1].rows[0]
    assert first.loss == first.val_loss == pytest.approx(np.log(2), abs=1e-6), "at first it answers 50 % to everything"
    assert first.val_accuracy == 8 / 12, "and 50 % is called benign"
    assert all(state.resting for state in states[:-1]) and states[-1].resting is None


@pytest.mark.parametrize("changes", [False, True])
def test_a_paused_training_goes_on_as_if_it_never_had_been(few, changes):
    """Through one epoch at a time, another visitor's training between, and a learner of its own."""
    settings = Settings(images=12, changes=changes, seed=5)
    whole = list(train(settings, pace=0))[-1]
    (*_, state) = train(settings, pace=0, epochs=1)
    assert (state.phase, len(state.rows)) == (PAUSED, 2)
    list(train(Settings(images=12, changes=changes, seed=9), pace=0, epochs=1))
    small_training._RESTING[changes].clear()
    (state,) = train(settings, pace=0, paused=state, epochs=1)
    assert (state.phase, len(state.rows)) == (PAUSED, 3)
    (*_, state) = train(settings, pace=0, paused=state)
    assert state.phase == FINISHED
    for one, other in zip(state.rows, whole.rows, strict=True):
        given, expected = ((row.loss, row.accuracy, row.val_loss, row.val_accuracy) for row in (one, other))
        assert given == pytest.approx(expected, rel=1e-5)
    seconds = [row.seconds for row in state.rows]
    assert seconds == sorted(seconds)


def test_the_numbers_would_differ_if_anything_were_forgotten(few):
    """The optimiser's memory and the order of the images count, not the weights alone."""
    settings = Settings(images=12, changes=True, seed=5)
    (*_, state) = train(settings, pace=0, epochs=2)
    expected = list(train(settings, pace=0, paused=state))[-1].rows[-1].loss
    resting = state.resting
    nothing = tuple(np.zeros_like(value) for value in resting.optimiser)
    order = np.random.default_rng(99).bit_generator.state
    draws = tuple(value + 1 for value in resting.changes)
    for forgotten in ({"optimiser": nothing}, {"order": order}, {"changes": draws}):
        other = replace(state, resting=replace(resting, **forgotten))
        assert list(train(settings, pace=0, paused=other))[-1].rows[-1].loss != pytest.approx(expected, rel=1e-5)


def test_what_rests_is_small(few):
    (*_, state) = train(Settings(images=12, changes=True), pace=0, epochs=1)
    arrays = (*state.resting.weights, *state.resting.optimiser, *state.resting.changes)
    assert sum(array.nbytes for array in arrays) < 120_000


def test_the_same_seed_gives_the_same_curves_and_another_one_others(few):
    def curve(seed: int) -> list[float]:
        return [row.loss for row in list(train(Settings(images=12, changes=True, seed=seed), pace=0))[-1].rows]

    assert curve(5) == pytest.approx(curve(5), rel=1e-3)
    assert curve(5) != pytest.approx(curve(6), rel=1e-3)


def test_nothing_is_begun_after_the_deadline_and_what_was_done_can_go_on(few):
    before = list(train(Settings(images=12), limit=0))
    assert [state.phase for state in before] == [TRAINING, OUT_OF_TIME], "measured, and no step taken"
    ticks = itertools.count()  # the clock goes on by one second each time it is read
    states = list(train(Settings(images=12), limit=12, pace=0, clock=lambda: float(next(ticks))))
    assert states[-1].phase == OUT_OF_TIME and 0 < len(states[-1].rows) < 4
    later = list(train(Settings(images=12), pace=0, paused=states[-1]))[-1]
    whole = list(train(Settings(images=12), pace=0))[-1]
    assert [row.loss for row in later.rows] == pytest.approx([row.loss for row in whole.rows], rel=1e-5)


def test_a_closed_training_leaves_nothing_running_and_hands_back_what_it_used(few):
    list(train(Settings(images=12), pace=0))
    before, threads = len(small_training._RESTING[False]), threading.active_count()
    training = train(Settings(images=12), pace=0)
    next(training)
    assert len(small_training._RESTING[False]) == before - 1
    training.close()
    assert list(training) == [] and threading.active_count() == threads
    assert len(small_training._RESTING[False]) == before


def test_two_trainings_at_once_do_not_mix(few):
    alone = [list(train(Settings(images=12, seed=seed), pace=0))[-1].rows for seed in (1, 2)]
    pairs = list(
        zip(train(Settings(images=12, seed=1), pace=0), train(Settings(images=12, seed=2), pace=0), strict=True)
    )
    for number, rows in enumerate(alone):
        expected = [row.loss for row in rows]
        assert [row.loss for row in pairs[-1][number].rows] == pytest.approx(expected, rel=1e-3)


def test_the_seeds_of_others_are_left_alone(few):
    import keras
    import tensorflow as tf

    def drawn() -> tuple[float, float]:
        return float(np.random.rand()), float(tf.random.uniform(()))

    keras.utils.set_random_seed(3)
    expected = drawn()
    keras.utils.set_random_seed(3)
    list(train(Settings(images=12), pace=0))
    assert drawn() == expected


@pytest.mark.parametrize(("settings", "expected"), [(Settings(), BY_HEART), (Settings(rate="small"), STILL)])
def test_two_of_the_stories_do_happen(settings, expected):
    """The other stories take longer."""
    last = list(train(settings, pace=0))[-1]
    assert last.phase == FINISHED and len(last.rows) == EPOCHS + 1
    assert outcome(last.rows) == expected
