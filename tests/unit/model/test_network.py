import ast
import inspect

import keras
import numpy as np
import pytest

import busi.model.augment
import busi.model.averaging
import busi.model.mixed_precision
import busi.model.network
from busi.model.network import both_ways, build_network, finer, with_outline, without_outline


@pytest.mark.parametrize(("arch", "most"), [("atelier", 1_000_000), ("atelier_deep", 3_000_000)])
def test_ours_are_small_enough_to_serve_and_have_no_custom_code(arch, most):
    network = build_network(arch, 224)
    assert network.count_params() < most
    assert all(layer.__class__.__module__.startswith("keras") for layer in network.layers)
    assert not any(isinstance(layer, keras.layers.Lambda) for layer in network.layers)


def test_the_answer_is_a_weighted_sum_of_the_last_maps():
    """What makes Grad-CAM without a gradient possible: average, dropout, one dense unit."""
    network = build_network("atelier", 64, seed=2)
    image = np.random.default_rng(1).random((1, 64, 64, 1), np.float32)
    maps = keras.Model(network.input, network.get_layer("relu5").output)(image).numpy()  # (1, h, w, 256)
    kernel, bias = (values.numpy() for values in network.get_layer("probability").weights)
    odds = (maps[0].mean(axis=(0, 1)) * kernel[:, 0]).sum() + bias[0]
    assert network(image).numpy()[0, 0] == pytest.approx(1 / (1 + np.exp(-odds)), rel=1e-4)


def test_the_seed_decides_the_starting_weights():
    first, again, other = (build_network("atelier", 64, seed) for seed in (1, 1, 2))
    image = np.ones((1, 64, 64, 1), np.float32)
    assert first(image).numpy() == again(image).numpy()
    assert any((a != b).any() for a, b in zip(first.get_weights(), other.get_weights(), strict=True))


def test_bad_requests_are_refused():
    with pytest.raises(ValueError, match=r"arch must be one of atelier, atelier_deep, lite, simple, .*, got 'vgg'"):
        build_network("vgg", 64)
    with pytest.raises(ValueError, match="64 pixels a side at least, got 32"):
        build_network("atelier", 32)
    with pytest.raises(ValueError, match="75 pixels a side at least, got 64"):
        build_network("InceptionV3", 64)


@pytest.mark.parametrize(
    "module", [busi.model.network, busi.model.augment, busi.model.averaging, busi.model.mixed_precision]
)
def test_what_trains_is_pure_keras(module):
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= {"keras", "collections", "contextlib", "dataclasses", "functools", "numpy", "pathlib", "busi"}


def test_both_ways_is_the_mean_of_the_log_odds_and_minds_no_mirror():
    network, images = build_network("atelier", 64, seed=3), np.random.default_rng(0).random((3, 64, 64, 1), np.float32)
    answer = both_ways(network)
    one, other = (np.asarray(network(looks)) for looks in (images, images[:, :, ::-1]))
    odds = (np.log(one / (1 - one)) + np.log(other / (1 - other))) / 2
    np.testing.assert_allclose(answer(images), 1 / (1 + np.exp(-odds)), rtol=1e-4)
    np.testing.assert_allclose(answer(images), answer(images[:, :, ::-1]), rtol=1e-5)
    assert np.abs(one - other).max() > 1e-4  # the network itself does mind


@pytest.mark.parametrize(("arch", "last"), [("atelier", "relu5"), ("atelier_deep", "relu5b")])
def test_the_finer_network_finds_what_it_found_and_what_lies_between(arch, last):
    network = build_network(arch, 128, seed=3)
    fine, image = finer(network), np.random.default_rng(0).random((1, 128, 128, 1), np.float32)
    maps = [keras.Model(one.input, one.get_layer(last).output)(image).numpy() for one in (network, fine)]
    assert maps[0].shape == (1, 4, 4, 256) and maps[1].shape == (1, 8, 8, 256)
    np.testing.assert_allclose(maps[1][:, ::2, ::2], maps[0], atol=1e-5)
    assert fine.count_params() == network.count_params() and fine.layers[-1].name == "probability"
    assert fine.name == arch


@pytest.mark.parametrize(("arch", "size"), [("simple", 64), ("atelier", 80), ("lite", 64)])
def test_only_the_workshops_network_can_be_made_finer(arch, size):
    with pytest.raises(ValueError, match="can be made finer"):
        finer(build_network(arch, size))


def test_a_mirrored_look_draws_the_mirror_image():
    network = with_outline(build_network("atelier_deep", 64, seed=1))
    answer, images = both_ways(network), np.random.default_rng(1).random((3, 64, 64, 1), np.float32)
    one, other = answer(images), answer(images[:, :, ::-1])
    np.testing.assert_allclose(one["outline"], other["outline"][:, :, ::-1], atol=1e-6)
    np.testing.assert_allclose(one["probability"], both_ways(without_outline(network))(images), atol=1e-6)
    mean = (network(images)["outline"] + network(images[:, :, ::-1])["outline"][:, :, ::-1]) / 2
    np.testing.assert_allclose(one["outline"], mean, atol=1e-6)
