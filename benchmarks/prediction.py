"""What one prediction costs, from file to result, beside the network alone and beside `model.predict`.

    python -m benchmarks.prediction [--bundle DIR] [--rounds N]

The ways are timed in turn, round by round, so that a machine whose speed drifts slows all of them alike. Medians, and
their ratio to the compiled network alone.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import numpy as np
import tensorflow as tf

from busi.bundle import EMBEDDED, open_bundle
from busi.images import prepare, read_image
from busi.predict import Classifier
from busi.text import Words
from busi.ui.prediction import answer_panel


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", default=EMBEDDED)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    classifier = Classifier(open_bundle(options.bundle))
    times = timed(ways(classifier), options.rounds)
    alone = statistics.median(times["network alone, compiled"])
    print(f"{'':<34}{'median ms':>10}{'ratio':>8}")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:<34}{1000 * median:>10.1f}{median / alone:>8.2f}")


def ways(classifier: Classifier) -> dict[str, Callable[[], object]]:
    """The ways to get an answer for one picture of 560 x 470 pixels, as BUSI's are."""
    rng = np.random.default_rng(0)
    image = np.uint8(255 * cv2.GaussianBlur(rng.random((470, 560)), (0, 0), 2))
    file = cv2.imencode(".png", image)[1].tobytes()
    batch = prepare(image, classifier.contract)[np.newaxis]
    prediction, words = classifier.predict(image), Words("fr")
    network = tf.function(classifier.network)
    tensor = tf.constant(batch)
    return {
        "network alone, compiled": lambda: network(tensor, training=False).numpy(),
        "Classifier.predict, from an array": lambda: classifier.predict(image),
        "from a PNG file to the result": lambda: classifier.predict(read_image(file)),
        "  of that, reading the file": lambda: read_image(file),
        "  size, contrast, scale": lambda: prepare(image, classifier.contract),
        "  the network, both ways": lambda: classifier.answers(batch),
        "is it of the domain": lambda: classifier.knows(image),
        "the answer's pictures and words": lambda: answer_panel(words, classifier.bundle, image, prediction, None),
        "network alone, model.predict": lambda: classifier.network.predict(batch, verbose=0),
    }


def timed(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way in each round, after three rounds of warming up."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 3):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            if number >= 3:
                times[name].append(time.perf_counter() - start)
    return times


if __name__ == "__main__":
    main()
