"""How often Grad-CAM's strongest place lies inside the lesion, beside three ways that know nothing.

    python -m experiments.gradcam [--data DIR] [--bundle DIR] [--random N] [--out FILE]

For each held-out image with an expert's outline: where is the picture of Grad-CAM highest, for "malignant" and for
the class that the network named? Beside it: the same network with N sets of random weights (they have learned nothing,
so what they reach is the shape of the architecture and of the images); the middle of the image (sonographers centre
the lesion); and a place drawn by chance (the share of the image that lesions cover). The second column counts a
peak within 15 pixels of the lesion as well, as the "pointing game" does (J. Zhang et al., "Top-Down Neural Attention by
Excitation Backprop", 2018). BUSI's test images with --data, and the held-out simulated ones, whose outlines are known.

A peak inside the lesion does not show that the network reasons as a radiologist does, and one outside may be right:
shadow and halo, outside of the outline, are signs too.
"""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import numpy as np

from busi.bundle.files import EMBEDDED, MODEL, Bundle, open_bundle
from busi.images import prepare
from busi.model.activations import Inside, gradcam, strongest_place
from busi.model.metrics import rate
from busi.model.network import build_network
from busi.serving.gallery import Example, open_gallery
from busi.serving.predict import Classifier
from busi.words.classes import BENIGN, CLASSES, MALIGNANT

TOLERANCE = 15  # pixels of 224
NETWORK = "network"  # whose checksum the results are of


def main() -> None:
    """Prints a table for each population, and writes them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="DIR|kaggle", default=os.environ.get("BUSI_DATA_DIR"))
    parser.add_argument("--bundle", default=EMBEDDED)
    parser.add_argument("--random", type=int, default=20, help="sets of random weights (default: 20)")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    bundle, results = open_bundle(options.bundle), {}
    for data in dict.fromkeys((options.data, None)):
        examples = list(outlined(bundle, data))
        name = examples[0].source
        results[name] = measure(bundle, examples, options.random)
        print(f"{name}, {len(examples)} held-out images: peak inside [95 % or range], within {TOLERANCE} pixels, n")
        for way, row in results[name].items():
            inside = f"{row['value']:.3f} [{row['low']:.3f} - {row['high']:.3f}]"
            print(f"  {way:<48}{inside}  {row['near']:.3f}  {row['n']}")
    if options.out:
        results = {NETWORK: bundle.info["files"][MODEL], **results}
        options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def outlined(bundle: Bundle, data: str | None) -> Iterator[Example]:
    """The held-out examples whose lesion somebody outlined."""
    gallery = open_gallery(bundle, data)
    for example in gallery.examples.values():
        if example.source == gallery.own and example.mask is not None and example.mask.any():
            yield example


def measure(bundle: Bundle, examples: list[Example], random_networks: int) -> dict[str, dict]:
    """How often each way points into the lesion."""
    classifier, size = Classifier(bundle), bundle.image.size
    inputs = [prepare(example.image, bundle.image) for example in examples]
    masks = [_small(example.mask, size) for example in examples]
    malignant, benign = [MALIGNANT] * len(examples), [BENIGN] * len(examples)
    called = [classifier.predict(example.image).label for example in examples]
    found = {
        "the class it named": _hits(peaks(classifier.inside, inputs, called), masks),
        "malignant": _hits(peaks(classifier.inside, inputs, malignant), masks),
        "benign": _hits(peaks(classifier.inside, inputs, benign), masks),
    }
    middle = [(size // 2, size // 2)] * len(masks)
    found["the middle of the image"] = _hits(middle, masks)
    for label in CLASSES:
        rows = [number for number, example in enumerate(examples) if example.label == label]
        own = [masks[number] for number in rows]
        places = peaks(classifier.inside, [inputs[number] for number in rows], [called[number] for number in rows])
        found[f"the class it named, {label} lesions only"] = _hits(places, own)
        found[f"the middle of the image, {label} lesions only"] = _hits(middle[: len(rows)], own)
    untrained = [
        Inside(build_network(bundle.info["training"]["recipe"]["arch"], size, s)) for s in range(random_networks)
    ]
    found[f"random weights, {random_networks} networks"] = _mean(
        [_hits(peaks(n, inputs, malignant), masks) for n in untrained]
    )
    found["any place (share that lesions cover)"] = _mean(
        [{"value": float(mask.mean()), "near": float(_grown(mask).mean()), "n": len(masks)} for mask in masks]
    )
    return found


def peaks(inside: Inside, inputs: list[np.ndarray], labels: list[str]) -> list[tuple[int, int] | None]:
    """Where Grad-CAM is highest for a label each: (row, column), or None where nothing spoke for it."""
    found = []
    for model_input, label in zip(inputs, labels, strict=True):
        heat = gradcam(inside.evidence(model_input), label, len(model_input))
        found.append(strongest_place(heat) if heat.any() else None)
    return found


def _small(mask: np.ndarray, size: int) -> np.ndarray:
    return cv2.resize(np.uint8(mask), (size, size), interpolation=cv2.INTER_NEAREST).astype(bool)


def _grown(mask: np.ndarray) -> np.ndarray:
    """The lesion and what lies around it within the tolerance."""
    reach = round(TOLERANCE * len(mask) / 224)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(np.uint8(mask), disc).astype(bool)


def _hits(places: list[tuple[int, int] | None], masks: list[np.ndarray]) -> dict:
    """The share of places inside, with Wilson's interval; an image for which nothing spoke counts as outside."""
    pairs = list(zip(places, masks, strict=True))
    inside = sum(place is not None and bool(mask[place]) for place, mask in pairs)
    near = sum(place is not None and bool(_grown(mask)[place]) for place, mask in pairs)
    return {**rate(inside, len(masks)).to_dict(), "near": round(near / len(masks), 6)}


def _mean(rows: list[dict]) -> dict:
    """The mean of several, with the smallest and the largest in place of an interval."""
    values = [row["value"] for row in rows]
    summary = {"value": np.mean(values), "low": np.min(values), "high": np.max(values)}
    near = np.mean([row["near"] for row in rows])
    return {name: round(float(value), 6) for name, value in summary.items()} | {
        "n": rows[0]["n"],
        "near": round(float(near), 6),
    }


if __name__ == "__main__":
    main()
