"""What is left of the answers when a gray patch hides the lesion, all that is around it, or another place.

    patch_around(inside)              where the patch lies that hides a lesion
    hide(image, patch, way)           the picture with that part under flat gray
    recorded()                        what the shipped network said of every lesion in the box, from hidden_runs.json

The patch is a box: an outline would still show the shape. That it keeps the lesion's size is meant, for the size alone
already tells something. After A. Bissoto et al., "(De)Constructing Bias on Skin Lesion Datasets", 2019,
https://arxiv.org/abs/1904.08818, who hid lesions of the skin. `python -m busi.lessons.hidden` asks the network anew.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from busi.bundle.files import EMBEDDED, MODEL, open_bundle
from busi.data.box import lesions, outline, picture
from busi.images import read_image
from busi.model.metrics import Estimate, auc
from busi.serving.predict import Classifier
from busi.system.ranges import check_offered
from busi.words.classes import MALIGNANT

NOTHING, LESION, REST, ELSEWHERE = WAYS = ("nothing", "lesion", "rest", "elsewhere")
RECORDED = Path(__file__).with_name("hidden_runs.json")

_MARGIN = 0.1  # of the lesion's box, on each side: its edge is hidden too
_STEPS = 13  # places to a side that are tried for a patch elsewhere


@dataclass(frozen=True)
class Patch:
    """A box in a picture, in shares of its height and width.

    Attributes:
        top: in [0, 1], as are left, height and width.
        left: of its left edge.
        height: of the box.
        width: of the box.
    """

    top: float
    left: float
    height: float
    width: float

    @property
    def share(self) -> float:
        """How much of the picture it covers, in [0, 1]."""
        return self.height * self.width

    def pixels(self, shape: tuple[int, int]) -> tuple[slice, slice]:
        """Its rows and columns in a picture of (H, W) pixels."""
        (rows, columns), across, down = shape, self.left + self.width, self.top + self.height
        return (
            slice(round(self.top * rows), max(round(self.top * rows) + 1, round(down * rows))),
            slice(round(self.left * columns), max(round(self.left * columns) + 1, round(across * columns))),
        )


def patch_around(inside: np.ndarray) -> Patch:
    """The box around a lesion, a little larger than it, inside of the picture.

    Args:
        inside: bool (H, W), with something inside.

    Raises:
        ValueError: if nothing is inside.
    """
    if not inside.any():
        raise ValueError("nothing is inside, so there is nothing to hide")
    (top, bottom), (left, right) = (_ends(np.asarray(inside.any(axis=axis))) for axis in (1, 0))
    return Patch(top, left, bottom - top, right - left)


def patch_elsewhere(patch: Patch) -> Patch:
    """A box of the same size at the place, of a grid, where it hides least of the first one; the farthest of several.

    Args:
        patch: that hides the lesion.
    """
    places = [
        Patch(float(top), float(left), patch.height, patch.width)
        for top in np.linspace(0, 1 - patch.height, _STEPS)
        for left in np.linspace(0, 1 - patch.width, _STEPS)
    ]
    return min(places, key=lambda place: (round(_shared(place, patch), 6), -_distance(place, patch)))


def hide(image: np.ndarray, patch: Patch, way: str) -> np.ndarray:
    """A picture part of which is under flat gray, the median of the picture.

    Args:
        image: uint8 (H, W).
        patch: around the lesion.
        way: one of `WAYS`.

    Returns:
        uint8 (H, W).

    Raises:
        ValueError: if there is no such way.
    """
    check_offered("way", way, WAYS)
    if way == NOTHING:
        return image
    gray, place = gray_of(image), patch.pixels(image.shape)
    if way == REST:
        covered = np.full_like(image, gray)
        covered[place] = image[place]
        return covered
    covered = image.copy()
    covered[place if way == LESION else patch_elsewhere(patch).pixels(image.shape)] = gray
    return covered


def gray_of(image: np.ndarray) -> int:
    """What covers a picture: its median, from 0 to 255.

    Args:
        image: uint8 (H, W).
    """
    return int(np.median(image))


def recorded() -> dict[str, Any]:
    """What was asked: the checksum of the network, and of each lesion's name the scores by `WAYS` and its patch."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def worth(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Estimate]:
    """The AUC of the answers with each part hidden, and of the size of the patch alone ("size").

    Args:
        answers: as `recorded` has them.
    """
    truth = lesions().set_index("image_id")["label"] == MALIGNANT
    names = list(answers)
    malignant = truth[names].to_numpy(bool)
    scores = {way: np.array([answers[name]["scores"][at] for name in names]) for at, way in enumerate(WAYS)}
    scores["size"] = np.array([Patch(*answers[name]["patch"]).share for name in names])
    return {name: auc(malignant, some, np.array(names)) for name, some in scores.items()}


def asked(classifier: Classifier) -> dict[str, dict[str, Any]]:
    """What a network says of every lesion in the box, with each part hidden."""
    found = {}
    for name in lesions()["image_id"]:
        image, patch = read_image(picture(name)), patch_around(outline(name))
        scores = classifier.probabilities([hide(image, patch, way) for way in WAYS])
        place = [round(value, 4) for value in (patch.top, patch.left, patch.height, patch.width)]
        found[name] = {"patch": place, "scores": scores.round(4).tolist()}
    return found


def main() -> int:
    """Asks the shipped network, and writes what it said."""
    bundle = open_bundle(EMBEDDED)
    found = {"network": bundle.info["files"][MODEL], "answers": asked(Classifier(bundle))}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in found["answers"].items())
    text = f'{{"network": {json.dumps(found["network"])}, "answers": {{\n{lines}\n}}}}\n'
    RECORDED.write_text(text, encoding="utf-8", newline="\n")
    return 0


def _ends(some: np.ndarray) -> tuple[float, float]:
    """Where the true ones of bool (N,) begin and end, with the margin, as shares of N."""
    places = np.flatnonzero(some)
    first, last = int(places[0]), int(places[-1]) + 1
    margin = _MARGIN * (last - first)
    return max(0.0, (first - margin) / len(some)), min(1.0, (last + margin) / len(some))


def _shared(one: Patch, other: Patch) -> float:
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    return max(0.0, down) * max(0.0, across)


def _distance(one: Patch, other: Patch) -> float:
    return float(np.hypot(one.top - other.top, one.left - other.left))


if __name__ == "__main__":
    sys.exit(main())
