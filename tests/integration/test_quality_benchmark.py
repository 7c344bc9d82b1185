"""experiments/quality.py on a small drawn BUSI, with a network of one epoch."""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from busi.data.dataset import read_busi, usable
from busi.images import ImageContract
from busi.model.augment import AugmentationSettings
from busi.model.network import ATELIER
from busi.training.recipe import DEFAULT, RECIPES, SCRATCH, SHORT, STEADY, Recipe
from experiments import quality
from experiments.hospitals import untouched_names
from experiments.protocols import BASELINE, GROUPED, LEAKY, OFFICIAL, PROTOCOLS
from tests.support.drawings import write_busi
from tests.support.training import eagerly

QUICK = {
    **{**RECIPES[SCRATCH], "image": ImageContract(size=64)},
    **{"epochs": 1, "patience": 1, "pretrain": 20, "pretrain_epochs": 1},
    **{"arch": ATELIER, "augmentation": AugmentationSettings()},  # quicker than the default's
}


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return write_busi(tmp_path_factory.mktemp("data") / "Dataset_BUSI_with_GT", per_class=30).parent


@pytest.fixture
def here(tmp_path, monkeypatch) -> Iterator[Path]:
    monkeypatch.setattr(quality, "RECIPES", {DEFAULT: QUICK, SHORT: QUICK})
    monkeypatch.setattr("busi.data.simulated.HELD_OUT_IMAGES", 40)
    monkeypatch.setattr("experiments.scores.BOOTSTRAP_DRAWS", 100)  # intervals are judged in test_scores.py
    monkeypatch.setattr(quality, "RESULTS", tmp_path / "results")
    with eagerly():
        yield tmp_path


def run(monkeypatch, here: Path, data: Path, *more: str) -> int:
    asked = ["quality", "--data", str(data), "--out", str(here / "trials"), "--jobs", "1", "--seeds", "0", *more]
    monkeypatch.setattr(sys, "argv", asked)
    return quality.main()


def answered(trial, recipe, out, threads=0):
    """In place of `run_trial`: all answers are right, and nothing is trained."""
    answers = trial.judge["image_id"].map(lambda name: 0.9 if name.startswith("malignant") else 0.1).to_numpy()
    quality._write(quality._path(out, trial), trial, answers, 0.5, 1)
    return trial.name


def test_it_scores_every_image_once_goes_on_where_it_stopped_and_writes_the_table(here, data, monkeypatch, capsys):
    """The first fold and the simulated stage are trained; the other folds are answered without it."""
    real, stopped = quality.run_trial, []

    def third_breaks(trial, *more):
        if len(stopped) == 2:
            raise KeyboardInterrupt
        stopped.append(trial.name)
        return (answered if len(stopped) == 2 else real)(trial, *more)

    monkeypatch.setattr(quality, "run_trial", third_breaks)
    with pytest.raises(KeyboardInterrupt):
        run(monkeypatch, here, data, "--protocols", GROUPED)
    results = json.loads((here / "results" / "quality.json").read_text())
    assert GROUPED not in results  # two folds of five are no result
    assert not list((here / "results" / "trials").glob("grouped-*"))
    monkeypatch.setattr(quality, "run_trial", answered)
    assert run(monkeypatch, here, data, "--protocols", GROUPED) == 0
    assert "3 trials to run" in capsys.readouterr().out

    images = usable(read_busi(data).images)
    rows = pd.concat([pd.read_csv(path) for path in (here / "trials").glob("grouped-*.csv")])
    assert sorted(rows["image_id"]) == sorted(images["image_id"])
    assert (rows["called"] == (rows["probability"] >= rows["threshold"] - 1e-6)).all()
    kept = {path.name for path in (here / "results" / "trials").iterdir()}
    assert kept == {*(f"grouped-{fold}-0.csv" for fold in range(5)), "simulated_only-0-0.csv", "recipe.json"}
    results = json.loads((here / "results" / "quality.json").read_text())
    assert set(results[GROUPED]) == {*quality.METRICS, "trained_with", "arch"}
    assert set(results[GROUPED]["auc"]) == {"value", "low", "high", "n", "seeds"}
    assert results[GROUPED]["auc"]["n"] == len(images) and results["recipe"]["image"]["size"] == 64
    alone = results["simulated_only"]
    assert alone["auc"]["n"] == len(images) and alone["trained_with"] == [0]
    assert alone["untouched"]["n"] == images["image_id"].isin(untouched_names()).sum() > 0
    again = here / "again"
    shutil.copytree(here / "results" / "trials", again)
    monkeypatch.setattr("busi.training.pretraining.pretrain", None)  # nothing is left to train
    monkeypatch.setattr(quality, "run_trial", None)
    assert run(monkeypatch, here, data, "--protocols", GROUPED, "simulated_only", "--out", str(again)) == 0
    assert "0 trials to run" in capsys.readouterr().out
    assert json.loads((here / "results" / "quality.json").read_text()) == results
    for language, mark in (("en", "."), ("fr", ",")):
        written = (here / "results" / f"quality.{language}.md").read_text("utf-8")
        assert f"| {results[GROUPED]['auc']['value']:.3f}".replace(".", mark) in written


def test_the_baseline_is_the_notebooks_network_and_learns_no_outline():
    plains = set()
    for name in (DEFAULT, SCRATCH, STEADY, SHORT):
        measured = Recipe(**RECIPES[name])
        plains.add(replace(quality.recipe_of(BASELINE, 0, measured), name=""))
        plain = quality.recipe_of(BASELINE, 1, measured)
        assert plain.arch == "simple" and not (plain.outline or plain.pretrain or plain.mirrored)
        assert plain.augmentation == AugmentationSettings() and (plain.epochs, plain.burn_in) == (40, 0)
        assert quality.recipe_of(LEAKY, 2, measured) == replace(measured, seed=2)
    assert len(plains) == 1, "one baseline for all"


def test_what_stands_beside_is_measured_with_the_first_seed(here, data, monkeypatch):
    asked = []
    monkeypatch.setattr(quality, "run_trial", lambda trial, *more: asked.append(trial.name) or answered(trial, *more))
    for name in ("simulated_stage", "write_results"):
        monkeypatch.setattr(quality, name, lambda *given, **more: None)
    assert run(monkeypatch, here, data, "--seeds", "4", "5", "--protocols", *PROTOCOLS) == 0
    counts = Counter((name.split("-")[0], name.split("-")[2]) for name in asked)
    whole = {(GROUPED, "4"): 5, (GROUPED, "5"): 5, (OFFICIAL, "4"): 1, (OFFICIAL, "5"): 1}
    assert counts == whole | {(LEAKY, "4"): 5, (BASELINE, "4"): 5}


def test_the_baseline_stays_as_it_was_where_it_is_not_measured_again(here, data, monkeypatch):
    monkeypatch.setattr(quality, "run_trial", answered)
    assert run(monkeypatch, here, data, "--protocols", BASELINE) == 0
    before = json.loads((here / "results" / "quality.json").read_text("utf-8"))
    asked = ("--protocols", LEAKY, "--out", str(here / "others"))
    monkeypatch.setattr(quality, "simulated_stage", lambda *given, **more: None)
    assert run(monkeypatch, here, data, *asked) == 0
    after = json.loads((here / "results" / "quality.json").read_text("utf-8"))
    assert before[BASELINE]["auc"]["value"] == 1 and after[BASELINE] == before[BASELINE] and LEAKY in after
    assert "| the notebook's plain CNN" in (here / "results" / "quality.en.md").read_text("utf-8")


def test_another_recipe_leaves_a_file_of_its_own_and_the_readmes_table_alone(here, data, monkeypatch):
    monkeypatch.setattr(quality, "run_trial", answered)
    assert run(monkeypatch, here, data, "--protocols", BASELINE, "--recipe", SHORT) == 0
    assert {path.name for path in (here / "results").iterdir()} == {"quality-short.json", "trials-short"}
    written = json.loads((here / "results" / "quality-short.json").read_text("utf-8"))
    assert written["recipe"]["name"] == SHORT and written[BASELINE]["auc"]["value"] == 1


def test_a_folder_that_is_not_busi_is_told_in_one_sentence(here, monkeypatch, tmp_path):
    with pytest.raises(SystemExit, match=f"error: .*{tmp_path.name}"):
        run(monkeypatch, here, tmp_path / "nowhere")
    assert not (here / "results").exists()


def test_trials_of_another_recipe_are_not_mixed_in(here, data, monkeypatch):
    (here / "trials").mkdir()
    (here / "trials" / "recipe.json").write_text("{}")
    with pytest.raises(SystemExit, match="another recipe"):
        run(monkeypatch, here, data, "--protocols", GROUPED)
