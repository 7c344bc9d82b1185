"""Levers at home and away: who learned from what, and a run that goes on where it stopped."""

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments import travel
from experiments.travel import FOLDS, main, numbers_of, trials_of
from tests.support.drawings import write_busi
from tests.support.looks import rows_of


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return write_busi(tmp_path_factory.mktemp("data") / "Dataset_BUSI_with_GT", per_class=30).parent


def run(here: Path, *more: str) -> int:
    return main(["--runs", str(here / "runs"), "--out", str(here / "out.json"), *more])


def test_a_trial_learns_from_all_but_its_fold():
    images = pd.DataFrame({"label": ["benign", "malignant"] * 60, "group": [number // 4 for number in range(120)]})
    seen = []
    for trial in trials_of(images, range(FOLDS), seed=3):
        assert not set(trial.learn["group"]) & set(trial.judge["group"]) and len(trial.validation) == 0
        assert len(trial.learn) + len(trial.judge) == 120 and trial.seed == 3
        seen += trial.judge.index.tolist()
    assert sorted(seen) == list(range(120))


def test_folds_that_are_there_are_not_trained_again(data, tmp_path, monkeypatch, capsys):
    asked = []

    def answered(trial, recipe, folder, stages):
        asked.append((trial.fold, recipe.rehearsal, recipe.seed, stages))
        if trial.fold == 2 and len(asked) < 3:
            raise OSError("no space left")
        return rows_of(12, trial.fold, fold=trial.fold)

    monkeypatch.setattr(travel, "drawing_stage", lambda recipe, runs: None)
    monkeypatch.setattr(travel, "run_trial", answered)
    given = ("--data", str(data), "--lever", "a few simulated images", "--folds", "1", "2")
    assert run(tmp_path, *given) == 2 and "no space left" in capsys.readouterr().err
    assert run(tmp_path, *given) == 0
    assert asked == [(fold, 0.15, 100, tmp_path / "runs") for fold in (1, 2, 2)]
    folder = tmp_path / "runs" / "a-few-simulated-images-100"
    assert sorted(path.name for path in folder.iterdir()) == ["grouped-1-100.csv", "grouped-2-100.csv", "run.json"]
    monkeypatch.setitem(travel.LEVERS, "a few simulated images", {"epochs": 3})
    assert run(tmp_path, *given) == 2 and "choose another --runs" in capsys.readouterr().err


def test_levers_whose_folds_are_all_there_are_told_beside_those_told_before(tmp_path, capsys):
    before = numbers_of(*(pd.concat(rows_of(30, fold, place, fold=fold) for fold in range(5)) for place in "ab"))
    (tmp_path / "out.json").write_text(json.dumps({"before": before}), "utf-8")
    for name, folds in (("base-100", 5), ("longer-100", 4)):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        (folder / "run.json").write_text("{}", "utf-8")
        for fold in range(folds):
            rows_of(30, fold, f"home {fold}", fold=fold).to_csv(folder / f"grouped-{fold}-100.csv", index=False)
            rows_of(24, 50 + fold, "away", fold=fold).to_csv(folder / f"away-grouped-{fold}-100.csv", index=False)
    assert run(tmp_path, "--report") == 0
    found = json.loads((tmp_path / "out.json").read_text("utf-8"))
    home = pd.concat(rows_of(30, fold, f"home {fold}", fold=fold) for fold in range(5))
    away = pd.concat(rows_of(24, 50 + fold, "away", fold=fold) for fold in range(5))
    assert list(found) == ["before", "base-100"] and found["base-100"] == json.loads(json.dumps(numbers_of(home, away)))
    assert "away auc" in capsys.readouterr().out
    assert found["base-100"]["both"]["away auc"]["n"] == 24 and found["base-100"]["whole"]["home auc"]["n"] == 150


def test_each_lever_is_a_recipe():
    for lever in travel.LEVERS:
        recipe = travel.recipe_of(lever, 5)
        assert recipe.keep == "last" and recipe.seed == 5 and recipe.folds and recipe.name == lever
