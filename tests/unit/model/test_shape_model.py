"""From measures to log-odds: scikit-learn's own answers, terms that add up, and plain numbers that come back."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from busi.model.shape import FEATURES, Shape
from busi.model.shape_model import STRENGTH, ShapeModel, fit_shape_model

RNG = np.random.default_rng(0)
MALIGNANT = RNG.random(80) < 0.4
VALUES = RNG.normal(2, 3, (80, len(FEATURES))) + 2 * MALIGNANT[:, None] * RNG.normal(size=len(FEATURES))
SHAPES = [Shape(*row) for row in VALUES]


def test_the_log_odds_are_those_of_scikit_learn():
    theirs = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000)).fit(VALUES, MALIGNANT)
    ours = fit_shape_model(SHAPES, MALIGNANT)
    np.testing.assert_allclose([ours.log_odds(shape) for shape in SHAPES], theirs.decision_function(VALUES), atol=1e-6)


def test_the_terms_add_up_and_each_is_its_measure():
    model = fit_shape_model(SHAPES, MALIGNANT)
    terms = model.terms(SHAPES[3])
    assert list(terms) == list(FEATURES)
    assert model.log_odds(SHAPES[3]) == model.base + sum(terms.values())
    usual = Shape(*model.mean)
    assert model.log_odds(usual) == pytest.approx(model.base)
    one_more = Shape(*(model.mean + np.eye(len(FEATURES))[4] * model.spread))
    assert model.terms(one_more)[FEATURES[4]] == pytest.approx(model.weights[4])


def test_what_was_not_drawn_says_nothing_and_teaches_nothing():
    model = fit_shape_model(SHAPES, MALIGNANT)
    assert model.log_odds(None) == model.base and set(model.terms(None).values()) == {0.0}
    again = fit_shape_model([*SHAPES, None, None], np.append(MALIGNANT, [True, False]))
    assert again.to_dict() == model.to_dict()


def test_plain_numbers_bring_it_back():
    model = fit_shape_model(SHAPES, MALIGNANT)
    back = ShapeModel.from_dict(json.loads(json.dumps(model.to_dict())))
    assert back.log_odds(SHAPES[0]) == model.log_odds(SHAPES[0]) and back.to_dict() == model.to_dict()


@pytest.mark.parametrize("damage", ["base", "features", "name", "order", "nan", "spread", "text"])
def test_what_is_no_shape_model_is_refused(damage):
    saved = fit_shape_model(SHAPES, MALIGNANT).to_dict()
    features = saved["features"]
    if damage in saved:
        del saved[damage]
    elif damage == "name":
        features["spikes"] = features.pop("size")
    elif damage == "order":
        features["size"] = features.pop("size")
    elif damage == "nan":
        features["size"]["weight"] = float("nan")
    elif damage == "spread":
        features["size"]["spread"] = 0
    else:
        features["size"]["mean"] = "large"
    with pytest.raises(ValueError, match="a shape model must hold"):
        ShapeModel.from_dict(saved)


def test_one_class_alone_teaches_nothing():
    with pytest.raises(ValueError, match="two drawn lesions of each class, got 0 and 80"):
        fit_shape_model(SHAPES, np.zeros(80, bool))
    with pytest.raises(ValueError, match="got 1 and 1"):
        fit_shape_model([SHAPES[0], SHAPES[1], None], np.array([True, False, True]))
