"""train.py as its user runs it, on a small drawn BUSI."""

import json
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import train
from busi.bundle.files import CARD, FIGURE_FILES, Bundle, figures_of, open_bundle
from busi.data.box import lesions
from busi.data.dataset import read_busi
from busi.data.simulated import draw, fingerprint, seed_of
from busi.images import read_image
from busi.serving.predict import Classifier
from busi.training.evaluation import score_predictions
from busi.training.fit import fit
from busi.training.pretraining import pretrain
from busi.training.recipe import PLAIN, Recipe
from tests.support.places import ROOT
from tests.support.running import killed_after
from tests.support.training import HELD_OUT, SMALL, arguments, eagerly, hurry

# train.py in a process of its own, as quick as the fixture below makes it here.
QUICK = f"""
import sys, tensorflow, busi.data.simulated, train
from busi.training.recipe import PLAIN, RECIPES
tensorflow.config.run_functions_eagerly(True)
busi.data.simulated.HELD_OUT_IMAGES, RECIPES[PLAIN]["pretrain_epochs"] = {HELD_OUT}, 2
sys.exit(train.main(sys.argv[1:]))
"""


@pytest.fixture(scope="module", autouse=True)
def _quick_head_start():
    with pytest.MonkeyPatch.context() as patch, eagerly():
        hurry(patch)
        yield


@pytest.fixture(scope="module")
def trained(trained_folder) -> Bundle:
    return open_bundle(trained_folder)


def test_it_writes_a_bundle_that_says_how_it_was_made(trained, small_busi):
    info = trained.info
    assert info["training"]["command"] == (
        "python train.py --seed 3 --epochs 1 --pretrain 20 --image-size 64 --arch atelier_deep "
        "--data-name 'Drawn Clinic' --licence CC0-1.0 --citation 'Nobody, 2026' --recipe scratch"
    )
    assert info["training"]["recipe"]["image"]["size"] == trained.image.size == 64
    assert info["data"]["fingerprint"] == read_busi(small_busi).fingerprint
    assert sum(part["images"] for part in info["data"]["parts"].values()) == 48
    assert info["data"]["images_with_twins"] == info["data"]["left_out"] == 0
    assert "Never for diagnosis" in info["intended_use"]
    assert len(trained.history) == 1


def test_the_numbers_of_the_bundle_come_out_of_its_predictions(trained):
    test = trained.predictions.query("split == 'test' and source == 'busi'")
    auc = trained.metrics("test")["auc"]
    assert auc.value == pytest.approx(roc_auc_score(test["label"] == "malignant", test["probability"]), abs=1e-6)
    assert auc.n == len(test) == trained.info["data"]["parts"]["test"]["images"]


def test_it_draws_the_figures_of_its_results_and_the_card_shows_them(trained):
    assert figures_of(trained.folder) == list(FIGURE_FILES)
    card = (trained.folder / CARD).read_text("utf-8")
    assert all(f"]({name})" in card for name in FIGURE_FILES)


def test_opening_the_bundle_gives_the_probabilities_that_training_wrote(trained, small_busi):
    paths = read_busi(small_busi).images.set_index("image_id")["path"]
    classifier = Classifier(trained)
    rows = trained.predictions
    for row in (*rows[rows["source"] == "busi"].itertuples(), *rows[rows["source"] == "simulated"][:12].itertuples()):
        image = read_image(paths[row.image_id]) if row.source == "busi" else draw(seed_of(row.image_id)).image
        prediction = classifier.predict(image)
        assert prediction.probability == pytest.approx(row.probability, abs=1e-4)


def test_simulated_images_are_scored_apart_and_the_head_start_is_told(trained):
    rows = trained.predictions.query("source == 'simulated'")
    assert len(rows) == HELD_OUT and set(rows["split"]) == {"test"}
    auc = trained.metrics("simulated")["auc"]
    assert auc.value == pytest.approx(roc_auc_score(rows["label"] == "malignant", rows["probability"]), abs=1e-6)
    stage = trained.info["training"]["pretraining"]
    assert stage["images"] == 20 and stage["epochs"] == len(stage["history"]) == 2
    assert trained.info["held_out_simulator"] == stage["simulator"] == fingerprint()
    assert not trained.learned_from_another_simulator


def test_another_hospital_is_asked_at_the_end_and_chooses_nothing(trained):
    rows = trained.predictions.query("source == 'breast'")
    assert rows["image_id"].tolist() == lesions().head(HELD_OUT)["image_id"].tolist() and trained.knows_another_hospital
    auc = trained.metrics("breast")["auc"]
    assert auc.value == pytest.approx(roc_auc_score(rows["label"] == "malignant", rows["probability"]), abs=1e-6)
    own = trained.predictions.query("source == 'busi'")
    again = score_predictions(own, trained.temperature, trained.threshold).metrics
    assert again["test"]["auc"].value == pytest.approx(trained.metrics("test")["auc"].value, abs=1e-6)
    assert "BrEaST" in (trained.folder / CARD).read_text("utf-8")


def test_a_network_that_learned_from_breast_is_not_asked_on_it(monkeypatch):
    asked = []
    monkeypatch.setattr(train, "evaluate", lambda *given: asked.append(sorted(given[4])))
    monkeypatch.setattr(train, "held_out_simulated", lambda _: ())
    monkeypatch.setattr(train, "another_hospital", lambda _: ())
    for name in ("BrEaST", "BUSI", "Clinic X"):
        train.judge(Recipe(), train.Material("busi", {}, {"name": name}), {}, train.Stages(SimpleNamespace(model=None)))
    assert asked == [["simulated"], ["breast", "simulated"], ["breast", "simulated"]]


@pytest.fixture(scope="module")
def quick(small_busi, tmp_path_factory) -> SimpleNamespace:
    """What the recipe `quick` leaves, what its first stage gave (`heads`), and its second was given (`begun`)."""
    heads, begun = [], []

    def remember(*parts, **more):
        begun.append((parts, more))
        return fit(*parts, **more)

    out = tmp_path_factory.mktemp("runs") / "quick"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("train.pretrain", lambda *a, **k: heads.append(pretrain(*a, **k)) or heads[-1])
        patch.setattr("train.fit", remember)
        assert train.main(arguments(small_busi, out, "--recipe", "short")) == 0
    return SimpleNamespace(bundle=open_bundle(out), heads=heads, begun=begun)


def test_the_short_recipe_learns_outlines_is_told_and_leaves_a_bundle_like_any_other(quick):
    assert quick.bundle.info["training"]["command"].endswith("--image-size 64 --arch atelier --recipe short")
    assert quick.bundle.info["training"]["recipe"]["outline"] == 1.0
    ((recipe, part, validation, _), _), *more = quick.begun
    assert recipe.rehearsal == 1.0 and part.outlines.any() and validation.outlines is None and not more
    assert Classifier(quick.bundle).network.output_shape == (None, 1)


def test_the_head_start_is_where_the_real_training_starts(quick):
    (head,), ((_, begun),) = quick.heads, quick.begun
    assert begun["start"] is head.whole and len(begun["rehearsal"].images) == 20


@pytest.fixture(scope="module")
def simulated_only(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "simulated"
    assert train.main(["--data", "simulated", "--out", str(out), "--epochs", "1", *SMALL]) == 0
    return open_bundle(out)


def test_a_network_can_be_trained_without_any_real_image(simulated_only):
    info = simulated_only.info
    command = "python train.py --data simulated --seed 0 --epochs 1 --pretrain 20 --image-size 64 --arch atelier"
    command += " --recipe scratch"
    assert info["training"]["command"] == command
    assert info["data"]["name"] == "simulated" and simulated_only.population == "simulated"
    assert info["data"]["parts"]["train"]["images"] == 20 and info["data"]["parts"]["test"]["images"] == HELD_OUT
    assert set(simulated_only.predictions["source"]) == {"simulated", "breast"}
    assert set(info["metrics"]) == {"validation", "test", "breast"}
    card = (simulated_only.folder / "README.md").read_text("utf-8")
    assert "images simulées" in card and "simulated images" in card and "BUSI (" not in card


def test_the_card_is_in_both_languages_with_intervals(trained):
    card = (trained.folder / "README.md").read_text("utf-8")
    assert "jamais pour diagnostiquer" in card and "never to diagnose with" in card
    auc = trained.metrics("test")["auc"]
    assert f"{auc.value:.3f}".replace(".", ",") in card and f"[{auc.low:.3f} – {auc.high:.3f}], n = {auc.n}" in card


def test_the_report_shows_every_number_with_its_interval(trained):
    printed = (trained.folder.parent / "printed.txt").read_text("utf-8")
    for name in ("loss", "accuracy", "auc", "sensitivity", "specificity"):
        line = next(line for line in printed.splitlines() if line.strip().startswith(name))
        assert len(line.split()) == 6, line  # name, value, low, -, high, n
    assert "truly malignant" in printed and "epoch   1/1" in printed


def test_a_bundle_that_is_there_is_kept_without_force(trained, small_busi, capsys):
    before = (trained.folder / "bundle.json").read_bytes()
    assert train.main(arguments(small_busi, trained.folder)) == 2
    assert "--force" in capsys.readouterr().err
    assert (trained.folder / "bundle.json").read_bytes() == before


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--data", "/nowhere"], "no such folder: /nowhere"),
        (["--epochs", "0"], "epochs must be a whole number of 1 or more, got 0"),
        (["--image-size", "40"], "64 pixels a side at least, got 40"),
        (["--recipe", "short", "--image-size", "100"], "multiple of 32"),
        (["--seed", "-1"], "seed must be a whole number from 0 to 2,147,483,647, got -1"),
        (["--pretrain", "-1"], "pretrain must be a whole number from 0 to 1,000,000, got -1"),
        (["--data", "simulated", "--pretrain", "0"], "needs --pretrain to be 20 images or more, got 0"),
        (["--pretrain", "19"], "--pretrain must be 0, or 20 images or more, so that both classes are there, got 19"),
    ],
)
def test_a_bad_argument_is_one_clear_line_and_leaves_nothing(small_busi, tmp_path, capsys, more, message):
    assert train.main(arguments(small_busi, tmp_path / "out", *more)) == 2
    error = capsys.readouterr().err.strip()
    assert error.startswith("error: ") and message in error and "\n" not in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_an_interrupted_run_says_how_to_go_on_and_does(small_busi, tmp_path, capsys):
    """Control-C in the terminal after the first epoch; then, in another process, without --resume and with it."""
    out, two = tmp_path / "bundle", ("--recipe", PLAIN, "--epochs", "2")
    run = subprocess.Popen(
        [sys.executable, "-u", "-c", QUICK, *arguments(small_busi, out, *two)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with killed_after(180, run):
        for line in run.stdout:
            if line.startswith("epoch   1/2"):
                break
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=60)
    assert run.returncode == 130, errors
    assert "--resume" in errors and "Traceback" not in errors
    assert not out.exists()
    states = list((tmp_path / "bundle.training" / "simulated").glob("epoch-*/state.json"))
    assert len(states) == 1 and json.loads(states[0].read_text())["history"]

    assert train.main(arguments(small_busi, out, *two)) == 2
    assert "add --resume to go on, or --force to begin anew" in capsys.readouterr().err
    assert train.main(arguments(small_busi, out, *two, "--resume")) == 0
    told = capsys.readouterr().out
    assert told.count("epoch   1/2") == 1 and "epoch   2/2" in told
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
    assert train.main(arguments(small_busi, tmp_path / "straight", *two)) == 0
    assert capsys.readouterr().out.count("epoch   1/2") == 2
    uninterrupted = open_bundle(tmp_path / "straight")
    pd.testing.assert_frame_equal(open_bundle(out).predictions, uninterrupted.predictions)


def test_a_mistyped_folder_loses_no_interrupted_run(small_busi, tmp_path, capsys):
    checkpoint = tmp_path / "bundle.training" / "epoch-0003"
    checkpoint.mkdir(parents=True)
    assert train.main(arguments(tmp_path / "typo", tmp_path / "bundle", "--force")) == 2
    assert "no such folder" in capsys.readouterr().err and checkpoint.exists()
