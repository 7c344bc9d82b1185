"""The names of settings may change; what bundles call them may not."""

from dataclasses import fields

from busi.bundle.files import EMBEDDED, open_bundle
from busi.model.augment import AugmentationSettings
from busi.model.setting_names import KEYS, as_in_bundle
from busi.training.recipe import DEFAULT, RECIPES, Recipe


def test_a_recipe_goes_into_a_bundle_under_the_names_that_bundles_have():
    recipe = Recipe(burn_in=0.25, cosine_decay=False, augmentation=AugmentationSettings(contrast_both_ways=True))
    saved = as_in_bundle(recipe)
    assert (saved["settling"], saved["falling"], saved["augmentation"]["flatter"]) == (0.25, False, True)
    assert saved["epochs"] == recipe.epochs and saved["image"]["size"] == recipe.image.size
    assert not {*KEYS} & {*saved, *saved["augmentation"]}


def test_the_embedded_bundle_names_no_setting_that_is_not_one():
    recipe = open_bundle(EMBEDDED).info["training"]["recipe"]
    assert {*recipe} <= {*as_in_bundle(Recipe(**RECIPES[DEFAULT]))}
    assert {*recipe["augmentation"]} <= {*as_in_bundle(AugmentationSettings())}


def test_each_name_that_is_mapped_is_that_of_a_setting():
    assert {*KEYS} <= {field.name for kind in (Recipe, AugmentationSettings) for field in fields(kind)}
