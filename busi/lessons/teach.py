"""Taught by a visitor: two boxes of a few pictures, and what a small network made of them.

The visitor names two boxes and puts pictures of the small training into them, for whatever reason. A network learns to
tell the boxes apart, then sorts pictures that nobody has put anywhere. What it learned need not be what was meant: of
each property the share of pairs is told which the network puts in the property's order (M. Kendall 1938, as the
concordance of F. Harrell 1982), 50 % for a property that it does not follow.

    python -m busi.lessons.teach      trains five seeds of the boxes that are ready, and writes teach_runs.json
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from busi.data.simulated import describe
from busi.lessons.album import labels, pictures, seeds
from busi.lessons.small_training import VALIDATION_IMAGES, learn, validation_images

FIRST, SECOND = BOXES = ("first", "second")
WALL = range(VALIDATION_IMAGES, VALIDATION_IMAGES + 36)  # positions in the album, of what may be put into a box
FEWEST, MOST, EPOCHS, SEEDS = 2, 18, 30, 5
READY = 6  # pictures in each of the boxes that are ready
BRIGHTNESS, CONTRAST, SIZE, DEPTH, CLASS = PROPERTIES = ("brightness", "contrast", "size", "depth", "class")
RECORDED = Path(__file__).with_name("teach_runs.json")


@dataclass(frozen=True)
class Boxes:
    """What a visitor put where.

    Attributes:
        first: places on the wall, from 0.
        second: the same, of the other box.
        seed: of the starting weights and of the order.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuses boxes from which nothing can be learned.

        Raises:
            ValueError: if a box has too few or too many pictures, or a picture is not on the wall or in both.
        """
        for box in (self.first, self.second):
            if not FEWEST <= len(box) <= MOST:
                raise ValueError(f"a box must hold {FEWEST} to {MOST} pictures, got {len(box)}")
        places = [*self.first, *self.second]
        if len(set(places)) < len(places) or not all(0 <= place < len(WALL) for place in places):
            raise ValueError(f"each picture must be on the wall, from 0 to {len(WALL) - 1}, and in one box: {places}")


@dataclass(frozen=True)
class Sorted:
    """How far a network is, and at the end how it sorts pictures that nobody has put anywhere.

    Attributes:
        epoch: from 1.
        epochs: how many there will be.
        order: at the end, places among the other pictures, from the surest of the first box to the surest of the
            second: int (N,); before, None.
        follows: at the end, by property, how far its order is the network's, in [0, 1].
        weights: at the end, of the network.
    """

    epoch: int
    epochs: int
    order: np.ndarray | None = None
    follows: Mapping[str, float] | None = None
    weights: tuple[np.ndarray, ...] = ()


def presets() -> Mapping[str, Boxes]:
    """Boxes that are ready, by the property that tells them apart: six pictures of either end of it, or of a class."""
    lesions = [describe(seeds()[position]) for position in WALL]
    malignant = labels(WALL)
    order = {
        BRIGHTNESS: wall().mean(axis=(1, 2)),
        SIZE: np.array([lesion.size_mm / scene.width_mm for lesion, scene in lesions]),
        CLASS: malignant.astype(np.float64),
    }
    sorted_by = {name: np.argsort(values, kind="stable").tolist() for name, values in order.items()}
    return {name: Boxes(tuple(places[:READY]), tuple(places[-READY:])) for name, places in sorted_by.items()}


def wall() -> np.ndarray:
    """What may be put into a box: uint8 (N, 64, 64)."""
    return pictures(WALL)


def others() -> np.ndarray:
    """What is sorted at the end: uint8 (N, 64, 64)."""
    return validation_images()[0]


def watch(boxes: Boxes) -> Iterator[Sorted]:
    """Trains a network to tell the boxes apart, and lets it sort the other pictures.

    Args:
        boxes: what was put where.

    Yields:
        How far it is.
    """
    places = [*boxes.first, *boxes.second]
    images, is_second = wall()[places], np.arange(len(places)) >= len(boxes.first)
    asked, nobody = {"others": others()}, images[:0]
    for judged in learn(images, is_second, asked, nobody, EPOCHS, boxes.seed):
        answers = judged.answers["others"]
        if judged.epoch < judged.epochs:
            yield Sorted(judged.epoch, judged.epochs)
        else:
            follows = {name: concordance(values, answers) for name, values in properties().items()}
            yield Sorted(judged.epoch, judged.epochs, np.argsort(answers, kind="stable"), follows, judged.weights)


@lru_cache(maxsize=1)
def properties() -> Mapping[str, np.ndarray]:
    """What can be measured or is known of the pictures that are sorted: float64 (N,), by `PROPERTIES`."""
    images, malignant = validation_images()
    lesions = [describe(seed) for seed in seeds()[:VALIDATION_IMAGES]]
    return {
        BRIGHTNESS: images.mean(axis=(1, 2)),
        CONTRAST: images.std(axis=(1, 2)),
        SIZE: np.array([lesion.size_mm / scene.width_mm for lesion, scene in lesions]),
        DEPTH: np.array([lesion.depth_mm / scene.depth_mm for lesion, scene in lesions]),
        CLASS: malignant.astype(np.float64),
    }


def concordance(values: Sequence[float] | np.ndarray, answers: np.ndarray) -> float:
    """Of the pairs with different values, the share in which the higher one has the higher answer; ties count half.

    Args:
        values: (N,), any numbers.
        answers: float (N,).
    """
    values = np.asarray(values, np.float64)
    higher = values[:, None] > values[None, :]
    more = (answers[:, None] > answers[None, :]) + 0.5 * (answers[:, None] == answers[None, :])
    return float(more[higher].mean())


def recorded() -> dict[str, dict[str, list[float]]]:
    """What came of five seeds of the boxes that are ready, by preset and property: how far the order followed it."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def main() -> int:
    """Trains five seeds of the boxes that are ready, and writes what came of them."""
    found = {name: [_followed(replace(boxes, seed=seed)) for seed in range(SEEDS)] for name, boxes in presets().items()}
    table = {name: {told: [round(run[told], 4) for run in runs] for told in PROPERTIES} for name, runs in found.items()}
    RECORDED.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    return 0


def _followed(boxes: Boxes) -> Mapping[str, float]:
    *_, last = watch(boxes)
    return last.follows or {}


if __name__ == "__main__":
    sys.exit(main())
