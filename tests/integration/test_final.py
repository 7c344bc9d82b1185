"""The half "final" is asked once, of networks whose every choice was made at home."""

import json
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from experiments import final
from experiments.final import SEEDS, main
from experiments.hospitals import breast_half
from tests.support.drawings import write_busi
from tests.support.looks import rows_of


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return write_busi(tmp_path_factory.mktemp("data") / "Dataset_BUSI_with_GT", per_class=30).parent


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """Folds of three seeds at home, and networks that need no training."""
    trials = tmp_path / "trials"
    trials.mkdir()
    for seed in SEEDS:
        for fold in range(5):
            rows = rows_of(30, 10 * seed + fold, f"fold {fold}", fold=fold).assign(seed=seed)
            rows.to_csv(trials / f"grouped-{fold}-{seed}.csv", index=False)
    half = breast_half("final")

    def answered(trial, table, part, networks, recipe):
        assert table["image_id"].tolist() == half["image_id"].tolist()
        told = rows_of(len(half), 70 + trial.seed)
        return told.assign(seed=trial.seed, image_id=half["image_id"], group=half["group"])

    monkeypatch.setattr(final, "drawing_stage", lambda recipe, runs: None)
    monkeypatch.setattr(final, "learned_from_all", lambda images, recipe, runs: None)
    monkeypatch.setattr(final, "breast_part", lambda rows, contract: None)
    monkeypatch.setattr(final, "asked", answered)
    monkeypatch.setattr("experiments.scores.BOOTSTRAP_DRAWS", 100)
    return tmp_path


def run(here: Path, data: Path) -> int:
    given = ["--data", str(data), "--trials", str(here / "trials"), "--runs", str(here / "runs")]
    return main([*given, "--out", str(here / "final.json")])


def test_it_is_asked_of_three_seeds_once_and_never_again(here, data, monkeypatch, capsys):
    assert run(here, data) == 0
    found = json.loads((here / "final.json").read_text("utf-8"))["final"]
    whole = [pd.read_csv(here / "runs" / f"final-0-{seed}.csv") for seed in SEEDS]
    expected = [roc_auc_score(rows["malignant"], rows["whole"]) for rows in whole]
    assert found["whole"]["auc"]["seeds"] == pytest.approx(expected, abs=1e-4)
    assert found["whole"]["auc"]["n"] == 126 and set(found["both"]) == set(final.MEASURES)
    before = (here / "final.json").read_bytes()
    monkeypatch.setattr(final, "asked", None)  # whoever asks fails
    capsys.readouterr()
    assert run(here, data) == 0 and "asked before" in capsys.readouterr().out
    monkeypatch.setitem(final.RECIPES[final.DEFAULT], "epochs", 7)
    assert run(here, data) == 2 and "not written over" in capsys.readouterr().err
    assert (here / "final.json").read_bytes() == before


def test_without_all_answers_at_home_nothing_is_asked(here, data, monkeypatch, capsys):
    (here / "trials" / "grouped-3-1.csv").unlink()
    monkeypatch.setattr(final, "asked", None)
    assert run(here, data) == 2 and "lacks answers of the folds" in capsys.readouterr().err
    assert not (here / "final.json").exists()
