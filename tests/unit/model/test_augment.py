import numpy as np
import pytest

from busi.model.augment import AugmentationSettings, augmentation, reseed
from tests.support.drawings import drawn_ultrasound

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


SCANNER = {"gamma": 0.3, "shading": 0.3, "softness": 0.5, "grain": 0.15}


@pytest.mark.parametrize("name", [*SCANNER, "marks"])
def test_what_another_scanner_would_have_changed(batch, name):
    """Each alone: drawn for each image, repeatable, within range, and nothing outside training."""
    one = {**NOTHING, name: 0.5}
    changed = applied(batch, seed=3, **one)
    assert changed.shape == batch.shape and changed.min() >= 0 and changed.max() <= 1
    np.testing.assert_array_equal(applied(batch, seed=3, **one), changed)
    assert np.abs(changed - batch).max() > 0.02 and np.abs(applied(batch, seed=4, **one) - changed).max() > 0.02
    np.testing.assert_allclose(applied(batch, training=False, **one), batch)


def test_gamma_bends_the_scale_of_grays_and_keeps_their_order():
    ramp = np.tile(np.linspace(0.05, 0.95, 32, dtype=np.float32)[None, None, :, None], (16, 32, 1, 1))
    changed = applied(ramp, **{**NOTHING, "gamma": 0.3})
    powers = np.log(changed[:, 0, :, 0]) / np.log(ramp[0, 0, :, 0])
    assert (np.diff(changed, axis=2) > 0).all() and np.ptp(powers, axis=1).max() < 1e-3
    assert 0.74 < powers.min() < 0.95 and 1.05 < powers.max() < 1.36  # exp(-0.3) to exp(0.3)


def test_shading_is_a_gain_that_changes_evenly_from_border_to_border():
    gray = np.full((16, 32, 32, 1), 0.4, np.float32)
    gain = np.log(applied(gray, **{**NOTHING, "shading": 0.3})[..., 0] / 0.4)
    assert np.abs(gain).max() < 0.6 and np.abs(gain).max() > 0.1
    assert np.abs(np.diff(gain, n=2, axis=1)).max() < 1e-3 and np.abs(np.diff(gain, n=2, axis=2)).max() < 1e-3
    np.testing.assert_allclose(gain.mean(axis=(1, 2)), 0, atol=1e-3)


def test_softness_blurs_and_sharpens():
    edge = np.zeros((32, 32, 32, 1), np.float32) + 0.3
    edge[:, :, 16:] = 0.7
    steps = np.diff(applied(edge, **{**NOTHING, "softness": 1.0})[:, 10, :, 0], axis=1)[:, 15]
    assert steps.min() < 0.3 and steps.max() > 0.45  # 0.4 before


def test_grain_multiplies_so_that_black_stays_black():
    half = np.full((16, 32, 32, 1), 0.5, np.float32)
    half[:, :16] = 0
    changed = applied(half, **{**NOTHING, "grain": 0.2})
    spread = changed[:, 16:].std(axis=(1, 2, 3))
    assert changed[:, :16].max() < 1e-3 and spread.max() < 0.11 and spread.max() > 2 * spread.min()


@pytest.mark.parametrize(("often", "least", "most"), [(0.2, 30, 70), (1.0, 100, 100)])
def test_marks_are_stamped_as_often_as_asked_and_bright(often, least, most):
    """None of three: (1 - often) to the third; so half of the images at 0.2, and all at 1."""
    black = np.zeros((100, 64, 64, 1), np.float32)
    changed = applied(black, **{**NOTHING, "marks": often})
    marked = (changed > 0.9).any(axis=(1, 2, 3))
    assert least <= marked.sum() <= most
    assert np.unique(changed).tolist() == pytest.approx([0, 0.92])
    assert (changed > 0).mean() < 0.03


def test_marks_move_with_no_class():
    """They are burned in after the image has moved: the outline that moves along carries none."""
    from busi.model.augment import change_both

    black = np.zeros((8, 64, 64, 1), np.float32)
    images, outlines = change_both(augmentation(AugmentationSettings(**{**NOTHING, "marks": 1})), black, black)
    assert np.asarray(images).max() > 0.9 and np.asarray(outlines).max() == 0


@pytest.mark.parametrize(("contrast_both_ways", "lowest"), [(False, 1), (True, 0.6)])
def test_contrast_is_gained_and_where_asked_lost_too(batch, contrast_both_ways, lowest):
    """By how much is read off the spread of the grays, which nothing cuts off here; 64 images fill the range."""
    soft = np.tile(0.4 + 0.2 * batch, (8, 1, 1, 1))
    changed = applied(soft, **{**NOTHING, "contrast": 0.4, "contrast_both_ways": contrast_both_ways})
    factors = changed.std(axis=(1, 2, 3)) / soft.std(axis=(1, 2, 3))
    assert lowest - 1e-4 <= factors.min() < lowest + 0.05 and 1.35 < factors.max() <= 1.4001
    np.testing.assert_allclose(changed.mean(axis=(1, 2, 3)), soft.mean(axis=(1, 2, 3)), atol=1e-4)


@pytest.mark.parametrize(("name", "value"), [("rotation", 181), ("grain", 1.2), ("zoom", -0.1), ("contrast", 1.5)])
def test_settings_out_of_range_are_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a number from 0 to .* got {value}"):
        AugmentationSettings(**{name: value})
