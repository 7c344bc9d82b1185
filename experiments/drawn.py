"""How far the outlines that the embedded network draws cover those of experts, and the simulator's exact ones.

    python -m experiments.drawn [--data DIR] [--bundle DIR] [--out FILE]

Dice's coefficient of each held-out image, in the square that the network receives; a place is lesion from a half on,
and an image in which nothing is drawn counts 0. Its judges are BUSI's test images with --data, the held-out simulated
ones, and both halves of BrEaST, another hospital: none of them chose anything of this network but the half "choice",
which judged its recipe. Intervals redraw near-duplicate groups. For every image of BUSI, out of fold,
experiments.quality tells the same.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import cv2
import numpy as np
import pandas as pd

from busi.bundle.files import BREAST, EMBEDDED, MODEL, Bundle, BundleError, open_bundle
from busi.data.box import lesions, outline, picture
from busi.images import read_image
from busi.serving.predict import Classifier
from busi.system.console import printable_output
from experiments.gradcam import outlined
from experiments.outlines import LESION_FROM
from experiments.overlap import dice, mean_with_interval

Judged = tuple[str, np.ndarray, np.ndarray]  # near-duplicate group, image uint8 (H, W), what its outline holds


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line for each judge, and writes them if asked to; 2 after a line that says what is wrong."""
    printable_output()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="DIR|kaggle", default=os.environ.get("BUSI_DATA_DIR"))
    parser.add_argument("--bundle", type=Path, default=EMBEDDED, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        found = measure(open_bundle(options.bundle), options.data)
    except BundleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for judge, number in found["dice"].items():
        interval = f"[{number['low']:.3f} to {number['high']:.3f}], n = {number['n']}"
        print(f"{judge:<16}Dice {number['value']:.3f} {interval}; nothing drawn in {number['nothing_drawn']}")
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8", newline="\n")
    return 0


def measure(bundle: Bundle, data: str | None) -> dict[str, Any]:
    """How far the drawn outlines cover the true ones, by judge.

    Args:
        bundle: whose network draws.
        data: BUSI's folder, "kaggle", or None without BUSI.

    Raises:
        BundleError: if its network does not draw.
    """
    if bundle.fusion is None:
        raise BundleError(f"{bundle.folder}: its network does not draw")
    classifier, found = Classifier(bundle), {}
    for source in dict.fromkeys((data, None)):
        examples = list(outlined(bundle, source))
        groups = bundle.predictions.set_index("image_id")["group"]  # an image that is not there is a group of its own
        judged = [
            (str(groups.get(one.image_id, one.image_id)), one.image, one.mask)
            for one in examples
            if one.mask is not None
        ]
        found[examples[0].source] = _covered(classifier, judged)
    for half, rows in lesions().groupby("half"):
        found[f"{BREAST} {half}"] = _covered(classifier, _from_the_box(rows))
    return {"network": bundle.info["files"][MODEL], "dice": found}


def _from_the_box(rows: pd.DataFrame) -> Iterator[Judged]:
    for name in rows["image_id"]:
        yield name, read_image(picture(name)), outline(name)


def _covered(classifier: Classifier, judged: Iterable[Judged]) -> dict[str, Any]:
    """Their mean Dice with its interval, and in how many images nothing was drawn."""
    groups, values, nothing = [], [], 0
    for group, image, inside in judged:
        fine = classifier.predict(image).outline
        if fine is None:
            raise BundleError("the network does not draw")
        drawn = fine >= LESION_FROM
        truth = cv2.resize(inside.astype(np.float32), fine.shape, interpolation=cv2.INTER_AREA) >= LESION_FROM
        values.append(dice(truth[np.newaxis], drawn[np.newaxis])[0])
        groups.append(group)
        nothing += not drawn.any()
    return {**mean_with_interval(np.array(values), np.array(groups)).to_dict(), "nothing_drawn": nothing}


if __name__ == "__main__":
    sys.exit(main())
