import numpy as np
import pytest

from busi.augment import AugmentationSettings, augmentation, reseed
from tests.conftest import drawn_ultrasound

NOTHING = {"rotation": 0, "zoom": 0, "translation": 0, "brightness": 0, "contrast": 0, "flip": False}


@pytest.fixture(scope="module")
def batch() -> np.ndarray:
    images = [drawn_ultrasound(seed, size=(64, 64))[0] for seed in range(8)]
    return np.stack(images).astype(np.float32)[..., np.newaxis] / 255


def applied(batch, seed=0, training=True, **settings):
    return augmentation(AugmentationSettings(**settings), seed)(batch, training=training).numpy()


def test_the_same_seed_gives_the_same_pixels_and_another_seed_others(batch):
    np.testing.assert_array_equal(applied(batch, seed=5), applied(batch, seed=5))
    assert np.abs(applied(batch, seed=5) - applied(batch, seed=6)).mean() > 0.01


def test_reseeding_begins_the_sequence_again(batch):
    layers = augmentation(AugmentationSettings(), seed=1)
    first, second = layers(batch, training=True).numpy(), layers(batch, training=True).numpy()
    assert np.abs(first - second).mean() > 0.01
    reseed(layers, 1)
    np.testing.assert_array_equal(layers(batch, training=True).numpy(), first)


def test_nothing_changes_outside_training_or_with_every_setting_off(batch):
    np.testing.assert_array_equal(applied(batch, training=False), batch)
    np.testing.assert_array_equal(applied(batch, **NOTHING), batch)


def test_shape_and_range_stay(batch):
    changed = applied(batch)
    assert changed.shape == batch.shape and changed.dtype == np.float32
    assert changed.min() >= 0 and changed.max() <= 1


def test_flips_are_left_right_and_never_upside_down(batch):
    changed = applied(batch, **{**NOTHING, "flip": True})
    same = [np.array_equal(new, old) for new, old in zip(changed, batch, strict=True)]
    mirrored = [np.array_equal(new, old[:, ::-1]) for new, old in zip(changed, batch, strict=True)]
    assert all(one != other for one, other in zip(same, mirrored, strict=True))
    assert any(same) and any(mirrored)


def test_translation_moves_within_its_limit_and_uncovers_black():
    dot = np.zeros((32, 64, 64, 1), np.float32)
    dot[:, 32, 32] = 1
    moved = applied(dot, **{**NOTHING, "translation": 0.25})
    weights = moved[..., 0]
    rows = (weights.sum(axis=2) @ np.arange(64)) / weights.sum(axis=(1, 2))
    assert np.abs(rows - 32).max() <= 16 and np.abs(rows - 32).max() > 6
    white = applied(np.ones((8, 64, 64, 1), np.float32), **{**NOTHING, "translation": 0.25})
    assert white.min() == 0


def test_brightness_adds_at_most_its_share(batch):
    gray = np.full((64, 32, 32, 1), 0.5, np.float32)
    changed = applied(gray, **{**NOTHING, "brightness": 0.2})
    assert np.abs(changed - 0.5).max() <= 0.2 + 1e-6 and np.abs(changed - 0.5).max() > 0.1


@pytest.mark.parametrize(("name", "value"), [("rotation", 181), ("zoom", -0.1), ("contrast", 1.5)])
def test_settings_out_of_range_are_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a number from 0 to .* got {value}"):
        AugmentationSettings(**{name: value})
