"""The outlines of experts as numbers: the table is measured again from BUSI, and gives the diagnosis away."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from busi.data.dataset import read_busi, usable
from busi.lessons.expert_outlines import FOLDS, MEASURES, expert_outlines, measured


def test_no_group_stands_in_two_folds_and_both_classes_are_in_each():
    table = expert_outlines()
    assert len(table) == 629 and table[list(MEASURES)].notna().all(axis=None)
    assert table.groupby("group")["fold"].nunique().max() == 1 and set(table["fold"]) == set(range(FOLDS))
    assert table.groupby("fold")["malignant"].nunique().min() == 2


def test_outlines_alone_give_the_diagnosis_away():
    table = expert_outlines()
    scores = np.empty(len(table))
    for fold in range(FOLDS):
        here = table["fold"] == fold
        seen = table.loc[~here, list(MEASURES)]
        mean, spread = seen.mean(), seen.std(ddof=0)
        fitted = LogisticRegression(C=1, max_iter=1000).fit((seen - mean) / spread, table.loc[~here, "malignant"])
        scores[here] = fitted.decision_function((table.loc[here, list(MEASURES)] - mean) / spread)
    assert roc_auc_score(table["malignant"], scores) > 0.985


@pytest.mark.busi
def test_the_table_is_what_is_measured(busi_folder, tmp_path):
    images = usable(read_busi(busi_folder, tmp_path).images).reset_index(drop=True)
    found, table = measured(images.iloc[:60]), expert_outlines()
    np.testing.assert_allclose(found[list(MEASURES)], table[list(MEASURES)].iloc[:60], atol=2e-3)
    assert (images["label"].eq("malignant").astype(int).to_numpy() == table["malignant"]).all()
