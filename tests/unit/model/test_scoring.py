"""From what a network puts out to an answer: by the whole image alone, or with the drawn outline."""

import cv2
import numpy as np
import pytest

from busi.model.metrics import apply_temperature
from busi.model.scoring import Scoring, shapes_of
from busi.model.shape import read_shape
from tests.support.fusion import some_fusion

RNG = np.random.default_rng(2)
IMAGES = np.uint8(RNG.normal(120, 20, (3, 64, 64)).clip(0, 255))
PROPORTIONS = [0.7, 1.0, 1.2]
SEEN = np.float32([[0.2], [0.9], [0.5]])


def drawn() -> np.ndarray:
    maps = np.zeros((3, 32, 32, 1), np.float32)
    for number in (0, 1):
        cv2.ellipse(maps[number, ..., 0], (15, 14), (8, 4 + 2 * number), 0, 0, 360, 1, -1)
    return maps


def test_the_whole_alone_is_softened_by_the_temperature():
    found = Scoring(1.7).score(SEEN, IMAGES, PROPORTIONS)
    np.testing.assert_array_equal(found.probability, apply_temperature(SEEN[:, 0], 1.7))
    np.testing.assert_allclose(found.whole, np.log(SEEN[:, 0] / (1 - SEEN[:, 0])), atol=1e-6)
    assert found.outlines is None and found.shapes == (None, None, None)


def test_both_scores_are_added_and_where_nothing_is_drawn_the_shape_model_is_silent():
    fusion, maps = some_fusion(), drawn()
    found = Scoring(1.7, fusion).score({"probability": SEEN, "outline": maps}, IMAGES, PROPORTIONS)
    shapes = [read_shape(*each) for each in zip(maps[..., 0], IMAGES, PROPORTIONS, strict=True)]
    assert found.shapes == tuple(shapes) == shapes_of(maps[..., 0], IMAGES, PROPORTIONS) and shapes[2] is None
    odds = [fusion.log_odds(whole, shape) for whole, shape in zip(found.whole, shapes, strict=True)]
    np.testing.assert_allclose(np.log(found.probability / (1 - found.probability)), odds, atol=1e-9)
    np.testing.assert_array_equal(found.outlines, maps[..., 0])


def test_a_network_that_draws_may_be_answered_by_the_whole_alone():
    found = Scoring(1.0).score({"probability": SEEN, "outline": drawn()}, IMAGES, PROPORTIONS)
    np.testing.assert_allclose(found.probability, SEEN[:, 0], atol=1e-6)
    assert found.shapes[0] is not None


def test_a_shape_model_without_outlines_is_refused():
    with pytest.raises(ValueError, match="the network draws none"):
        Scoring(1.0, some_fusion()).score(SEEN, IMAGES, PROPORTIONS)
