"""Three maps of one answer: of a network whose answer is known; the recorded ones are those of the shipped network."""

import itertools

import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, MODEL, open_bundle
from busi.data.box import lesions, outline
from busi.lessons.three_maps import (
    CELLS,
    KINDS,
    PAIRS,
    WHOSE,
    agree,
    agreement,
    both_networks,
    chance_to_agree,
    examples,
    lesions_covered,
    look_of,
    maps,
    maps_of,
    pointing,
    points_into,
    recorded,
    shuffled,
    strongest,
    together,
)
from busi.model.activations import Inside
from busi.model.network import build_network
from busi.serving.predict import Classifier


@pytest.fixture(scope="module")
def bright_corner():
    """A network that answers by how bright the upper left ninth of a picture is."""
    import keras

    image = keras.Input((96, 96, 1))
    kernel = np.zeros((1, 1, 1, 1), np.float32) + 1
    x = keras.layers.Conv2D(1, 1, use_bias=False, name="conv1")(image)
    x = keras.layers.Multiply()([x, _corner()])
    x = keras.layers.GlobalAveragePooling2D()(x)
    network = keras.Model(image, keras.layers.Dense(1, activation="sigmoid")(x))
    network.get_layer("conv1").set_weights([kernel])
    network.layers[-1].set_weights([np.full((1, 1), 40, np.float32), np.array([-1], np.float32)])
    return network


def _corner():
    weights = np.zeros((1, 96, 96, 1), np.float32)
    weights[:, :32, :32] = 1
    import keras

    return keras.ops.convert_to_tensor(weights)


def test_the_look_is_the_log_odds_of_the_network(bright_corner):
    image = np.random.default_rng(1).integers(0, 256, (3, 96, 96), np.uint8)
    probabilities = bright_corner(image[..., np.newaxis] / np.float32(255)).numpy()[:, 0]
    np.testing.assert_allclose(
        look_of(bright_corner, False)(image), np.log(probabilities / (1 - probabilities)), atol=1e-4
    )
    mirrored = np.mean([look_of(bright_corner, False)(one) for one in (image, image[:, :, ::-1])], axis=0)
    np.testing.assert_allclose(look_of(bright_corner, True)(image), mirrored, atol=1e-6)


def test_occlusion_and_shapley_find_the_only_place_that_counts(bright_corner):
    rng = np.random.default_rng(2)
    image = rng.integers(0, 60, (96, 96)).astype(np.uint8)
    image[:16, 16:32] = 250  # within the corner that counts, brighter than what covers it
    found = maps(image, look_of(bright_corner, False), Inside(bright_corner), "malignant")
    assert strongest(found["occlusion"]) == strongest(found["shapley"]) == (0, 1)
    for kind in ("occlusion", "shapley"):
        outside = found[kind].copy()
        outside[:2, :2] = 0
        assert outside.max() < 1e-6, "what the network does not look at gets nothing"
    against = maps(image, look_of(bright_corner, False), Inside(bright_corner), "benign")
    assert against["occlusion"][0, 1] == 0 and all(one.min() >= 0 for one in against.values())


def test_a_shuffled_network_has_the_same_weights_in_another_order():
    network = build_network("atelier", 64, 0)
    other = shuffled(network, 5)
    for one, two in zip(network.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(np.sort(one, axis=None), np.sort(two, axis=None))
        assert one.ndim < 2 or not np.array_equal(one, two)
    again = shuffled(network, 5).get_weights()
    assert all(np.array_equal(one, two) for one, two in zip(other.get_weights(), again, strict=True))


def test_places():
    one = np.zeros((CELLS, CELLS))
    assert strongest(one) is None and not points_into(None, np.ones((9, 9), bool)) and not agree(None, (0, 0))
    one[4, 2] = 0.1
    assert strongest(one) == (4, 2)
    inside = np.zeros((60, 120), bool)
    inside[45, 50] = True  # the middle of row 4, column 2
    assert points_into((4, 2), inside) and not points_into((4, 3), inside)
    assert agree((1, 1), (2, 2)) and agree((1, 1), (1, 1)) and not agree((1, 1), (1, 3))
    places = list(itertools.product(range(CELLS), repeat=2))
    pairs = [agree(one, other) for one in places for other in places]
    assert chance_to_agree() == pytest.approx(np.mean(pairs))


def test_what_is_told_of_all_lesions_is_counted_from_their_places():
    found, table = recorded(), lesions()
    assert list(found["places"]) == table["image_id"].tolist()
    middles = [int((at + 0.5) / CELLS * 1000) for at in range(CELLS)]
    hits = {(whose, kind): 0 for whose in WHOSE for kind in KINDS}
    near = dict.fromkeys(PAIRS, 0)
    all_three, covered = 0, []
    for name, one in found["places"].items():
        inside = outline(name)
        rows, columns = ([middle * length // 1000 for middle in middles] for length in inside.shape)
        grid = inside[np.ix_(rows, columns)]
        covered.append(grid.mean())
        for whose, kind in hits:
            place = one[whose][kind]
            hits[whose, kind] += bool(place and grid[tuple(place)])
        places = {kind: one["learned"][kind] for kind in KINDS}
        touching = [
            bool(places[a] and places[b]) and max(abs(i - j) for i, j in zip(places[a], places[b], strict=True)) <= 1
            for a, b in PAIRS
        ]
        for pair, is_near in zip(PAIRS, touching, strict=True):
            near[pair] += is_near
        all_three += all(touching)
    told = pointing(found)
    for (whose, kind), count in hits.items():
        assert told[whose][kind].value == pytest.approx(count / 252, abs=0.01) and told[whose][kind].n == 252
    assert {pair: one.value for pair, one in agreement(found).items()} == {
        pair: pytest.approx(count / 252, abs=1e-6) for pair, count in near.items()
    }
    assert together(found).value == pytest.approx(all_three / 252, abs=1e-6)
    assert lesions_covered(found) == pytest.approx(np.mean(covered), abs=0.005)


def test_the_recorded_maps_are_those_of_the_shipped_network():
    bundle, told = open_bundle(EMBEDDED), recorded()
    assert told["network"] == bundle.info["files"][MODEL], "run python -m busi.lessons.three_maps"
    assert list(told["maps"]) == sorted(examples())
    classifier, name = Classifier(bundle), examples()[0]
    found = maps_of(name, classifier, both_networks(classifier))
    for whose, kind in itertools.product(WHOSE, KINDS):
        one = found[whose][kind]
        np.testing.assert_allclose(told["maps"][name][whose][kind], one / max(one.max(), 1e-30), atol=0.02)
        kept = told["places"][name][whose][kind]
        assert one[tuple(kept)] >= 0.98 * one.max() if kept else one.max() <= 0
