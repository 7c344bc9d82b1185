"""Learning with 16 bits: trainings that do, and what comes out of them."""

from dataclasses import replace

import numpy as np
import pytest

from busi.images import ImageContract
from busi.model import mixed_precision as precision
from busi.model.mixed_precision import FULL, MIXED, computing_in
from busi.model.network import build_network, in_float32
from busi.training import fit as training
from busi.training.fit import fit
from busi.training.recipe import Recipe
from tests.support.training import drawn_part, eagerly


@pytest.fixture(scope="module", autouse=True)
def _eagerly():
    with eagerly():
        yield


def test_layers_keep_their_names_so_that_a_later_stage_finds_them():
    with computing_in(MIXED):
        network = build_network("InceptionV3", 75)
    assert [layer.name for layer in in_float32(network).layers] == [layer.name for layer in network.layers]


def test_a_recipe_that_asks_for_it_learns_so_where_the_processor_can_and_answers_in_32_bits(monkeypatch, tmp_path):
    parts = drawn_part(6, 100), drawn_part(6, 500)
    asked = Recipe(image=ImageContract(size=64), outline=1.0, epochs=1, pretrain=0, rehearsal=0, bfloat16=True)
    for can, expected in ((True, "bfloat16"), (False, "float32")):
        monkeypatch.setattr(precision, "has_bfloat16", lambda can=can: can)
        learning = training._new_model(asked, parts[0], None)
        assert learning.get_layer("relu1").compute_dtype == expected
    monkeypatch.setattr(precision, "has_bfloat16", lambda: True)  # imitated where it is not, in a small network
    fitted = fit(asked, *parts, tmp_path)
    usual = fit(replace(asked, bfloat16=False), *parts, tmp_path / "full")
    assert (fitted.computed_in, usual.computed_in) == (MIXED, FULL)
    for network in (fitted.model, fitted.whole):
        assert {layer.compute_dtype for layer in network.layers} == {"float32"}
    one, other = fitted.whole.get_layer("conv2"), fitted.model.get_layer("conv2")
    np.testing.assert_array_equal(one.kernel, other.kernel)


def test_an_interrupted_training_goes_on_with_sixteen_bits(monkeypatch, tmp_path):
    parts = drawn_part(6, 100), drawn_part(6, 500)
    asked = Recipe(image=ImageContract(size=64), epochs=2, patience=2, pretrain=0, rehearsal=0, bfloat16=True)
    monkeypatch.setattr(precision, "has_bfloat16", lambda: True)
    whole = fit(asked, *parts, tmp_path / "whole")

    def interrupt(row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(asked, *parts, tmp_path / "half", on_epoch=interrupt)
    monkeypatch.setattr(precision, "has_bfloat16", lambda: False)  # another processor: it goes on as it began
    resumed = fit(asked, *parts, tmp_path / "half")
    assert resumed.computed_in == whole.computed_in == MIXED
    for one, other in zip(resumed.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
