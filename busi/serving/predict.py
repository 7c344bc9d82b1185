"""From an image to a Prediction.

    read_image -> Classifier.predict -> Prediction

The network is compiled once and warmed up, so an image costs little more than its convolutions. A `Prediction`
keeps the very array that the network saw, so that every picture in the app shows that and not a look-alike.

As a command: `python -m busi.predict [--bundle DIR] FILE ...` prints CSV.
"""

import argparse
import csv
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from busi.bundle.files import EMBEDDED, Bundle, BundleError, load_network, open_bundle
from busi.images import ImageContract, ImageRefused, Reading, gray_levels, prepare, proportion_of, read_picture
from busi.model.activations import Inside
from busi.model.arrangement import reason_not_known
from busi.model.scoring import Scores
from busi.model.shape import Shape, read_shape
from busi.system.console import printable_output, quiet_libraries
from busi.words.classes import BENIGN, MALIGNANT

if TYPE_CHECKING:
    from busi.model.drawing import Steps

_BATCH = 32  # images in memory at once, in the network's many channels
# What the command says of a picture that is not of the kind that the network learned from.
_WHY = {
    "colour": "in colour",
    "side_by_side": "two pictures side by side",
    "shape": "much wider or taller than what the network learned from",
    "upside_down": "seems to be upside down; it was not turned",
    "on_its_side": "seems to lie on its side; it was not turned",
    "inverted": "seems to be inverted, black for white; it was taken as it is",
    "unlike": "unlike anything that the network learned from",
}


@dataclass(frozen=True)
class Answer:
    """A score and what follows from it, as a bundle's table already holds it too.

    Attributes:
        probability: calibrated probability of malignant, in (0, 1).
        threshold: called malignant from this probability on.
    """

    probability: float
    threshold: float

    @property
    def label(self) -> str:
        """The class at the threshold."""
        return MALIGNANT if self.probability >= self.threshold else BENIGN

    @property
    def probabilities(self) -> dict[str, float]:
        """Both classes' probabilities; they sum to 1."""
        return {BENIGN: 1.0 - self.probability, MALIGNANT: self.probability}


@dataclass(frozen=True)
class Prediction(Answer):
    """What the network says of one image.

    Attributes:
        model_input: float32 (S, S, 1) in [0, 1], the array that the network saw.
        proportion: height over width of the image as it was given.
        whole: log-odds of malignant for the whole image, as the network gives them.
        outline: float32 (H, H) in [0, 1], how much of each place of the square is lesion; None if the network does not
            draw.
        shape: what is read from it; None where nothing lesion-like is drawn.
        terms: what the whole image, and each subject of the shape model, adds to the log-odds of malignant, by the
            names in `fusion.TERMS`; they sum up to those of `probability`. None where the whole image alone answers.
    """

    model_input: np.ndarray
    proportion: float = 1.0
    whole: float = 0.0
    outline: np.ndarray | None = None
    shape: Shape | None = None
    terms: Mapping[str, float] | None = None


class Classifier:
    """A bundle's network, ready to answer. Safe to call from several threads."""

    def __init__(self, bundle: Bundle) -> None:
        """Loads and compiles the network. Takes some seconds: it imports TensorFlow.

        Args:
            bundle: an opened bundle.

        Raises:
            BundleError: if TensorFlow or the weights cannot be used.
        """
        try:
            import tensorflow as tf  # here, because the page is built before TensorFlow is loaded

            from busi.model.network import both_ways, without_outline
        except Exception as error:  # a library that is missing on the machine shows in many ways
            raise BundleError(f"TensorFlow cannot be loaded: {error}") from error
        self.bundle = bundle
        whole = load_network(bundle)
        self.network, self._whole = without_outline(whole), whole
        self._scoring = bundle.scoring
        shape = (self.contract.size, self.contract.size, 1)
        self._answer = tf.function(
            both_ways(whole) if bundle.mirrored else lambda batch: whole(batch, training=False),
            input_signature=[tf.TensorSpec((None, *shape), tf.float32)],
        )
        self._answer(np.zeros((1, *shape), np.float32))

    @cached_property
    def inside(self) -> Inside:
        """The network opened up, to look at its layers and maps.

        Raises:
            BundleError: if it does not end in one dense unit with a sigmoid.
        """
        try:
            return Inside(self.network, self.bundle.mirrored)
        except ValueError as error:
            raise BundleError(str(error)) from error

    @cached_property
    def steps(self) -> "Steps | None":
        """What the network that draws makes of an image, level by level; None if none draws so."""
        from busi.model.drawing import Steps  # here, because it needs Keras

        try:
            return Steps(self._whole)
        except ValueError:
            return None

    @property
    def contract(self) -> ImageContract:
        """The way of an image."""
        return self.bundle.image

    def predict(self, image: np.ndarray) -> Prediction:
        """Answers for one image.

        Args:
            image: uint8 array of shape (H, W), gray levels.

        Returns:
            The prediction.
        """
        model_input, proportion = prepare(image, self.contract), proportion_of(image)
        found, fusion = self.answers(model_input[np.newaxis], [proportion]), self.bundle.fusion
        return Prediction(
            float(found.probability[0]),
            self.bundle.threshold,
            model_input,
            proportion,
            float(found.whole[0]),
            outline=None if found.outlines is None else found.outlines[0],
            shape=found.shapes[0],
            terms=fusion.terms(float(found.whole[0]), found.shapes[0]) if fusion else None,
        )

    def redrawn(self, prediction: Prediction, outline: np.ndarray) -> Prediction:
        """The prediction as it would be if somebody had drawn another outline: the whole image stays as it was seen.

        Args:
            prediction: of a network that draws.
            outline: float (S, S) in [0, 1], any S, how much of each place of the square is lesion.

        Raises:
            ValueError: if the bundle has no fusion, so that no outline counts.
        """
        fusion = self.bundle.fusion
        if fusion is None:
            raise ValueError("no outline counts: the bundle has no fusion")
        shape = read_shape(outline, gray_levels(prediction.model_input), prediction.proportion)
        terms = fusion.terms(prediction.whole, shape)
        probability = float(1 / (1 + np.exp(-sum(terms.values()))))
        return replace(
            prediction, probability=probability, outline=outline.astype(np.float32), shape=shape, terms=terms
        )

    def knows(self, image: np.ndarray, colour: float = 0.0) -> bool:
        """Whether an image is of the kind that the network learned from; true if the bundle cannot tell.

        Args:
            image: uint8 array of shape (H, W), gray levels.
            colour: its share of coloured pixels, from `images.colour_share`.
        """
        return self.why_unknown(image, colour) is None

    def why_unknown(self, image: np.ndarray, colour: float = 0.0) -> str | None:
        """Why an image is not of the kind that the network learned from.

        Args:
            image: uint8 array of shape (H, W), gray levels.
            colour: its share of coloured pixels, from `images.colour_share`.

        Returns:
            One of `arrangement.REASONS`; None if it is of that kind, or the bundle cannot tell.
        """
        return reason_not_known(self.bundle.domain, image, colour) if self.bundle.domain else None

    def probabilities(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """Answers for many images at once, as `predict` does for one.

        Args:
            images: uint8 arrays of shape (H, W), gray levels, of any sizes.

        Returns:
            float64 (N,), calibrated probability of malignant.
        """
        inputs = np.stack([prepare(image, self.contract) for image in images])
        return self.answers(inputs, [proportion_of(image) for image in images]).probability

    def answers(self, inputs: np.ndarray, proportions: Sequence[float]) -> Scores:
        """Answers for what the network sees, already prepared.

        Args:
            inputs: float32 (N, S, S, 1) in [0, 1].
            proportions: (N,), height over width of each picture before it was made a square.
        """
        batches = np.split(inputs, range(_BATCH, len(inputs), _BATCH))
        raw = [self._answer(batch) for batch in batches]
        images = gray_levels(inputs)
        if isinstance(raw[0], dict):
            outputs = {name: np.concatenate([batch[name].numpy() for batch in raw]) for name in raw[0]}
            return self._scoring.score(outputs, images, proportions)
        return self._scoring.score(np.concatenate([batch.numpy() for batch in raw]), images, proportions)


class ClassifierInBackground:
    """A classifier that loads in a thread of its own while pages are already served."""

    def __init__(self, bundle: Bundle) -> None:
        """Prepares; nothing is loaded before `start` or `get`."""
        self.bundle = bundle
        self._lock = threading.Lock()
        self._classifier: Classifier | None = None
        self._loading: threading.Thread | None = None

    def start(self) -> None:
        """Begins to load, and returns at once."""
        self._loading = threading.Thread(target=self._load_quietly, name="load-network", daemon=True)
        self._loading.start()

    def settle(self, seconds: float) -> None:
        """Waits until it has loaded, if that was begun: TensorFlow must not be cut off in the middle of it.

        Args:
            seconds: to wait at most.
        """
        if self._loading:
            self._loading.join(seconds)

    @property
    def is_ready(self) -> bool:
        """Whether `get` answers without waiting."""
        return self._classifier is not None

    def get(self) -> Classifier:
        """The classifier, waiting for it if need be.

        Raises:
            BundleError: if the weights cannot be used.
        """
        with self._lock:
            if self._classifier is None:
                self._classifier = Classifier(self.bundle)
            return self._classifier

    def _load_quietly(self) -> None:
        try:
            self.get().inside.warm_up()
        except ValueError as error:  # BundleError among them; whoever asks next gets the error itself
            print(f"warning: {error}", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints `file,probability_malignant,label,known` for each file; errors go to stderr.

    `known` is "yes" or "no": whether the picture is of the kind that the network learned from; why not, stderr says.
    It stays empty where the bundle cannot tell.

    Returns:
        0 if every file got its row, 1 if any failed, 2 if the bundle cannot be opened.
    """
    printable_output()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # a table is all that is asked for
    options = _parse(arguments)
    try:
        bundle = open_bundle(options.bundle)
        with quiet_libraries():
            classifier = Classifier(bundle)
    except BundleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return _print_predictions(classifier, options.files, options.known)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m busi.predict", description="What the network says of images. For teaching, never for diagnosis."
    )
    default = os.environ.get("BUSI_BUNDLE") or EMBEDDED
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
    parser.add_argument("--bundle", default=default, metavar="DIR", help="default: $BUSI_BUNDLE, else the embedded one")
    parser.add_argument(
        "--no-known",
        dest="known",
        action="store_false",
        help="leave out the column known: whether a picture is of the kind that the network learned from",
    )
    return parser.parse_args(arguments)


def _print_predictions(classifier: Classifier, files: Sequence[Path], known: bool) -> int:
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["file", "probability_malignant", "label", *(["known"] if known else [])])
    failed = False
    for path in files:
        try:
            picture = read_picture(path, reduced=True)
            prediction = classifier.predict(picture.image)
        except ImageRefused as error:
            print(f"error: {path}: {error}", file=sys.stderr)
            failed = True
            continue
        known_columns = [_whether_known(classifier, picture, path)] if known else []
        rows.writerow([path, f"{prediction.probability:.6f}", prediction.label, *known_columns])
    return int(failed)


def _whether_known(classifier: Classifier, picture: Reading, path: Path) -> str:
    """The column `known`, after saying on stderr why, where the answer is no."""
    if classifier.bundle.domain is None:
        return ""
    why = classifier.why_unknown(picture.image, picture.colour)
    if why:
        print(f"note: {path}: {_WHY[why]}", file=sys.stderr)
    return "no" if why else "yes"
