"""Variants of one image: the same pixels as training makes of it, from the same seed."""

import numpy as np
import pytest

from busi.data.parts import Part
from busi.model.augment import AugmentationSettings, augmentation, variants
from busi.training.batches import epoch_batches, epoch_seed
from busi.training.recipe import Recipe
from tests.support.drawings import drawn_ultrasound

SETTINGS = AugmentationSettings()


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    """float32 (64, 64, 1) in [0, 1]."""
    return drawn_ultrasound(3, size=(64, 64))[0].astype(np.float32)[..., np.newaxis] / 255


def test_they_are_what_training_shows_of_the_same_image_with_the_same_seed(image):
    recipe = Recipe(batch_size=6, seed=5)
    pixels = np.repeat(np.rint(image[np.newaxis, ..., 0] * 255).astype(np.uint8), 6, axis=0)
    part = Part(pixels, np.array([True, False] * 3), ())
    shown, _ = next(iter(epoch_batches(part, recipe, epoch=2)))
    drawn = variants(image, recipe.augmentation, epoch_seed(recipe, 2), 6)
    np.testing.assert_allclose(drawn, shown.numpy(), atol=1e-6)


def test_the_seed_decides_and_no_two_variants_are_alike(image):
    first, again, other = (variants(image, SETTINGS, seed, 4) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.05
    assert all(np.abs(first[0] - one).max() > 0.05 for one in first[1:])
    assert first.dtype == np.float32 and first.min() >= 0 and first.max() <= 1


def test_with_everything_off_they_are_the_image(image):
    off = AugmentationSettings(rotation=0, zoom=0, translation=0, brightness=0, contrast=0, flip=False)
    np.testing.assert_array_equal(variants(image, off, 3, 2), np.stack([image, image]))


def test_the_mirror_alone_mirrors(image):
    mirror = AugmentationSettings(rotation=0, zoom=0, translation=0, brightness=0, contrast=0, flip=True)
    drawn = variants(image, mirror, 1, 12)
    mirrored = [np.array_equal(one, image[:, ::-1]) for one in drawn]
    assert any(mirrored) and not all(mirrored)
    assert all(np.array_equal(one, image) for one, is_mirrored in zip(drawn, mirrored, strict=True) if not is_mirrored)


def test_bad_requests_are_refused(image):
    with pytest.raises(ValueError, match="count must be a whole number of 1 or more, got 0"):
        variants(image, SETTINGS, 1, 0)
    with pytest.raises(ValueError, match="seed must be a whole number of 0 or more, got -1"):
        variants(image, SETTINGS, -1, 1)
    assert augmentation(SETTINGS).name == "augmentation"
