"""What a look at the drawn outline adds to networks that learned from BUSI, where another network draws it.

    python -m experiments.outline_look [--data DIR] [--seeds 0 1 2]

Nothing is trained. For each seed the whole image is scored by the networks of `experiments.quality` (its answers to
every image of BUSI, each given by a fold's network that had not learned from it, in results/trials/), and the outline
by that seed's network of `experiments.outlines` and its shape model of `experiments.two_looks`, both of which learned
from simulated images alone: so no real outline was learned, and none needs to be held out. Both scores are the mean of
their log-odds. Away, on BrEaST's half "choice", the whole image is scored by the network in the repository. Thresholds,
and the calibration of both, are chosen on the other folds.

The half "final" is not asked here. Numbers go to experiments/results/outline-look.json, never written over.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pandas as pd

from busi.bundle.files import BREAST, EMBEDDED, MODEL, open_bundle
from busi.data.dataset import read_busi, usable
from busi.data.parts import load_part
from busi.images import ImageContract
from busi.model.metrics import choose_threshold, fit_calibration, log_odds
from busi.model.shape_model import ShapeModel
from busi.system.console import printable_output
from busi.training.drawing import drawn_shapes
from busi.training.evaluation import TARGET_SENSITIVITY
from busi.words.classes import MALIGNANT
from experiments import outlines, two_looks
from experiments.finished import add_result, is_finished, results
from experiments.scores import METRICS, gain, summary

RESULTS = Path(__file__).parent / "results" / "outline-look.json"
TRIALS = Path(__file__).parent / "results" / "trials"
HOME, AWAY = "home", "away"
WHOLE, OUTLINE, BOTH = LOOKS = ("whole", "outline", "both")


def main(arguments: Sequence[str] | None = None) -> int:
    """Asks and writes; returns 0, or 2 after one line that says what is wrong."""
    printable_output()
    options = _parse(arguments)
    try:
        run(options)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for place, looks in results(options.out).items():
        for look, numbers in looks["numbers"].items():
            told = "  ".join(f"{name} {number['value']:.3f}" for name, number in numbers.items())
            print(f"{place}  {look:<8}{told}")
    return 0


def run(options: argparse.Namespace) -> None:
    """Asks the networks that draw about both hospitals, and writes what each look is worth, and both.

    Args:
        options: data, seeds, outline_runs, out.

    Raises:
        ValueError: if a network is missing, or the file holds other numbers.
    """
    told = json.loads(two_looks.RESULTS.read_text(encoding="utf-8"))[two_looks.NAME]
    identity = {"seeds": list(options.seeds), "simulator": told["simulator"]}
    if is_finished(options.out, HOME, identity) and is_finished(options.out, AWAY, identity):
        print(f"finished before, and left as it is in {options.out}", flush=True)
        return
    contract = ImageContract(size=outlines.USUAL.size)
    images = usable(read_busi(options.data).images)
    places = {HOME: load_part(images, contract), AWAY: two_looks.breast_choice(contract).part}
    drawn: dict[str, dict[int, np.ndarray]] = {place: {} for place in places}
    for seed in options.seeds:
        network = outlines.network(replace(outlines.USUAL, seed=seed), options.outline_runs)
        model = ShapeModel.from_dict(told["readings"][str(seed)])
        for place, part in places.items():
            shapes = drawn_shapes(network, part)
            drawn[place][seed] = np.array([model.log_odds(shape) for shape in shapes])
    at_home = pd.concat(_at_home(images["image_id"], drawn[HOME][seed], seed) for seed in options.seeds)
    away = pd.concat(_away(drawn[AWAY][seed], seed) for seed in options.seeds)
    add_result(options.out, HOME, {**identity, **numbers_of(at_home, METRICS)})
    network = open_bundle(EMBEDDED).info["files"][MODEL]
    add_result(options.out, AWAY, {**identity, "network": network, **numbers_of(away, ("auc",))})


def numbers_of(rows: pd.DataFrame, metrics: Sequence[str]) -> dict[str, Any]:
    """What each look is worth, and how much the AUC of both is above that of the whole, in pairs.

    Args:
        rows: a row per image and seed: image_id, group, fold, seed, malignant, and log-odds by each of `LOOKS`.
        metrics: those of `scores.METRICS` that are wanted.
    """
    tables = {look: pd.concat(_calibrated(part, look) for _, part in rows.groupby("seed")) for look in LOOKS}
    numbers = {look: summary(table, metrics=metrics) for look, table in tables.items()}
    return {"numbers": numbers, "gain": gain(tables[BOTH], tables[WHOLE])}


def _calibrated(rows: pd.DataFrame, look: str) -> pd.DataFrame:
    """One seed's probabilities and calls; calibration and threshold of each fold by the other folds.

    Where there is one fold, nothing is chosen: the log-odds stay as they are.
    """
    probability, called = np.empty(len(rows)), np.empty(len(rows), bool)
    raw, truth, folds = 1 / (1 + np.exp(-rows[look].to_numpy())), rows["malignant"].to_numpy(), rows["fold"].to_numpy()
    for fold in np.unique(folds):
        here = folds == fold
        others = ~here if (~here).any() else here
        temperature, shift = fit_calibration(truth[others], raw[others]) if (~here).any() else (1.0, 0.0)
        fitted = 1 / (1 + np.exp(-(log_odds(raw) + shift) / temperature))
        probability[here] = fitted[here]
        called[here] = fitted[here] >= choose_threshold(truth[others], fitted[others], TARGET_SENSITIVITY)
    return rows.assign(probability=probability, called=called)


def _at_home(names: pd.Series, drawn: np.ndarray, seed: int) -> pd.DataFrame:
    """The answers of the folds' networks to BUSI, and what was drawn by the network of the same seed."""
    tables = [pd.read_csv(path) for path in sorted(TRIALS.glob(f"grouped-*-{seed}.csv"))]
    rows = pd.concat(tables, ignore_index=True)
    if sorted(rows["image_id"]) != sorted(names):
        raise ValueError(f"{TRIALS} does not hold an answer to each of BUSI's {len(names)} images for seed {seed}")
    outline = pd.Series(drawn, index=names.to_numpy())[rows["image_id"]].to_numpy()
    return _both(rows[["image_id", "group", "fold", "seed", "malignant"]], log_odds(rows["probability"]), outline)


def _away(drawn: np.ndarray, seed: int) -> pd.DataFrame:
    """The embedded network's answers to BrEaST's half "choice", and what was drawn."""
    rows = two_looks.breast_choice(ImageContract(size=outlines.USUAL.size)).rows
    answers = open_bundle(EMBEDDED).predictions
    answers = answers[answers["source"] == BREAST].set_index("image_id")["probability"]
    told = rows[["image_id", "group"]].assign(fold=0, seed=seed, malignant=(rows["label"] == MALIGNANT).to_numpy())
    return _both(told, log_odds(answers[rows["image_id"]].to_numpy()), drawn)


def _both(rows: pd.DataFrame, whole: np.ndarray, outline: np.ndarray) -> pd.DataFrame:
    return rows.assign(**{WHOLE: whole, OUTLINE: outline, BOTH: (whole + outline) / 2})


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", default=os.environ.get("BUSI_DATA_DIR", "kaggle"), metavar="DIR|kaggle", help="BUSI")
    add("--seeds", nargs="+", type=int, default=[0, 1, 2])
    add("--outline-runs", type=Path, default=outlines.RUNS, metavar="DIR", help="networks of experiments.outlines")
    add("--out", type=Path, default=RESULTS, metavar="FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
