"""The network at another hospital, by group: what scikit-learn computes, and no lesion counted twice or not at all."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix, roc_auc_score

from busi.data.box import lesions
from busi.lessons.elsewhere import PROPERTIES, age_of, apart, groups_elsewhere, size_of, tissue_of, verification_of
from busi.model.metrics import Estimate, auc

GROUPS = {
    "tissue": {
        "fat": lambda table: table["tissue"].str.contains("fat"),
        "gland": lambda table: table["tissue"].str.contains("fibroglandular"),
        "unknown": lambda table: table["tissue"].isin(["", "lactating"]),
    },
    "size": {"small": lambda table: table["width_mm"] < 15, "large": lambda table: table["width_mm"] >= 15},
    "age": {
        "younger": lambda table: table["age"] < 50,
        "older": lambda table: table["age"] >= 50,
        "unknown": lambda table: table["age"].isna(),
    },
    "verification": {
        "biopsied": lambda table: table["verification"] == "biopsy",
        "followed": lambda table: table["verification"] == "follow-up",
    },
}


@pytest.fixture(scope="module")
def found(bundle):
    return groups_elsewhere(bundle)


@pytest.fixture(scope="module")
def answers(bundle) -> pd.DataFrame:
    rows = bundle.predictions[bundle.predictions["source"] == "breast"]
    return rows.set_index("image_id").join(lesions().set_index("image_id").drop(columns="label"))


@pytest.mark.parametrize("name", PROPERTIES)
def test_the_numbers_of_each_group_are_those_of_scikit_learn(bundle, found, answers, name):
    assert [group.name for group in found[name]] == list(GROUPS[name])
    for group in found[name]:
        rows = answers[GROUPS[name][group.name](answers)]
        malignant, given = rows["label"] == "malignant", rows["probability"]
        counted = confusion_matrix(malignant, given >= bundle.threshold, labels=[False, True]).tolist()
        of = group.counts
        assert [
            [of.true_negatives, of.false_positives],
            [of.false_negatives, of.true_positives],
        ] == counted
        assert (group.malignant, group.benign) == (malignant.sum(), (~malignant).sum())
        if malignant.any():
            assert group.auc.value == pytest.approx(roc_auc_score(malignant, given), abs=1e-12)
            assert group.auc == auc(malignant.to_numpy(), given.to_numpy(), np.arange(len(rows)))


def test_the_groups_of_a_property_hold_every_lesion_once(bundle, found):
    whole = bundle.confusion("breast")
    for groups in found.values():
        assert sum(group.malignant for group in groups) == whole.sensitivity().n == 98
        assert sum(group.benign for group in groups) == whole.specificity().n == 154
        assert sum(group.counts.false_positives for group in groups) == whole.false_positives


def test_where_nothing_was_malignant_there_is_no_auc(found):
    followed = found["verification"][-1]
    assert (followed.name, followed.malignant, followed.benign, followed.auc) == ("followed", 0, 55, None)


def test_what_is_not_known_is_told_so():
    assert tissue_of({"tissue": ""}) == tissue_of({"tissue": "lactating"}) == "unknown"
    assert tissue_of({"tissue": "lactating&heterogeneous: predominantly fat"}) == "fat"
    assert age_of({"age": float("nan")}) == size_of({"width_mm": float("nan")}) == "unknown"
    assert verification_of({"verification": ""}) == "unknown"
    assert (age_of({"age": 50.0}), size_of({"width_mm": 15.0})) == ("older", "large")


def test_an_answer_for_a_lesion_that_is_not_in_the_box_is_refused(bundle):
    renamed = bundle.predictions.assign(image_id=bundle.predictions["image_id"].replace("case001", "case999"))
    with pytest.raises(ValueError, match="got 'case999'"):
        groups_elsewhere(replace(bundle, predictions=renamed))


def test_numbers_are_apart_when_their_intervals_do_not_touch():
    low, high, between = Estimate(0.2, 0.1, 0.3, 9), Estimate(0.8, 0.7, 0.9, 9), Estimate(0.5, 0.3, 0.7, 9)
    assert apart(low, high) and apart(high, low)
    assert not apart(low, between) and not apart(between, high) and not apart(low, None)
