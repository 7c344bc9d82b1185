"""What a network is worth on real images that saw simulated ones alone, and what each part of the simulator brings.

    python -m experiments.simulated_only [--data DIR] [--seeds 0 1 2] [--threads N]
    python -m experiments.simulated_only --without anatomy      (or lesion, behind, scanners: see left_out.py)

Each seed's network is the simulated stage of the recipe `scratch`, whose best epoch simulated images chose. It judges
BUSI's 192 images on whose statistics nothing was set, and the half "choice" of BrEaST (hospitals.py). The half "final"
is asked by `experiments.two_looks`, with the networks that are kept in --runs.

Every finished seed leaves its answers and its network in --runs, and an interrupted one its checkpoint, so the same
command goes on. Numbers go to experiments/results/simulated-only.json when all seeds are there; a finished result is
never written over: what another simulator or recipe gives needs another --out and --runs.
protocol-simulated.md says what was decided before anything was asked.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from busi.data.box import CHOICE
from busi.data.dataset import default_cache, read_busi
from busi.data.parts import Part, load_part, simulated_part
from busi.data.simulated import fingerprint, held_out_seeds, training_seeds
from busi.data.split import VALIDATION
from busi.model.setting_names import as_in_bundle
from busi.system.console import printable_output
from busi.system.whole_files import whole_file
from busi.training.checkpoints import Epoch, clear_checkpoints
from busi.training.fit import fit, predict_part
from busi.training.pretraining import simulated_stage
from busi.training.recipe import DEFAULT, RECIPES, SCRATCH, Recipe
from busi.words.classes import MALIGNANT
from experiments.finished import add_result, check_same_run, is_finished, results, save_network
from experiments.hospitals import breast_half, breast_part, untouched
from experiments.left_out import PARTS, Without
from experiments.scores import gain, summary

RESULTS = Path(__file__).parent / "results" / "simulated-only.json"
RUNS = Path("runs/simulated-only")
WHOLE = "whole"
UNTOUCHED, BREAST_CHOICE = "busi untouched", f"breast {CHOICE}"
JUDGES = (UNTOUCHED, BREAST_CHOICE)

Judge = tuple[Part, pd.DataFrame]  # images, and their rows with image_id, label and group


@dataclass(frozen=True)
class Experiment:
    """Which networks are trained, and where they are kept.

    Attributes:
        recipe: of all seeds.
        without: the part that the simulator lacks; None for the whole of it.
        runs: folder of the networks and answers of this experiment alone.
    """

    recipe: Recipe
    without: Without | None
    runs: Path

    @property
    def name(self) -> str:
        """Its key in the results: "whole", or "without anatomy"."""
        return f"without {self.without.part}" if self.without else WHOLE

    @property
    def identity(self) -> dict[str, Any]:
        """What must be the same for numbers to belong together: the recipe, and the fingerprint of what is drawn."""
        settings = {name: value for name, value in as_in_bundle(self.recipe).items() if name != "seed"}
        return json.loads(json.dumps({"recipe": settings, "simulator": fingerprint(self.without)}))

    def answers(self, seed: int) -> Path:
        """Where a seed's answers to the `JUDGES` are."""
        return self.runs / f"seed-{seed}.csv"

    def network(self, seed: int) -> Path:
        """Where a seed's network is."""
        return self.runs / f"seed-{seed}.keras"


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains what is missing, asks and writes; returns 0, or 2 after one line that says what is wrong."""
    printable_output()
    options = _parse(arguments)
    _limit_threads(options.threads)
    try:
        experiment = _experiment(options)
        ask(experiment, options.seeds, options.out, partial(_judges, options.data, experiment.recipe))
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    tell(results(options.out))
    return 0


def ask(experiment: Experiment, seeds: Sequence[int], out: Path, judges: Callable[[], Mapping[str, Judge]]) -> None:
    """Trains the seeds that are missing, and writes what they are worth on the images that may be looked at.

    Args:
        experiment: which networks.
        seeds: of the networks.
        out: the file of results.
        judges: gives the images that judge, by the names of `JUDGES`; called if they are needed.

    Raises:
        ValueError: if the folder or the file holds numbers of another recipe or simulator.
    """
    if is_finished(out, experiment.name, {**experiment.identity, "seeds": list(seeds)}):
        print(f"{experiment.name}: finished before, and left as it is in {out}", flush=True)
        return
    check_same_run(experiment.runs, experiment.identity)
    missing = [seed for seed in seeds if not experiment.answers(seed).is_file()]
    asked = judges() if missing else {}
    for seed in missing:
        _run_seed(replace(experiment, recipe=replace(experiment.recipe, seed=seed)), asked)
    tables = [pd.read_csv(experiment.answers(seed)) for seed in seeds]
    found = {judge: _auc(_of_judge(tables, judge)) for judge in JUDGES}
    add_result(out, experiment.name, {**experiment.identity, "seeds": list(seeds), **found})
    _write_losses(experiment, seeds, out)


def kept_network(runs: Path, seed: int) -> keras.Model:
    """The network of a seed that an earlier run left, if it learned from what the simulator draws today.

    Args:
        runs: the folder of the networks.
        seed: whose network.

    Raises:
        ValueError: if it is not there, or learned from what another simulator drew.
    """
    path, record = runs / f"seed-{seed}.keras", runs / "run.json"
    if not (path.is_file() and record.is_file()):
        raise ValueError(f"{runs} lacks the network of seed {seed}: run experiments.simulated_only first")
    if json.loads(record.read_text(encoding="utf-8"))["simulator"] != fingerprint():
        raise ValueError(f"the networks in {runs} learned from what another simulator drew")
    return keras.models.load_model(path, compile=False)


def tell(numbers: Mapping[str, Any]) -> None:
    """Prints the numbers.

    Args:
        numbers: as the file holds them.
    """
    for name, found in numbers.items():
        for judge in JUDGES:
            if judge in found:
                loss = found.get("loss", {}).get(judge)
                told = f", {_written(loss)} less than the whole" if loss else ""
                print(f"{name:<18}{judge:<16}AUC {_written(found[judge])}, n = {found[judge]['n']}{told}")


def _run_seed(experiment: Experiment, judges: Mapping[str, Judge]) -> None:
    """Trains one network, asks it, and leaves both its answers and itself."""
    recipe, cache, change = experiment.recipe, default_cache(), experiment.without
    print(f"{experiment.name}, seed {recipe.seed}: drawing {recipe.pretrain} images", flush=True)
    began = time.monotonic()
    train = simulated_part(training_seeds(recipe.seed, recipe.pretrain), recipe.image, cache, change)
    validation = simulated_part(held_out_seeds(VALIDATION), recipe.image, cache, change)
    print(f"  drawn after {time.monotonic() - began:.0f} s; {recipe.pretrain_epochs} epochs", flush=True)
    checkpoints = experiment.runs / f"stage-{recipe.seed}"
    fitted = fit(simulated_stage(recipe), train, validation, checkpoints, on_epoch=_tell_epoch, curve=False)
    tables = [_answers(fitted.model, judge, name, recipe.seed, recipe.mirrored) for name, judge in judges.items()]
    save_network(fitted.model, experiment.network(recipe.seed))
    _save_table(pd.concat(tables, ignore_index=True), experiment.answers(recipe.seed))
    clear_checkpoints(checkpoints)


def _tell_epoch(row: Epoch) -> None:
    print(f"  epoch {row.epoch}: validation AUC {row.val_auc:.3f}, {row.seconds:.0f} s", flush=True)


def _answers(model: keras.Model, judge: Judge, name: str, seed: int, mirrored: bool) -> pd.DataFrame:
    """A row per image: what `scores.summary` takes, and which images judged. The probability is not calibrated."""
    part, rows = judge
    answers = predict_part(model, part, mirrored)
    return rows[["image_id", "group"]].assign(
        judge=name,
        fold=0,
        seed=seed,
        malignant=(rows["label"] == MALIGNANT).to_numpy(),
        probability=np.round(answers, 6),
        called=answers >= 0.5,
    )


def _judges(data: str, recipe: Recipe) -> dict[str, Judge]:
    """The images that may be looked at, by the names of `JUDGES`."""
    busi, breast = untouched(read_busi(data).images), breast_half(CHOICE)
    return {
        UNTOUCHED: (load_part(busi, recipe.image), busi),
        BREAST_CHOICE: (breast_part(breast, recipe.image), breast),
    }


def _of_judge(tables: Sequence[pd.DataFrame], judge: str) -> pd.DataFrame:
    rows = pd.concat(tables, ignore_index=True)
    return rows[rows["judge"] == judge]


def _auc(rows: pd.DataFrame) -> dict[str, Any]:
    """The mean AUC over the seeds, with its interval over redrawn groups, n, and each seed's."""
    return summary(rows, metrics=("auc",))["auc"]


def _write_losses(experiment: Experiment, seeds: Sequence[int], out: Path) -> None:
    """Puts beside each part left out how much lower the AUC is than with the whole, where both have the same seeds."""
    whole, finished = replace(experiment, without=None, runs=experiment.runs.parent / WHOLE), results(out)
    if finished.get(WHOLE, {}).get("seeds") != list(seeds):
        return
    for part in PARTS:
        other = replace(experiment, without=Without(part), runs=experiment.runs.parent / f"without-{part}")
        found = finished.get(other.name)
        if found and found["seeds"] == list(seeds) and "loss" not in found:
            pairs = [[pd.read_csv(one.answers(seed)) for seed in seeds] for one in (whole, other)]
            loss = {judge: gain(*(_of_judge(tables, judge) for tables in pairs)) for judge in JUDGES}
            add_result(out, other.name, {**found, "loss": loss})


def _save_table(table: pd.DataFrame, path: Path) -> None:
    with whole_file(path) as unfinished:
        table.to_csv(unfinished, index=False, lineterminator="\n")


def _written(number: Mapping[str, float]) -> str:
    return f"{number['value']:.3f} [{number['low']:.3f} to {number['high']:.3f}]"


def _limit_threads(threads: int) -> None:
    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


def _experiment(options: argparse.Namespace) -> Experiment:
    given = {"pretrain": options.images, "pretrain_epochs": options.epochs}
    settings = {**RECIPES[SCRATCH], **{name: value for name, value in given.items() if value}, "name": DEFAULT}
    without = Without(options.without) if options.without else None
    folder = f"without-{options.without}" if without else WHOLE
    return Experiment(Recipe(**settings), without, options.runs / folder)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", default=os.environ.get("BUSI_DATA_DIR", "kaggle"), metavar="DIR|kaggle", help="BUSI")
    add("--seeds", nargs="+", type=int, default=[0, 1, 2])
    add("--without", choices=PARTS, help="leave this part of the simulator out")
    add("--images", type=int, metavar="N", help="that a network learns from (default: the recipe's)")
    add("--epochs", type=int, metavar="N", help="default: the recipe's")
    add("--threads", type=int, default=0, metavar="N", help="of TensorFlow; 0 for its own choice")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="networks, answers, checkpoints")
    add("--out", type=Path, default=RESULTS, metavar="FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
