"""The live training, trained: what it tells, when it stops, and the stories that it is there to show."""

import itertools
import threading

import numpy as np
import pytest

from busi.lessons import small_training
from busi.lessons.small_training import (
    BY_HEART,
    DRAWING,
    EPOCHS,
    FINISHED,
    OUT_OF_TIME,
    STILL,
    TRAINING,
    Settings,
    outcome,
    picture,
    train,
)
from tests.support.small_trainings import short_trainings


@pytest.fixture
def few():
    with short_trainings():
        yield


def test_a_training_tells_of_every_step_and_measures_before_the_first(few):
    picture.cache_clear()
    states = list(train(Settings(images=12), pace=0))
    drawing = [state for state in states if state.phase == DRAWING]
    assert [state.drawn for state in drawing] == [0, 8, 16, 24]
    trained = states[len(drawing) :]
    assert [state.rows[-1].epoch for state in trained] == [0, 1, 2, 3]
    assert [state.phase for state in trained] == [TRAINING] * 3 + [FINISHED]
    first = trained[-1].rows[0]
    assert first.loss == first.val_loss == pytest.approx(np.log(2), abs=1e-6), "at first it answers 50 % to everything"
    assert first.val_accuracy == 8 / 12, "and 50 % is called benign"


def test_images_are_drawn_once(few):
    list(train(Settings(images=12), pace=0))
    again = list(train(Settings(images=12, seed=1), pace=0))
    assert [state.phase for state in again].count(DRAWING) == 1


def test_the_same_seed_gives_the_same_curves_and_another_one_others(few):
    def curve(seed: int) -> list[float]:
        return [row.loss for row in list(train(Settings(images=12, changes=True, seed=seed), pace=0))[-1].rows]

    assert curve(5) == pytest.approx(curve(5), rel=1e-3)
    assert curve(5) != pytest.approx(curve(6), rel=1e-3)


def test_nothing_is_begun_after_the_deadline_neither_drawing_nor_a_step(few):
    picture.cache_clear()
    assert list(train(Settings(images=12), limit=0))[-1].phase == OUT_OF_TIME
    assert picture.cache_info().currsize == 0, "no image was drawn"
    list(train(Settings(images=12), pace=0))
    ticks = itertools.count()  # the clock goes on by one second each time it is read
    states = list(train(Settings(images=12), limit=12, pace=0, clock=lambda: float(next(ticks))))
    assert states[-1].phase == OUT_OF_TIME and 0 < len(states[-1].rows) < 4


def test_a_closed_training_leaves_nothing_running_and_hands_back_what_it_used(few):
    list(train(Settings(images=12), pace=0))
    before, threads = len(small_training._RESTING[False]), threading.active_count()
    training = train(Settings(images=12), pace=0)
    while next(training).phase == DRAWING:
        pass
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
