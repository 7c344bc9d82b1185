"""What a network is worth on each half of BrEaST, another hospital.

The half "choice" may judge what is tried; "final" is asked at the end and chooses nothing.

    python -m experiments.halves [--bundle DIR] [--out FILE]

Nothing is trained and no data are needed: the answers are those of predictions.csv, or the network is asked on the
pictures in the box where its bundle holds none. A half has 126 lesions, so two recipes that differ by less than the
intervals are not told apart by one; the answers of both networks to the same images have to be compared in pairs.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from busi.bundle.files import BREAST, EMBEDDED, MODEL, Bundle, BundleError, open_bundle
from busi.data.birads import BIOPSY
from busi.data.box import CHOICE, FINAL, lesions
from busi.model.metrics import score
from busi.training.elsewhere import answers_of, learned_from_breast
from busi.words.classes import MALIGNANT

NETWORK, BOTH, BIOPSIED = "network", "both", "biopsied"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the numbers of both halves, and writes them if asked to; 2 after a line that says what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m experiments.halves", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bundle", type=Path, default=EMBEDDED, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        found = halves(open_bundle(options.bundle))
    except BundleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name in (CHOICE, FINAL, BOTH, BIOPSIED):
        print(f"{name}, n = {found[name]['auc']['n']}")
        for measure, number in found[name].items():
            interval = f"[{number['low']:.3f} - {number['high']:.3f}]"
            print(f"  {measure:<20}{number['value']:.3f} {interval}  {number['n']:>4}")
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def halves(bundle: Bundle) -> dict[str, Any]:
    """The numbers of each half, of both together, and of the lesions that a biopsy verified.

    Args:
        bundle: whose network is judged.

    Raises:
        BundleError: if it learned from BrEaST itself, or the weights are needed and cannot be used.
    """
    if learned_from_breast(bundle.info["data"]):
        raise BundleError(f"{bundle.folder}: its network learned from BrEaST")
    rows = bundle.predictions[bundle.predictions["source"] == BREAST]
    told = (rows if len(rows) else answers_of(bundle)).merge(
        lesions()[["image_id", "half", "verification"]], on="image_id", validate="one_to_one"
    )
    some = {
        CHOICE: told[told["half"] == CHOICE],
        FINAL: told[told["half"] == FINAL],
        BOTH: told,
        BIOPSIED: told[told["verification"] == BIOPSY],
    }
    numbers = {name: _numbers(rows, bundle.threshold) for name, rows in some.items()}
    return {NETWORK: bundle.info["files"][MODEL], "threshold": bundle.threshold, **numbers}


def _numbers(rows: pd.DataFrame, threshold: float) -> dict[str, dict[str, float | int]]:
    labels, groups = (rows["label"] == MALIGNANT).to_numpy(), rows["group"].to_numpy()
    found = score(labels, rows["probability"].to_numpy(), groups, threshold)
    return {name: number.to_dict() for name, number in found.items()}


if __name__ == "__main__":
    sys.exit(main())
