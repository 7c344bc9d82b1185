"""A small network that draws outlines: its coefficient by hand, its training taken up again, and who judges it."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from busi.data.parts import Part
from busi.data.simulated import fingerprint
from busi.images.quality import measure
from busi.model.augment import AugmentationSettings
from busi.model.drawing import beside, build_drawing
from busi.model.network import build_network, without_outline
from busi.training.drawing import DrawingSettings, drawing_batches, drawing_loss, learn_drawing
from busi.training.recipe import DEFAULT, RECIPES
from experiments import outlines
from experiments.outlines import USUAL, main
from experiments.overlap import dice, mean_with_interval
from tests.support.training import eagerly

FLIPS = AugmentationSettings(rotation=0, zoom=0, translation=0, brightness=0, contrast=0)  # quicker than the usual
TINY = DrawingSettings(
    32, images=16, epochs=2, batch_size=8, filters=(4, 4, 4, 4), learning_rate=0.01, augmentation=FLIPS
)


def untrained(settings: DrawingSettings):
    return build_drawing(settings.size, settings.filters, settings.seed)


def discs(count: int, seed: int, size: int = 32) -> Part:
    """Dark discs on bright noise, and where they are."""
    rng, images, inside = np.random.default_rng(seed), [], []
    for _ in range(count):
        mask = np.zeros((size, size), np.uint8)
        cv2.circle(mask, tuple(int(place) for place in rng.integers(10, 22, 2)), int(rng.integers(4, 8)), 255, -1)
        image = np.where(mask > 0, 40, 160) + rng.normal(0, 15, mask.shape)
        images.append(np.uint8(np.clip(image, 0, 255)))
        inside.append(mask)
    labels = np.arange(count) % 2 == 0
    return Part(np.stack(images), labels, tuple(measure(image) for image in images), np.stack(inside))


def test_dice_worked_by_hand_and_by_scikit_learn():
    truth, drawn = np.zeros((4, 4, 4), bool), np.zeros((4, 4, 4), bool)
    truth[:, :2, :2] = True  # 4 pixels
    drawn[0], drawn[1, :2, :2], drawn[2, 2:, 2:], drawn[3, 0, :3] = False, True, True, True
    assert dice(truth, drawn).tolist() == pytest.approx([0, 1, 0, 2 * 2 / 7])
    rng = np.random.default_rng(0)
    truth, drawn = rng.random((5, 9, 7)) < 0.3, rng.random((5, 9, 7)) < 0.4
    expected = [f1_score(one.ravel(), other.ravel()) for one, other in zip(truth, drawn, strict=True)]
    assert dice(truth, drawn).tolist() == pytest.approx(expected)


def test_a_truth_without_lesion_and_other_shapes_are_refused():
    with pytest.raises(ValueError, match="each truth must hold a lesion"):
        dice(np.zeros((1, 4, 4), bool), np.ones((1, 4, 4), bool))
    with pytest.raises(ValueError, match=r"must be \(N, H, W\), got \(1, 4, 4\) and \(4, 4\)"):
        dice(np.ones((1, 4, 4), bool), np.ones((4, 4), bool))


def test_the_interval_of_a_mean_is_that_of_redrawn_groups():
    values = np.random.default_rng(1).normal(0.6, 0.2, 400)
    found, half = mean_with_interval(values, np.arange(400)), 1.96 * values.std() / 20
    assert found.value == pytest.approx(values.mean()) and found.n == 400
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.004)
    twins = mean_with_interval(np.repeat(values, 2), np.repeat(np.arange(400), 2))
    assert (twins.low, twins.high) == pytest.approx((found.low, found.high), abs=1e-9), "a twin is no second witness"


def test_the_loss_is_least_where_the_drawing_is_the_truth():
    truth = np.float32(discs(3, 0).outlines[..., np.newaxis] > 0)
    right, wrong = (np.asarray(drawing_loss(truth, drawn)) for drawn in (truth, 1 - truth))
    assert right.shape == (3,) and (right < 0.01).all() and (wrong > 10).all()


def test_the_network_draws_at_the_size_of_its_image_and_begins_alike_from_a_seed():
    one, other = untrained(TINY), untrained(TINY)
    assert one.output_shape == (None, 32, 32, 1)
    drawn = one(np.zeros((1, 32, 32, 1), np.float32)).numpy()
    assert ((drawn >= 0) & (drawn <= 1)).all()
    assert all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))
    with pytest.raises(ValueError, match="multiple of 16 pixels a side, got 40"):
        build_drawing(40)
    assert build_drawing(128).count_params() < 300_000


def test_what_it_draws_in_a_mirror_image_is_the_mirror_image_of_what_it_draws():
    model, images = untrained(TINY), discs(4, 5).images
    drawn = outlines.drawn_by(model, images)
    np.testing.assert_array_equal(outlines.drawn_by(model, images[:, :, ::-1]), drawn[:, :, ::-1])
    assert drawn.dtype == bool and drawn.shape == images.shape


@pytest.mark.parametrize("filters", [(4, 4, 4, 4), (4, 6, 8)])
def test_beside_a_network_that_looks_both_say_what_they_said(filters):
    looking, drawing = build_network("atelier", 64, seed=2), build_drawing(64, filters, seed=5)
    both, images = beside(looking, drawing), np.random.default_rng(0).random((2, 64, 64, 1), np.float32)
    said = both(images)
    np.testing.assert_allclose(said["probability"], looking(images), atol=1e-6)
    np.testing.assert_allclose(said["outline"], drawing(images), atol=1e-6)
    assert both.count_params() == looking.count_params() + drawing.count_params()
    assert without_outline(both).name == "atelier" and without_outline(both).count_params() == looking.count_params()
    with pytest.raises(ValueError, match="the same input"):
        beside(build_network("atelier", 96), drawing)


def test_outlines_move_with_their_images():
    part = discs(8, 3)
    same = Part(part.outlines, part.labels, part.quality, part.outlines)
    for images, inside in drawing_batches(same, replace(TINY, augmentation=RECIPES[DEFAULT]["augmentation"]), 1):
        edges = cv2.morphologyEx(np.uint8(inside[..., 0].numpy().max(0) > 0), cv2.MORPH_GRADIENT, np.ones((3, 3)))
        apart = (images.numpy() > 0.5) != (inside.numpy() > 0.5)
        assert edges.any() and apart.mean() < 0.15, "but for the scanner's changes and marks the two are one"


def test_it_learns_and_a_training_that_was_interrupted_ends_in_the_same_network(tmp_path):
    part, told = discs(16, 1), []

    def stop(number, loss, seconds):
        told.append(loss)
        raise KeyboardInterrupt

    with eagerly():
        with pytest.raises(KeyboardInterrupt):
            learn_drawing(TINY, part, tmp_path / "epochs", stop)
        assert [path.name for path in (tmp_path / "epochs").iterdir()] == ["epoch-0001"]
        numbers = []
        resumed = learn_drawing(TINY, part, tmp_path / "epochs", lambda number, *_: numbers.append(number))
        whole = learn_drawing(TINY, part, tmp_path / "again", lambda number, loss, _: told.append(loss))
    assert numbers == [2] and told[0] == told[1] > told[2]
    for settings, images in ((replace(TINY, learning_rate=0.02), part), (TINY, discs(16, 9))):
        with pytest.raises(ValueError, match="other settings, or with other images"):
            learn_drawing(settings, images, tmp_path / "epochs", lambda *_: None)
    for one, other in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture
def asked(tmp_path, monkeypatch) -> list[int]:
    """In place of drawing and of a training: untrained networks, and two small judges."""
    trained = []
    rows = pd.DataFrame({"image_id": [f"x{number}" for number in range(6)], "group": [0, 0, 1, 2, 3, 4]})
    monkeypatch.setattr(outlines, "simulated_part", lambda *_: discs(8, 2))
    monkeypatch.setattr(outlines, "judges", lambda *_: {name: (discs(6, 4), rows) for name in ("one", "two")})

    def as_if_trained(settings, part, checkpoints, on_epoch):
        trained.append(settings.seed)
        checkpoints.mkdir(parents=True)
        return untrained(replace(TINY, seed=settings.seed))

    monkeypatch.setattr(outlines, "learn_drawing", as_if_trained)
    return trained


def run(here: Path, *more: str) -> int:
    return main(["--runs", str(here / "runs"), "--out", str(here / "out.json"), *more])


def test_the_result_holds_the_mean_over_images_and_seeds_and_is_never_written_over(asked, tmp_path, capsys):
    assert run(tmp_path, "--seeds", "0", "3") == 0
    found = json.loads((tmp_path / "out.json").read_text("utf-8"))["u-net"]
    part = discs(6, 4)
    scored = [
        dice(part.outlines > 127, outlines.drawn_by(untrained(replace(TINY, seed=seed)), part.images))
        for seed in (0, 3)
    ]
    mean = np.mean(scored, axis=0)
    expected = mean_with_interval(mean, np.array([0, 0, 1, 2, 3, 4]))
    told = found["dice"]["one"]
    assert told["value"] == pytest.approx(mean.mean(), abs=1e-5) and told["n"] == 6
    assert (told["low"], told["high"]) == pytest.approx((expected.low, expected.high), abs=1e-5)
    assert told["seeds"] == pytest.approx([one.mean() for one in scored], abs=1e-5)
    rows = pd.read_csv(tmp_path / "runs/seed-3/dice.csv")
    assert rows.groupby("judge")["dice"].mean().tolist() == pytest.approx([scored[1].mean()] * 2, abs=1e-6)
    assert found["simulator"] == fingerprint() and found["settings"]["images"] == USUAL.images
    assert "seed" not in found["settings"] and found["seeds"] == [0, 3]
    before = (tmp_path / "out.json").read_bytes()
    assert run(tmp_path, "--seeds", "0", "3") == 0 and "finished before" in capsys.readouterr().out
    assert asked == [0, 3]
    assert run(tmp_path, "--seeds", "0", "3", "--epochs", "3") == 2 and "differs in settings" in capsys.readouterr().err
    assert (tmp_path / "out.json").read_bytes() == before


def test_a_network_that_was_left_is_not_trained_again_and_one_of_other_settings_is_refused(asked, tmp_path, capsys):
    assert run(tmp_path, "--seeds", "0") == 0
    (tmp_path / "out.json").unlink()
    assert [path.name for path in sorted((tmp_path / "runs/seed-0").iterdir())] == [
        "dice.csv",
        "network.keras",
        "run.json",
    ]
    assert run(tmp_path, "--seeds", "0", "1") == 0 and asked == [0, 1]
    (tmp_path / "out.json").unlink()
    assert run(tmp_path, "--seeds", "0", "--epochs", "2") == 2 and "choose another --runs" in capsys.readouterr().err
    assert asked == [0, 1] and not (tmp_path / "out.json").exists()


def test_its_judges_have_outlines_and_the_final_half_is_not_among_them(monkeypatch):
    from busi.images import ImageContract
    from experiments.hospitals import breast_half

    halves = []
    rows = breast_half("choice").head(3)
    monkeypatch.setattr(outlines, "breast_half", lambda half: halves.append(half) or rows)
    monkeypatch.setattr("busi.data.simulated.HELD_OUT_IMAGES", 4)
    monkeypatch.setattr(outlines, "read_busi", lambda _: type("Data", (), {"images": None}))
    monkeypatch.setattr(outlines, "untouched", lambda _: rows)
    monkeypatch.setattr(outlines, "load_part", lambda *_, with_outlines: discs(3, 1))
    found = outlines.judges("nowhere", ImageContract(size=64))
    assert halves == ["choice"] and [len(rows) for _, rows in found.values()] == [3, 3, 4]
    empty = Part(
        *(getattr(discs(3, 1), name) for name in ("images", "labels", "quality")), np.zeros((3, 32, 32), np.uint8)
    )
    monkeypatch.setattr(outlines, "load_part", lambda *_, with_outlines: empty)
    with pytest.raises(ValueError, match="each of the 3 images of 'busi untouched' needs an outline"):
        outlines.judges("nowhere", ImageContract(size=64))
