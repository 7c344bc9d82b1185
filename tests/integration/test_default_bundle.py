"""The bundle that comes with the repository: small, without a pixel of BUSI, and its numbers are real."""

import csv
import io

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from busi.bundle.files import EMBEDDED, FIGURE_FILES, FILES, open_bundle, population_of
from busi.bundle.replay import REPLAY
from busi.data.dataset import read_busi, usable
from busi.data.simulated import draw, held_out_seeds, seed_of
from busi.data.split import split_by_group
from busi.images import resize
from busi.images.impostors import IMPOSTORS
from busi.images.quality import measure
from busi.serving.predict import Classifier, main
from busi.training.evaluation import score_predictions


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


def test_it_is_small_and_holds_no_picture(bundle):
    files = {path.relative_to(EMBEDDED).as_posix(): path for path in EMBEDDED.rglob("*") if path.is_file()}
    assert set(files) == {*FILES, *FIGURE_FILES, REPLAY}
    assert sum(path.stat().st_size for path in files.values()) <= 12_000_000


def test_it_was_trained_by_the_default_command_with_the_first_seed(bundle):
    command = "python train.py --seed 0 --epochs 20 --pretrain 0 --image-size 128 --arch lite"
    assert bundle.info["training"]["command"] == command
    assert command in (EMBEDDED / "README.md").read_text("utf-8")


def test_its_numbers_come_out_of_its_predictions(bundle):
    again = score_predictions(bundle.predictions, bundle.temperature, bundle.threshold).to_dict()
    assert again["metrics"] == bundle.info["metrics"]


def test_its_numbers_are_those_of_scikit_learn(bundle):
    for split, rows in bundle.predictions.groupby(population_of(bundle.predictions)):
        labels, probabilities = rows["label"] == "malignant", rows["probability"]
        metrics = bundle.metrics(split)
        assert metrics["auc"].value == pytest.approx(roc_auc_score(labels, probabilities), abs=1e-6)
        assert metrics["loss"].value == pytest.approx(log_loss(labels, probabilities), abs=1e-4)
        right = (probabilities >= bundle.threshold) == labels
        assert metrics["accuracy"].value == pytest.approx(right.mean(), abs=1e-6)
        assert {metrics[name].n for name in ("auc", "loss", "accuracy")} == {len(rows)}


def test_no_near_duplicate_lies_on_both_sides(bundle):
    groups = bundle.predictions.query("source == 'busi'").groupby("split")["group"].agg(set)
    assert not groups["test"] & groups["validation"]


def test_its_simulated_images_can_be_drawn_again_as_they_were_scored(bundle):
    rows = bundle.predictions.query("source == 'simulated'")
    assert [seed_of(name) for name in rows["image_id"]] == list(held_out_seeds("test"))
    classifier = Classifier(bundle)
    for row in rows.iloc[::20].itertuples():
        case = draw(seed_of(row.image_id))
        measured = measure(resize(case.image, bundle.image.size))
        assert case.label == row.label
        assert (row.contrast, row.brightness) == pytest.approx((measured.contrast, measured.brightness), abs=0.05)
        assert classifier.predict(case.image).probability == pytest.approx(row.probability, abs=5e-3)


@pytest.mark.busi
def test_its_test_part_is_the_split_that_its_seed_draws(bundle, busi_folder):
    busi = read_busi(busi_folder)
    assert busi.fingerprint == bundle.info["data"]["fingerprint"]
    images = usable(busi.images)
    parts = split_by_group(images, bundle.info["data"]["split_seed"])
    held_out = bundle.predictions.query("source == 'busi'").groupby("split")["image_id"].agg(set)
    assert held_out["test"] == set(images.loc[parts == "test", "image_id"])
    assert held_out["validation"] == set(images.loc[parts != "test", "image_id"])  # each held out once
    groups = images.groupby(parts)["group"].agg(set)
    assert not groups["train"] & (groups["test"] | groups["validation"])


@pytest.mark.busi
def test_the_command_reproduces_the_auc_on_the_held_out_test_set(bundle, busi_folder, capsys):
    paths = read_busi(busi_folder).images.set_index("image_id")["path"]
    test = bundle.predictions.query("split == 'test' and source == 'busi'")
    assert main([paths[image_id] for image_id in test["image_id"]]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    probabilities = np.array([float(row["probability_malignant"]) for row in rows])
    assert roc_auc_score(test["label"] == "malignant", probabilities) == pytest.approx(
        bundle.metrics("test")["auc"].value, abs=1e-3
    )


def test_what_it_says_to_pictures_that_are_no_ultrasound_is_what_a_visitor_gets(bundle):
    classifier = Classifier(bundle)
    answers = {name: classifier.predict(draw_it()).probability for name, draw_it in IMPOSTORS.items()}
    assert bundle.info["impostors"] == pytest.approx(answers, abs=1e-4)
