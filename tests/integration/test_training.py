"""Trainings of a few epochs: the same from the same seed, interrupted, started from other weights."""

import math
from dataclasses import replace

import numpy as np
import pytest

from busi.model.metrics import area_under_roc
from busi.training.batches import epoch_batches
from busi.training.checkpoints import has_checkpoint
from busi.training.fit import _restore_prevalence, fit, predict_part
from busi.training.recipe import Recipe
from tests.support.training import drawn_part, eagerly


@pytest.fixture(scope="module")
def fitted(drawn_parts, small_recipe, tmp_path_factory):
    return fit(small_recipe, *drawn_parts, tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def at_once():
    """For tests that compare with no training of the graph."""
    with eagerly():
        yield


def test_it_learns_what_is_easy(fitted, drawn_parts):
    probabilities = predict_part(fitted.model, drawn_parts[1])
    assert area_under_roc(drawn_parts[1].labels, probabilities) > 0.9
    assert fitted.history[-1].loss < fitted.history[0].loss


def test_the_history_holds_a_row_per_epoch_and_the_rate_falls(fitted):
    assert [row.epoch for row in fitted.history] == [1, 2, 3, 4]
    assert fitted.history[-1].learning_rate < 1e-5


def test_the_same_seed_gives_the_same_predictions_with_or_without_a_curve_of_training(
    fitted, drawn_parts, small_recipe, tmp_path
):
    again = fit(small_recipe, *drawn_parts, tmp_path, curve=False)
    assert [row.val_loss for row in again.history] == [row.val_loss for row in fitted.history]
    assert all(math.isnan(row.loss) for row in again.history) and not math.isnan(fitted.best.loss)
    np.testing.assert_array_equal(predict_part(again.model, drawn_parts[1]), predict_part(fitted.model, drawn_parts[1]))


@pytest.mark.usefixtures("at_once")
def test_another_seed_gives_other_predictions(drawn_parts, small_recipe, tmp_path):
    first, second = (
        fit(replace(small_recipe, seed=seed, epochs=1), *drawn_parts, tmp_path / str(seed)) for seed in (6, 7)
    )
    assert (predict_part(first.model, drawn_parts[1]) != predict_part(second.model, drawn_parts[1])).any()


def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(fitted, drawn_parts, small_recipe, tmp_path):
    def interrupt(row):
        if row.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(small_recipe, *drawn_parts, tmp_path, on_epoch=interrupt)
    assert has_checkpoint(tmp_path)
    seen = []
    resumed = fit(small_recipe, *drawn_parts, tmp_path, on_epoch=lambda row: seen.append(row.epoch))
    assert seen == [3, 4]
    scores = [(row.loss, row.val_auc, row.learning_rate) for row in resumed.history]
    assert scores == [(row.loss, row.val_auc, row.learning_rate) for row in fitted.history]
    np.testing.assert_array_equal(
        predict_part(resumed.model, drawn_parts[1]), predict_part(fitted.model, drawn_parts[1])
    )


@pytest.mark.usefixtures("at_once")
def test_a_half_written_checkpoint_is_not_taken_for_one(drawn_parts, small_recipe, tmp_path):
    killed = tmp_path / ".epoch-0001.partial-77"
    killed.mkdir()
    (killed / "last.keras").write_text("half")
    assert not has_checkpoint(tmp_path)
    assert len(fit(replace(small_recipe, epochs=1), *drawn_parts, tmp_path).history) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-0001"]


@pytest.mark.usefixtures("at_once")
def test_another_recipe_does_not_go_on_with_a_checkpoint(drawn_parts, small_recipe, tmp_path):
    fit(replace(small_recipe, epochs=1), *drawn_parts, tmp_path)
    with pytest.raises(ValueError, match=r"another recipe \(differs in: batch_size\)"):
        fit(replace(small_recipe, epochs=1, batch_size=4), *drawn_parts, tmp_path)


@pytest.mark.usefixtures("at_once")
def test_other_images_do_not_go_on_with_a_checkpoint(drawn_parts, small_recipe, tmp_path):
    """The weights might already know what the new split holds out."""
    fit(replace(small_recipe, epochs=1), *drawn_parts, tmp_path)
    with pytest.raises(ValueError, match="other images, or with another split"):
        fit(replace(small_recipe, epochs=1), drawn_parts[0], drawn_part(15, 900), tmp_path)


@pytest.mark.parametrize(
    ("burn_in", "best", "epochs"), [(0, 2, 4), (0.3, 3, 5)], ids=["any epoch", "from the third on"]
)
@pytest.mark.usefixtures("at_once")
def test_the_best_epoch_is_kept_and_training_stops_without_progress(
    drawn_parts, small_recipe, tmp_path, monkeypatch, burn_in, best, epochs
):
    """Validation loss is scripted: 0.7, 0.5, 0.6, 0.6, 0.6; after two epochs without a better one training stops."""
    scripted, weights = iter([0.7, 0.5, 0.6, 0.6, 0.6]), []

    def measures(model, part):
        if part is drawn_parts[0]:
            weights.append(model.get_weights())
            return {"loss": 1.0, "accuracy": 0.5, "auc": 0.5}
        return {"loss": next(scripted), "accuracy": 0.5, "auc": 0.5}

    monkeypatch.setattr("busi.training.fit._measures", measures)
    monkeypatch.setattr("busi.training.fit._restore_prevalence", lambda model, share: None)
    fitted = fit(replace(small_recipe, epochs=9, patience=2, burn_in=burn_in), *drawn_parts, tmp_path)
    assert (len(fitted.history), fitted.best.epoch, fitted.first_kept) == (epochs, best, best if burn_in else 1)
    for kept, then in zip(fitted.model.get_weights(), weights[best - 1], strict=True):
        if kept.dtype == np.float32:  # the state of random generators is not a weight
            np.testing.assert_array_equal(kept, then)


@pytest.mark.usefixtures("at_once")
def test_the_rate_falls_to_zero_or_stays(drawn_parts, small_recipe, tmp_path):
    steady = fit(replace(small_recipe, cosine_decay=False, warmup=1), *drawn_parts, tmp_path)
    assert [row.learning_rate for row in steady.history[1:]] == pytest.approx([small_recipe.learning_rate] * 3)


@pytest.mark.usefixtures("at_once")
def test_training_can_start_from_another_network_s_weights(drawn_parts, small_recipe, fitted, tmp_path):
    """With a learning rate of almost nothing, it stays where it started."""
    still = replace(small_recipe, epochs=1, learning_rate=1e-9)
    started = fit(still, *drawn_parts, tmp_path / "started", start=fitted.model)
    assert started.history[0].val_auc == pytest.approx(fitted.best.val_auc, abs=0.1)
    kernels = [model.get_layer("conv2").get_weights()[0] for model in (fitted.model, started.model)]
    np.testing.assert_allclose(*kernels, atol=1e-5)


@pytest.mark.usefixtures("at_once")
def test_every_epoch_rehearses_other_simulated_images_as_many_as_asked(
    drawn_parts, small_recipe, tmp_path, monkeypatch
):
    shown = []
    batches = epoch_batches
    monkeypatch.setattr(
        "busi.training.fit.epoch_batches", lambda part, *more: shown.append(part.images) or batches(part, *more)
    )
    pool = drawn_part(60, 2000)
    fit(replace(small_recipe, epochs=2, rehearsal=0.5), *drawn_parts, tmp_path, rehearsal=pool)
    assert [len(images) for images in shown] == [36, 36]
    for images in shown:
        np.testing.assert_array_equal(images[:24], drawn_parts[0].images)
        assert all((pool.images == image).all(axis=(1, 2)).any() for image in images[24:])
    assert (shown[0][24:] != shown[1][24:]).any()


def test_restoring_the_prevalence_multiplies_the_odds(drawn_parts, fitted):
    before = predict_part(fitted.model, drawn_parts[1])
    _restore_prevalence(fitted.model, 0.2)
    after = predict_part(fitted.model, drawn_parts[1])
    _restore_prevalence(fitted.model, 0.8)  # and back
    odds = lambda p: p / (1 - p)  # noqa: E731
    np.testing.assert_allclose(odds(after), odds(before) * 0.25, rtol=1e-3)
    np.testing.assert_allclose(predict_part(fitted.model, drawn_parts[1]), before, rtol=1e-4)


def test_a_part_of_one_class_and_bad_settings_are_refused(drawn_parts, small_recipe, tmp_path):
    one_class = replace(drawn_parts[1], labels=np.zeros(15, bool))
    with pytest.raises(ValueError, match="validation part needs images of both classes"):
        fit(small_recipe, drawn_parts[0], one_class, tmp_path)
    with pytest.raises(ValueError, match="epochs must be a whole number of 1 or more, got 0"):
        Recipe(epochs=0)
    with pytest.raises(ValueError, match="seed must be a whole number from 0"):
        Recipe(seed=-1)
