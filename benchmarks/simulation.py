"""What a simulated image costs on one core, where the time goes, and what the laboratory answers in.

    python -m benchmarks.simulation [--rounds N]

Medians over cases drawn as for training, 256 by 256 pixels, one core for the drawing; the last line is the whole answer
of the tab (image, prediction, HTML), without the way through the browser. Goals: 60 ms an image, 200 ms an answer.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import numpy as np

from busi.data.simulated import describe
from busi.lessons.laboratory import PRESETS
from busi.serving.workshop import open_workshop
from busi.simulator import display, echo_map, simulate
from busi.simulator.speckle import point_spread, speckle
from busi.web.page import Page
from busi.web.parts.picker import empty_picture
from busi.web.tabs.laboratory.answers import view
from busi.words.text import Words


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    times: dict[str, list[float]] = {}
    for seed in range(options.rounds):
        for name, way in _ways(seed).items():
            times.setdefault(name, []).append(_seconds(way))
    words = Words("fr")
    page = Page(words, open_workshop(), empty_picture(words))
    for number, preset in enumerate((*PRESETS.values(), *PRESETS.values())):
        experiment = replace(preset, seed=1000 + number)  # an image that nobody has asked for yet
        answer = _seconds(lambda experiment=experiment: view(page, experiment))
        times.setdefault("the laboratory's whole answer", []).append(answer)
    alone = statistics.median(times["simulate"])
    print(f"{'':<34}{'median ms':>10}{'slowest':>9}{'ratio':>7}")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:<34}{1000 * median:>10.1f}{1000 * max(values):>9.1f}{median / alone:>7.2f}")


def _ways(seed: int) -> dict[str, Callable[[], object]]:
    lesion, scene = describe(seed)
    level = echo_map(lesion, scene, seed)
    spread = point_spread(scene.frequency_mhz, scene.depth_mm)
    heard = speckle(level, spread, scene.pitch_mm, scene.looks, np.random.default_rng(seed))
    return {
        "simulate": lambda: simulate(lesion, scene, seed),
        "  the map of echoes": lambda: echo_map(lesion, scene, seed),
        "  speckle": lambda: speckle(level, spread, scene.pitch_mm, scene.looks, np.random.default_rng(seed)),
        "  gray levels": lambda: display(heard, scene),
    }


def _seconds(way: Callable[[], object]) -> float:
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
