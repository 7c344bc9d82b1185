"""The door that asks a finished bundle's network on another hospital."""

import json
import shutil

import numpy as np
import pytest

from busi.bundle.files import BREAST, CARD, INFO, PREDICTIONS, SIMULATED, open_bundle, save_bundle
from busi.data.box import lesions, picture
from busi.images import ImageContract, read_image
from busi.images.impostors import IMPOSTORS
from busi.model.network import build_network
from busi.serving.predict import Classifier
from busi.training import elsewhere
from busi.training.elsewhere import another_hospital, main
from busi.training.evaluation import score_predictions

FEW = 40


@pytest.fixture(autouse=True)
def _few_lesions(monkeypatch):
    monkeypatch.setattr(elsewhere, "lesions", lambda: lesions().head(FEW))
    monkeypatch.setattr("busi.model.metrics.BOOTSTRAP_DRAWS", 200)


@pytest.fixture
def folder(small_bundle, tmp_path):
    """A finished bundle with all that a card asks for, mirrored."""
    training = {"recipe": {"arch": "atelier"}, "parameters": 1, "epochs": 1, "best_epoch": 1, "command": "train"}
    info = {key: value for key, value in small_bundle.info.items() if key not in ("files", "format_version", "classes")}
    info |= {"training": {**training, "pretraining": None}, "mirrored": True}
    info["data"] = {
        "name": "Clinic X",
        "fingerprint": "none",
        "images_with_twins": 0,
        "groups_of_twins": 0,
        "left_out": 0,
        "split_seed": 0,
        "parts": {part: {"images": 20} for part in ("train", "validation", "test")},
    }
    info["metrics"] = {**info["metrics"], SIMULATED: info["metrics"]["test"]}
    network = build_network("atelier", 64, seed=3)
    save_bundle(tmp_path / "bundle", network, info, small_bundle.history, small_bundle.predictions, "# Old card\n")
    return tmp_path / "bundle"


def files_of(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_adds_answers_numbers_and_words_and_touches_nothing_else(folder, capsys):
    before, older = files_of(folder), open_bundle(folder)
    assert main([str(folder)]) == 0
    after, bundle = files_of(folder), open_bundle(folder)
    assert {name for name in after if after[name] != before.get(name)} == {CARD, INFO, PREDICTIONS}
    assert set(after) == set(before) and after[PREDICTIONS].startswith(before[PREDICTIONS])
    told, was = json.loads(after[INFO]), json.loads(before[INFO])
    new = told["metrics"].pop(BREAST)
    assert set(told.pop("impostors")) == set(IMPOSTORS)
    assert {**told, "files": None} == {**was, "files": None}
    assert told["files"]["model.keras"] == was["files"]["model.keras"]
    rows = bundle.predictions[bundle.predictions["source"] == BREAST]
    assert len(rows) == FEW == new["auc"]["n"] and len(bundle.predictions) == len(older.predictions) + FEW
    again = score_predictions(bundle.predictions, bundle.temperature, bundle.threshold).to_dict()["metrics"]
    assert again[BREAST] == new
    assert "BrEaST" in after[CARD].decode() and f"{new['auc']['value']:.3f}" in capsys.readouterr().out
    assert [path.name for path in folder.parent.iterdir()] == ["bundle"]


def test_asked_anew_it_says_the_same(folder):
    assert main([str(folder)]) == 0
    once = files_of(folder)
    assert main([str(folder)]) == 0
    assert files_of(folder) == once


def test_the_answers_are_those_that_a_visitor_gets(folder):
    assert main([str(folder)]) == 0
    bundle = open_bundle(folder)
    classifier = Classifier(bundle)
    for row in bundle.predictions[bundle.predictions["source"] == BREAST][::8].itertuples():
        answer = classifier.predict(read_image(picture(row.image_id)))
        assert answer.probability == pytest.approx(row.probability, abs=1e-4)


def test_what_it_says_to_pictures_that_are_no_ultrasound_is_what_a_visitor_gets(folder):
    assert main([str(folder)]) == 0
    bundle = open_bundle(folder)
    classifier = Classifier(bundle)
    answers = {name: classifier.predict(draw()).probability for name, draw in IMPOSTORS.items()}
    assert bundle.info["impostors"] == pytest.approx(answers, abs=1e-4)


def test_the_images_are_prepared_as_any_picture_is():
    part, table = another_hospital(ImageContract(size=64))
    assert part.images.shape == (FEW, 64, 64) and part.images.dtype == np.uint8
    assert table["group"].tolist() == [int(name.removeprefix("case")) for name in table["image_id"]]
    assert part.labels.tolist() == (table["label"] == "malignant").tolist() and len(part.quality) == FEW


def refused(folder, capsys) -> str:
    """What one line says, after exit 2, and nothing has changed."""
    before = files_of(folder) if folder.is_dir() else None
    assert main([str(folder)]) == 2
    assert before is None or files_of(folder) == before
    lines = capsys.readouterr().err.strip().splitlines()
    said = [line for line in lines if line.startswith("error: ")]
    assert len(said) == 1
    return said[0]


def test_what_is_no_bundle_is_refused_in_a_line(folder, tmp_path, capsys):
    assert "no such bundle" in refused(tmp_path / "nowhere", capsys)
    (tmp_path / "empty").mkdir()
    assert "bundle.json is missing" in refused(tmp_path / "empty", capsys)
    damaged = shutil.copytree(folder, tmp_path / "damaged")
    (damaged / "model.keras").write_bytes(b"nothing")
    assert "is damaged" in refused(damaged, capsys)


def test_a_network_that_learned_from_breast_is_not_asked(folder, capsys):
    info = json.loads((folder / INFO).read_text("utf-8"))
    info["data"]["name"] = "BrEaST"
    (folder / INFO).write_text(json.dumps(info), encoding="utf-8")
    assert "learned from BrEaST, which is no other hospital to it" in refused(folder, capsys)


def test_a_bundle_that_says_too_little_for_a_card_stays_as_it_was(folder, capsys):
    info = json.loads((folder / INFO).read_text("utf-8"))
    del info["training"]
    (folder / INFO).write_text(json.dumps(info), encoding="utf-8")
    assert "says too little for a card: 'training' is missing" in refused(folder, capsys)


def test_a_folder_that_cannot_be_written_is_told(folder, capsys, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(elsewhere.shutil, "copytree", full)
    assert "cannot write into" in refused(folder, capsys)
