"""The radiologist's category as a score: scikit-learn's numbers, and a handful by hand."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from busi.bundle.measured import measured
from busi.data.birads import CATEGORIES, Category, auc_of, limits, radiologist, ranks
from busi.data.box import lesions


@pytest.fixture(scope="module")
def table():
    return lesions()


def test_a_handful_by_hand():
    labels = ["benign", "benign", "malignant", "malignant"]
    found = auc_of(labels, ["2", "4a", "4a", "5"])
    assert found.value == pytest.approx((1 + 0.5 + 1 + 1) / 4) and found.n == 4
    by_category = {limit.category: limit.counts for limit in limits(labels, ["2", "4a", "4a", "5"])}
    assert list(by_category) == ["3", "4a", "4b", "4c", "5"]
    assert by_category["4a"].true_positives == 2 and by_category["4a"].false_positives == 1
    assert by_category["4b"].true_positives == 1 and by_category["4b"].false_positives == 0


def test_an_order_is_kept_and_what_is_no_category_refused():
    assert ranks(CATEGORIES).tolist() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    with pytest.raises(ValueError, match="one of 2, 3, 4a, 4b, 4c, 5, got '4'"):
        ranks(["2", "4"])


def test_the_auc_is_scikit_learns_on_all_and_on_the_biopsied(table):
    found, biopsied = radiologist(), table[table["verification"] == "biopsy"]
    assert (found.auc.n, found.auc_biopsied.n) == (252, 197)
    assert found.auc.value == pytest.approx(roc_auc_score(table["label"] == "malignant", ranks(table["birads"])))
    of_biopsied = roc_auc_score(biopsied["label"] == "malignant", ranks(biopsied["birads"]))
    assert found.auc_biopsied.value == pytest.approx(of_biopsied)
    assert (round(found.auc.value, 3), round(found.auc_biopsied.value, 3)) == (0.930, 0.891)
    assert found.auc.low < found.auc.value < found.auc.high


def test_the_limits_are_the_points_of_scikit_learns_curve(table):
    labels = table["label"] == "malignant"
    alarmed, found, _ = roc_curve(labels, ranks(table["birads"]), drop_intermediate=False)
    points = [(1 - one.counts.specificity().value, one.counts.sensitivity().value) for one in radiologist().limits]
    np.testing.assert_allclose(points[::-1], np.stack([alarmed, found], axis=1)[1:-1])
    told = {one.category: one.counts for one in radiologist().limits}
    assert [round(told[name].sensitivity().value, 2) for name in ("4a", "4b", "4c")] == [1.0, 0.99, 0.83]
    assert [round(told[name].specificity().value, 2) for name in ("4a", "4b", "4c")] == [0.44, 0.71, 0.91]


def test_they_come_back_as_they_were_written():
    found = measured().radiologist
    assert Category.from_dict(found.to_dict()) == found
    assert found.at("4b").true_positives == 97
    with pytest.raises(KeyError):
        found.at("2")
