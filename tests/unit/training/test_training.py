from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from busi.data.parts import load_part
from busi.images import ImageContract, prepare, read_image, resize
from busi.images.quality import measure
from busi.model.augment import AugmentationSettings
from busi.training.batches import epoch_batches
from busi.training.checkpoints import Epoch, best_epoch
from busi.training.pretraining import simulated_stage
from busi.training.recipe import DEFAULT, RECIPES, SCRATCH, STEADY, Recipe

NO_CHANGE = AugmentationSettings(rotation=0, zoom=0, translation=0, brightness=0, contrast=0, flip=False)


def test_what_chooses_the_epoch_can_be_the_auc():
    history = tuple(
        Epoch(number, 1, 1, 1, loss, 1, auc, 0, 1)
        for number, (loss, auc) in enumerate([(0.7, 0.8), (0.5, 0.7), (0.6, 0.9), (0.5, 0.9)], start=1)
    )
    assert best_epoch(history, Recipe()).epoch == 2 and best_epoch(history, Recipe(keep="val_auc")).epoch == 3
    with pytest.raises(ValueError, match="keep must be one of val_loss, val_auc, last, got 'luck'"):
        Recipe(keep="luck")


def test_of_a_length_that_was_fixed_before_the_last_epoch_is_kept():
    losses = [0.4, 0.3, 0.8]
    history = tuple(Epoch(number, 1, 1, 1, loss, 1, 0.5, 0, 1) for number, loss in enumerate(losses, start=1))
    assert best_epoch(history, Recipe(keep="last", burn_in=0.9)).epoch == 3


def test_no_epoch_is_kept_while_the_network_settles():
    """Of six epochs with a third for burn-in, the third is the first that may be kept; until then, the latest is."""
    losses = [0.4, 0.7, 0.6, 0.5, 0.5, 0.9]
    history = tuple(Epoch(number, 1, 1, 1, loss, 1, 0.5, 0, 1) for number, loss in enumerate(losses, start=1))
    recipe = Recipe(epochs=6, burn_in=1 / 3)
    assert recipe.first_kept == 3
    kept = [best_epoch(history[:count], recipe).epoch for count in range(1, 7)]
    assert kept == [1, 2, 3, 4, 4, 4]
    assert Recipe(epochs=1, burn_in=0.9).first_kept == 1, "the last epoch may always be kept"
    with pytest.raises(ValueError, match="burn_in must be from 0 to below 1, got 1"):
        Recipe(burn_in=1)


def test_recipes_that_differ_after_the_simulated_stage_share_it():
    stages = [simulated_stage(Recipe(**RECIPES[name], name=DEFAULT)) for name in (SCRATCH, STEADY)]
    changed = {"burn_in", "cosine_decay", "averaging", "augmentation"}  # by which the two recipes differ
    assert all(RECIPES[SCRATCH].get(name) != RECIPES[STEADY][name] for name in changed)
    assert stages[0] == stages[1] and stages[0].first_kept == 1 and stages[0].cosine_decay


def test_an_epoch_shows_each_image_once_in_an_order_of_its_own(drawn_parts, small_recipe):
    still = replace(small_recipe, augmentation=NO_CHANGE)
    first, second = (
        np.concatenate([images.numpy() for images, _ in epoch_batches(drawn_parts[0], still, epoch)])
        for epoch in (1, 2)
    )
    assert (first != second).any()
    expected = np.sort(drawn_parts[0].images.reshape(24, -1).astype(np.float32).sum(axis=1) / 255)
    for shown in (first, second):
        np.testing.assert_allclose(np.sort(shown.reshape(24, -1).sum(axis=1)), expected, rtol=1e-4)


def test_training_and_app_prepare_an_image_alike(small_busi):
    contract = ImageContract(size=64)
    path = str(small_busi / "Dataset_BUSI_with_GT" / "benign" / "benign (1).png")
    part = load_part(pd.DataFrame({"path": [path], "label": ["benign"]}), contract)
    batch = next(iter(epoch_batches(part, Recipe(image=contract, augmentation=NO_CHANGE), 1)))[0].numpy()
    np.testing.assert_array_equal(batch[0], prepare(read_image(path), contract))
    assert part.quality[0] == measure(resize(read_image(path), 64))
