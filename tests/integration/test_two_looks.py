"""Two networks that saw simulated images alone: the log-odds of each look, the reading's images, what is asked once."""

import json
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from busi.data.box import picture
from busi.data.parts import Part, simulated_proportions
from busi.data.simulated import fingerprint, held_out_seeds, training_seeds
from busi.images import ImageContract
from busi.model.network import ATELIER, build_network
from busi.model.shape import read_shape
from busi.model.shape_model import ShapeModel
from busi.training import drawing
from busi.training.drawing import DrawingSettings
from experiments import outlines, two_looks
from experiments.finished import save_network
from experiments.hospitals import breast_half
from experiments.two_looks import BOTH, BREAST_CHOICE, LOOKS, OUTLINE, UNTOUCHED, WHOLE, Judge, main
from tests.support.training import drawn_part

SMALL = DrawingSettings(size=64, images=20, epochs=1, filters=(4, 4, 4, 4))


def part_of(count: int, first: int) -> Part:
    return replace(drawn_part(count, first), proportions=simulated_proportions(range(first, first + count)))


def judge_of(count: int, first: int, name: str) -> Judge:
    part = part_of(count, first)
    rows = pd.DataFrame({"image_id": [f"{name} {number}" for number in range(count)], "group": range(count)})
    labels = np.where(part.labels, "malignant", "benign")
    return Judge(part, rows.assign(label=labels))


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """Both kinds of networks as their experiments leave them, small and untrained; small judges."""
    monkeypatch.setattr(outlines, "USUAL", SMALL)
    monkeypatch.setattr(drawing, "READ_IMAGES", 30)
    monkeypatch.setattr(
        two_looks, "_judges", lambda *_: {UNTOUCHED: judge_of(14, 200, "busi"), BREAST_CHOICE: judge_of(12, 300, "b")}
    )
    monkeypatch.setattr(two_looks, "_breast", lambda half, contract: judge_of(10, 400, half))
    monkeypatch.setattr(drawing, "simulated_part", lambda seeds, *_: part_of(len(seeds), seeds.start))
    for seed in (0, 1):
        folder = tmp_path / "drawing" / f"seed-{seed}"
        folder.mkdir(parents=True)
        told = {**outlines.identity_of(SMALL), "seed": seed}
        (folder / "run.json").write_text(json.dumps(told), "utf-8")
        save_network(_dark_is_lesion(), folder / "network.keras")
        looking = tmp_path / "looking"
        looking.mkdir(exist_ok=True)
        (looking / "run.json").write_text(json.dumps({"simulator": fingerprint()}), "utf-8")
        save_network(build_network(ATELIER, 64, seed), looking / f"seed-{seed}.keras")
    return tmp_path


def _dark_is_lesion() -> keras.Model:
    """A network that draws what is darker than a third: it needs no training to draw something."""
    image = keras.Input((64, 64, 1))
    soft = keras.layers.AveragePooling2D(9, 1, "same")(image)
    sharp = keras.layers.Conv2D(1, 1, activation="sigmoid")(soft)
    model = keras.Model(image, sharp)
    model.set_weights([np.full((1, 1, 1, 1), -30, np.float32), np.full(1, 10, np.float32)])
    return model


def run(here: Path, *more: str) -> int:
    given = ["--runs", str(here / "looking"), "--outline-runs", str(here / "drawing"), "--out", str(here / "out.json")]
    return main([*given, *more])


def results(here: Path) -> dict:
    return json.loads((here / "out.json").read_text("utf-8"))


def test_each_look_is_told_and_both_are_the_mean_of_their_log_odds(here, capsys):
    assert run(here, "--seeds", "0", "1") == 0
    rows, found = pd.read_csv(here / "looking/two-looks.csv"), results(here)["two looks"]
    np.testing.assert_allclose(rows[BOTH], (rows[WHOLE] + rows[OUTLINE]) / 2, atol=1e-4)
    for judge in (UNTOUCHED, BREAST_CHOICE):
        for look in LOOKS:
            own = [part for _, part in rows[rows["judge"] == judge].groupby("seed")]
            mean = np.mean([roc_auc_score(part["malignant"], part[look]) for part in own])
            assert found["auc"][judge][look]["value"] == pytest.approx(mean, abs=1e-3)
    assert found["simulator"] == fingerprint() and found["seeds"] == [0, 1]
    assert "busi untouched  both" in capsys.readouterr().out


def test_the_outline_look_is_what_its_reading_says_of_what_is_drawn(here):
    assert run(here, "--seeds", "0") == 0
    rows = pd.read_csv(here / "looking/two-looks.csv")
    rows = rows[rows["judge"] == UNTOUCHED]
    judge, reading = judge_of(14, 200, "busi"), ShapeModel.from_dict(results(here)["two looks"]["readings"]["0"])
    dark = _dark_is_lesion()
    seen = [dark(images[..., None] / np.float32(255)).numpy()[..., 0] for images in _and_mirrored(judge.part)]
    drawn = (seen[0] + seen[1][:, :, ::-1]) / 2
    expected = [
        reading.log_odds(read_shape(*each))
        for each in zip(drawn, judge.part.images, judge.part.proportions, strict=True)
    ]
    np.testing.assert_allclose(rows[OUTLINE], expected, atol=0.02)


def _and_mirrored(part: Part) -> tuple[np.ndarray, np.ndarray]:
    return part.images, part.images[:, :, ::-1]


def test_the_shape_model_learns_from_images_that_no_network_and_no_judge_has(monkeypatch):
    read = []
    monkeypatch.setattr(drawing, "simulated_part", lambda seeds, *_: read.append(seeds) or part_of(8, 0))
    monkeypatch.setattr(drawing, "fit_shape_model", lambda *_: None)
    for seed in (0, 1, 2):
        drawing.read_from_simulated(_dark_is_lesion(), ImageContract(size=64), seed, None)
    taken = [training_seeds(run, 100_000) for run in range(5)] + [held_out_seeds("validation"), held_out_seeds("test")]
    assert all(not set(seeds) & set(others) for seeds in read for others in taken) and len(set(map(tuple, read))) == 3


def test_final_is_asked_once_and_after_the_choice(here, capsys):
    assert run(here, "--seeds", "0", "--final") == 2 and "come before" in capsys.readouterr().err
    assert run(here, "--seeds", "0") == 0 and run(here, "--seeds", "0", "--final") == 0
    found = results(here)
    assert found["final"]["asked"][:2] == "20" and list(found["final"]["auc"]) == ["breast final"]
    before = (here / "out.json").read_bytes()
    assert run(here, "--seeds", "0", "--final") == 2 and "it answers once" in capsys.readouterr().err
    assert run(here, "--seeds", "0") == 0 and "finished before" in capsys.readouterr().out
    assert (here / "out.json").read_bytes() == before
    del found["final"]
    (here / "out.json").write_text(json.dumps(found), "utf-8")  # a record that was lost
    assert run(here, "--seeds", "0", "--final") == 2 and "holds its answers" in capsys.readouterr().err


def test_without_networks_nothing_is_asked(here, capsys):
    assert run(here, "--seeds", "5") == 2 and "lacks the network of seed 5" in capsys.readouterr().err
    (here / "drawing/seed-1/network.keras").unlink()
    assert run(here, "--seeds", "1") == 2 and "run experiments.outlines first" in capsys.readouterr().err
    (here / "looking/run.json").write_text(json.dumps({"simulator": "older"}), "utf-8")
    assert run(here, "--seeds", "0") == 2 and "another simulator drew" in capsys.readouterr().err
    assert not (here / "out.json").exists()


def test_its_judges_are_those_that_may_be_looked_at(monkeypatch):
    halves, contract = [], ImageContract(size=64)
    rows = breast_half("choice").head(3)
    monkeypatch.setattr(two_looks, "breast_half", lambda half: halves.append(half) or rows)
    monkeypatch.setattr(two_looks, "read_busi", lambda _: type("Data", (), {"images": None}))
    monkeypatch.setattr(two_looks, "untouched", lambda _: rows.assign(path=[picture(n) for n in rows.image_id]))
    found = two_looks._judges("nowhere", contract)
    assert halves == ["choice"] and list(found) == [UNTOUCHED, BREAST_CHOICE]
    for judge in found.values():
        assert judge.part.images.shape == (3, 64, 64) and len(judge.part.proportions) == 3
