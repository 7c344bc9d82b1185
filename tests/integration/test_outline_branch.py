"""Trainings that learn the outline beside the class: nothing of it is left afterwards."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from busi.bundle.files import load_network, save_bundle
from busi.model.metrics import area_under_roc
from busi.training.fit import fit, predict_part
from tests.support.training import eagerly


@pytest.fixture
def at_once():
    """For tests of a few steps that compare with no training of the graph."""
    with eagerly():
        yield


@pytest.fixture(scope="module")
def fitted(outlined_parts, outline_recipe, tmp_path_factory):
    return fit(outline_recipe, *outlined_parts, tmp_path_factory.mktemp("checkpoints"))


def test_what_comes_out_answers_alone(fitted, outlined_parts):
    assert fitted.model.output_shape == (None, 1)
    assert not [layer.name for layer in fitted.model.layers if "outline" in layer.name or "up7" in layer.name]
    assert area_under_roc(outlined_parts[1].labels, predict_part(fitted.model, outlined_parts[1])) > 0.9


def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(outlined_parts, outline_recipe, fitted, tmp_path):
    class Stop(Exception):
        pass

    def stop(row):
        if row.epoch == 2:
            raise Stop

    with pytest.raises(Stop):
        fit(outline_recipe, *outlined_parts, tmp_path, on_epoch=stop)
    again = fit(outline_recipe, *outlined_parts, tmp_path)
    assert [row.loss for row in again.history] == [row.loss for row in fitted.history]
    for one, other in zip(again.model.get_weights(), fitted.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.usefixtures("at_once")
def test_other_outlines_are_other_images_to_a_checkpoint(outlined_parts, outline_recipe, tmp_path):
    def stop(row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(outline_recipe, *outlined_parts, tmp_path, on_epoch=stop)
    shifted = replace(outlined_parts[0], outlines=np.roll(outlined_parts[0].outlines, 3, axis=1))
    with pytest.raises(ValueError, match="other images"):
        fit(outline_recipe, shifted, outlined_parts[1], tmp_path)


@pytest.mark.usefixtures("at_once")
def test_the_next_stage_starts_from_the_branch_too_and_from_the_rest_without_it(
    fitted, outlined_parts, outline_recipe, tmp_path
):
    still = replace(outline_recipe, learning_rate=0.0, epochs=1, averaging=0.0, weight_decay=0.0)
    begun = fit(still, *outlined_parts, tmp_path / "whole", start=fitted.whole).whole
    for name in ("conv1", "conv6", "conv8", "outline"):
        for one, other in zip(begun.get_layer(name).weights, fitted.whole.get_layer(name).weights, strict=True):
            np.testing.assert_array_equal(one, other)
    alone = fit(still, *outlined_parts, tmp_path / "alone", start=fitted.model).whole
    np.testing.assert_array_equal(alone.get_layer("conv1").kernel, fitted.model.get_layer("conv1").kernel)
    assert not np.array_equal(alone.get_layer("conv8").kernel, fitted.whole.get_layer("conv8").kernel)
    plain = fit(replace(still, outline=0.0), *outlined_parts, tmp_path / "plain", start=fitted.whole)
    np.testing.assert_array_equal(plain.model.get_layer("conv1").kernel, fitted.model.get_layer("conv1").kernel)


def test_a_bundle_of_such_a_network_opens_like_any_other(fitted, small_bundle, tmp_path):
    info = {name: value for name, value in small_bundle.info.items() if name not in ("files", "format_version")}
    bundle = save_bundle(tmp_path / "b", fitted.model, info, small_bundle.history, small_bundle.predictions, "# Card\n")
    image = np.random.default_rng(1).random((1, 64, 64, 1), np.float32)
    np.testing.assert_allclose(load_network(bundle)(image), fitted.model(image), atol=1e-6)
    assert isinstance(load_network(bundle), keras.Model)
