"""One hospital left out: who learned from what, no near-duplicate on both sides, and a run that goes on."""

import json
from pathlib import Path

import pandas as pd
import pytest

from experiments import hospital_left_out
from experiments.hospital_left_out import main
from tests.support.breast import write_breast
from tests.support.drawings import write_busi
from tests.support.looks import rows_of


@pytest.fixture(scope="module")
def sets(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("sets")
    one = write_busi(folder / "one" / "Dataset_BUSI_with_GT", per_class=20).parent
    return [str(one), str(write_breast(folder / "breast", per_class=20, seed=9))]


@pytest.fixture
def asked(monkeypatch) -> list:
    found: list = []

    def answered(trial, recipe, folder, stages):
        found.append(trial)
        judges = rows_of(len(trial.judge), len(found), "judge", inner=-1)
        judges = judges.assign(image_id=trial.judge["image_id"].to_numpy())
        others = pd.concat(rows_of(12, 50 + fold, f"fold {fold}", inner=fold) for fold in range(4))
        return pd.concat([judges, others])

    monkeypatch.setattr(hospital_left_out, "drawing_stage", lambda recipe, runs: None)
    monkeypatch.setattr(hospital_left_out, "run_trial", answered)
    monkeypatch.setattr("experiments.scores.BOOTSTRAP_DRAWS", 100)
    return found


def run(here: Path, sets: list[str]) -> int:
    return main(["--sets", *sets, "--runs", str(here / "runs"), "--out", str(here / "out.json")])


def test_each_set_judges_what_the_others_taught_and_of_breast_half_does(tmp_path, sets, asked, monkeypatch):
    assert run(tmp_path, sets) == 0
    own, breast = asked
    assert set(own.judge["image_id"].str.split().str[0]) == {"set"} and len(own.learn) == 40
    assert len(breast.learn) == 40 and 0 < len(breast.judge) < 40
    for trial in asked:
        assert not set(trial.judge["group"]) & set(trial.learn["group"])
        assert not set(trial.judge["path"]) & set(trial.learn["path"])
    found = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert list(found) == ["set 1", "BrEaST"] and found["set 1"]["both"]["auc"]["n"] == 40
    monkeypatch.setattr(hospital_left_out, "run_trial", None)  # nothing is left to train
    assert run(tmp_path, sets) == 0


def test_one_set_alone_or_the_same_twice_is_refused(tmp_path, sets, asked, capsys):
    assert run(tmp_path, sets[:1]) == 2 and "two at least" in capsys.readouterr().err
    assert run(tmp_path, [sets[0], sets[0]]) == 2 and "no image that is new" in capsys.readouterr().err
