"""The door that asks a finished bundle's network on another hospital, and on simulated images drawn today."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import train
from busi.bundle.files import (
    BREAST,
    CARD,
    HELD_OUT_SIMULATOR,
    INFO,
    PREDICTIONS,
    SIMULATED,
    open_bundle,
    save_bundle,
)
from busi.data.box import lesions, picture
from busi.data.simulated import draw, fingerprint, held_out_seeds, seed_of
from busi.images import ImageContract, read_image
from busi.images.impostors import IMPOSTORS
from busi.model.network import build_network
from busi.serving.predict import Classifier
from busi.training import elsewhere
from busi.training.elsewhere import another_hospital, main
from busi.training.evaluation import score_predictions

FEW = 40
ADDED = {PREDICTIONS, INFO, CARD}


@pytest.fixture(autouse=True)
def _few_lesions(monkeypatch):
    monkeypatch.setattr(elsewhere, "lesions", lambda: lesions().head(FEW))
    monkeypatch.setattr("busi.data.simulated.HELD_OUT_IMAGES", FEW)
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
    assert {name for name in after if after[name] != before.get(name)} == ADDED
    assert set(after) == set(before) and after[PREDICTIONS].startswith(before[PREDICTIONS])
    told, was = json.loads(after[INFO]), json.loads(before[INFO])
    new, drawn = told["metrics"].pop(BREAST), told["metrics"].pop(SIMULATED)
    assert set(told.pop("impostors")) == set(IMPOSTORS) and told.pop(HELD_OUT_SIMULATOR) == fingerprint()
    del was["metrics"][SIMULATED]
    assert {**told, "files": None} == {**was, "files": None}
    assert told["files"]["model.keras"] == was["files"]["model.keras"]
    rows = bundle.predictions[bundle.predictions["source"] == BREAST]
    assert len(rows) == FEW == new["auc"]["n"] == drawn["auc"]["n"]
    assert len(bundle.predictions) == len(older.predictions) + 2 * FEW
    again = score_predictions(bundle.predictions, bundle.temperature, bundle.threshold).to_dict()["metrics"]
    assert again[BREAST] == new and again[SIMULATED] == drawn
    assert "BrEaST" in after[CARD].decode() and f"{new['auc']['value']:.3f}" in capsys.readouterr().out
    assert [path.name for path in folder.parent.iterdir()] == ["bundle"]


@pytest.fixture
def older(folder, tmp_path):
    """A bundle as another simulator left it: it learned from its images, and was asked on others that it drew."""
    bundle = open_bundle(folder)
    epoch = dict.fromkeys(("loss", "val_loss", "accuracy", "val_accuracy", "auc", "val_auc"), 0.5) | {"epoch": 1}
    stage = {"images": 20, "rehearsal": 0.5, "batch_size": 8, "epochs": 1, "best_epoch": 1, "history": [epoch]}
    info = {key: value for key, value in bundle.info.items() if key not in ("files", "format_version", "classes")}
    info["training"] = {**info["training"], "pretraining": {**stage, "simulator": "another"}}
    info[HELD_OUT_SIMULATOR] = "another"
    own, seeds = bundle.predictions, held_out_seeds("test")[:10]
    drawn = own.head(10).assign(image_id=[f"simulated-{seed}" for seed in seeds], source=SIMULATED, split="test")
    rows = pd.concat([own.head(30), drawn, own.tail(len(own) - 30)], ignore_index=True)
    save_bundle(tmp_path / "older", build_network("atelier", 64, seed=3), info, bundle.history, rows, "# Old card\n")
    return tmp_path / "older"


def test_simulated_images_of_another_simulator_are_asked_anew_in_place_and_other_lines_stay(older):
    before, was = files_of(older), open_bundle(older)
    assert was.info["training"]["pretraining"]["simulator"] == "another" and not was.learned_from_another_simulator
    assert main([str(older)]) == 0
    after, bundle = files_of(older), open_bundle(older)
    assert {name for name in after if after[name] != before.get(name)} == ADDED
    lines, earlier = (files[PREDICTIONS].splitlines() for files in (after, before))
    assert lines[:31] == earlier[:31] and lines[31 + FEW : -FEW] == earlier[41:]
    rows = bundle.predictions[bundle.predictions["source"] == SIMULATED]
    assert rows["image_id"].tolist() == [f"simulated-{seed}" for seed in held_out_seeds("test")]
    auc = roc_auc_score(rows["label"] == "malignant", rows["probability"])
    assert bundle.metrics(SIMULATED)["auc"].value == pytest.approx(auc, abs=1e-6)
    told = {**bundle.info, "metrics": {**bundle.info["metrics"]}}
    assert told.pop(HELD_OUT_SIMULATOR) == fingerprint() and told["training"] == was.info["training"]
    once = files_of(older)
    assert main([str(older)]) == 0 and files_of(older) == once


def test_the_answers_to_simulated_images_are_those_that_a_visitor_gets(older):
    assert main([str(older)]) == 0
    bundle = open_bundle(older)
    classifier = Classifier(bundle)
    for row in bundle.predictions[bundle.predictions["source"] == SIMULATED][::8].itertuples():
        answer = classifier.predict(draw(seed_of(row.image_id)).image)
        assert answer.probability == pytest.approx(row.probability, abs=1e-4)


def test_the_card_tells_when_it_learned_from_another_simulator_than_it_was_asked_on(older):
    assert main([str(older)]) == 0
    assert open_bundle(older).learned_from_another_simulator
    card = (older / CARD).read_text("utf-8")
    for sentence in ("une version antérieure du simulateur", "an earlier version of the workshop's simulator"):
        assert sentence in card
    assert "plus récente" in card and "a later version of the simulator" in card
    assert "But half of them" not in card, "BrEaST set nothing of the earlier one"
    info = json.loads((older / INFO).read_text("utf-8"))
    info["training"]["pretraining"]["simulator"] = fingerprint()
    (older / INFO).write_text(json.dumps(info), encoding="utf-8")
    assert main([str(older)]) == 0 and not open_bundle(older).learned_from_another_simulator
    card = (older / CARD).read_text("utf-8")
    assert "version antérieure" not in card and "earlier version" not in card and "later version" not in card
    assert "But half of them (126)" in card and "Mais la moitié d'entre elles (126)" in card


def test_images_that_are_drawn_as_before_keep_the_name_of_their_simulator(older):
    """A fingerprint alone does not tell: it was computed otherwise once."""
    assert main([str(older)]) == 0 and open_bundle(older).info[HELD_OUT_SIMULATOR] == fingerprint()
    for recorded, expected in (("a", "a"), (None, "another")):
        info = json.loads((older / INFO).read_text("utf-8"))
        del info[HELD_OUT_SIMULATOR]
        info |= {HELD_OUT_SIMULATOR: recorded} if recorded else {}
        (older / INFO).write_text(json.dumps(info), encoding="utf-8")
        assert main([str(older)]) == 0 and open_bundle(older).info[HELD_OUT_SIMULATOR] == expected
    assert not open_bundle(older).learned_from_another_simulator


def test_a_network_that_learned_from_simulated_images_alone_is_asked_on_the_other_hospital_only(folder, tmp_path):
    bundle = open_bundle(folder)
    info = {key: value for key, value in bundle.info.items() if key not in ("files", "format_version", "classes")}
    info["data"] = {"name": SIMULATED, "fingerprint": "another", "parts": info["data"]["parts"]}
    info["metrics"] = {name: found for name, found in info["metrics"].items() if name != SIMULATED}
    rows = bundle.predictions.assign(source=SIMULATED)
    save_bundle(tmp_path / "drawn", build_network("atelier", 64), info, bundle.history, rows, "# Old card\n")
    before = files_of(tmp_path / "drawn")
    assert main([str(tmp_path / "drawn")]) == 0
    told = json.loads(files_of(tmp_path / "drawn")[INFO])
    assert set(told["metrics"]) == {"validation", "test", BREAST} and HELD_OUT_SIMULATOR not in told
    assert files_of(tmp_path / "drawn")[PREDICTIONS].startswith(before[PREDICTIONS])


def test_a_training_asks_the_same_simulated_images():
    assert train.held_out_simulated is elsewhere.held_out_simulated
    part, table = elsewhere.held_out_simulated(ImageContract(size=64))
    assert table["image_id"].tolist() == [f"simulated-{seed}" for seed in held_out_seeds("test")]
    assert part.images.shape == (FEW, 64, 64) and part.labels.tolist() == (table["label"] == "malignant").tolist()


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
