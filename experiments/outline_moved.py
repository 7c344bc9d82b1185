"""How much of an answer hangs on the outline: what becomes of it when the drawn outline is moved, grown or shrunk.

    python -m experiments.outline_moved [--bundle DIR] [--out FILE]

Two people never draw the same, and a network does not either. The lesions are those of BrEaST's half "choice", whose
pixels have a size in mm: the outline that the network drew is grown and shrunk by 1 and 2 mm, and moved by 2 mm to each
of four sides; the whole image stays as it was seen. Beside it the radiologist's outline. For each: the mean and the
largest change of the score, the share of answers that change sides, and the AUC. Intervals redraw lesions.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import numpy as np
import pandas as pd

from busi.bundle.files import EMBEDDED, MODEL, Bundle, BundleError, open_bundle
from busi.data.box import CHOICE, lesions, outline, picture
from busi.images import read_image
from busi.model.metrics import BOOTSTRAP_DRAWS, LEVEL, auc, rate
from busi.serving.predict import Classifier
from busi.system.console import printable_output
from busi.words.classes import MALIGNANT

SIDE = 128  # of the square that is read
LESION_FROM = 0.5
AS_DRAWN, RADIOLOGIST = "as drawn", "the radiologist's"
Change = Callable[[np.ndarray, float], np.ndarray]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line for each change, and writes them if asked to; 2 after a line that says what is wrong."""
    printable_output()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, default=EMBEDDED, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        found = measure(open_bundle(options.bundle))
    except BundleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name, row in found["changes"].items():
        told = "  ".join(f"{key} {number['value']:.3f}" for key, number in row.items())
        print(f"{name:<24}{told}")
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8", newline="\n")
    return 0


def grown(inside: np.ndarray, pixels: float) -> np.ndarray:
    """An outline moved outwards on all sides, or inwards.

    Args:
        inside: bool (H, W), square pixels.
        pixels: how far; below 0 inwards.

    Returns:
        bool (H, W); all false where nothing is left.
    """
    if not inside.any():
        return inside
    outwards, inwards = (cv2.distanceTransform(np.uint8(one), cv2.DIST_L2, 5) for one in (~inside, inside))
    return np.where(inside, 0.5 - inwards, outwards - 0.5) <= pixels


def moved(inside: np.ndarray, down: float, right: float) -> np.ndarray:
    """An outline in another place; what leaves the picture is lost: bool (H, W).

    Args:
        inside: bool (H, W).
        down: pixels.
        right: pixels.
    """
    shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return cv2.warpAffine(np.uint8(inside), shift, inside.shape[::-1], flags=cv2.INTER_NEAREST) > 0


def _growing(mm: float) -> Change:
    return lambda inside, pixel_mm: grown(inside, mm / pixel_mm)


def _moving(down: float, right: float) -> Change:
    return lambda inside, pixel_mm: moved(inside, down / pixel_mm, right / pixel_mm)


CHANGES: dict[str, Change] = {
    **{f"{mm:+d} mm on all sides": _growing(mm) for mm in (-2, -1, 1, 2)},
    "2 mm deeper": _moving(2, 0),
    "2 mm less deep": _moving(-2, 0),
    "2 mm to the right": _moving(0, 2),
    "2 mm to the left": _moving(0, -2),
}


def measure(bundle: Bundle) -> dict[str, Any]:
    """What each change does to the answers.

    Args:
        bundle: whose network.

    Raises:
        BundleError: if its answers do not hang on an outline.
    """
    if bundle.fusion is None:
        raise BundleError(f"{bundle.folder}: no outline counts in its answers")
    rows = pd.DataFrame(_answers(Classifier(bundle)))
    malignant = rows.pop("malignant").to_numpy(bool)
    before = rows[AS_DRAWN].to_numpy()
    found = {name: _told(rows[name].to_numpy(), before, malignant, bundle.threshold) for name in rows}
    return {"network": bundle.info["files"][MODEL], "changes": found}


def _answers(classifier: Classifier) -> Iterator[dict[str, float | bool]]:
    """The score of each lesion, under each change."""
    table = lesions()
    for row in table[(table["half"] == CHOICE) & table["pixel_mm"].notna()].itertuples():
        image = read_image(picture(str(row.image_id)))
        seen = classifier.predict(image)
        if seen.outline is None:
            raise BundleError("the network does not draw")
        fine = cv2.resize(seen.outline, image.shape[::-1], interpolation=cv2.INTER_LINEAR)
        outlines = {name: change(fine >= LESION_FROM, float(row.pixel_mm)) for name, change in CHANGES.items()}
        outlines[RADIOLOGIST] = outline(str(row.image_id))
        scores = {name: classifier.redrawn(seen, _square(one)).probability for name, one in outlines.items()}
        yield {"malignant": row.label == MALIGNANT, AS_DRAWN: seen.probability, **scores}


def _square(inside: np.ndarray) -> np.ndarray:
    return cv2.resize(np.float32(inside), (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def _told(after: np.ndarray, before: np.ndarray, malignant: np.ndarray, threshold: float) -> dict[str, dict]:
    change, rng = np.abs(after - before), np.random.default_rng(0)
    redrawn = change[rng.integers(len(change), size=(BOOTSTRAP_DRAWS, len(change)))].mean(axis=1)
    low, high = np.quantile(redrawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    mean = {"value": float(change.mean()), "low": float(low), "high": float(high), "n": len(change)}
    flips = int(((after >= threshold) != (before >= threshold)).sum())
    return {
        "auc": auc(malignant, after, np.arange(len(after))).to_dict(),
        "mean": mean,
        "largest": {"value": float(change.max()), "n": len(change)},
        "changed_sides": rate(flips, len(change)).to_dict(),
    }


if __name__ == "__main__":
    sys.exit(main())
