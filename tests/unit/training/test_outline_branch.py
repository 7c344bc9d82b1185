"""Learning the outline beside the class: what it adds while training, and that nothing of it is left afterwards."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from busi.data.dataset import read_busi, read_mask
from busi.data.parts import load_part
from busi.images import ImageContract
from busi.model.augment import AugmentationSettings, augmentation, change_both
from busi.model.network import build_network, outline_step, with_outline, without_outline
from busi.training.batches import epoch_batches, outlined_batches
from busi.training.fit import _outline_loss

NO_CHANGE = AugmentationSettings(rotation=0, zoom=0, translation=0, brightness=0, contrast=0, flip=False)


def test_the_branch_shares_the_network_and_leaves_it_as_it_was():
    network = build_network("atelier", 64, seed=3)
    image = np.random.default_rng(0).random((2, 64, 64, 1), np.float32)
    before = network(image).numpy()
    taught = with_outline(network)
    answers = taught(image)
    assert np.array_equal(answers["probability"], before) and answers["outline"].shape == (2, 8, 8, 1)
    alone = without_outline(taught)
    assert alone.count_params() == network.count_params() < taught.count_params()
    assert np.array_equal(alone(image), before) and without_outline(network) is network


@pytest.mark.parametrize(("arch", "side"), [("atelier_deep", 8), ("lite", 32)])
def test_the_other_networks_have_the_branch_too(arch, side):
    network = build_network(arch, 64)
    joined = with_outline(network)
    answers = joined(np.zeros((2, 64, 64, 1), np.float32))
    assert answers["probability"].shape == (2, 1) and answers["outline"].shape == (2, side, side, 1)
    assert side == 64 // outline_step(arch)
    assert without_outline(joined).name == arch
    assert without_outline(joined).count_params() == network.count_params() and joined.count_params() < 3_000_000


@pytest.mark.parametrize("arch", ["atelier_deep", "lite"])
def test_what_is_to_be_drawn_is_as_coarse_as_what_the_branch_draws(arch, outlined_parts, outline_recipe):
    recipe = replace(outline_recipe, arch=arch, augmentation=NO_CHANGE, batch_size=48)
    images, truth, _ = next(iter(outlined_batches(outlined_parts[0], recipe, 1)))
    assert truth["outline"].shape == with_outline(build_network(arch, 64))(images)["outline"].shape
    order = np.random.default_rng([recipe.seed, 1]).permutation(48)
    whole = outlined_parts[0].outlines[order] / 255
    np.testing.assert_allclose(truth["outline"].numpy().mean(axis=(1, 2, 3)), whole.mean(axis=(1, 2)), atol=1e-6)


@pytest.mark.parametrize(("arch", "size"), [("simple", 64), ("atelier", 80)])
def test_it_refuses_what_it_cannot_join(arch, size):
    with pytest.raises(ValueError, match="multiple of 32"):
        with_outline(build_network(arch, size))


def test_an_outline_moves_with_its_image_and_keeps_its_gray_levels(outlined_parts):
    images = outlined_parts[0].outlines[..., np.newaxis] / np.float32(255)  # the picture is its own outline
    moving = AugmentationSettings(brightness=0, contrast=0)
    changed, outlines = change_both(augmentation(moving, seed=4), images, images)
    assert np.array_equal(changed, outlines) and not np.array_equal(changed, images)
    shading = replace(NO_CHANGE, brightness=0.3, contrast=0.3)
    changed, outlines = change_both(augmentation(shading, seed=4), images * 0.5, images)
    assert np.array_equal(outlines, images) and not np.allclose(changed, images * 0.5)


def test_the_images_of_an_epoch_are_those_without_outlines(outlined_parts, outline_recipe):
    """The same draws: what is learned from differs by the outline only."""
    plain = [images for images, _ in epoch_batches(outlined_parts[0], outline_recipe, 2)]
    outlined = [images for images, _, _ in outlined_batches(outlined_parts[0], outline_recipe, 2)]
    for one, other in zip(plain, outlined, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_classes_weigh_the_same_and_an_image_without_outline_teaches_its_class_alone(outlined_parts, outline_recipe):
    part = replace(
        outlined_parts[0], outlines=outlined_parts[0].outlines * (np.arange(48) < 30)[:, None, None].astype(np.uint8)
    )
    truths, weights, drawn = [], [], []
    for _, truth, weight in outlined_batches(part, replace(outline_recipe, augmentation=NO_CHANGE), 1):
        truths.append(truth["probability"][:, 0])
        weights.append(weight["probability"])
        drawn.append(weight["outline"])
        places = truth["outline"].numpy().mean(axis=(1, 2, 3))
        assert np.array_equal(places > 0, weight["outline"].numpy() > 0)
    truth, weight = np.concatenate(truths), np.concatenate(weights)
    assert weight[truth == 1].sum() == pytest.approx(weight[truth == 0].sum())
    assert np.concatenate(drawn).sum() == 30


def test_the_loss_is_cross_entropy_and_half_of_what_dice_misses():
    truth, drawn = np.zeros((1, 2, 2, 1), np.float32), np.full((1, 2, 2, 1), 0.25, np.float32)
    truth[0, 0, 0, 0] = 1
    entropy = -(np.log(0.25) + 3 * np.log(0.75)) / 4
    dice = (2 * 0.25 + 1) / (1 + 1 + 1)
    assert float(_outline_loss(truth, drawn)[0]) == pytest.approx(entropy + (1 - dice) / 2, abs=1e-5)
    assert float(_outline_loss(truth, truth)[0]) < 1e-4


def test_outlines_come_from_the_masks_at_the_inputs_size(small_busi, tmp_path):
    rows = read_busi(small_busi, tmp_path).images.iloc[:3]
    part = load_part(rows, ImageContract(size=64), with_outlines=True)
    expected = cv2.resize(np.uint8(read_mask(rows.iloc[0])) * 255, (64, 64), interpolation=cv2.INTER_AREA)
    assert np.array_equal(part.outlines[0], expected) and load_part(rows, ImageContract(size=64)).outlines is None
