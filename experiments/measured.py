"""Puts what the pages quote of experiments/results/ where they find it, as busi/words/content/measured.json.

    python -m experiments.measured

The pages must not need experiments/, which does not go to a Space; a test holds the file to the results.
"""

import json
import sys
from typing import Any

import pandas as pd

from busi.bundle.files import BREAST, BUSI, SIMULATED
from busi.bundle.measured import TABLE
from busi.data.birads import radiologist
from busi.data.box import FINAL
from busi.training.recipe import SCRATCH
from busi.words.classes import MALIGNANT
from experiments.gradcam import NETWORK
from experiments.outline_moved import RADIOLOGIST
from experiments.protocols import GROUPED, LEAKY, OFFICIAL, SPLIT
from experiments.quality import RESULTS
from experiments.simulated_only import UNTOUCHED, WHOLE

QUOTED = ("auc", "pooled_auc", "sensitivity")
MOVED = {"smaller": "-2 mm on all sides", "larger": "+2 mm on all sides", "radiologist": RADIOLOGIST}
WAYS = {"strongest": "the class it named", "middle": "the middle of the image"}


def main() -> int:
    """Writes the file."""
    TABLE.write_text(json.dumps(quoted(), indent=1) + "\n", encoding="utf-8")
    return 0


def quoted() -> dict[str, Any]:
    """What the file is to hold."""
    quality, before, peaks, moved, covered = (
        json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("quality", f"quality-{SCRATCH}", "gradcam", "outline-moved", "drawn")
    )
    alone = json.loads((RESULTS / "simulated-only.json").read_text(encoding="utf-8"))[WHOLE][UNTOUCHED]
    return {
        "recipe": {name: value for name, value in quality["recipe"].items() if name not in ("seed", "name")},
        **{protocol: {name: _estimate(quality[protocol][name]) for name in QUOTED} for protocol in (GROUPED, OFFICIAL)},
        "leak": {protocol: _estimate(before[protocol]["auc"]) for protocol in (LEAKY, GROUPED)},
        "official_test_in_folds": official_test_in_folds(),
        "untouched": _estimate(alone),
        "served_the_simulator": quality[GROUPED]["auc"]["n"] - alone["n"],
        "network": peaks[NETWORK],
        "pointing": _pointing(peaks, ""),
        "pointing_malignant": _pointing(peaks, f", {MALIGNANT} lesions only"),
        "radiologist": radiologist().to_dict(),
        "moved": {name: _estimate(moved["changes"][change]["changed_sides"]) for name, change in MOVED.items()},
        "covered": _estimate(covered["dice"][f"{BREAST} {FINAL}"]),
    }


def official_test_in_folds() -> int:
    """How many test images of BreastMNIST's split are among those of the grouped folds, which chose the recipe."""
    split = pd.read_csv(SPLIT, comment="#")
    test = set(split.loc[split["split"] == "test", "image"].str.removesuffix(".png"))
    folds = pd.concat(pd.read_csv(path) for path in (RESULTS / "trials").glob(f"{GROUPED}-*.csv"))
    return len(test & set(folds["image_id"]))


def _pointing(peaks: dict[str, Any], which: str) -> dict[str, Any]:
    return {
        source: {name: _estimate(peaks[source][way + which]) for name, way in WAYS.items()}
        for source in (BUSI, SIMULATED)
    }


def _estimate(number: dict[str, Any]) -> dict[str, Any]:
    return {name: number[name] for name in ("value", "low", "high", "n")}


if __name__ == "__main__":
    sys.exit(main())
