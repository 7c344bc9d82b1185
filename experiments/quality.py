"""What a small network from scratch is worth on BUSI, under protocols that do not leak, and under one that does.

    python -m experiments.quality [--data DIR] [--recipe NAME] [--out DIR] [--protocols ...] [--seeds 0 1 2] [--jobs 2]

The protocols are those of experiments/protocols.py. Each seed's networks start from its simulated stage, trained once;
"simulated_only" is that stage, which has seen no real image, scored on the images of the grouped protocol; but what
those images look like had set the simulator's levels, on the training part of seed 0's split, so it is scored on the
others alone too ("untouched"). Every
finished trial leaves a file, and an interrupted one its checkpoint, so the same command goes on. What is complete is
written to experiments/results/quality.json after each trial, and as the tables that both READMEs quote (quality.fr.md,
quality.en.md), with the answer to every image beside them (trials/; copied into --out, they spare that work). Seeds
that miss a fold are left out, and each protocol says how many it holds. Those are the numbers of the default recipe;
another recipe leaves quality-NAME.json and trials-NAME/.

Published numbers on BreastMNIST's split: J. Yang et al. 2023 (see experiments/protocols.py); S. Doerrich et al.,
"Rethinking model prototyping through the MedMNIST+ dataset collection", 2024, https://arxiv.org/abs/2404.15786.
"""

import argparse
import json
import os
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pandas as pd

from busi.data.dataset import DatasetError, default_cache, read_busi, usable
from busi.model.metrics import apply_temperature, choose_threshold
from busi.model.network import SIMPLE
from busi.model.setting_names import as_in_bundle
from busi.system.whole_files import whole_file
from busi.training.evaluation import TARGET_SENSITIVITY
from busi.training.recipe import DEFAULT, RECIPES, Recipe
from busi.words.classes import MALIGNANT
from experiments.hospitals import untouched_names
from experiments.overlap import mean_over_seeds
from experiments.protocols import BASELINE, FOLDS, GROUPED, LEAKY, OFFICIAL, PROTOCOLS, Trial, trials
from experiments.scores import METRICS, gain, summary

SIMULATED_ONLY, UNTOUCHED = "simulated_only", "untouched"
RESULTS = Path(__file__).parent / "results"
NOTEBOOK = Recipe(arch=SIMPLE, pretrain=0, rehearsal=0.0)  # the settings of the measured recipe do not reach it
STAGE = "stage"
ALL_BY_ONE = (OFFICIAL, SIMULATED_ONLY)  # no folds: one network answers all images
BESIDE = (LEAKY, BASELINE)  # what the protocols proper stand beside: the first seed does
WORDS = {
    "fr": {
        "head": "| protocole | n | graines | AUC |{pooled} exactitude | sensibilité | spécificité |"
        " erreur de calibration{chance} |",
        "pooled": " AUC, les plis mis ensemble |",
        "chance": " (par le seul hasard)",
        GROUPED: "**5 plis par groupe de quasi-doublons**",
        OFFICIAL: "séparation officielle de BreastMNIST",
        LEAKY: "*avec fuite* : 5 plis image par image",
        BASELINE: "le CNN simple du carnet, 5 plis par groupe",
        SIMULATED_ONLY: "n'a vu que des images simulées",
        UNTOUCHED: "le même, sur les seules images qui n'ont pas servi à régler le simulateur",
        "published": "| publié, même séparation officielle | AUC | exactitude |",
    },
    "en": {
        "head": "| protocol | n | seeds | AUC |{pooled} accuracy | sensitivity | specificity |"
        " calibration error{chance} |",
        "pooled": " AUC, folds pooled |",
        "chance": " (by chance alone)",
        GROUPED: "**5 folds by near-duplicate group**",
        OFFICIAL: "BreastMNIST's official split",
        LEAKY: "*leaky*: 5 folds, image by image",
        BASELINE: "the notebook's plain CNN, 5 folds by group",
        SIMULATED_ONLY: "has seen simulated images only",
        UNTOUCHED: "the same, on the images alone that did not serve to set the simulator",
        "published": "| published, same official split | AUC | accuracy |",
    },
}
PUBLISHED = {
    "ResNet-18, 28 px (MedMNIST v2)": (0.901, 0.863),
    "ResNet-18, 224 px (MedMNIST v2)": (0.891, 0.833),
    "AlexNet, 128 px (MedMNIST+)": (0.940, 0.906),
}


def main() -> int:
    """Runs what is missing, and writes what is complete."""
    options = _parse()
    try:
        images = read_busi(options.data).images
    except DatasetError as error:
        raise SystemExit(f"error: {error}") from error
    options.out.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(**{**RECIPES[options.recipe], "name": options.recipe})
    _check_same_recipe(options.out, recipe)
    todo = [
        trial
        for protocol in options.protocols
        if protocol != SIMULATED_ONLY
        for trial in trials(protocol, images, options.seeds[:1] if protocol in BESIDE else options.seeds)
        if not _path(options.out, trial).is_file()
    ]
    started = {trial.seed for trial in todo if trial.protocol != BASELINE}
    for seed in started if recipe.folds else ():
        from experiments.drawn_quality import drawing_stage

        drawing_stage(replace(recipe, seed=seed), options.out)
    for seed in options.seeds:
        if recipe.pretrain and (seed in started or SIMULATED_ONLY in options.protocols):
            simulated_stage(replace(recipe, seed=seed), usable(images), options.out, start=seed in started)
    began = time.monotonic()
    print(f"{len(todo)} trials to run, {options.jobs} at a time, in {options.out}", flush=True)
    for done, name in enumerate(_run_all(todo, recipe, options.out, options.jobs), start=1):
        minutes = (time.monotonic() - began) / 60
        left = minutes / done * (len(todo) - done)
        print(f"{name} done: {done} of {len(todo)}, {minutes:.0f} min, about {left:.0f} left", flush=True)
        write_results(options.out, recipe)
    write_results(options.out, recipe)
    return 0


def recipe_of(protocol: str, seed: int, recipe: Recipe) -> Recipe:
    """How a protocol's networks are trained, where the others are trained by this recipe.

    The baseline takes nothing from it but the size of the images.
    """
    if protocol == BASELINE:
        return replace(NOTEBOOK, image=recipe.image, seed=seed, name=recipe.name)
    return replace(recipe, seed=seed)


def run_trial(trial: Trial, asked: Recipe, out: Path, threads: int = 0) -> str:
    """Trains, calibrates on the trial's validation part, scores its judges once, and leaves a table.

    Args:
        trial: what is learned from what.
        asked: the recipe that is measured.
        out: folder of the tables, and of checkpoints.
        threads: of TensorFlow; 0 for its own choice.

    Returns:
        The trial's name.
    """
    import tensorflow as tf  # here, because a worker sets its threads before anything runs

    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    import keras

    from busi.data.parts import load_part
    from busi.training.checkpoints import clear_checkpoints
    from busi.training.evaluation import calibrate
    from busi.training.fit import fit, predict_part
    from busi.training.pretraining import simulated_images
    from experiments import drawn_quality

    recipe = recipe_of(trial.protocol, trial.seed, asked)
    if recipe.folds:
        rows = drawn_quality.run_trial(trial, recipe, out)
        drawn_quality.write_rows(rows, _path(out, trial))
        clear_checkpoints(out / trial.name)
        return trial.name
    learn = load_part(trial.learn, recipe.image, with_outlines=bool(recipe.outline))
    validation = load_part(trial.validation, recipe.image)
    checkpoints = out / trial.name
    start = keras.models.load_model(_stage_path(out, trial.seed), compile=False) if recipe.pretrain else None
    rehearsal = simulated_images(recipe, default_cache()) if recipe.pretrain and recipe.rehearsal else None
    fitted = fit(recipe, learn, validation, checkpoints, start=start, rehearsal=rehearsal, curve=False)
    temperature = calibrate(fitted.model, validation, recipe.mirrored)
    chosen_by = predict_part(fitted.model, validation, recipe.mirrored)
    threshold = choose_threshold(validation.labels, apply_temperature(chosen_by, temperature), TARGET_SENSITIVITY)
    judged = predict_part(fitted.model, load_part(trial.judge, recipe.image), recipe.mirrored)
    answers = apply_temperature(judged, temperature)
    _write(_path(out, trial), trial, answers, threshold, fitted.best.epoch)
    clear_checkpoints(checkpoints)
    return trial.name


def write_results(out: Path, recipe: Recipe) -> None:
    """Writes quality.json and the tables from the trials that are there.

    Args:
        out: folder of the trials' tables.
        recipe: that was measured.
    """
    folder, numbers = RESULTS, {}
    complete = {protocol: _complete(out, protocol) for protocol in (*PROTOCOLS, SIMULATED_ONLY)}
    for protocol, tables in complete.items():
        away = {path: pd.read_csv(path) for path in _away(tables)}
        if tables:
            rows = pd.concat(tables.values(), ignore_index=True)
            seeds, arch = sorted({int(seed) for seed in rows["seed"]}), recipe_of(protocol, 0, recipe).arch
            numbers[protocol] = {**_numbers(rows, away.values()), "trained_with": seeds, "arch": arch}
            if protocol == SIMULATED_ONLY:
                numbers[protocol][UNTOUCHED] = summary(untouched(rows))["auc"]
    if recipe.name == DEFAULT and BASELINE not in numbers:
        numbers |= _baseline_of(folder / "quality.json")
    folder.mkdir(exist_ok=True)
    text = json.dumps({"recipe": as_in_bundle(recipe), **numbers}, indent=1) + "\n"
    ending = "" if recipe.name == DEFAULT else f"-{recipe.name}"
    (folder / f"quality{ending}.json").write_text(text, encoding="utf-8")
    for protocol, tables in complete.items():
        if tables:
            _keep(protocol, (*tables, *_away(tables), out / "recipe.json"), folder / f"trials{ending}")
    if recipe.name == DEFAULT:
        for language in WORDS:
            (folder / f"quality.{language}.md").write_text(table(numbers, language), encoding="utf-8")


def _numbers(rows: pd.DataFrame, tables: Iterable[pd.DataFrame]) -> dict:
    """The numbers of a protocol; of networks that look and draw, of each look alone too, and in the other hospital."""
    if "whole" not in rows:
        return summary(rows)
    from experiments.drawn_quality import AWAY, BOTH, LOOKS, WHOLE, answers_away, scored

    home = [scored(of_seed) for _, of_seed in rows.groupby("seed")]
    answers = {look: pd.concat([of_seed[look] for of_seed in home]) for look in LOOKS}
    told = {look: summary(answers[look]) for look in LOOKS}
    numbers = {
        **told.pop(BOTH),
        "looks": told,
        "gain": gain(answers[BOTH], answers[WHOLE]),
        "dice": mean_over_seeds(rows),
    }
    if not (tables := list(tables)):
        return numbers
    away, measures = answers_away(pd.concat(tables), rows), ("auc", "sensitivity", "specificity")
    looks = {look: summary(away[look], metrics=measures) for look in LOOKS}
    gained = gain(away[BOTH], away[WHOLE])
    return {**numbers, AWAY: {**looks, "gain": gained, "dice": mean_over_seeds(pd.concat(tables))}}


def untouched(answers: pd.DataFrame) -> pd.DataFrame:
    """The answers to images whose statistics did not set the simulator's levels (hospitals.py).

    Args:
        answers: of "simulated_only", with image_id.
    """
    return answers[answers["image_id"].isin(untouched_names())]


def _baseline_of(path: Path) -> dict[str, dict]:
    """The baseline as it stands in quality.json, if it does: recipes with images of one size share it."""
    if not path.is_file():
        return {}
    return {name: found for name, found in json.loads(path.read_text(encoding="utf-8")).items() if name == BASELINE}


def _complete(out: Path, protocol: str) -> dict[Path, pd.DataFrame]:
    """The trials' tables of a protocol, without the seeds that miss a fold, by their files."""
    tables = {path: pd.read_csv(path) for path in sorted(out.glob(f"{protocol}-*.csv"))}
    seeds = Counter(int(table["seed"].iloc[0]) for table in tables.values())
    whole = 1 if protocol in ALL_BY_ONE else FOLDS
    return {path: table for path, table in tables.items() if seeds[int(table["seed"].iloc[0])] == whole}


def _away(tables: Iterable[Path]) -> list[Path]:
    """What the same networks said in the other hospital, where they were asked."""
    return [path for table in tables if (path := table.with_name(f"away-{table.name}")).is_file()]


def _keep(protocol: str, files: Iterable[Path], folder: Path) -> None:
    """Leaves copies of a protocol's files in a folder, in place of those that were there."""
    folder.mkdir(exist_ok=True)
    for path in folder.glob(f"{protocol}-*.csv"):
        path.unlink()
    for path in files:
        shutil.copy(path, folder)


def table(numbers: dict[str, dict], language: str) -> str:
    """The numbers as a Markdown table, a protocol a row; beneath, what others published on the official split.

    Args:
        numbers: as quality.json holds them.
        language: "fr" or "en".
    """
    words = WORDS[language]
    told = any("by_chance" in numbers[name]["ece"] for name in (*PROTOCOLS, SIMULATED_ONLY) if name in numbers)
    measures = [name for name in METRICS if all(name in found for found in numbers.values())]
    pooled = words["pooled"] if "pooled_auc" in measures else ""
    head = words["head"].format(chance=words["chance"] if told else "", pooled=pooled)
    lines = [head, "|---" * head.count(" |") + "|"]
    for protocol in (GROUPED, OFFICIAL, LEAKY, BASELINE, SIMULATED_ONLY):
        if protocol in numbers:
            found = numbers[protocol]
            cells = {name: _written(found[name]) for name in measures}
            if chance := found["ece"].get("by_chance"):
                cells["ece"] += f" ({_written(chance)})"
            if protocol in ALL_BY_ONE and pooled:
                cells["pooled_auc"] = "–"
            if protocol == SIMULATED_ONLY:  # no real image chose its threshold or its calibration
                cells = {name: cell if name == "auc" else "–" for name, cell in cells.items()}
            seeds = len(found["trained_with"])
            lines.append(_line(words[protocol], found["auc"]["n"], seeds, cells.values()))
            if UNTOUCHED in found:
                alone = [_written(found[UNTOUCHED]), *["–"] * (len(measures) - 1)]
                lines.append(_line(words[UNTOUCHED], found[UNTOUCHED]["n"], seeds, alone))
    if OFFICIAL in numbers:
        lines += ["", words["published"], "|---" * 3 + "|"]
        lines += [f"| {name} | {auc:.3f} | {accuracy:.3f} |" for name, (auc, accuracy) in PUBLISHED.items()]
    text = "\n".join(lines) + "\n"
    return re.sub(r"(?<=\d)\.(?=\d{3})", ",", text) if language == "fr" else text


def _line(name: str, n: int, seeds: int, cells: Iterable[str]) -> str:
    return f"| {name} | {n} | {seeds} | " + " | ".join(cells) + " |"


def _written(number: dict) -> str:
    return f"{number['value']:.3f} [{number['low']:.3f} – {number['high']:.3f}]"


def _run_all(todo: list[Trial], recipe: Recipe, out: Path, jobs: int) -> Iterator[str]:
    """The trials, several at a time, each in a process with one core: faster than one after the other on all."""
    if jobs == 1:
        yield from (run_trial(trial, recipe, out) for trial in todo)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for future in as_completed([pool.submit(run_trial, trial, recipe, out, 1) for trial in todo]):
            yield future.result()


def simulated_stage(recipe: Recipe, images: pd.DataFrame, out: Path, start: bool = True) -> None:
    """Trains a seed's network on simulated images, unless that is done, and asks it about every real one.

    Args:
        recipe: with the seed of the network and of its simulated images.
        images: of the grouped protocol.
        out: folder of the trials.
        start: whether trials are to start from its weights, so that its answers alone do not do.
    """
    from busi.data.parts import load_part
    from busi.training.fit import predict_part
    from busi.training.pretraining import pretrain, simulated_images

    seed = recipe.seed
    trial = Trial(SIMULATED_ONLY, 0, seed, images, images, images)
    if _path(out, trial).is_file() and (_stage_path(out, seed).is_file() or not start):
        return
    print(f"seed {seed}: {recipe.pretrain} simulated images, {recipe.pretrain_epochs} epochs", flush=True)
    fitted = pretrain(
        recipe,
        simulated_images(recipe, default_cache()),
        out / f"{STAGE}-{seed}",
        default_cache(),
        on_epoch=lambda row: print(f"  epoch {row.epoch}: {row.val_auc:.3f} {row.seconds:.0f} s", flush=True),
    )
    answers = predict_part(fitted.model, load_part(images, recipe.image), recipe.mirrored)
    fitted.whole.save(_stage_path(out, seed))
    _write(_path(out, trial), trial, answers, 0.5, fitted.best.epoch)


def _stage_path(out: Path, seed: int) -> Path:
    return out / f"{STAGE}-{seed}.keras"


def _path(out: Path, trial: Trial) -> Path:
    return out / f"{trial.name}.csv"


def _write(path: Path, trial: Trial, answers: np.ndarray, threshold: float, epoch: int) -> None:
    rows = trial.judge[["image_id", "group"]].assign(
        fold=trial.fold,
        seed=trial.seed,
        malignant=(trial.judge["label"] == MALIGNANT),
        probability=np.round(answers, 6),
        called=answers >= threshold,
        threshold=round(threshold, 6),
        epoch=epoch,
    )
    with whole_file(path) as partial:
        rows.to_csv(partial, index=False)


def _check_same_recipe(out: Path, recipe: Recipe) -> None:
    """Trials of another recipe must not be counted with those of this one."""
    path, settings = out / "recipe.json", json.loads(json.dumps(as_in_bundle(recipe)))
    if path.is_file() and json.loads(path.read_text(encoding="utf-8")) != settings:
        raise SystemExit(f"error: {out} holds trials of another recipe: choose another --out")
    path.write_text(json.dumps(settings, indent=1), encoding="utf-8")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("BUSI_DATA_DIR", "kaggle"), metavar="DIR|kaggle")
    parser.add_argument("--recipe", choices=RECIPES, default=DEFAULT)
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: runs/quality, runs/quality-NAME")
    every = [*PROTOCOLS, SIMULATED_ONLY]
    parser.add_argument("--protocols", nargs="+", choices=every, default=every)
    parser.add_argument(
        "--seeds", nargs="+", type=int, default=[0, 1, 2], help=f"the first alone for {' and '.join(BESIDE)}"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="trainings at a time, a core each")
    options = parser.parse_args()
    ending = "" if options.recipe == DEFAULT else f"-{options.recipe}"
    options.out = options.out or Path(f"runs/quality{ending}")
    return options


if __name__ == "__main__":
    sys.exit(main())
