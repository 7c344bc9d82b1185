"""What one prediction costs, from file to result, beside the network alone and beside `model.predict`.

    python -m benchmarks.prediction [--rounds 60]

The ways are timed in turn, round by round, so that a machine whose speed drifts slows all of them alike. Medians, and
their ratio to the compiled network alone. Then the running app is asked over raw HTTP: the upload by itself, and the
whole; what none of the parts accounts for is the framework's. Written to benchmarks/results/prediction.json.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import gradio as gr
import numpy as np
import tensorflow as tf

from benchmarks.visitor import Connection, machine, prediction, started, upload
from busi.bundle.files import EMBEDDED, Bundle, open_bundle
from busi.data.simulated import draw, held_out_seeds
from busi.images import prepare, proportion_of, read_image
from busi.serving.predict import Classifier
from busi.serving.workshop import open_workshop
from busi.web.page import Page
from busi.web.parts.picker import empty_picture
from busi.web.tabs.prediction.tab import answer_panel
from busi.words.text import Words

RESULTS = Path(__file__).parent / "results" / "prediction.json"
PARTS = {  # of a prediction over HTTP, and how each is called here
    "upload": "upload",
    "decode": "  of that, reading the file",
    "prepare": "  size, contrast, scale",
    "network": "  the network, both ways",
    "domain": "is it of the domain",
    "encode": "the answer's pictures and words",
}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    file = case()
    times = timed(ways(Classifier(open_bundle(EMBEDDED)), file), options.rounds)
    median = {name: 1000 * statistics.median(values) for name, values in times.items()}
    for name, value in median.items():
        print(f"{name:<34}{value:>10.1f}{value / median['network alone, compiled']:>8.2f}")
    median |= asyncio.run(over_http(file, options.rounds))
    parts = {part: median[name] for part, name in PARTS.items()}
    parts["framework"] = median["whole"] - sum(parts.values())
    kept = {"machine": machine(), "rounds": options.rounds, "parts": parts, "milliseconds": median}
    rounded = json.loads(json.dumps(kept), parse_float=lambda number: round(float(number), 2))
    RESULTS.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
    print(", ".join(f"{part} {value:.1f} ms" for part, value in parts.items()), f"of {median['whole']:.1f} ms")


def case() -> bytes:
    """A simulated image of 560 x 470 pixels, as large as BUSI's, in a PNG file."""
    image = draw(held_out_seeds("test")[1]).image
    return cv2.imencode(".png", cv2.resize(image, (560, 470)))[1].tobytes()


async def over_http(file: bytes, rounds: int) -> dict[str, float]:
    """Median milliseconds of an upload, and of a whole prediction, asked of the app one after the other.

    Args:
        file: that is uploaded.
        rounds: of each, after three of warming up.
    """
    times: dict[str, list[float]] = {"upload": [], "whole": []}
    with started([sys.executable, "app.py"]) as app:
        event = app.event("show_answer")
        for _ in range(rounds + 3):
            times["whole"].append(await prediction(app.port, event, file))
            began = time.monotonic()
            connection = await Connection.open(app.port)
            await upload(connection, file)
            connection.close()
            times["upload"].append(time.monotonic() - began)
    return {name: 1000 * statistics.median(taken[3:]) for name, taken in times.items()}


def french_page(bundle: Bundle) -> Page:
    """A page about a bundle, on its own.

    Args:
        bundle: whose folder is opened.
    """
    words = Words("fr")
    with gr.Blocks():
        return Page(words, open_workshop(bundle.folder), empty_picture(words))


def ways(classifier: Classifier, file: bytes) -> dict[str, Callable[[], object]]:
    """The ways to get an answer for one picture.

    Args:
        classifier: that answers.
        file: the picture, as PNG.
    """
    image = read_image(file)
    batch = prepare(image, classifier.contract)[np.newaxis]
    prediction, page = classifier.predict(image), french_page(classifier.bundle)
    network = tf.function(classifier.network)
    tensor = tf.constant(batch)
    return {
        "network alone, compiled": lambda: network(tensor, training=False).numpy(),
        "Classifier.predict, from an array": lambda: classifier.predict(image),
        "from a PNG file to the result": lambda: classifier.predict(read_image(file)),
        "  of that, reading the file": lambda: read_image(file),
        "  size, contrast, scale": lambda: prepare(image, classifier.contract),
        "  the network, both ways": lambda: classifier.answers(batch, [proportion_of(image)]),
        "is it of the domain": lambda: classifier.knows(image),
        "the answer's pictures and words": lambda: answer_panel(page, image, prediction, None),
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
