"""The live training: what it draws, what it tells, when it stops, and the stories that it is there to show."""

import itertools
import threading
from dataclasses import replace

import numpy as np
import pytest

from busi.data.simulated import HELD_OUT, HELD_OUT_IMAGES, describe, label_of
from busi.data.simulated import TRAINING as FIRST_TRAINING_SEED
from busi.lessons import small_training
from busi.lessons.small_training import (
    BROKEN,
    BY_HEART,
    DRAWING,
    EPOCHS,
    FINISHED,
    LEARNS,
    OUT_OF_TIME,
    SIZES,
    STILL,
    TRAINING,
    UNCLEAR,
    VALIDATION_IMAGES,
    WEIGHTS,
    Row,
    Settings,
    album,
    always_benign,
    is_textbook,
    outcome,
    picture,
    tiny_network,
    train,
    training_images,
    validation_images,
)
from busi.simulator import Lesion
from busi.words.classes import BENIGN, MALIGNANT


@pytest.fixture
def few(monkeypatch):
    """Trainings of three epochs on few images, so that a test takes no time."""
    monkeypatch.setattr(small_training, "EPOCHS", 3)
    monkeypatch.setattr(small_training, "VALIDATION_IMAGES", 12)
    album.cache_clear()
    yield
    album.cache_clear()


def rows_of(*losses: tuple[float, float], accuracy: float = 0.65) -> tuple[Row, ...]:
    return tuple(Row(epoch, seen, 0.7, held, accuracy, 1.0) for epoch, (seen, held) in enumerate(losses))


def test_no_seed_is_one_that_the_shipped_network_learned_from_or_is_examined_on():
    seeds = album()
    assert len(set(seeds)) == len(seeds) == VALIDATION_IMAGES + max(SIZES) == 400
    for first in HELD_OUT.values():
        assert not set(seeds) & set(range(first, first + HELD_OUT_IMAGES))
    assert max(seeds) < FIRST_TRAINING_SEED


def test_every_case_is_a_textbook_one_and_seven_of_twenty_are_malignant():
    labels = [label_of(seed) for seed in album()]
    assert all(is_textbook(label_of(seed), describe(seed)[0]) for seed in album())
    assert all(labels[at : at + 20].count(MALIGNANT) == 7 for at in range(0, 400, 20))
    assert always_benign() == labels[:VALIDATION_IMAGES].count(BENIGN) / VALIDATION_IMAGES == 0.65
    for size in SIZES:
        taught = labels[VALIDATION_IMAGES : VALIDATION_IMAGES + size]
        assert {BENIGN, MALIGNANT} == set(taught)


def test_what_a_textbook_case_is():
    calm = Lesion(shape="oval", margin="circumscribed", angle_deg=0, posterior_db=0)
    assert is_textbook(BENIGN, calm)
    for change in ({"shape": "round"}, {"margin": "indistinct"}, {"angle_deg": 80}, {"posterior_db": -8}):
        assert not is_textbook(BENIGN, replace(calm, **change))
    assert is_textbook(MALIGNANT, Lesion(shape="irregular")) and not is_textbook(MALIGNANT, calm)


def test_training_and_validation_share_no_image(few):
    seen, labels = training_images(12)
    held, _ = validation_images()
    assert seen.shape == (12, 64, 64) and seen.dtype == np.uint8 and labels.dtype == bool
    assert len({image.tobytes() for image in (*seen, *held)}) == 24


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


def test_the_measures_are_those_of_the_network(few):
    class Tensor:
        def numpy(self) -> np.ndarray:
            return np.array([[2.0], [0.0], [-1.0], [0.5]])

    def answer(images: np.ndarray) -> Tensor:
        return Tensor()

    labels = np.array([[1.0], [0.0], [1.0], [0.0]])
    loss, accuracy = small_training._measure(answer, np.zeros((4, 64, 64, 1)), labels)
    given = [1 / (1 + np.exp(-2)), 0.5, 1 / (1 + np.exp(1)), 1 - 1 / (1 + np.exp(-0.5))]
    assert loss == pytest.approx(-np.log(given).mean()) and accuracy == 0.5


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


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (rows_of((0.69, 0.69), (0.685, 0.685), (0.68, 0.68)), STILL),
        (rows_of((0.69, 0.69), (0.65, 0.65), (0.65, 0.65)), BROKEN),
        (rows_of((0.69, 0.69), (44.0, 50.0), (0.01, 3.0), accuracy=0.9), BROKEN),
        (rows_of((0.69, 0.69), (0.4, 0.6), (float("nan"), float("nan"))), BROKEN),
        (rows_of((0.69, 0.69), (0.3, 0.6), (0.01, 1.4), accuracy=0.78), BY_HEART),
        (rows_of((0.69, 0.69), (0.4, 0.45), (0.3, 0.35), accuracy=0.85), LEARNS),
        (rows_of((0.69, 0.69), (0.5, 0.6), (0.5, 0.6), accuracy=0.70), UNCLEAR),
    ],
)
def test_the_curves_are_read_as_a_person_would(rows, expected):
    assert outcome(rows) == expected


@pytest.mark.parametrize(("settings", "expected"), [(Settings(), BY_HEART), (Settings(rate="small"), STILL)])
def test_two_of_the_stories_do_happen(settings, expected):
    """The other stories take longer."""
    last = list(train(settings, pace=0))[-1]
    assert last.phase == FINISHED and len(last.rows) == EPOCHS + 1
    assert outcome(last.rows) == expected


def test_the_network_is_as_small_as_the_page_says():
    assert tiny_network().count_params() == WEIGHTS


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"images": 13}, "images must be one of 12, 60, 240, got 13"), ({"rate": "huge"}, "rate"), ({"seed": -1}, "seed")],
)
def test_settings_that_are_not_offered_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        Settings(**wrong)
