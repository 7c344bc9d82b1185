"""From measures to log-odds: scikit-learn's own answers, terms that add up, and plain numbers that come back."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from busi.model.reading import STRENGTH, ShapeReading, learn_reading
from busi.model.shape import MEASURES, Shape

RNG = np.random.default_rng(0)
MALIGNANT = RNG.random(80) < 0.4
VALUES = RNG.normal(2, 3, (80, len(MEASURES))) + 2 * MALIGNANT[:, None] * RNG.normal(size=len(MEASURES))
SHAPES = [Shape(*row) for row in VALUES]


def test_the_log_odds_are_those_of_scikit_learn():
    theirs = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000)).fit(VALUES, MALIGNANT)
    ours = learn_reading(SHAPES, MALIGNANT)
    np.testing.assert_allclose([ours.log_odds(shape) for shape in SHAPES], theirs.decision_function(VALUES), atol=1e-6)


def test_the_terms_add_up_and_each_is_its_measure():
    reading = learn_reading(SHAPES, MALIGNANT)
    terms = reading.terms(SHAPES[3])
    assert list(terms) == list(MEASURES)
    assert reading.log_odds(SHAPES[3]) == reading.base + sum(terms.values())
    usual = Shape(*reading.mean)
    assert reading.log_odds(usual) == pytest.approx(reading.base)
    one_more = Shape(*(reading.mean + np.eye(len(MEASURES))[4] * reading.spread))
    assert reading.terms(one_more)[MEASURES[4]] == pytest.approx(reading.weights[4])


def test_what_was_not_drawn_says_nothing_and_teaches_nothing():
    reading = learn_reading(SHAPES, MALIGNANT)
    assert reading.log_odds(None) == reading.base and set(reading.terms(None).values()) == {0.0}
    again = learn_reading([*SHAPES, None, None], np.append(MALIGNANT, [True, False]))
    assert again.to_dict() == reading.to_dict()


def test_plain_numbers_bring_it_back():
    reading = learn_reading(SHAPES, MALIGNANT)
    back = ShapeReading.from_dict(json.loads(json.dumps(reading.to_dict())))
    assert back.log_odds(SHAPES[0]) == reading.log_odds(SHAPES[0]) and back.to_dict() == reading.to_dict()


@pytest.mark.parametrize("damage", ["base", "measures", "name", "order", "nan", "spread", "text"])
def test_what_is_no_reading_is_refused(damage):
    saved = learn_reading(SHAPES, MALIGNANT).to_dict()
    measures = saved["measures"]
    if damage in saved:
        del saved[damage]
    elif damage == "name":
        measures["spikes"] = measures.pop("size")
    elif damage == "order":
        measures["size"] = measures.pop("size")
    elif damage == "nan":
        measures["size"]["weight"] = float("nan")
    elif damage == "spread":
        measures["size"]["spread"] = 0
    else:
        measures["size"]["mean"] = "large"
    with pytest.raises(ValueError, match="a reading must hold"):
        ShapeReading.from_dict(saved)


def test_one_class_alone_teaches_nothing():
    with pytest.raises(ValueError, match="two drawn lesions of each class, got 0 and 80"):
        learn_reading(SHAPES, np.zeros(80, bool))
    with pytest.raises(ValueError, match="got 1 and 1"):
        learn_reading([SHAPES[0], SHAPES[1], None], np.array([True, False, True]))
