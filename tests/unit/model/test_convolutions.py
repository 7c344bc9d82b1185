"""A convolution unfolded, against what Keras itself puts at each place and SciPy's correlation."""

import keras
import numpy as np
import pytest
from keras import layers
from scipy.signal import correlate

from busi.model.activations import Inside, strongest_filters
from busi.model.convolutions import Convolution, Filter, convolutions_in, given_size, unfold
from busi.model.network import build_network, finer

SIDE = 64


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(1).random((SIDE, SIDE, 1), dtype=np.float32)


def trained_a_little(network: keras.Model) -> keras.Model:
    """With numbers of normalisation and biases as training leaves them, none of them 0 or 1."""
    rng = np.random.default_rng(2)
    for layer in network.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in layer.get_weights()])
        elif getattr(layer, "use_bias", False):
            layer.set_weights([layer.get_weights()[0], rng.normal(size=layer.get_weights()[1].shape)])
    return network


def sum_at(convolution: Convolution, one: Filter, row: int, column: int) -> float:
    """Patch times kernel, term by term, as the module's text says."""
    total = one.bias
    height, width, _ = convolution.given.shape
    for i in range(one.kernel.shape[0]):
        for j in range(one.kernel.shape[1]):
            y = row * convolution.strides[0] - convolution.before[0] + i * convolution.dilation[0]
            x = column * convolution.strides[1] - convolution.before[1] + j * convolution.dilation[1]
            if 0 <= y < height and 0 <= x < width:
                seen = convolution.given[y, x, list(one.channels)]
                total += float(seen.astype(float) @ one.kernel[i, j].astype(float))
    return total


NETWORKS = {
    "stride 2, 5 x 5": (lambda: build_network("atelier", SIDE, seed=1), "conv1"),
    "over 24 channels": (lambda: build_network("atelier_deep", SIDE, seed=1), "conv2a"),
    "with holes": (lambda: finer(build_network("atelier", SIDE, seed=1)), "conv5"),
    "no padding, bias, own ReLU": (lambda: build_network("simple", SIDE, seed=1), "conv2"),
    "each channel by itself": (
        lambda: odd_network(layers.DepthwiseConv2D(4, strides=3, padding="same", depth_multiplier=2, name="odd")),
        "odd",
    ),
    "in groups": (lambda: odd_network(layers.Conv2D(6, (2, 3), groups=2, padding="same", name="odd")), "odd"),
}


def odd_network(layer: keras.Layer) -> keras.Model:
    keras.utils.set_random_seed(3)
    image = keras.Input((SIDE, SIDE, 1), name="image")
    x = layer(layers.Conv2D(4, 3, strides=2, name="first")(image))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(1, activation="sigmoid")(x))


@pytest.mark.parametrize("kind", NETWORKS)
def test_the_sum_is_what_keras_puts_there_in_the_middle_and_at_every_edge(kind, image):
    build, name = NETWORKS[kind]
    inside = Inside(trained_a_little(build()))
    convolution, maps = unfold(inside, image, name, 4), inside.maps(image, name)
    assert maps.shape[:2] == convolution.size and maps.shape[2] == convolution.all_filters
    assert given_size(inside, name) == convolution.given.shape
    last_row, last_column = convolution.size[0] - 1, convolution.size[1] - 1
    passes = (lambda value: max(value, 0.0)) if inside.network.get_layer(name).activation.__name__ == "relu" else float
    for one in convolution.filters:
        for row in {0, 1, last_row // 2, last_row}:
            for column in {0, last_column // 2, last_column}:
                expected = maps[row, column, one.number]
                assert passes(sum_at(convolution, one, row, column)) == pytest.approx(expected, abs=2e-5)


def test_the_whole_map_is_scipys_correlation(image):
    inside = Inside(build_network("simple", SIDE, seed=1))
    convolution = unfold(inside, image, "conv1", 3)
    for one in convolution.filters:
        found = correlate(convolution.given[..., 0].astype(float), one.kernel[..., 0].astype(float), mode="valid")
        expected = inside.maps(image, "conv1")[..., one.number]
        np.testing.assert_allclose(np.maximum(found + one.bias, 0), expected, atol=1e-5)


def test_normalisation_and_relu_make_of_the_sums_what_keras_makes_of_them(image):
    inside = Inside(trained_a_little(build_network("atelier", SIDE, seed=1)))
    convolution = unfold(inside, image, "conv2", 5)
    passed, sums = inside.maps(image, "relu2"), inside.maps(image, "conv2")
    assert convolution.rectified and [one.number for one in convolution.filters] == strongest_filters(passed, 5)
    for one in convolution.filters:
        normalised = sums[..., one.number] * one.scale + one.offset
        np.testing.assert_allclose(np.maximum(normalised, 0), passed[..., one.number], atol=1e-5)


def test_what_follows_is_only_taken_where_it_is_known(image):
    def behind(*following: layers.Layer) -> Convolution:
        entry = keras.Input((SIDE, SIDE, 1), name="image")
        x = layers.Conv2D(3, 3, name="conv")(entry)
        for layer in following:
            x = layer(x)
        end = layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling2D()(x))
        return unfold(Inside(keras.Model(entry, end)), image, "conv", 2)

    plain = behind()
    assert not plain.rectified and plain.filters[0].scale is None
    for endless in (layers.ReLU(), layers.Activation("relu")):
        found = behind(endless)
        assert found.rectified and found.ceiling is None
    for capped in (layers.ReLU(max_value=6.0), layers.Activation("relu6")):
        found = behind(capped)
        assert found.rectified and found.ceiling == 6
    for other in (layers.Activation("swish"), layers.LeakyReLU(), layers.ReLU(6.0, threshold=1.0)):
        assert not behind(other).rectified
    normalised = behind(layers.BatchNormalization(scale=False, center=False), layers.Activation("swish"))
    assert not normalised.rectified and normalised.filters[0].scale == pytest.approx(1, abs=1e-3)
    assert normalised.filters[0].offset == 0


def test_only_convolutions_whose_sums_stand_in_their_maps_are_unfolded(image):
    entry = keras.Input((SIDE, SIDE, 1), name="image")
    x = layers.Conv2D(3, 3, name="plain")(entry)
    x = layers.Conv2D(3, 3, activation="tanh", name="bent")(x)
    x = layers.SeparableConv2D(3, 3, name="two_in_one")(x)
    end = layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling2D()(x))
    inside = Inside(keras.Model(entry, end))
    assert convolutions_in(inside) == ("plain",)
    with pytest.raises(ValueError, match=r"must be a convolution \(plain\), got 'bent'"):
        unfold(inside, image, "bent", 2)
    flat = keras.Sequential([keras.Input((SIDE, SIDE, 1)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    assert convolutions_in(Inside(flat)) == ()


@pytest.mark.parametrize("arch", ["ResNet50V2", "EfficientNetV2B0"])
def test_published_networks_are_unfolded_too(arch):
    inside = Inside(build_network(arch, SIDE, seed=1))
    image = np.random.default_rng(5).random((SIDE, SIDE, 1), dtype=np.float32)
    names = convolutions_in(inside)
    assert len(names) > 20
    for name in names[:4]:
        convolution, maps = unfold(inside, image, name, 1), inside.maps(image, name)
        one = convolution.filters[0]
        for row, column in ((0, 0), (convolution.size[0] - 1, convolution.size[1] // 2)):
            assert sum_at(convolution, one, row, column) == pytest.approx(maps[row, column, one.number], abs=1e-4)
