"""How far an answer moves when nothing but a mark, the blur, the brightness or the contrast of an image changes.

    python -m experiments.shortcuts [--data DIR] [--bundle DIR] [--out FILE]

Marks: calipers across the lesion as an operator sets them (by the expert's outline), a few words at a place drawn at
random, and both. They tell nothing of the lesion, so an honest network would not move at all; almost half of BUSI's
images carry some, so a network can learn to read them (R. Geirhos et al., "Shortcut learning in deep neural networks",
2020, https://arxiv.org/abs/2004.07780). Blur, brightness and contrast: as the exercise on groups changes them
(`busi/images/degradation.py`). A turn of the gain knob changes the brightness, one of the dynamic range the contrast.

For each: the mean and the largest change of the calibrated probability, how many answers change sides, and which way
they move. BUSI's test images with --data, the held-out simulated ones, and the lesions of BrEaST. Intervals redraw
groups of near-duplicates.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import numpy as np

from busi.bundle.files import BREAST, EMBEDDED, SIMULATED, Bundle, open_bundle
from busi.images.degradation import degrade
from busi.model.metrics import BOOTSTRAP_DRAWS, LEVEL, rate
from busi.serving.gallery import Example, open_gallery
from busi.serving.predict import Classifier
from busi.simulator import Scene, burn_in
from busi.words.classes import CLASSES

WORDS = ("RT BREAST 10 H", "LT 2 H 4 CM FN", "B-MODE  12 MHz")
CHANGES = {
    "blur, 1 pixel": ("blur", 1),
    "blur, 2.2 pixels": ("blur", 2.2),
    "brighter by 30 of 255": ("brighter", 30),
    "darker by 30 of 255": ("darker", -30),
    "contrast times 0.7": ("contrast", 0.7),
}


def main() -> None:
    """Prints a table for each population, and writes them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="DIR|kaggle", default=os.environ.get("BUSI_DATA_DIR"))
    parser.add_argument("--bundle", default=EMBEDDED)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    bundle, results = open_bundle(options.bundle), {}
    own = [held_out(bundle, options.data)] if options.data else []
    for examples in (*own, held_out(bundle, None, SIMULATED), held_out(bundle, None, BREAST)):
        results[examples[0].source] = found = measure(bundle, examples)
        print(f"{examples[0].source}, n = {len(examples)}: mean change, largest, changed sides, mean towards malignant")
        for name, row in found.items():
            mean, flips = row["mean"], row["changed_sides"]
            print(
                f"  {name:<24}{mean['value']:.3f} [{mean['low']:.3f} - {mean['high']:.3f}]  {row['largest']:.3f}  "
                f"{flips['value']:.3f} [{flips['low']:.3f} - {flips['high']:.3f}]  {row['towards_malignant']:+.3f}"
            )
    if options.out:
        options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def held_out(bundle: Bundle, data: str | None, source: str = "") -> list[Example]:
    """The images that a network has not seen whose lesion somebody outlined.

    Args:
        bundle: whose network.
        data: a BUSI folder, whose test images are wanted; or None.
        source: "simulated" or "breast", where another one is wanted.
    """
    gallery = open_gallery(bundle, data)
    wanted = source or gallery.own
    shown = [e for e in gallery.examples.values() if e.source == wanted and e.label in CLASSES]
    return [example for example in shown if example.mask is not None and example.mask.any()]


def measure(bundle: Bundle, examples: list[Example]) -> dict[str, dict]:
    """What each change does to the answers.

    Args:
        bundle: whose network answers.
        examples: of its test part.

    Returns:
        For each change the mean of the absolute change (value, low, high, n), the largest, the share that changes
        sides, and the mean change towards "malignant".
    """
    classifier = Classifier(bundle)
    rows = bundle.predictions.drop_duplicates("image_id").set_index("image_id")
    groups = rows.loc[[example.image_id for example in examples], "group"].to_numpy()
    before = classifier.probabilities([example.image for example in examples])
    return {
        name: _moved(before, classifier.probabilities([change(e) for e in examples]), groups, bundle.threshold)
        for name, change in changes()
    }


def changes() -> Iterator[tuple[str, Callable[[Example], np.ndarray]]]:
    """Each change by its name: from an example to its image, uint8 (H, W), changed."""
    yield "calipers", lambda example: stamped(example, Scene(calipers=True))
    for number, words in enumerate(WORDS, start=1):
        yield f"words {number}", lambda example, words=words: stamped(example, Scene(text=words))
    yield "calipers and words", lambda example: stamped(example, Scene(calipers=True, text=WORDS[0]))
    for name, (way, amount) in CHANGES.items():
        yield name, lambda example, way=way, amount=amount: degrade(example.image, way, amount)


def stamped(example: Example, scene: Scene) -> np.ndarray:
    """An example's image with marks burned in, always at the same places.

    Args:
        example: with an outline.
        scene: which marks.

    Returns:
        uint8 (H, W).
    """
    image = example.image.copy()
    contours, _ = cv2.findContours(np.uint8(example.mask), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    lesion = max(contours, key=cv2.contourArea)[:, 0].astype(np.float64)
    burn_in(image, lesion, scene, np.random.default_rng(sum(example.image_id.encode())))
    return image


def _moved(before: np.ndarray, after: np.ndarray, groups: np.ndarray, threshold: float) -> dict:
    moved = np.abs(after - before)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    rng = np.random.default_rng(0)
    draws = [
        moved[np.concatenate([members[number] for number in rng.integers(len(members), size=len(members))])].mean()
        for _ in range(BOOTSTRAP_DRAWS)
    ]
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    sides = int(((before >= threshold) != (after >= threshold)).sum())
    return {
        "mean": {"value": float(moved.mean()), "low": float(low), "high": float(high), "n": len(moved)},
        "largest": float(moved.max()),
        "changed_sides": rate(sides, len(moved)).to_dict(),
        "towards_malignant": float((after - before).mean()),
    }


if __name__ == "__main__":
    main()
