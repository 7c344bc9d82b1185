"""The scores of networks that look and draw: nothing is fitted, calibrated or chosen on the image that is judged."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from busi.data.parts import Part
from busi.model.shape import FEATURES
from busi.model.shape_model import STRENGTH
from busi.training.recipe import Recipe
from experiments import drawn_quality
from experiments.drawn_quality import BOTH, LOOKS, OUTLINE, WHOLE, answers_away, asked, scored
from experiments.overlap import mean_over_seeds
from experiments.protocols import Trial
from tests.support.looks import rows_of

MEASURES = list(FEATURES)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.concat(rows_of(40, fold, f"fold {fold}", fold=fold) for fold in range(4)).reset_index(drop=True)


def read_by(learned: pd.DataFrame, asked: pd.DataFrame) -> np.ndarray:
    """Log-odds by the outline, by scikit-learn alone."""
    mean, spread = learned[MEASURES].mean(), learned[MEASURES].std(ddof=0)
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit(
        (learned[MEASURES] - mean) / spread, learned["malignant"]
    )
    return fitted.decision_function((asked[MEASURES] - mean) / spread)


def test_the_outline_of_a_fold_is_read_by_what_the_others_taught(rows):
    told = scored(rows)
    for fold in range(4):
        here, others = rows[rows["fold"] == fold], rows[rows["fold"] != fold]
        outline = read_by(others, here)
        of_fold = {look: told[look][told[look]["fold"] == fold] for look in LOOKS}
        for look, odds in {OUTLINE: outline, WHOLE: here["whole"], BOTH: here["whole"] + outline}.items():
            expected = roc_auc_score(here["malignant"], odds)
            assert roc_auc_score(here["malignant"], of_fold[look]["probability"]) == pytest.approx(expected)
            assert of_fold[look]["threshold"].nunique() == 1


@pytest.mark.parametrize("look", LOOKS)
def test_the_threshold_finds_nine_of_ten_malignant_ones_of_the_other_folds_and_never_saw_its_own(rows, look):
    turned = rows.copy()
    turned.loc[turned["fold"] == 2, "malignant"] ^= True  # were its truth used, its scores would change
    before, after = (scored(table)[look].query("fold == 2") for table in (rows, turned))
    pd.testing.assert_frame_equal(before.drop(columns="malignant"), after.drop(columns="malignant"))
    told = scored(rows)[look]
    found = told.loc[told["malignant"], "called"].mean()
    assert 0.8 < found < 1


def test_where_there_are_no_folds_the_images_that_were_learned_from_choose(rows):
    judges = rows_of(30, 9, "judge", inner=-1)
    whole = pd.concat([judges, rows.assign(fold=0, inner=rows["fold"])])
    told = scored(whole)
    odds = judges["whole"] + read_by(rows, judges)
    assert list(told[BOTH]["image_id"]) == list(judges["image_id"])
    assert roc_auc_score(judges["malignant"], told[BOTH]["probability"]) == roc_auc_score(judges["malignant"], odds)


def test_away_each_folds_networks_are_a_seed_and_home_chooses(rows):
    away = pd.concat(rows_of(20, 30 + fold, "away", fold=fold) for fold in range(4))
    told = answers_away(away, rows)[OUTLINE]
    for fold, (_, of_network) in enumerate(told.groupby("seed")):
        asked = away[away["fold"] == fold]
        expected = roc_auc_score(asked["malignant"], read_by(rows, asked))
        assert roc_auc_score(of_network["malignant"], of_network["probability"]) == pytest.approx(expected)
        assert (of_network["called"] == (of_network["probability"] >= of_network["threshold"])).mean() > 0.99


def test_where_nothing_is_drawn_the_whole_alone_speaks(rows):
    nothing = rows.copy()
    nothing.loc[5, MEASURES] = np.nan
    told = {look: table.set_index("image_id") for look, table in scored(nothing).items()}
    name = nothing.loc[5, "image_id"]
    assert all(0 < told[look].loc[name, "probability"] < 1 for look in LOOKS)


def test_the_overlap_of_what_is_drawn_is_that_of_the_outlined_images_alone(monkeypatch):
    """Two discs of the same size, of which the drawn one is half as far away as it is wide, and one without outline."""
    rows, columns = np.mgrid[:64, :64]
    true, shifted = (np.hypot(rows - 32, columns - middle) < 16 for middle in (32, 48))
    outlines = np.stack([true, true, np.zeros_like(true)])
    part = Part(np.zeros((3, 64, 64), np.uint8), np.ones(3, bool), (), np.uint8(outlines) * 255, np.ones(3))
    maps = np.stack([true, shifted, true]).astype(np.float32)
    monkeypatch.setattr(drawn_quality, "maps_of", lambda *_: maps)
    monkeypatch.setattr(drawn_quality, "predict_part", lambda *_: np.full(3, 0.5))
    table = pd.DataFrame({"image_id": ["a", "b", "c"], "group": [0, 1, 2]})
    trial = Trial("grouped", 1, 2, table, table.iloc[:0], table)
    told = asked(trial, table, part, (None, None), Recipe())
    shared = 2 * (true & shifted).sum() / (true.sum() + shifted.sum())
    assert told["dice"].round(9).tolist()[:2] == [1, round(shared, 9)] and np.isnan(told["dice"][2])
    number = mean_over_seeds(pd.concat([told, told.assign(seed=3)]))
    assert number["value"] == pytest.approx((1 + shared) / 2) and number["n"] == 2 and len(number["seeds"]) == 2
