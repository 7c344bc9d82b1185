"""Levers at home and away: who learned from what, numbers by scikit-learn, and a run that goes on where it stopped."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from busi.images import ImageContract
from busi.model.augment import AugmentationSettings
from busi.model.network import DRAWING
from busi.model.shape import read_shape
from busi.model.shape_model import STRENGTH
from experiments import travel
from experiments.travel import FOLDS, Place, folds_of, main, numbers_of
from tests.support.training import eagerly, outlined_part

TINY = {
    **{"arch": DRAWING, "keep": "last", "burn_in": 0.0, "epochs": 2, "pretrain": 20, "pretrain_epochs": 1},
    **{"image": ImageContract(size=64), "augmentation": AugmentationSettings(), "outline": 3.0, "rehearsal": 0.5},
    **{"finer": True, "mirrored": True, "patience": 60},
}


def place(count: int, first: int, name: str) -> Place:
    part = outlined_part(count, first)
    rows = pd.DataFrame({"image_id": [f"{name} {number}" for number in range(count)], "group": range(count)})
    label = np.where(part.labels, "malignant", "benign")
    return Place(replace(part, proportions=np.linspace(0.7, 1.1, count)), rows.assign(label=label))


HOME, AWAY = place(60, 100, "home"), place(24, 700, "away")


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(travel, "_BASE", TINY)
    monkeypatch.setattr(travel, "at_home", lambda *_: HOME)
    monkeypatch.setattr(travel, "in_breast", lambda *_: AWAY)
    monkeypatch.setattr("busi.data.simulated.HELD_OUT_IMAGES", 20)
    return tmp_path


def run(here: Path, *more: str) -> int:
    return main(["--runs", str(here / "runs"), "--out", str(here / "out.json"), *more])


def said_of(place: Place, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds that know something, and drawings of the truth that are somewhat off."""
    rng = np.random.default_rng(seed)
    maps = [cv2.resize(np.roll(one, rng.integers(-3, 4), 1) / 255.0, (32, 32)) for one in place.part.outlines]
    return rng.normal(size=len(maps)) + 1.2 * place.part.labels, np.array(maps, np.float16)


def folds_said() -> list[dict[str, np.ndarray]]:
    (whole, maps), fold_of = said_of(HOME, 1), folds_of(HOME.rows)
    found = []
    for fold in range(FOLDS):
        odds, drawn = said_of(AWAY, 10 + fold)
        here = fold_of == fold
        found.append({"home": whole[here], "homemap": maps[here], "away": odds, "awaymap": drawn})
    return found


def vectors(maps: np.ndarray, place: Place) -> np.ndarray:
    return np.array(
        [read_shape(*each).vector() for each in zip(maps, place.part.images, place.part.proportions, strict=True)]
    )


def test_the_outline_of_a_fold_is_read_by_what_the_others_taught():
    said, fold_of, labels = folds_said(), folds_of(HOME.rows), HOME.part.labels
    found = numbers_of(said, HOME, AWAY)
    whole, maps = said_of(HOME, 1)
    measured, read = vectors(maps, HOME), np.empty(60)
    for fold in range(FOLDS):
        out = fold_of == fold
        mean, spread = measured[~out].mean(0), np.maximum(measured[~out].std(0), 1e-6)
        theirs = LogisticRegression(C=STRENGTH, max_iter=1000).fit((measured[~out] - mean) / spread, labels[~out])
        read[out] = theirs.decision_function((measured[out] - mean) / spread)
    by_fold = [roc_auc_score(labels[fold_of == fold], read[fold_of == fold]) for fold in range(FOLDS)]
    assert found["outline"]["home auc"]["value"] == pytest.approx(np.mean(by_fold), abs=1e-3)
    assert found["outline"]["home pooled_auc"]["value"] == pytest.approx(roc_auc_score(labels, read), abs=1e-3)
    assert found["whole"]["home pooled_auc"]["value"] == pytest.approx(roc_auc_score(labels, whole), abs=1e-3)
    mean, spread = measured.mean(0), np.maximum(measured.std(0), 1e-6)
    everywhere = LogisticRegression(C=STRENGTH, max_iter=1000).fit((measured - mean) / spread, labels)
    abroad = [
        roc_auc_score(AWAY.part.labels, everywhere.decision_function((vectors(one["awaymap"], AWAY) - mean) / spread))
        for one in said
    ]
    assert found["outline"]["away auc"]["value"] == pytest.approx(np.mean(abroad), abs=1e-3)
    assert found["outline"]["away auc"]["n"] == 24 and found["whole"]["home auc"]["n"] == 60
    assert 0.5 < found["dice"]["away"] <= 1 and set(found["both"]) == set(found["whole"])


def test_folds_divide_no_group_and_hold_every_image():
    rows = pd.DataFrame({"label": np.where(np.arange(90) % 3 == 0, "malignant", "benign"), "group": np.arange(90) // 3})
    folds = folds_of(rows)
    assert sorted(set(folds)) == list(range(FOLDS)) and pd.Series(folds).groupby(rows["group"]).nunique().max() == 1
    np.testing.assert_array_equal(folds, folds_of(rows))


def test_a_run_that_was_interrupted_goes_on_and_its_networks_did_not_learn_from_their_fold(here, monkeypatch, capsys):
    told, learned = travel._tell_epoch, []
    of_travel = travel.fit

    def fit(recipe, learn, held_out, *more, **named):
        learned.append((learn.images, held_out.images))
        return of_travel(recipe, learn, held_out, *more, **named)

    def stop(row):
        told(row)
        raise KeyboardInterrupt

    monkeypatch.setattr(travel, "fit", fit)
    with eagerly():
        assert run(here, "--folds", "3") == 0
        monkeypatch.setattr(travel, "_tell_epoch", stop)
        with pytest.raises(KeyboardInterrupt):
            run(here, "--folds", "3", "4")
        monkeypatch.setattr(travel, "_tell_epoch", told)
        capsys.readouterr()
        assert run(here, "--folds", "3", "4") == 0
    printed = capsys.readouterr().out
    assert "epoch 2:" in printed and "epoch 1:" not in printed and "fold 4 done" in printed and "fold 3" not in printed
    fold_of = folds_of(HOME.rows)
    for (learn, held_out), fold in zip(learned, (3, 4, 4), strict=True):
        np.testing.assert_array_equal(held_out, HOME.part.images[fold_of == fold])
        np.testing.assert_array_equal(learn, HOME.part.images[fold_of != fold])
    assert sorted(path.name for path in (here / "runs/base-100").iterdir()) == ["3.npz", "4.npz", "run.json"]
    kept = np.load(here / "runs/base-100/4.npz")
    assert kept["home"].shape == ((fold_of == 4).sum(),) and kept["awaymap"].shape == (24, 32, 32)


def test_levers_whose_folds_are_all_there_are_told(here, capsys):
    for name, folds in (("base-100", 5), ("longer-100", 4)):
        folder = here / "runs" / name
        folder.mkdir(parents=True)
        (folder / "run.json").write_text("{}", "utf-8")
        for fold, found in enumerate(folds_said()[:folds]):
            np.savez(folder / f"{fold}.npz", **found)
    assert run(here, "--report") == 0
    found = json.loads((here / "out.json").read_text("utf-8"))
    assert list(found) == ["base-100"] and found["base-100"] == json.loads(
        json.dumps(numbers_of(folds_said(), HOME, AWAY))
    )
    assert "away auc" in capsys.readouterr().out


def test_a_folder_of_another_recipe_is_refused(here, capsys):
    folder = here / "runs/base-100"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({"epochs": 7}), "utf-8")
    assert run(here) == 2 and "choose another --runs" in capsys.readouterr().err


def test_each_lever_is_a_recipe_that_draws_and_keeps_its_last_epoch():
    for lever in travel.LEVERS:
        recipe = travel.recipe_of(lever, 5)
        assert recipe.arch == DRAWING and recipe.keep == "last" and recipe.seed == 5 and recipe.outline
