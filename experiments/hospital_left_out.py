"""One hospital left out at a time: networks learn from all the others, and are asked about it.

    python -m experiments.hospital_left_out --sets path/to/BUSI path/to/BrEaST [--seed 0] [--threads N]

Each set in its turn judges, and the recipe is that of train.py: the others' images are held out a fifth at a time for
the reading of outlines, the calibration and the threshold, then both networks learn from all of them. Near-duplicates
between sets are left out of the later one. Of BrEaST the half "choice" judges: "final" is asked by experiments.final
alone.

What is finished is kept in --runs, an interrupted training its checkpoint, so the same command goes on. Numbers go to
experiments/results/hospital-left-out.json when every set has judged.
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

from busi.data.box import CHOICE, lesions
from busi.data.dataset import DataSet, usable
from busi.data.origin import BREAST
from busi.data.sets import read_data
from busi.data.several import sets_beside
from busi.model.setting_names import as_in_bundle
from busi.system.console import printable_output
from busi.system.whole_files import whole_file
from busi.training.checkpoints import clear_checkpoints
from busi.training.recipe import DEFAULT, RECIPES, Recipe
from experiments.drawn_quality import LOOKS, drawing_stage, run_trial, scored, write_rows
from experiments.finished import check_same_run
from experiments.protocols import OFFICIAL, Trial
from experiments.scores import summary

RESULTS = Path(__file__).parent / "results" / "hospital-left-out.json"
MEASURES = ("auc", "sensitivity", "specificity", "ece")


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains what is missing, asks and writes; returns 0, or 2 after one line that says what is wrong."""
    printable_output()
    options = _parse(arguments)
    try:
        numbers = leave_out(options)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name, found in numbers.items():
        for look in LOOKS:
            told = "  ".join(f"{measure} {number['value']:.3f}" for measure, number in found[look].items())
            print(f"{name} left out, {look:<8}{told}")
    return 0


def leave_out(options: argparse.Namespace) -> dict[str, Any]:
    """Lets each set judge once.

    Args:
        options: sets, seed, runs, out, threads.

    Returns:
        By the name of the set that judged: learned_from (images), and for each of `LOOKS` its numbers.

    Raises:
        ValueError: if there are fewer than two sets, or one cannot be used.
    """
    if len(options.sets) < 2:
        raise ValueError("one hospital can be left out where there are two at least: give --sets more folders")
    if options.threads:
        tf.config.threading.set_intra_op_parallelism_threads(options.threads)
        tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    recipe = Recipe(**{**RECIPES[DEFAULT], "seed": options.seed})
    tables = tables_of([read_data(folder) for folder in options.sets])
    counts = {name: len(table) for name, table in tables.items()}
    check_same_run(options.runs, {"recipe": json.loads(json.dumps(as_in_bundle(recipe))), "sets": counts})
    numbers = {name: _judged(name, tables, recipe, options.runs) for name in tables}
    with whole_file(options.out) as unfinished:
        unfinished.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8", newline="\n")
    return numbers


def tables_of(sets: Sequence[DataSet]) -> dict[str, pd.DataFrame]:
    """The rows of each set by its name, without what an earlier one has; no group number is used twice.

    Args:
        sets: as they were read.
    """
    first, *others = sets
    tables = [usable(first.images), *(one.images for one in sets_beside(first, others))]
    names, found, begin = [_name(data, number) for number, data in enumerate(sets, start=1)], {}, 0
    for name, table in zip(names, tables, strict=True):
        found[name] = table.assign(group=table["group"] + begin, image_id=f"{name} " + table["image_id"])
        begin = int(found[name]["group"].max()) + 1
    return found


def _judged(name: str, tables: dict[str, pd.DataFrame], recipe: Recipe, runs: Path) -> dict[str, Any]:
    judge, path = tables[name], runs / f"{name}.csv"
    if name == BREAST.name:
        some = lesions().query(f"half == '{CHOICE}'")["image_id"]
        judge = judge[judge["image_id"].isin(f"{name} " + some)]
    learn = pd.concat([table for other, table in tables.items() if other != name], ignore_index=True)
    if not path.is_file():
        drawing_stage(recipe, runs)
        # As BreastMNIST's split, it has no folds: the images that are learned from are cross-fitted among themselves.
        trial = Trial(OFFICIAL, 0, recipe.seed, learn, learn.iloc[:0], judge)
        write_rows(run_trial(trial, recipe, runs / name, runs), path)
        clear_checkpoints(runs / name / trial.name)
        print(f"{name} has judged", flush=True)
    answers = scored(pd.read_csv(path))
    return {"learned_from": len(learn), **{look: summary(answers[look], metrics=MEASURES) for look in LOOKS}}


def _name(data: DataSet, number: int) -> str:
    return data.origin.name if data.origin else f"set {number}"


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--sets", nargs="+", required=True, metavar="DIR", help="BUSI, BrEaST, or folders laid out like one of them")
    add("--seed", type=int, default=0)
    add("--threads", type=int, default=0, metavar="N", help="of TensorFlow; 0 for its own choice")
    add("--runs", type=Path, default=Path("runs/hospital-left-out"), metavar="DIR")
    add("--out", type=Path, default=RESULTS, metavar="FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
