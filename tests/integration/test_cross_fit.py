"""Two networks, from their folds to their bundle: no image is scored by a network that learned from it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest

import train
from busi.bundle.files import Bundle, open_bundle
from busi.data.box import picture
from busi.data.dataset import read_busi
from busi.data.parts import Part
from busi.images import read_image
from busi.model.augment import AugmentationSettings
from busi.model.drawing import build_drawing
from busi.model.fusion import fit_fusion
from busi.model.metrics import choose_threshold, log_odds
from busi.model.shape import FEATURES, Shape
from busi.serving.predict import Classifier
from busi.training import cross_fit as module
from busi.training.checkpoints import Epoch, clear_checkpoints, has_checkpoint
from busi.training.cross_fit import Draws, OutOfFold, cross_fit
from busi.training.drawing import DrawingSettings, drawn_shapes, learn_real_outlines
from busi.training.elsewhere import ask_elsewhere
from busi.training.fit import fit, predict_part
from busi.training.progress import Interruption, Progress
from busi.training.recipe import DEFAULT, RECIPES, Recipe
from tests.support.training import arguments, eagerly, hurry, outlined_part

FOLDS = np.arange(24) // 3 % 3


def pool():
    return replace(outlined_part(24, 100), proportions=np.linspace(0.7, 1.2, 24))


def draws_by_chance(settings: DrawingSettings, part: Part, *_, **__) -> keras.Model:
    """In place of a training: a network that takes a fifth of the places for lesion, whatever they are."""
    model = build_drawing(settings.size, settings.filters, settings.seed)
    drawn = model(part.images[:16, ..., np.newaxis] / np.float32(255)).numpy()
    last = model.get_layer("draw_out")
    last.bias.assign(-log_odds(np.quantile(drawn, 0.8, keepdims=True)[..., 0].ravel()))
    return model


@pytest.fixture(scope="module", autouse=True)
def _quickly():
    with pytest.MonkeyPatch.context() as patch, eagerly():
        hurry(patch)
        patch.setitem(RECIPES[DEFAULT], "folds", 3)
        patch.setitem(RECIPES[DEFAULT], "augmentation", AugmentationSettings())
        patch.setitem(RECIPES[DEFAULT], "drawn", 40)
        patch.setattr(train, "learn_drawing", draws_by_chance)
        yield


@pytest.fixture(scope="module")
def recipe(small_recipe) -> Recipe:
    return replace(small_recipe, outline=3.0, keep="last", epochs=2, drawn=20, folds=3, mirrored=True, finer=True)


RNG = np.random.default_rng(3)
MALIGNANT = RNG.random(90) < 0.4
SHAPES = [Shape(*row) for row in RNG.normal(size=(90, len(FEATURES))) + 0.5 * MALIGNANT[:, None]]
DRAWS_HERE = Draws(DrawingSettings(size=64, epochs=1, filters=(4, 4, 4, 4)), None, outlined_part(12, 300))


def out_of_fold() -> OutOfFold:
    row = Epoch(1, 0.6, 0.7, 0.8, 0.7, 0.6, 0.7, 0.001, 2.0)
    curves = ((row, replace(row, epoch=2, val_loss=0.5)), (replace(row, loss=0.4), replace(row, epoch=2, val_loss=0.3)))
    whole = np.random.default_rng(5).normal(size=90) + MALIGNANT
    return OutOfFold(whole, tuple(SHAPES), np.arange(90) % 3, MALIGNANT, curves)


def test_an_image_is_calibrated_by_the_other_folds():
    said = out_of_fold()
    found = said.probabilities()
    for fold in range(3):
        others = np.flatnonzero(said.folds != fold)
        theirs = [SHAPES[row] for row in others]
        fusion = fit_fusion(said.whole[others], theirs, MALIGNANT[others], said.folds[others])
        for row in np.flatnonzero(said.folds == fold)[:5]:
            assert log_odds(found[row]) == pytest.approx(fusion.log_odds(said.whole[row], SHAPES[row]), abs=1e-6)
    assert said.fusion().to_dict() == fit_fusion(said.whole, SHAPES, MALIGNANT, said.folds).to_dict()


def test_the_curves_are_the_mean_of_the_folds():
    first, second = out_of_fold().history()
    assert (first.epoch, second.epoch) == (1, 2)
    assert (first.loss, second.val_loss) == pytest.approx((0.5, 0.4))


def test_each_fold_is_asked_of_a_network_that_did_not_learn_from_it_and_an_interrupted_run_goes_on(
    recipe, tmp_path, monkeypatch
):
    images, learned = pool(), []

    def watched(recipe, learn, held_out, *more, **named):
        learned.append((learn.images, held_out.images))
        return fit(recipe, learn, held_out, *more, **named)

    def stop(row):
        if len(learned) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "fit", watched)
    with pytest.raises(KeyboardInterrupt):
        cross_fit(recipe, DRAWS_HERE, images, FOLDS, tmp_path, on_epoch=stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fold-0.npz", "fold-1"] and has_checkpoint(tmp_path)
    told = []
    found = cross_fit(recipe, DRAWS_HERE, images, FOLDS, tmp_path, on_fold=lambda *count: told.append(count))
    assert told == [(2, 3), (3, 3)] and len(learned) == 4
    for (learn, held_out), fold in zip(learned, (0, 1, 1, 2), strict=True):
        np.testing.assert_array_equal(learn, images.images[fold != FOLDS])
        np.testing.assert_array_equal(held_out, images.images[fold == FOLDS])
    rows, others = np.flatnonzero(FOLDS == 2), np.flatnonzero(FOLDS != 2)
    shown = DRAWS_HERE.rehearsal
    again = fit(recipe, images.at(others), images.at(rows), tmp_path / "again", rehearsal=shown)
    said = predict_part(again.model, images.at(rows), mirrored=True)
    np.testing.assert_allclose(found.whole[rows], log_odds(said), atol=1e-4)
    settings, start = DRAWS_HERE.settings, DRAWS_HERE.start
    drawing = learn_real_outlines(settings, start, images.at(others), shown, tmp_path / "again" / "drawing")
    assert [found.shapes[row] for row in rows] == list(drawn_shapes(drawing, images.at(rows)))
    assert len(found.histories) == 3 and found.history()[-1].epoch == 2
    turned = replace(images, images=images.images[::-1].copy())
    with pytest.raises(ValueError, match="other images"):
        cross_fit(recipe, DRAWS_HERE, turned, FOLDS, tmp_path)
    with pytest.raises(ValueError, match="another recipe"):
        cross_fit(replace(recipe, learning_rate=0.5), DRAWS_HERE, images, FOLDS, tmp_path)
    clear_checkpoints(tmp_path / "again")
    clear_checkpoints(tmp_path)
    assert not tmp_path.exists()


def test_control_c_is_heard_while_a_fold_learns_outlines_and_the_bar_is_not_drawn_then(recipe, tmp_path, monkeypatch):
    heard = []

    def watched(*given, callbacks):
        heard.append(list(callbacks))
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "learn_real_outlines", watched)
    with Interruption() as interruption, Progress(2) as progress, pytest.raises(KeyboardInterrupt):
        cross_fit(recipe, DRAWS_HERE, pool(), FOLDS, tmp_path, callbacks=[progress, interruption])
    assert heard == [[interruption]]


def test_what_cannot_be_cross_fitted_is_refused(recipe, tmp_path):
    for wrong in ({"folds": 2}, {"folds": 5, "keep": "val_loss"}, {"folds": 5, "drawn": 0}):
        with pytest.raises(ValueError, match="folds must be 0, or 3 and more"):
            replace(recipe, **wrong)
    with pytest.raises(ValueError, match="there are none"):
        fit(replace(recipe, folds=0, drawn=0, keep="val_loss"), pool(), None, tmp_path)


@pytest.fixture(scope="module")
def drawn(small_busi, tmp_path_factory) -> Bundle:
    """What `train.py --recipe draws` leaves."""
    out = tmp_path_factory.mktemp("runs") / "draws"
    given = arguments(small_busi, out, "--recipe", DEFAULT, "--pretrain", "0", "--epochs", "2")
    with pytest.MonkeyPatch.context() as patch:
        for where in (train, module):  # an epoch of few images would leave nothing drawn
            patch.setattr(where, "learn_real_outlines", lambda settings, drawing, *_, **__: drawing)
        assert train.main(given) == 0
    return open_bundle(out)


def test_its_bundle_gives_the_scores_that_training_wrote(drawn, small_busi):
    assert drawn.fusion.outline > 0 and drawn.info["training"]["recipe"]["folds"] == 3
    paths, classifier = read_busi(small_busi).images.set_index("image_id")["path"], Classifier(drawn)
    rows = drawn.predictions
    for row in rows[(rows["split"] == "test") & (rows["source"] != "simulated")][:12].itertuples():
        image = read_image(paths[row.image_id] if row.source == "busi" else picture(row.image_id))
        prediction = classifier.predict(image)
        assert prediction.probability == pytest.approx(row.probability, abs=1e-4)
        assert log_odds(prediction.probability) == pytest.approx(sum(prediction.terms.values()), abs=1e-6)


def test_every_image_of_the_pool_was_held_out_once_and_the_threshold_is_of_these_scores(drawn):
    rows = drawn.predictions
    own = rows[(rows["source"] == "busi")]
    validation, test = own[own["split"] == "validation"], own[own["split"] == "test"]
    parts = drawn.info["data"]["parts"]
    assert len(validation) == parts["train"]["images"] + parts["validation"]["images"]
    assert not set(validation["group"]) & set(test["group"]) and validation["image_id"].is_unique
    chosen = choose_threshold(validation["label"] == "malignant", validation["probability"].to_numpy(), 0.9)
    assert drawn.threshold == pytest.approx(chosen, abs=1e-5)
    assert len(drawn.history) == 2 and drawn.history["val_loss"].notna().all()


def test_several_machines_are_refused(small_busi, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train, "workers", lambda: SimpleNamespace(index=0, count=2))
    assert train.main(arguments(small_busi, tmp_path / "out", "--recipe", DEFAULT)) == 2
    assert "trains on one machine" in capsys.readouterr().err


def test_its_story_ends_with_its_own_answers(drawn):
    (kept,) = [moment for moment in drawn.replay.moments if drawn.replay.is_kept(moment)]
    classifier = Classifier(drawn)
    for name in drawn.replay.pictures:
        assert kept.scores[name] == pytest.approx(classifier.predict(read_image(picture(name))).probability, abs=1e-4)


def test_asked_again_elsewhere_it_says_the_same(drawn, tmp_path):
    copy = Path(shutil.copytree(drawn.folder, tmp_path / "copy"))
    again = ask_elsewhere(copy)
    pd.testing.assert_frame_equal(again.predictions, drawn.predictions, atol=1e-4)
    assert json.loads((copy / "bundle.json").read_text("utf-8"))["fusion"] == drawn.info["fusion"]
    assert again.info["impostors"] == pytest.approx(drawn.info["impostors"], abs=1e-4)
