"""The half "final" of BrEaST, asked once by networks of the recipe that draws (experiments/protocol.md).

    python -m experiments.final [--data DIR] [--runs DIR] [--threads N]

For each of three seeds a network that looks and one that draws learn from all of BUSI. The reading of outlines, the
calibration and the threshold are those of what the folds' networks of `experiments.quality` said of the
images that they had not learned from (results/trials/), so no image of BUSI is scored by a network that learned
from it, and none of BrEaST chooses anything.

Networks stay in --runs, so the same command goes on; the result goes to experiments/results/final.json, with its day,
and is never written over.
"""

import argparse
import datetime
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import pandas as pd
import tensorflow as tf

from busi.data.box import FINAL
from busi.data.dataset import read_busi, usable
from busi.model.setting_names import as_in_bundle
from busi.system.console import printable_output
from busi.training.checkpoints import clear_checkpoints
from busi.training.recipe import DEFAULT, RECIPES, Recipe
from experiments.drawn_quality import (
    BOTH,
    LOOKS,
    WHOLE,
    answers_away,
    asked,
    drawing_stage,
    learned_from_all,
    write_rows,
)
from experiments.finished import add_result, check_same_run, is_finished, results
from experiments.hospitals import breast_half, breast_part
from experiments.protocols import GROUPED, Trial
from experiments.scores import gain, summary

RESULTS = Path(__file__).parent / "results" / "final.json"
TRIALS = Path(__file__).parent / "results" / "trials"
SEEDS = (0, 1, 2)
MEASURES = ("auc", "sensitivity", "specificity", "ece")


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains what is missing, asks and writes; returns 0, or 2 after one line that says what is wrong."""
    printable_output()
    options = _parse(arguments)
    try:
        ask(options)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for look in LOOKS:
        found = results(options.out)[FINAL][look]
        told = "  ".join(f"{name} {number['value']:.3f}" for name, number in found.items())
        print(f"{look:<8}{told}")
    return 0


def ask(options: argparse.Namespace) -> None:
    """Asks the half "final", unless that was done.

    Args:
        options: data, runs, trials, out, threads.

    Raises:
        ValueError: if the file holds the result of another recipe, or a seed's answers at home are not complete.
    """
    recipe = Recipe(**{**RECIPES[DEFAULT], "name": DEFAULT})
    identity = {"recipe": json.loads(json.dumps(as_in_bundle(recipe))), "seeds": list(SEEDS)}
    if is_finished(options.out, FINAL, identity):
        day = results(options.out)[FINAL]["asked"]
        print(f"asked before, on {day}, and left as it is in {options.out}", flush=True)
        return
    home = _at_home(options.trials)
    if options.threads:
        tf.config.threading.set_intra_op_parallelism_threads(options.threads)
        tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    check_same_run(options.runs, identity)
    images = usable(read_busi(options.data).images)
    away = pd.concat(_asked(replace(recipe, seed=seed), images, options.runs) for seed in SEEDS)
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    add_result(options.out, FINAL, {**identity, "asked": day, **numbers_of(away, home)})


def numbers_of(away: pd.DataFrame, home: pd.DataFrame) -> dict[str, Any]:
    """What the networks are worth there.

    Args:
        away: rows of `drawn_quality.asked`, both networks of each seed.
        home: those of all folds at home, the same seeds.
    """
    answers = answers_away(away, home)
    looks = {look: summary(answers[look], metrics=MEASURES) for look in LOOKS}
    return {**looks, "gain": gain(answers[BOTH], answers[WHOLE])}


def _asked(recipe: Recipe, images: pd.DataFrame, runs: Path) -> pd.DataFrame:
    """What the networks of a seed say of the half; asked only when both have learned, and then kept."""
    half = breast_half(FINAL)
    trial = Trial(FINAL, 0, recipe.seed, images, images.iloc[:0], half)
    path = runs / f"{trial.name}.csv"
    if not path.is_file():
        drawing_stage(recipe, runs)
        networks = learned_from_all(images, recipe, runs)
        write_rows(asked(trial, half, breast_part(half, recipe.image), networks, recipe), path)
        clear_checkpoints(runs / f"all-{recipe.seed}")
        print(f"seed {recipe.seed} has learned and was asked", flush=True)
    return pd.read_csv(path)


def _at_home(trials: Path) -> pd.DataFrame:
    tables = [pd.read_csv(path) for path in sorted(trials.glob(f"{GROUPED}-*.csv"))]
    rows = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame({"seed": []})
    counts = rows.groupby("seed").size() if tables else pd.Series(dtype=int)
    if any(counts.get(seed, 0) != counts.max() for seed in SEEDS):
        raise ValueError(
            f"{trials} lacks answers of the folds of seeds {', '.join(map(str, SEEDS))}: run python -m"
            f" experiments.quality --protocols {GROUPED}"
        )
    return rows[rows["seed"].isin(SEEDS)]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", default=os.environ.get("BUSI_DATA_DIR", "kaggle"), metavar="DIR|kaggle", help="BUSI")
    add("--threads", type=int, default=0, metavar="N", help="of TensorFlow; 0 for its own choice")
    add("--runs", type=Path, default=Path("runs/final"), metavar="DIR")
    add("--trials", type=Path, default=TRIALS, metavar="DIR", help="what the folds' networks said at home")
    add("--out", type=Path, default=RESULTS, metavar="FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
