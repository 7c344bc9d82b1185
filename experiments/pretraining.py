"""What a head start on simulated images is worth, on the same five folds of BUSI.

    python -m experiments.pretraining --data DIR [--out runs/pretraining] [--starts scratch simulated]

Five folds by near-duplicate group, images with conflicting labels left out. In each, the training images are divided
once more by group, 85 to 15: the smaller part chooses the epoch. Then the fold's test images are scored once. Both
starts use the same folds, the same seed and the same recipe; only the weights at the start differ. The network that has
seen no real image is scored on all of BUSI as it is. (train.py differs: it goes on to rehearse simulated images, keeps
the epoch with the lowest validation loss, and may take more epochs; the options here set the last two.)

Every finished fold leaves a file, and an interrupted fold its checkpoint, so the same command goes on. When both starts
are complete, the numbers are written to experiments/results/pretraining.json.
"""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.model_selection import StratifiedGroupKFold

from busi.data.dataset import default_cache, read_busi, usable
from busi.data.parts import load_part
from busi.data.simulated import fingerprint
from busi.data.split import split_by_group
from busi.model.metrics import BOOTSTRAP_DRAWS, LEVEL, Estimate, area_under_roc, auc
from busi.model.setting_names import as_in_bundle
from busi.training.checkpoints import clear_checkpoints
from busi.training.fit import fit, predict_part
from busi.training.pretraining import pretrain, simulated_images
from busi.training.recipe import CRITERIA, VAL_AUC, Recipe
from busi.words.classes import MALIGNANT
from experiments.hospitals import untouched_names

SCRATCH, SIMULATED = STARTS = ("scratch", "simulated")
FOLDS = 5
RESULTS = Path(__file__).parent / "results" / "pretraining.json"


def main() -> None:
    """Runs what is missing, then prints and writes the numbers."""
    options = _parse()
    if options.threads:
        tf.config.threading.set_intra_op_parallelism_threads(options.threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    schedule = {"epochs": options.epochs, "patience": options.patience, "keep": options.keep}
    recipe = Recipe(**schedule, rehearsal=0, seed=options.seed)
    images = usable(read_busi(options.data).images)
    _check_same_run(recipe, options.out)
    start = None if options.starts == [SCRATCH] else _simulated_start(recipe, images, options.out)
    for name in options.starts:
        for number, (learn, judge) in enumerate(folds(images, recipe.seed)):
            path = options.out / f"{name}-{number}.csv"
            if not path.is_file():
                _run_fold(recipe, images.iloc[learn], images.iloc[judge], start if name == SIMULATED else None, path)
    if all((options.out / f"{name}-{number}.csv").is_file() for name in STARTS for number in range(FOLDS)):
        report(recipe, options.out)


def folds(images: pd.DataFrame, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows to learn from and rows to be judged by, five times; no group on both sides."""
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    return splitter.split(images, images["label"], images["group"])


def report(recipe: Recipe, out: Path) -> None:
    """Prints a table and writes the numbers."""
    scored = {name: [pd.read_csv(out / f"{name}-{number}.csv") for number in range(FOLDS)] for name in STARTS}
    real_unseen = pd.read_csv(out / "simulated-only.csv")
    numbers = {
        "recipe": as_in_bundle(recipe),
        "scratch": {"folds": [_fold_auc(rows).value for rows in scored[SCRATCH]], **_mean_auc(scored[SCRATCH])},
        "pretrained": {"folds": [_fold_auc(rows).value for rows in scored[SIMULATED]], **_mean_auc(scored[SIMULATED])},
        "gain": _mean_auc(scored[SIMULATED], scored[SCRATCH]),
        "simulated_only": {
            "all of BUSI": _fold_auc(real_unseen).to_dict(),
            "outside of the images whose statistics set the simulator's levels": _fold_auc(
                real_unseen[~real_unseen["looked_at"]]
            ).to_dict(),
        },
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    for name in ("scratch", "pretrained"):
        row = numbers[name]
        print(f"{name:<12}" + "  ".join(f"{value:.3f}" for value in row["folds"]) + f"   mean {_written(row)}")
    print(f"gain of the head start: {_written(numbers['gain'])}")
    for name, number in numbers["simulated_only"].items():
        print(f"saw no real image, {name}: {_written(number)}")


def _check_same_run(recipe: Recipe, out: Path) -> None:
    """Folds of another recipe, or of another simulator, must not be counted with those of this one."""
    out.mkdir(parents=True, exist_ok=True)
    path, run = out / "run.json", json.loads(json.dumps({"recipe": as_in_bundle(recipe), "simulator": fingerprint()}))
    if path.is_file() and json.loads(path.read_text(encoding="utf-8")) != run:
        raise SystemExit(f"error: {out} holds folds of another recipe or simulator: choose another --out")
    path.write_text(json.dumps(run, indent=1), encoding="utf-8")


def _run_fold(recipe: Recipe, learn: pd.DataFrame, judge: pd.DataFrame, start: keras.Model | None, path: Path) -> None:
    parts = split_by_group(learn, recipe.seed)
    validation = parts == "validation"
    checkpoints = path.with_suffix("")
    fitted = fit(
        recipe,
        load_part(learn[~validation], recipe.image),
        load_part(learn[validation], recipe.image),
        checkpoints,
        on_epoch=lambda row: print(path.stem, row.epoch, f"{row.val_auc:.3f} {row.seconds:.0f} s", flush=True),
        start=start,
    )
    rows = _scored(fitted.model, judge, recipe)
    print(f"{path.stem}: best epoch {fitted.best.epoch}, test AUC {_fold_auc(rows).value:.3f}", flush=True)
    rows.to_csv(path, index=False)
    clear_checkpoints(checkpoints)


def _simulated_start(recipe: Recipe, images: pd.DataFrame, out: Path) -> keras.Model:
    """The network that has seen no real image, and its scores on BUSI."""
    fitted = pretrain(
        recipe,
        simulated_images(recipe, default_cache()),
        out / "stage",
        default_cache(),
        on_epoch=lambda row: print("simulated", row.epoch, f"{row.val_auc:.3f} {row.seconds:.0f} s", flush=True),
    )
    rows = _scored(fitted.model, images, recipe)
    rows["looked_at"] = ~rows["image_id"].isin(untouched_names())
    rows.to_csv(out / "simulated-only.csv", index=False)
    return fitted.model


def _scored(model: keras.Model, images: pd.DataFrame, recipe: Recipe) -> pd.DataFrame:
    rows = images[["image_id", "label", "group"]].copy()
    rows["probability"] = predict_part(model, load_part(images, recipe.image))
    return rows


def _fold_auc(rows: pd.DataFrame) -> Estimate:
    return auc((rows["label"] == MALIGNANT).to_numpy(), rows["probability"].to_numpy(), rows["group"].to_numpy())


def _mean_auc(folds: list[pd.DataFrame], minus: list[pd.DataFrame] | None = None) -> dict[str, float | int]:
    """Mean of the folds' AUC, or of its gain over others on the same images; groups redrawn within each fold."""
    draws = np.zeros(BOOTSTRAP_DRAWS)
    value = 0.0
    for number, rows in enumerate(folds):
        other = minus[number] if minus else None
        value += _gain(rows, other) / FOLDS
        draws += _redrawn(rows, other, np.random.default_rng(number)) / FOLDS
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {"value": value, "low": float(low), "high": float(high), "n": sum(map(len, folds))}


def _redrawn(rows: pd.DataFrame, other: pd.DataFrame | None, rng: np.random.Generator) -> np.ndarray:
    members = [np.flatnonzero(rows["group"] == group) for group in rows["group"].unique()]
    values = np.empty(BOOTSTRAP_DRAWS)
    for draw in range(BOOTSTRAP_DRAWS):
        chosen = np.concatenate([members[number] for number in rng.integers(len(members), size=len(members))])
        values[draw] = _gain(rows.iloc[chosen], None if other is None else other.iloc[chosen])
    return values


def _gain(rows: pd.DataFrame, other: pd.DataFrame | None) -> float:
    labels = (rows["label"] == MALIGNANT).to_numpy()
    value = area_under_roc(labels, rows["probability"].to_numpy())
    return value if other is None else value - area_under_roc(labels, other["probability"].to_numpy())


def _written(number: dict[str, float | int]) -> str:
    return f"{number['value']:.3f} [{number['low']:.3f} to {number['high']:.3f}], n = {number['n']}"


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("BUSI_DATA_DIR", "kaggle"), metavar="DIR|kaggle")
    parser.add_argument("--out", type=Path, default=Path("runs/pretraining"), metavar="DIR")
    parser.add_argument("--starts", nargs="+", choices=STARTS, default=list(STARTS))
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--patience", type=int, default=12)
    parser.add_argument("--keep", choices=CRITERIA, default=VAL_AUC)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0, help="0 for all cores")
    return parser.parse_args()


if __name__ == "__main__":
    main()
