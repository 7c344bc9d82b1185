"""What a lever does at home and away: networks that look and draw, judged where they learned and in another hospital.

    python -m experiments.travel --lever NAME [--data DIR] [--folds 0 1 2 3 4] [--seed 100] [--threads N]
    python -m experiments.travel --report                          the table of what is there, and results/travel.json

A lever is a change of the recipe that draws. Its networks learn from four fifths of BUSI, each for a length that is
fixed beforehand; home is the fifth that they did not see, away is the half "choice" of BrEaST, which may judge what is
tried. The folds are others than those of `experiments.quality`. The scores are those of `experiments/drawn_quality.py`:
of the whole image, of the drawn outline, and of both.

Levers that draw alike share the network that learned to draw from simulated images. Each fold leaves two tables in
--runs, an interrupted one its checkpoint, so the same command goes on. In results/travel.json "one network, two
outputs" is a trial of before (commit cdcd210), in which one network looked and drew.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import pandas as pd
import tensorflow as tf

from busi.data.dataset import read_busi, usable
from busi.data.split import folds_by_group
from busi.model.setting_names import as_in_bundle
from busi.system.console import printable_output
from busi.training.checkpoints import clear_checkpoints
from busi.training.recipe import DEFAULT, RECIPES, SCRATCH, Recipe
from experiments.drawn_quality import (
    AWAY,
    BOTH,
    LOOKS,
    WHOLE,
    answers_away,
    drawing_stage,
    run_trial,
    scored,
    write_rows,
)
from experiments.finished import check_same_run, results
from experiments.protocols import GROUPED, Trial
from experiments.scores import gain, summary

RESULTS = Path(__file__).parent / "results" / "travel.json"
FOLDS, FOLD_SEED = 5, 7
HOME = "home"
LEVERS: dict[str, dict[str, Any]] = {
    "base": {},
    "a few simulated images": {"rehearsal": 0.15},
    "as many simulated images": {"rehearsal": 1.0},
    "contrast and marks as before": {"augmentation": RECIPES[SCRATCH]["augmentation"]},
    "longer": {"epochs": 30},
    "random weights": {"weights": "random", "epochs": 40},
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains what a lever lacks, or tells what is there; returns 0, or 2 after a line that says what is wrong."""
    printable_output()
    options = _parse(arguments)
    try:
        if options.report:
            report(options.runs, options.out)
        else:
            try_lever(options)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def recipe_of(lever: str, seed: int) -> Recipe:
    """How the networks of a lever are trained."""
    return Recipe(**{**RECIPES[DEFAULT], **LEVERS[lever], "seed": seed, "name": lever})


def try_lever(options: argparse.Namespace) -> None:
    """Trains the folds that are missing, and keeps what their networks said and drew."""
    if options.threads:
        tf.config.threading.set_intra_op_parallelism_threads(options.threads)
        tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    recipe = recipe_of(options.lever, options.seed)
    folder = options.runs / f"{options.lever.replace(' ', '-')}-{options.seed}"
    check_same_run(folder, json.loads(json.dumps(as_in_bundle(recipe))))
    for trial in trials_of(usable(read_busi(options.data).images), options.folds, options.seed):
        path = folder / f"{trial.name}.csv"
        if not path.is_file():
            drawing_stage(recipe, options.runs)
            rows = run_trial(trial, recipe, folder, options.runs)
            write_rows(rows, path)
            clear_checkpoints(folder / trial.name)
            print(f"{options.lever}, seed {options.seed}: fold {trial.fold} done", flush=True)


def trials_of(images: pd.DataFrame, folds: Sequence[int], seed: int) -> list[Trial]:
    """A trial for each fold that is asked for; nothing is chosen, so that nothing is kept for validation.

    Args:
        images: rows of BUSI's index, of the two-class task.
        folds: numbers, from 0 to `FOLDS` - 1.
        seed: of the networks.
    """
    fold_of = folds_by_group(images, FOLDS, FOLD_SEED)
    nothing = images.iloc[:0]
    return [Trial(GROUPED, fold, seed, images[fold_of != fold], nothing, images[fold_of == fold]) for fold in folds]


def report(runs: Path, out: Path) -> None:
    """Writes and prints the numbers of every lever and seed whose folds are all there; others in the file stay.

    Args:
        runs: folder of the levers.
        out: the file.
    """
    numbers = results(out)
    for folder in sorted(path.parent for path in runs.glob("*/run.json")):
        tables = {place: list(folder.glob(pattern)) for place, pattern in _PATTERNS.items()}
        if all(len(found) == FOLDS for found in tables.values()):
            home, away = (pd.concat(map(pd.read_csv, sorted(tables[place]))) for place in (HOME, AWAY))
            numbers[folder.name] = numbers_of(home, away)
    out.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8", newline="\n")
    for name, found in numbers.items():
        print(name)
        for look in LOOKS:
            told = "  ".join(f"{measure} {found[look][measure]['value']:.3f}" for measure in found[look])
            print(f"  {look:<8} {told}")


def numbers_of(home: pd.DataFrame, away: pd.DataFrame) -> dict[str, Any]:
    """What the networks of a lever are worth.

    Args:
        home: rows of `drawn_quality.run_trial`, of all folds of one seed.
        away: what the same networks said away.

    Returns:
        For each of `LOOKS` the AUC at home (mean of folds, and pooled) and away, the mean of the folds' networks; and
        "gain", that of both over the whole away.
    """
    at_home, abroad = scored(home), answers_away(away, home)
    measured = {
        look: {
            **_under(HOME, summary(at_home[look], metrics=("auc", "pooled_auc"))),
            **_under(AWAY, summary(abroad[look], metrics=("auc",))),
        }
        for look in LOOKS
    }
    return {**measured, "gain": {AWAY: gain(abroad[BOTH], abroad[WHOLE]), HOME: gain(at_home[BOTH], at_home[WHOLE])}}


_PATTERNS = {HOME: f"{GROUPED}-*.csv", AWAY: f"{AWAY}-{GROUPED}-*.csv"}


def _under(place: str, numbers: dict[str, dict]) -> dict[str, dict]:
    return {f"{place} {name}": value for name, value in numbers.items()}


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", default=os.environ.get("BUSI_DATA_DIR", "kaggle"), metavar="DIR|kaggle", help="BUSI")
    add("--lever", choices=LEVERS, default="base")
    add("--folds", nargs="+", type=int, choices=range(FOLDS), default=list(range(FOLDS)))
    add("--seed", type=int, default=100)
    add("--report", action="store_true", help="train nothing; write and print the numbers")
    add("--threads", type=int, default=0, metavar="N", help="of TensorFlow; 0 for its own choice")
    add("--runs", type=Path, default=Path("runs/travel"), metavar="DIR")
    add("--out", type=Path, default=RESULTS, metavar="FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
