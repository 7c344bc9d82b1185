"""Maps and Grad-CAM of networks built by hand, where one can say beforehand what must come out."""

import cv2
import keras
import numpy as np
import pytest
from keras import layers

from busi.model.activations import Inside, as_gray, gradcam, layers_of, strongest_filters, strongest_place
from busi.model.network import both_ways, build_network

SIDE = 64


def by_hand(weights: tuple[float, float] = (3.0, -3.0), pooling: bool = True) -> keras.Model:
    """Sees bright places with one filter, dark ones with the other; the first speaks for malignant, the second against.

    Both filters look at one pixel: bright(x) = ReLU(x - 0.8), dark(x) = ReLU(0.2 - x).
    """
    image = keras.Input((SIDE, SIDE, 1), name="image")
    x = layers.Conv2D(2, 1, activation="relu", name="conv")(image)
    x = layers.MaxPooling2D(4, name="pool")(x) if pooling else x
    x = layers.GlobalAveragePooling2D(name="average")(x)
    model = keras.Model(image, layers.Dense(1, activation="sigmoid", name="probability")(x))
    model.get_layer("conv").set_weights([np.array([[[[1.0, -1.0]]]]), np.array([-0.8, 0.2])])
    model.get_layer("probability").set_weights([np.array([[weights[0]], [weights[1]]]), np.array([0.7])])
    return model


def squares() -> np.ndarray:
    """Gray, with a bright square in the upper left and a dark one in the lower right: float32 (64, 64, 1)."""
    image = np.full((SIDE, SIDE, 1), 0.5, np.float32)
    image[8:16, 12:20] = 1.0
    image[44:56, 40:48] = 0.0
    return image


def test_the_maps_show_what_each_filter_looks_for():
    maps = Inside(by_hand()).maps(squares(), "conv")
    expected = np.zeros((SIDE, SIDE, 2), np.float32)
    expected[8:16, 12:20, 0] = 0.2
    expected[44:56, 40:48, 1] = 0.2
    np.testing.assert_allclose(maps, expected, atol=1e-6)


def test_the_maps_of_a_pooling_layer_are_the_largest_of_each_block():
    inside = Inside(by_hand())
    maps = inside.maps(squares(), "conv")
    blocks = maps.reshape(16, 4, 16, 4, 2).max(axis=(1, 3))
    np.testing.assert_array_equal(inside.maps(squares(), "pool"), blocks)


@pytest.mark.parametrize("pooling", [True, False])
def test_gradcam_lies_on_what_spoke_for_each_class(pooling):
    evidence = Inside(by_hand(pooling=pooling)).evidence(squares())
    for label, (rows, columns) in {"malignant": ((8, 16), (12, 20)), "benign": ((44, 56), (40, 48))}.items():
        heat = gradcam(evidence, label, SIDE)
        row, column = strongest_place(heat)
        assert rows[0] <= row < rows[1] and columns[0] <= column < columns[1], label
        outside = heat.copy()
        outside[rows[0] - 4 : rows[1] + 4, columns[0] - 4 : columns[1] + 4] = 0
        assert heat.max() == 1 and outside.max() < 0.05


def test_the_evidence_adds_up_to_the_log_odds():
    """With a global average before the last unit, Grad-CAM is no approximation."""
    model = by_hand()
    probability = float(model(squares()[np.newaxis])[0, 0])
    log_odds = np.log(probability / (1 - probability))
    assert Inside(model).evidence(squares()).sum() + 0.7 == pytest.approx(log_odds, abs=1e-5)


def test_the_evidence_of_the_real_architecture_adds_up_too():
    model = build_network("atelier", 64, seed=4)
    image = np.random.default_rng(0).random((64, 64, 1), dtype=np.float32)
    bias = float(model.get_layer("probability").bias[0])
    probability = float(model(image[np.newaxis])[0, 0])
    expected = np.log(probability / (1 - probability)) - bias
    assert Inside(model).evidence(image).sum() == pytest.approx(expected, abs=1e-4)


def test_the_evidence_of_a_network_that_looks_twice_adds_up_to_the_mean():
    model = build_network("atelier", 64, seed=4)
    image = np.random.default_rng(0).random((64, 64, 1), dtype=np.float32)
    bias = float(model.get_layer("probability").bias[0])
    probability = float(both_ways(model)(image[np.newaxis])[0, 0])
    evidence = Inside(model, mirrored=True).evidence(image)
    assert evidence.sum() == pytest.approx(np.log(probability / (1 - probability)) - bias, abs=1e-4)
    np.testing.assert_allclose(Inside(model, mirrored=True).evidence(image[:, ::-1]), evidence[:, ::-1], atol=1e-5)


def test_nothing_spoke_for_a_class_gives_a_dark_picture():
    evidence = Inside(by_hand(weights=(3.0, 0.0))).evidence(squares())
    assert not gradcam(evidence, "benign", SIDE).any()


def test_a_network_with_flatten_has_gradcam_as_well():
    model = build_network("simple", 64, seed=2)
    evidence = Inside(model).evidence(squares())
    assert evidence.shape == (6, 6) and np.isfinite(evidence).all()


def test_layers_tell_shape_numbers_and_settings():
    described = {layer.name: layer for layer in layers_of(build_network("atelier", 64))}
    assert next(iter(described)) == "image" and list(described)[-1] == "probability"
    conv = described["conv2"]
    assert (conv.kind, conv.shape, conv.parameters) == ("Conv2D", (16, 16, 48), 24 * 48 * 9)
    assert conv.settings["kernel_size"] == (3, 3) and described["dropout"].settings["rate"] == 0.4
    assert described["norm1"].parameters == 4 * 24 and described["pool1"].parameters == 0
    assert described["average"].shape == (256,) and not described["average"].has_maps
    model = build_network("atelier", 64)
    assert sum(layer.parameters for layer in described.values()) == model.count_params()


def test_what_has_no_maps_is_told():
    inside = Inside(by_hand())
    with pytest.raises(ValueError, match=r"one that draws maps \(conv, pool\), got 'average'"):
        inside.maps(squares(), "average")
    flat = keras.Sequential([keras.Input((SIDE, SIDE, 1)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    with pytest.raises(ValueError, match="this network has none"):
        Inside(flat).evidence(squares())
    with pytest.raises(ValueError, match="must end in one dense unit"):
        Inside(keras.Sequential([keras.Input((SIDE, SIDE, 1)), layers.Flatten(), layers.Dense(2)]))


def test_the_strongest_filters_come_first_whatever_their_sign():
    maps = np.zeros((4, 4, 3), np.float32)
    maps[..., 0], maps[0, 0, 1], maps[..., 2] = 0.1, 1.0, -0.5
    assert strongest_filters(maps, 2) == [2, 0]


def test_a_map_is_shown_from_its_lowest_to_its_highest():
    shown = as_gray(np.array([[-1.0, 0.0], [1.0, 3.0]], np.float32))
    np.testing.assert_array_equal(shown, [[0, 64], [128, 255]])
    assert not as_gray(np.full((3, 3), 7.0, np.float32)).any()


def test_gradcam_is_as_large_as_the_image():
    assert gradcam(np.eye(7, dtype=np.float32), "malignant", 224).shape == (224, 224)
    large = gradcam(cv2.getGaussianKernel(7, 1).astype(np.float32) @ np.ones((1, 7), np.float32), "malignant", 50)
    assert large.min() >= 0 and large.max() == 1
