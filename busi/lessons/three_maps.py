"""Three maps for one opinion: Grad-CAM, occlusion and Shapley values, of the network's look at the whole image.

    look = look_of(network, mirrored)     log-odds of malignant for several pictures, as the network gives them
    maps(image, look, inside, label)      {"gradcam": ..., "occlusion": ..., "shapley": ...}, (6, 6) each
    recorded()                            what the maps of all lesions in the box show, from three_maps_runs.json

Each map says which places of a grid spoke for a class; what spoke against it counts as nothing. The drawn outline has
no part in them. The same three of a network whose weights are shuffled tell which of them would convince anyway: J.
Adebayo et al., "Sanity Checks for Saliency Maps", 2018, https://arxiv.org/abs/1810.03292.
`python -m busi.lessons.three_maps` asks the shipped network anew; that takes a quarter of an hour.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from busi.bundle.files import EMBEDDED, MODEL, open_bundle
from busi.data.box import lesions, outline, picture
from busi.images import gray_levels, prepare, read_image
from busi.lessons.elsewhere import visible_lesions
from busi.model.activations import Inside, gradcam
from busi.model.covering import Answer, occlusion, shapley
from busi.model.metrics import Estimate, rate
from busi.serving.predict import Classifier
from busi.words.classes import BENIGN, MALIGNANT

if TYPE_CHECKING:
    import keras

GRADCAM, OCCLUSION, SHAPLEY = KINDS = ("gradcam", "occlusion", "shapley")
LEARNED, SHUFFLED = WHOSE = ("learned", "shuffled")
PAIRS = tuple(combinations(KINDS, 2))
EXAMPLES = 3  # of each class
CELLS = 6  # to a side
ROUNDS = 4  # orders of the Shapley values, each with its reverse: 282 answers
Maps = dict[str, np.ndarray]  # float64 (6, 6), by `KINDS`
RECORDED = Path(__file__).with_name("three_maps_runs.json")


def look_of(network: "keras.Model", mirrored: bool) -> Answer:
    """How a network answers by the whole image, as a function of pictures that are prepared already.

    Args:
        network: float32 (N, S, S, 1) in [0, 1] to the probability of malignant (N, 1); its last layer is one unit.
        mirrored: whether it looks at the mirror image too.

    Returns:
        A function of uint8 (N, S, S) that gives float64 (N,), log-odds.
    """
    import keras
    import tensorflow as tf  # here, because pages are built before TensorFlow is loaded

    size, unit = network.input_shape[1], network.layers[-1]
    before = keras.Model(network.inputs, unit.input)
    compiled = tf.function(
        lambda batch: before(batch, training=False), input_signature=[tf.TensorSpec((None, size, size, 1), tf.float32)]
    )
    # Log-odds themselves: those of weights by chance are too small for what is left of them in a probability.
    kernel, bias = (np.asarray(one, np.float64) for one in unit.get_weights())

    def look(images: np.ndarray) -> np.ndarray:
        batch = images[..., np.newaxis].astype(np.float32) / 255
        both = (batch, batch[:, :, ::-1]) if mirrored else (batch,)
        found = [compiled(one).numpy().astype(np.float64) @ kernel + bias for one in both]
        return np.mean(found, axis=0)[:, 0]

    return look


def shuffled(network: "keras.Model", seed: int = 0) -> "keras.Model":
    """The same network with the weights of each layer in an order of chance: it has learned nothing any more.

    Args:
        network: whose weights are taken.
        seed: of the order.
    """
    import keras

    rng, other = np.random.default_rng(seed), keras.models.clone_model(network)
    other.set_weights(
        [rng.permuted(one.ravel()).reshape(one.shape) if one.ndim > 1 else one for one in network.get_weights()]
    )
    return other


def maps(image: np.ndarray, look: Answer, inside: Inside, label: str) -> Maps:
    """Which places spoke for a class, by the three ways.

    Args:
        image: uint8 (S, S), a picture as the network sees it.
        look: from `look_of`.
        inside: the same network opened up.
        label: the class.

    Returns:
        float64 (6, 6) each, from 0 on; all 0 where nothing spoke for it.
    """
    sign = 1 if label == MALIGNANT else -1
    heat = gradcam(inside.evidence(image[..., np.newaxis].astype(np.float32) / 255), label, len(image))
    found = {
        GRADCAM: cv2.resize(heat, (CELLS, CELLS), interpolation=cv2.INTER_AREA).astype(np.float64),
        OCCLUSION: sign * occlusion(image, look, CELLS),
        SHAPLEY: sign * shapley(image, look, CELLS, ROUNDS),
    }
    return {kind: np.maximum(one, 0) for kind, one in found.items()}


def strongest(one: np.ndarray) -> tuple[int, int] | None:
    """The row and the column of a map's strongest place; None where nothing spoke.

    Args:
        one: float64 (6, 6), from `maps`.
    """
    if one.max() <= 0:
        return None
    row, column = np.unravel_index(int(one.argmax()), one.shape)
    return int(row), int(column)


def points_into(place: tuple[int, int] | None, inside: np.ndarray) -> bool:
    """Whether the middle of a place lies in the lesion.

    Args:
        place: row and column of the grid.
        inside: bool (H, W).
    """
    if place is None:
        return False
    row, column = (int((at + 0.5) / CELLS * length) for at, length in zip(place, inside.shape, strict=True))
    return bool(inside[row, column])


def agree(one: tuple[int, int] | None, other: tuple[int, int] | None) -> bool:
    """Whether two places are the same or touch each other."""
    return one is not None and other is not None and max(abs(one[0] - other[0]), abs(one[1] - other[1])) <= 1


def chance_to_agree() -> float:
    """How often two places drawn by chance are the same or touch."""
    near = [sum(abs(one - other) <= 1 for other in range(CELLS)) for one in range(CELLS)]
    return (sum(near) / CELLS**2) ** 2


def recorded() -> dict[str, Any]:
    """The network's checksum; by lesion, whose weights and way the strongest place; and the maps of the examples."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def pointing(found: Mapping[str, Any]) -> dict[str, dict[str, Estimate]]:
    """How often each map's strongest place lies in the lesion, by whose weights they are and by the way.

    Args:
        found: as `recorded` has it.
    """
    insides = {name: outline(name) for name in found["places"]}
    return {
        whose: {
            kind: rate(
                sum(points_into(_place(one[whose][kind]), insides[name]) for name, one in found["places"].items()),
                len(insides),
            )
            for kind in KINDS
        }
        for whose in WHOSE
    }


def agreement(found: Mapping[str, Any]) -> dict[tuple[str, str], Estimate]:
    """How often two maps of the network that learned have their strongest places together, by the two.

    Args:
        found: as `recorded` has it.
    """
    rows = [one[LEARNED] for one in found["places"].values()]
    return {pair: rate(sum(agree(*(_place(row[kind]) for kind in pair)) for row in rows), len(rows)) for pair in PAIRS}


def together(found: Mapping[str, Any]) -> Estimate:
    """How often all three maps of the network that learned have their strongest places together.

    Args:
        found: as `recorded` has it.
    """
    rows = [{kind: _place(place) for kind, place in one[LEARNED].items()} for one in found["places"].values()]
    return rate(sum(all(agree(row[one], row[other]) for one, other in PAIRS) for row in rows), len(rows))


def lesions_covered(found: Mapping[str, Any]) -> float:
    """How often a place drawn by chance lies in the lesion: the mean share of the grid's middles that do."""
    places = [(row, column) for row in range(CELLS) for column in range(CELLS)]
    return float(np.mean([[points_into(place, outline(name)) for place in places] for name in found["places"]]))


def _place(place: Sequence[int] | None) -> tuple[int, int] | None:
    return None if place is None else (int(place[0]), int(place[1]))


def both_networks(classifier: Classifier) -> dict[str, tuple[Answer, Inside]]:
    """How a network answers, opened up, and the same with its weights shuffled, by the names of `WHOSE`.

    Args:
        classifier: whose network.
    """
    mirrored = classifier.bundle.mirrored
    networks = (classifier.network, shuffled(classifier.network))
    return {
        whose: (look_of(network, mirrored), Inside(network, mirrored))
        for whose, network in zip(WHOSE, networks, strict=True)
    }


def examples() -> tuple[str, ...]:
    """The lesions whose maps are kept: easy to see, benign and malignant in turn."""
    return visible_lesions(lesions()["image_id"], EXAMPLES)


def maps_of(name: str, classifier: Classifier, networks: Mapping[str, tuple[Answer, Inside]]) -> dict[str, Maps]:
    """The maps of a lesion in the box, for the class that each network names, by the names of `WHOSE`.

    Args:
        name: of the lesion.
        classifier: how its picture is prepared.
        networks: from `both_networks`.
    """
    image = gray_levels(prepare(read_image(picture(name)), classifier.contract))
    return {whose: _maps_for_its_class(image, *network) for whose, network in networks.items()}


def _maps_for_its_class(image: np.ndarray, look: Answer, inside: Inside) -> Maps:
    label = MALIGNANT if look(image[np.newaxis])[0] >= 0 else BENIGN
    return maps(image, look, inside, label)


def asked() -> dict[str, Any]:
    """The strongest places of the maps of every lesion in the box, and the maps of the examples."""
    bundle = open_bundle(EMBEDDED)
    classifier = Classifier(bundle)
    networks, places, kept = both_networks(classifier), {}, {}
    for name in lesions()["image_id"]:
        found = maps_of(name, classifier, networks)
        places[name] = {whose: {kind: strongest(one) for kind, one in some.items()} for whose, some in found.items()}
        if name in examples():
            kept[name] = {
                whose: {kind: (one / max(one.max(), 1e-30)).round(3).tolist() for kind, one in some.items()}
                for whose, some in found.items()
            }
    return {"network": bundle.info["files"][MODEL], "places": places, "maps": kept}


def main() -> int:
    """Asks both networks, and writes what their maps show."""
    found = asked()
    tables = [f'"network": {json.dumps(found["network"])}']
    for table in ("places", "maps"):
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in found[table].items())
        tables.append(f'"{table}": {{\n{lines}\n}}')
    RECORDED.write_text("{" + ",\n".join(tables) + "}\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
