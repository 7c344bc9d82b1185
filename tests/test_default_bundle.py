"""The bundle that comes with the repository: small, without a pixel of BUSI, and its numbers are real."""

import csv
import io

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from busi.bundle import EMBEDDED, FILES, open_bundle
from busi.dataset import read_busi, usable
from busi.evaluation import score_predictions
from busi.predict import main
from busi.split import split_by_group


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


def test_it_is_small_and_holds_no_picture(bundle):
    assert {path.name for path in EMBEDDED.iterdir()} == set(FILES)
    assert sum(path.stat().st_size for path in EMBEDDED.iterdir()) <= 6_000_000


def test_it_was_trained_by_the_default_command_with_the_first_seed(bundle):
    command = "python train.py --seed 0 --epochs 40 --image-size 224 --arch atelier"
    assert bundle.info["training"]["command"] == command
    assert command in (EMBEDDED / "README.md").read_text("utf-8")


def test_its_numbers_come_out_of_its_predictions(bundle):
    again = score_predictions(bundle.predictions, bundle.temperature, bundle.threshold).to_dict()
    assert again["metrics"] == bundle.info["metrics"]


def test_its_numbers_are_those_of_scikit_learn(bundle):
    for split, rows in bundle.predictions.groupby("split"):
        labels, probabilities = rows["label"] == "malignant", rows["probability"]
        metrics = bundle.metrics(split)
        assert metrics["auc"].value == pytest.approx(roc_auc_score(labels, probabilities), abs=1e-6)
        assert metrics["loss"].value == pytest.approx(log_loss(labels, probabilities), abs=1e-4)
        right = (probabilities >= bundle.threshold) == labels
        assert metrics["accuracy"].value == pytest.approx(right.mean(), abs=1e-6)
        assert {metrics[name].n for name in ("auc", "loss", "accuracy")} == {len(rows)}


def test_no_near_duplicate_lies_on_both_sides(bundle):
    groups = bundle.predictions.groupby("split")["group"].agg(set)
    assert not groups["test"] & groups["validation"]


@pytest.mark.busi
def test_its_test_part_is_the_split_that_its_seed_draws(bundle, busi_folder):
    busi = read_busi(busi_folder)
    assert busi.fingerprint == bundle.info["data"]["fingerprint"]
    images = usable(busi.images)
    parts = split_by_group(images, bundle.info["data"]["split_seed"])
    held_out = bundle.predictions.groupby("split")["image_id"].agg(set)
    for split in ("validation", "test"):
        assert held_out[split] == set(images.loc[parts == split, "image_id"])
    groups = images.groupby(parts)["group"].agg(set)
    assert not groups["train"] & (groups["test"] | groups["validation"])


@pytest.mark.busi
def test_the_command_reproduces_the_auc_on_the_held_out_test_set(bundle, busi_folder, capsys):
    paths = read_busi(busi_folder).images.set_index("image_id")["path"]
    test = bundle.predictions[bundle.predictions["split"] == "test"]
    assert main([paths[image_id] for image_id in test["image_id"]]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    probabilities = np.array([float(row["probability_malignant"]) for row in rows])
    assert roc_auc_score(test["label"] == "malignant", probabilities) == pytest.approx(
        bundle.metrics("test")["auc"].value, abs=1e-3
    )
