"""Published architectures, which are large."""

import keras
import numpy as np
import pytest

from busi.model.network import ARCHITECTURES, build_network


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_every_architecture_maps_images_to_probabilities(arch):
    network = build_network(arch, 80)
    answers = network(np.random.default_rng(0).random((3, 80, 80, 1), np.float32)).numpy()
    assert answers.shape == (3, 1)
    assert (answers > 0).all() and (answers < 1).all()
    assert network.layers[-1].name == "probability"
    assert not any(isinstance(layer, keras.layers.Lambda | keras.Model) for layer in network.layers)


def test_a_published_network_starts_from_random_weights_and_takes_gray_images():
    network = build_network("EfficientNetV2B0", 64, seed=3)
    assert network.input_shape == (None, 64, 64, 1)
    assert network.get_layer("stem_conv").kernel.shape[2] == 1
    assert not any(layer.__class__.__name__ in ("Rescaling", "Normalization") for layer in network.layers)
    statistics = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert statistics and all(layer.momentum == 0.9 for layer in statistics)
