"""Numbers over folds and seeds: equal to scikit-learn's, with intervals that know of groups."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from busi.model.metrics import expected_calibration_error
from experiments.scores import gain, summary


def answers(seed: int, n: int = 200, per_group: int = 1, folds: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    malignant = np.random.default_rng(99).random(n // per_group) < 0.35
    probability = np.clip(rng.normal(np.where(malignant, 0.6, 0.4), 0.2), 0.01, 0.99)
    table = pd.DataFrame({"malignant": malignant, "probability": probability, "group": range(n // per_group)})
    table = table.loc[table.index.repeat(per_group)].reset_index(drop=True)
    return table.assign(
        image_id=[f"x{number:03d}" for number in range(len(table))],
        fold=table["group"] % folds,
        seed=seed,
        called=table["probability"] >= 0.5,
    )


def test_each_number_is_the_mean_over_seeds_of_scikit_learns():
    tables = [answers(1), answers(2)]
    found = summary(pd.concat(tables), draws=200)
    aucs = [
        np.mean([roc_auc_score(fold["malignant"], fold["probability"]) for _, fold in table.groupby("fold")])
        for table in tables
    ]
    assert found["auc"]["value"] == pytest.approx(np.mean(aucs), abs=1e-4)
    assert found["auc"]["seeds"] == pytest.approx(aucs, abs=1e-4)
    right = [(table["called"] == table["malignant"]).mean() for table in tables]
    assert found["accuracy"]["value"] == pytest.approx(np.mean(right), abs=1e-4)
    found_of = [table["called"][table["malignant"]].mean() for table in tables]
    assert found["sensitivity"]["value"] == pytest.approx(np.mean(found_of), abs=1e-4)
    spared = [1 - table["called"][~table["malignant"]].mean() for table in tables]
    assert found["specificity"]["value"] == pytest.approx(np.mean(spared), abs=1e-4)
    gaps = [expected_calibration_error(t["malignant"].to_numpy(), t["probability"].to_numpy()) for t in tables]
    assert found["ece"]["value"] == pytest.approx(np.mean(gaps), abs=1e-4)
    chance = found["ece"].pop("by_chance")
    assert 0 < chance["low"] < chance["value"] < chance["high"]
    for number in found.values():
        assert number["low"] <= number["value"] <= number["high"] and number["n"] == 200


def test_order_of_rows_does_not_matter_and_other_images_are_refused():
    table = pd.concat([answers(1), answers(2)])
    assert summary(table, draws=50) == summary(table.sample(frac=1, random_state=0), draws=50)
    with pytest.raises(ValueError, match="same images"):
        summary(table.iloc[:-1], draws=50)


def test_a_redrawn_fold_without_one_class_does_not_stop_it():
    table = answers(1, n=40, folds=10)
    assert summary(table, draws=100)["auc"]["n"] == 40


def test_the_pooled_auc_ranks_all_folds_in_one_list():
    """Two folds without fault whose networks give scores on other scales: each fold ranks right, the list does not."""
    table = answers(1, n=8, folds=2).assign(malignant=[False, False, True, True] * 2, fold=[0, 0, 0, 0, 1, 1, 1, 1])
    table["probability"] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    found = summary(table, draws=50)
    assert found["auc"]["value"] == 1
    assert found["pooled_auc"]["value"] == roc_auc_score(table["malignant"], table["probability"]) == 0.75


def test_some_of_the_numbers_are_what_they_are_among_all():
    table = pd.concat([answers(1), answers(2)])
    assert summary(table, draws=50, metrics=("auc",)) == {"auc": summary(table, draws=50)["auc"]}


def test_a_gain_is_the_mean_difference_of_scikit_learns_aucs_on_the_same_images():
    better = pd.concat([answers(1, folds=1), answers(2, folds=1)])
    worse = better.assign(probability=np.random.default_rng(5).permutation(better["probability"]))
    aucs = [
        [roc_auc_score(rows["malignant"], rows["probability"]) for _, rows in table.groupby("seed")]
        for table in (better, worse)
    ]
    found = gain(better, worse, draws=200)
    assert found["seeds"] == pytest.approx(np.subtract(*aucs), abs=1e-4) and found["n"] == 200
    assert found["value"] == pytest.approx(np.mean(np.subtract(*aucs)), abs=1e-4)
    assert found["low"] < found["value"] < found["high"]
    assert gain(better, better, draws=50) == {"value": 0, "low": 0, "high": 0, "n": 200, "seeds": [0, 0]}


def test_a_gain_over_other_seeds_or_other_images_is_refused():
    table = pd.concat([answers(1), answers(2)])
    with pytest.raises(ValueError, match="same seeds"):
        gain(table, table.assign(seed=table["seed"] + 1), draws=50)
    with pytest.raises(ValueError, match="same images"):
        gain(table, table[table["image_id"] != "x000"], draws=50)
