"""train.py as its user runs it, on a small drawn BUSI."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import train
from busi.bundle import open_bundle
from busi.dataset import read_busi
from busi.images import read_image
from busi.predict import Classifier

ROOT = Path(__file__).parent.parent


def arguments(data: Path, out: Path, *more: str) -> list[str]:
    return ["--data", str(data), "--out", str(out), "--epochs", "1", "--image-size", "64", "--seed", "3", *more]


@pytest.fixture(scope="module")
def trained(small_busi, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "bundle"
    assert train.main(arguments(small_busi, out)) == 0
    return open_bundle(out)


def test_it_writes_a_bundle_that_says_how_it_was_made(trained, small_busi):
    info = trained.info
    assert info["training"]["command"] == "python train.py --seed 3 --epochs 1 --image-size 64 --arch atelier"
    assert info["training"]["recipe"]["image"]["size"] == trained.image.size == 64
    assert info["data"]["fingerprint"] == read_busi(small_busi).fingerprint
    assert sum(part["images"] for part in info["data"]["parts"].values()) == 48
    assert info["data"]["images_with_twins"] == info["data"]["left_out"] == 0
    assert "Never for diagnosis" in info["intended_use"]
    assert len(trained.history) == 1


def test_the_numbers_of_the_bundle_come_out_of_its_predictions(trained):
    test = trained.predictions.query("split == 'test'")
    auc = trained.metrics("test")["auc"]
    assert auc.value == pytest.approx(roc_auc_score(test["label"] == "malignant", test["probability"]), abs=1e-6)
    assert auc.n == len(test) == trained.info["data"]["parts"]["test"]["images"]


def test_opening_the_bundle_gives_the_probabilities_that_training_wrote(trained, small_busi):
    paths = read_busi(small_busi).images.set_index("image_id")["path"]
    classifier = Classifier(trained)
    for row in trained.predictions.itertuples():
        prediction = classifier.predict(read_image(paths[row.image_id]))
        assert prediction.probability == pytest.approx(row.probability, abs=1e-4)


def test_the_card_is_in_both_languages_with_intervals(trained):
    card = (trained.folder / "README.md").read_text("utf-8")
    assert "jamais pour diagnostiquer" in card and "never to diagnose with" in card
    auc = trained.metrics("test")["auc"]
    assert f"{auc.value:.3f}".replace(".", ",") in card and f"[{auc.low:.3f} – {auc.high:.3f}], n = {auc.n}" in card


def test_the_report_shows_every_number_with_its_interval(trained, small_busi, tmp_path, capsys):
    assert train.main(arguments(small_busi, tmp_path / "again")) == 0
    printed = capsys.readouterr().out
    for name in ("loss", "accuracy", "auc", "sensitivity", "specificity"):
        line = next(line for line in printed.splitlines() if line.strip().startswith(name))
        assert len(line.split()) == 6, line  # name, value, low, -, high, n
    assert "truly malignant" in printed and "epoch   1/1" in printed
    again = open_bundle(tmp_path / "again")
    pd.testing.assert_frame_equal(again.predictions, trained.predictions)


def test_a_bundle_that_is_there_is_kept_without_force(trained, small_busi, capsys):
    before = (trained.folder / "bundle.json").read_bytes()
    assert train.main(arguments(small_busi, trained.folder)) == 2
    assert "--force" in capsys.readouterr().err
    assert (trained.folder / "bundle.json").read_bytes() == before


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--data", "/nowhere"], "no such folder: /nowhere"),
        (["--epochs", "0"], "epochs must be at least 1"),
        (["--image-size", "40"], "64 pixels a side at least, got 40"),
        (["--seed", "-1"], "seed must be from 0"),
    ],
)
def test_a_bad_argument_is_one_clear_line_and_leaves_nothing(small_busi, tmp_path, capsys, more, message):
    assert train.main(arguments(small_busi, tmp_path / "out", *more)) == 2
    error = capsys.readouterr().err.strip()
    assert error.startswith("error: ") and message in error and "\n" not in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_an_interrupted_run_says_how_to_go_on_and_does(small_busi, tmp_path):
    """Control-C in the terminal after the first epoch; then without --resume, then with it."""
    out = tmp_path / "bundle"
    command = [sys.executable, "-u", "train.py", *arguments(small_busi, out, "--epochs", "4")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for line in run.stdout:
        if line.startswith("epoch   1/"):
            break
    time.sleep(0.2)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 130, errors
    assert "--resume" in errors and "Traceback" not in errors
    assert not out.exists()
    states = list((tmp_path / "bundle.training").glob("epoch-*/state.json"))
    done = len(json.loads(states[0].read_text())["history"])
    assert len(states) == 1 and done >= 1

    run_again = {"cwd": ROOT, "env": environment, "capture_output": True, "text": True}
    unasked = subprocess.run(command, **run_again)
    assert unasked.returncode == 2 and "add --resume to go on, or --force to begin anew" in unasked.stderr
    resumed = subprocess.run([*command, "--resume"], **run_again)
    assert resumed.returncode == 0 and "epoch   1/" not in resumed.stdout and "epoch   4/4" in resumed.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
    assert train.main(arguments(small_busi, tmp_path / "straight", "--epochs", "4")) == 0
    uninterrupted = open_bundle(tmp_path / "straight")
    pd.testing.assert_frame_equal(open_bundle(out).predictions, uninterrupted.predictions)


def test_a_mistyped_folder_loses_no_interrupted_run(small_busi, tmp_path, capsys):
    checkpoint = tmp_path / "bundle.training" / "epoch-0003"
    checkpoint.mkdir(parents=True)
    assert train.main(arguments(tmp_path / "typo", tmp_path / "bundle", "--force")) == 2
    assert "no such folder" in capsys.readouterr().err and checkpoint.exists()
