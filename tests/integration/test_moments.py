"""What a network answered while it learned: recorded, asked afterwards, and the same as an independent prediction."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import train
from busi.bundle.files import EMBEDDED, open_bundle
from busi.bundle.replay import OWN, REAL, SIMULATED
from busi.data import box
from busi.images import ImageContract, prepare, read_image
from busi.model.metrics import Estimate
from busi.model.network import build_network
from busi.model.scoring import Scoring
from busi.serving.predict import Classifier
from busi.training.checkpoints import MOMENTS, clear_checkpoints
from busi.training.fit import fit
from busi.training.moments import Recorder, recorders, replay_of, spread
from busi.training.recipe import Recipe
from tests.support.training import drawn_part

NAMES = ("case100", "case017")
TEMPERATURE, SHIFT = 1.7, 0.4  # what calibrating would find


def log_odds(probability: np.ndarray) -> np.ndarray:
    return np.log(probability) - np.log1p(-probability)


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> SimpleNamespace:
    """Three epochs of the plain network, and the weights that it had after each, kept by the test itself."""
    folder: Path = tmp_path_factory.mktemp("checkpoints")
    recipe = Recipe(image=ImageContract(size=64), epochs=3, pretrain=0, rehearsal=0.0, seed=4)
    weights: dict[int, list[np.ndarray]] = {}
    record = Recorder(folder, REAL, (0, 1, 2))

    def remember(epoch, model):
        weights[epoch] = model.get_weights()
        record(epoch, model)

    fitted = fit(recipe, drawn_part(24, 0), drawn_part(12, 100), folder, record=remember)
    bias = fitted.model.get_layer("probability").bias
    bias.assign(bias + SHIFT)
    evaluation = SimpleNamespace(
        scoring=Scoring(TEMPERATURE), threshold=0.3, metrics={"test": {"auc": Estimate(0.8, 0.7, 0.9, 60)}}
    )
    pictures = {name: box.picture(name) for name in NAMES}
    replay = replay_of(folder, recipe, fitted, None, evaluation, pictures)
    return SimpleNamespace(replay=replay, weights=weights, fitted=fitted, folder=folder, recipe=recipe)


def test_the_moments_are_those_recorded_and_the_one_that_was_kept(told):
    expected = {0, 1, 2} | {told.fitted.best.epoch}
    assert [moment.epoch for moment in told.replay.moments] == sorted(expected)
    assert {moment.stage for moment in told.replay.moments} == {REAL}
    assert [told.replay.is_kept(moment) for moment in told.replay.moments].count(True) == 1
    assert told.replay.curves[REAL] == tuple((row.epoch, row.loss, row.val_loss) for row in told.fitted.history)
    assert (told.replay.source, told.replay.pictures) == (OWN, NAMES)


def test_each_score_is_what_a_network_with_these_weights_answers(told):
    """Computed again by hand: the last unit's bias moved as at the end, the log-odds divided by the temperature."""
    network = build_network(told.recipe.arch, 64)
    inputs = np.stack([prepare(read_image(box.picture(name)), told.recipe.image) for name in NAMES])
    prevalence = float(np.mean([number % 3 == 0 for number in range(24)]))
    moved = np.log(prevalence / (1 - prevalence)) + SHIFT
    for moment in told.replay.moments:
        network.set_weights(told.weights[moment.epoch])
        raw = network(inputs, training=False).numpy()[:, 0].astype(np.float64)
        expected = 1 / (1 + np.exp(-(log_odds(raw) + moved) / TEMPERATURE))
        assert [moment.scores[name] for name in NAMES] == pytest.approx(expected.tolist(), abs=1e-4)
    assert len({round(moment.scores[NAMES[0]], 4) for moment in told.replay.moments}) > 1, "it learned something"


def test_the_places_add_up_to_the_log_odds_of_the_network_at_that_moment(told):
    """After a global average and one unit, Grad-CAM is exact: its sum is the answer but for the bias."""
    network = build_network(told.recipe.arch, 64)
    for moment in told.replay.moments:
        network.set_weights(told.weights[moment.epoch])
        bias = float(network.layers[-1].bias.numpy()[0])
        for name in NAMES:
            seen = prepare(read_image(box.picture(name)), told.recipe.image)[np.newaxis]
            raw = network(seen, training=False).numpy()[0, 0]
            assert moment.evidence[name].sum() == pytest.approx(log_odds(raw) - bias, abs=1e-3)


def test_nothing_recorded_or_nothing_asked_is_no_replay(told, tmp_path):
    evaluation = SimpleNamespace(scoring=Scoring(1.0), threshold=0.5, metrics={})
    assert replay_of(told.folder, told.recipe, told.fitted, None, evaluation, {}) is None
    assert replay_of(tmp_path, told.recipe, told.fitted, None, evaluation, {"case100": box.picture("case100")}) is None


def test_more_is_recorded_where_more_happens():
    assert spread(12, 5) == (1, 2, 3, 6, 12)
    assert spread(3, 9) == (1, 2, 3) and spread(1, 9) == (1,)
    assert spread(60, 9)[0] == 1 and spread(60, 9)[-1] == 60 and len(spread(60, 9)) == 9
    simulated, real = recorders(Recipe(), Path("nowhere"))
    assert simulated.epochs[0] == 0 and 0 not in real.epochs, "before anything was learned, once"
    assert recorders(Recipe(pretrain=0), Path("nowhere"))[1].epochs[0] == 0


def test_moments_go_with_the_checkpoints(told, tmp_path):
    copy = shutil.copytree(told.folder, tmp_path / "copy")
    assert any((copy / MOMENTS).iterdir())
    clear_checkpoints(copy)
    assert not copy.exists()


def test_a_training_leaves_its_replay_and_ends_it_with_the_bundle_s_own_answers(trained_folder):
    bundle = open_bundle(trained_folder)
    replay = bundle.replay
    assert replay.source == OWN and {*open_bundle(EMBEDDED).first_pair} < set(replay.pictures)
    assert [(moment.stage, moment.epoch) for moment in replay.moments] == [
        (SIMULATED, 0),
        (SIMULATED, 1),
        (SIMULATED, 2),
        (REAL, 1),
    ]
    (kept,) = [moment for moment in replay.moments if replay.is_kept(moment)]
    classifier = Classifier(bundle)
    for name in replay.pictures:
        answer = classifier.predict(read_image(box.picture(name)))
        assert kept.scores[name] == pytest.approx(answer.probability, abs=1e-4)
        np.testing.assert_allclose(kept.evidence[name], classifier.inside.evidence(answer.model_input), atol=0.001)
    assert replay.threshold == bundle.threshold and replay.auc == bundle.metrics("test")["auc"]
    assert replay.curves[REAL] == tuple(
        bundle.history[["epoch", "loss", "val_loss"]].itertuples(index=False, name=None)
    )


def test_a_network_that_was_not_asked_on_breast_has_none():
    assert train.told_by_moments(Recipe(), None, SimpleNamespace(metrics={}), Path("nowhere")) is None
