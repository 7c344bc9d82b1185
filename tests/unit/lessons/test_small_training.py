"""The live training: what it draws, what it tells, when it stops, and the stories that it is there to show."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import ExifTags, Image

from busi.data.simulated import HELD_OUT, HELD_OUT_IMAGES, describe, label_of
from busi.data.simulated import TRAINING as FIRST_TRAINING_SEED
from busi.lessons import album, small_training
from busi.lessons.album import PICTURES, draw, is_textbook, pictures
from busi.lessons.small_training import (
    BROKEN,
    BY_HEART,
    LEARNS,
    SIZES,
    STILL,
    UNCLEAR,
    VALIDATION_IMAGES,
    WEIGHTS,
    Row,
    Settings,
    always_benign,
    outcome,
    tiny_network,
    training_images,
    validation_images,
)
from busi.simulator import Lesion, Scene
from busi.words.classes import BENIGN, MALIGNANT
from tests.support.small_trainings import short_trainings


@pytest.fixture
def few():
    with short_trainings():
        yield


def rows_of(*losses: tuple[float, float], accuracy: float = 0.65) -> tuple[Row, ...]:
    return tuple(Row(epoch, seen, 0.7, held, accuracy, 1.0) for epoch, (seen, held) in enumerate(losses))


def test_no_seed_is_one_that_the_shipped_network_learned_from_or_is_examined_on():
    seeds = album.seeds()
    assert len(set(seeds)) == len(seeds) == PICTURES == VALIDATION_IMAGES + max(SIZES) == 400
    for first in HELD_OUT.values():
        assert not set(seeds) & set(range(first, first + HELD_OUT_IMAGES))
    assert max(seeds) < FIRST_TRAINING_SEED


def test_every_case_is_a_textbook_one_and_seven_of_twenty_are_malignant():
    labels = [label_of(seed) for seed in album.seeds()]
    assert album.labels(range(PICTURES)).tolist() == [label == MALIGNANT for label in labels]
    assert all(is_textbook(label_of(seed), *describe(seed)) for seed in album.seeds())
    assert all(labels[at : at + 20].count(MALIGNANT) == 7 for at in range(0, 400, 20))
    assert always_benign() == labels[:VALIDATION_IMAGES].count(BENIGN) / VALIDATION_IMAGES == 0.65
    for size in SIZES:
        taught = labels[VALIDATION_IMAGES : VALIDATION_IMAGES + size]
        assert {BENIGN, MALIGNANT} == set(taught)


def test_what_a_textbook_case_is():
    scene = Scene(width_mm=40)
    calm = Lesion(shape="oval", margin="circumscribed", angle_deg=0, posterior_db=0, echo_db=-16, size_mm=14)
    wild = replace(calm, shape="irregular", margin="angular")
    assert is_textbook(BENIGN, calm, scene) and is_textbook(MALIGNANT, wild, scene)
    for change in ({"shape": "round"}, {"margin": "indistinct"}, {"angle_deg": 80}, {"posterior_db": -8}):
        assert not is_textbook(BENIGN, replace(calm, **change), scene)
    assert not is_textbook(MALIGNANT, calm, scene)
    for label, lesion in ((BENIGN, calm), (MALIGNANT, wild)):
        for unseen in ({"echo_db": -8}, {"size_mm": 5}):
            assert not is_textbook(label, replace(lesion, **unseen), scene), "on 64 pixels nobody could see it"


@pytest.mark.parametrize("position", [0, 19, 20, 187, 399])
def test_the_pictures_that_were_drawn_beforehand_are_those_of_their_seeds(position):
    """Of corners, rows' ends and the middle: what WebP loses lies between the two, and other pictures are far away."""
    anew, (kept,), (other,) = draw(position), pictures([position]), pictures([(position + 7) % PICTURES])
    away, from_another = (float(np.abs(np.int16(anew) - one).mean()) for one in (kept, other))
    assert away < 5 < 25 < from_another
    assert np.corrcoef(anew.ravel(), kept.ravel())[0, 1] > 0.99


def test_the_sheet_says_in_its_file_that_it_is_simulated():
    with Image.open(album.SHEET) as sheet:
        assert "simulated" in sheet.getexif()[ExifTags.Base.ImageDescription]


def test_training_and_validation_share_no_image(few):
    seen, labels = training_images(12)
    held, _ = validation_images()
    assert seen.shape == (12, 64, 64) and seen.dtype == np.uint8 and labels.dtype == bool
    assert len({image.tobytes() for image in (*seen, *held)}) == 24


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


def test_the_network_is_as_small_as_the_page_says():
    assert tiny_network().count_params() == WEIGHTS


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"images": 13}, "images must be one of 12, 60, 240, got 13"), ({"rate": "huge"}, "rate"), ({"seed": -1}, "seed")],
)
def test_settings_that_are_not_offered_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        Settings(**wrong)


def test_what_the_places_add_and_the_last_bias_are_the_log_odds():
    images, malignant = training_images(12)
    asked = {"same": images[:3]}
    *_, last = small_training.learn(images, malignant, asked, images[:3], epochs=2, seed=5)
    learner = small_training._RESTING[False][-1]
    bias = float(np.asarray(learner.network.layers[-1].bias)[0])
    assert last.epoch == last.epochs == 2 and last.evidence.shape == (3, 8, 8)
    np.testing.assert_allclose(last.evidence.sum(axis=(1, 2)) + bias, last.answers["same"], atol=1e-4)
