"""Training in a test: small images, few of them, one epoch."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from busi.data.box import lesions
from busi.data.parts import Part
from busi.images.quality import measure
from busi.model.network import ATELIER
from busi.training.recipe import RECIPES
from tests.support.drawings import drawn_ultrasound

SMALL = (
    "--recipe",
    "scratch",
    "--image-size",
    "64",
    "--pretrain",
    "20",
    "--arch",
    ATELIER,
)  # half the time of the default's deeper one
HELD_OUT = 40


def arguments(data: Path, out: Path, *more: str) -> list[str]:
    """The command line of a small training; what comes in `more` counts where it differs."""
    return ["--data", str(data), "--out", str(out), "--epochs", "1", "--seed", "3", *SMALL, *more]


@contextmanager
def eagerly() -> Iterator[None]:
    """TensorFlow computes at once, instead of building a graph first, which takes longer than a few steps do.

    What a user runs builds the graph: some tests must too.
    """
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


def hurry(patch: pytest.MonkeyPatch) -> None:
    """Fewer images beside the user's, fewer epochs and draws for the intervals than a user's run."""
    patch.setattr("busi.data.simulated.HELD_OUT_IMAGES", HELD_OUT)
    patch.setattr("busi.model.metrics.BOOTSTRAP_DRAWS", 200)
    patch.setattr("busi.training.elsewhere.lesions", lambda: lesions().head(HELD_OUT))
    for settings in RECIPES.values():
        patch.setitem(settings, "pretrain_epochs", 2)


def drawn_part(count: int, first_seed: int) -> Part:
    """Bright squares (malignant) and dark ones (benign) on texture: easy to learn."""
    images, labels = [], []
    for number in range(count):
        image, _ = drawn_ultrasound(first_seed + number, size=(64, 64))
        malignant = number % 3 == 0
        image[20:44, 20:44] = 230 if malignant else 20
        images.append(image)
        labels.append(malignant)
    return Part(np.stack(images), np.array(labels), tuple(measure(image) for image in images))


def outlined_part(count: int, first_seed: int) -> Part:
    """Squares on texture, bright (malignant) or dark, each in a place of its own."""
    rng, images, outlines, labels = np.random.default_rng(first_seed), [], [], []
    for number in range(count):
        image, _ = drawn_ultrasound(first_seed + number, size=(64, 64))
        top, left = rng.integers(4, 36, 2)
        outline = np.zeros((64, 64), np.uint8)
        outline[top : top + 24, left : left + 24] = 255
        image[outline > 0] = 230 if number % 3 == 0 else 20
        images.append(image)
        outlines.append(outline)
        labels.append(number % 3 == 0)
    quality = tuple(measure(image) for image in images)
    return Part(np.stack(images), np.array(labels), quality, np.stack(outlines))
