"""Two scores added up: terms that sum exactly, weights by an independent fit."""

import json

import numpy as np
import pytest
from scipy.optimize import minimize

from busi.model.fusion import BASE, SUBJECTS, TERMS, WHOLE, LateFusion, fit_fusion
from busi.model.shape import FEATURES, Shape
from busi.model.shape_model import fit_shape_model

RNG = np.random.default_rng(4)
MALIGNANT = RNG.random(120) < 0.4
VALUES = RNG.normal(size=(120, len(FEATURES))) + 0.4 * MALIGNANT[:, None]
SHAPES = [*(Shape(*row) for row in VALUES[:-2]), None, None]
SEEN = RNG.normal(size=120) + 1.5 * MALIGNANT
FOLDS = np.arange(120) % 4
FUSION = fit_fusion(SEEN, SHAPES, MALIGNANT, FOLDS)


def test_every_measure_is_in_one_term():
    assert sorted(name for names in SUBJECTS.values() for name in names) == sorted(FEATURES)
    assert (BASE, WHOLE, *SUBJECTS) == TERMS


def test_the_terms_add_up_to_the_log_odds_exactly():
    for seen, shape in zip(SEEN, SHAPES, strict=True):
        terms = FUSION.terms(seen, shape)
        assert list(terms) == list(TERMS) and FUSION.log_odds(seen, shape) == sum(terms.values())
        expected = FUSION.base + FUSION.whole * seen + FUSION.outline * FUSION.shape_model.log_odds(shape)
        assert FUSION.log_odds(seen, shape) == pytest.approx(expected)


def test_where_nothing_is_drawn_the_whole_alone_speaks():
    terms = FUSION.terms(1.5, None)
    assert {name for name, value in terms.items() if value} == {BASE, WHOLE}


def test_both_count_alike_and_as_bold_as_their_errors_allow():
    outline = np.empty(120)
    for fold in range(4):  # its outlines are read by a model that the others taught
        others = np.flatnonzero(fold != FOLDS)
        model = fit_shape_model([SHAPES[row] for row in others], MALIGNANT[others])
        outline[fold::4] = [model.log_odds(shape) for shape in SHAPES[fold::4]]
    both = (SEEN + outline) / 2

    def misfit(numbers):
        odds = numbers[0] * both + numbers[1]
        return np.mean(np.logaddexp(0, np.where(MALIGNANT, -odds, odds)))

    scale, base = minimize(misfit, (1.0, 0.0)).x
    assert FUSION.whole == FUSION.outline == pytest.approx(scale / 2, rel=0.01)
    assert FUSION.base == pytest.approx(base, abs=0.01)
    assert FUSION.shape_model.to_dict() == fit_shape_model(SHAPES, MALIGNANT).to_dict()


def test_plain_numbers_bring_them_back():
    back = LateFusion.from_dict(json.loads(json.dumps(FUSION.to_dict())))
    assert back.terms(0.3, SHAPES[5]) == FUSION.terms(0.3, SHAPES[5])


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("whole", None, "fusion must hold"),
        ("shape_model", None, "a shape model must hold"),
        ("outline", -1, "must be 0 or more"),
        ("base", float("inf"), "must be 0 or more"),
        ("shape_model", {}, "a shape model must hold"),
    ],
)
def test_what_is_no_fusion_is_refused(name, value, told):
    saved = FUSION.to_dict()
    saved[name] = value
    with pytest.raises(ValueError, match=told):
        LateFusion.from_dict(saved)
    del saved[name]
    with pytest.raises(ValueError, match="fusion must hold"):
        LateFusion.from_dict(saved)
