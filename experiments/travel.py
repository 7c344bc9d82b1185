"""What a lever does at home and away: networks that look and draw, judged where they learned and in another hospital.

    python -m experiments.travel --lever NAME [--data DIR] [--folds 0 1 2 3 4] [--seed 100] [--threads N]
    python -m experiments.travel --report                          the table of what is there, and results/travel.json

A lever is a change of the recipe. Its networks learn from four fifths of BUSI for a length that is fixed beforehand,
name the class and draw the lesion; home is the fifth that they did not see, away is the half "choice" of BrEaST, which
may judge what is tried. The folds and seeds are others than those of `experiments.quality`, so that none of its numbers
was chosen by. Three scores are reported: of the whole image, of the drawn outline (busi/model/shape.py and
shape_model.py; a fold's outlines are scored by a shape model of the other folds), and of both, as busi/model/fusion.py
adds them. Away every fold's network answers, with a shape model of all of BUSI's held-out outlines, and the mean of
their AUC counts.

Networks of one seed begin from one simulated stage. Each fold leaves what its network said and drew in --runs, an
interrupted one its checkpoint, so the same command goes on.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.model_selection import StratifiedGroupKFold

from busi.data.box import CHOICE
from busi.data.dataset import default_cache, read_busi, usable
from busi.data.parts import Part, load_part
from busi.model.fusion import LateFusion
from busi.model.metrics import fit_calibration, log_odds
from busi.model.network import DRAWING
from busi.model.scoring import shapes_of
from busi.model.setting_names import as_in_bundle
from busi.model.shape import Shape
from busi.model.shape_model import fit_shape_model
from busi.system.console import printable_output
from busi.system.whole_files import whole_file
from busi.training.batches import scale
from busi.training.checkpoints import Epoch, clear_checkpoints
from busi.training.fit import fit, predict_part
from busi.training.pretraining import pretrain, simulated_images
from busi.training.recipe import DEFAULT, LAST, RECIPES, Recipe
from experiments.finished import check_same_run, save_network
from experiments.hospitals import breast_half, breast_part
from experiments.outlines import dice
from experiments.scores import summary

RESULTS = Path(__file__).parent / "results" / "travel.json"
FOLDS, FOLD_SEED = 5, 7
HOME, AWAY = "home", "away"
LOOKS = ("whole", "outline", "both")
# What each lever changes of the recipe that draws; `BASE` is that recipe.
_BASE: dict[str, Any] = {**RECIPES[DEFAULT], "arch": DRAWING, "keep": LAST, "burn_in": 0.0, "epochs": 40}
LEVERS: dict[str, dict[str, Any]] = {
    "base": {},
    "shorter": {"epochs": 25},
    "longer": {"epochs": 60},
    "steady": {"cosine_decay": False, "averaging": 0.995},
    "twice as many drawings": {"pretrain": 12000},
}


@dataclass(frozen=True)
class Place:
    """Images that networks learn from or are judged by.

    Attributes:
        part: as the networks receive them, with outlines and proportions.
        rows: with image_id, label and group.
    """

    part: Part
    rows: pd.DataFrame


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains what a lever lacks, or tells what is there; returns 0, or 2 after a line that says what is wrong."""
    printable_output()
    options = _parse(arguments)
    try:
        if options.report:
            report(options.data, options.runs, options.out)
        else:
            try_lever(options)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def recipe_of(lever: str, seed: int) -> Recipe:
    """How the networks of a lever are trained."""
    return Recipe(**{**_BASE, **LEVERS[lever], "seed": seed, "name": lever})


def try_lever(options: argparse.Namespace) -> None:
    """Trains the folds that are missing, and keeps what each network said and drew."""
    if options.threads:
        tf.config.threading.set_intra_op_parallelism_threads(options.threads)
        tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    recipe = recipe_of(options.lever, options.seed)
    folder = options.runs / f"{options.lever.replace(' ', '-')}-{options.seed}"
    check_same_run(folder, json.loads(json.dumps(as_in_bundle(recipe))))
    missing = [fold for fold in options.folds if not (folder / f"{fold}.npz").is_file()]
    if not missing:
        return
    home, away = at_home(options.data, recipe), in_breast(recipe)
    simulated = simulated_images(recipe, default_cache())
    start = _stage(recipe, simulated, options.runs)
    for fold in missing:
        judge = folds_of(home.rows) == fold
        learn, held_out = home.part.at(np.flatnonzero(~judge)), home.part.at(np.flatnonzero(judge))
        checkpoints = folder / f"fold-{fold}"
        # The held-out images draw the curve that is printed; they choose nothing, since the last epoch is kept.
        fitted = fit(recipe, learn, held_out, checkpoints, _tell_epoch, start=start, rehearsal=simulated, curve=False)
        with whole_file(folder / f"{fold}.npz") as unfinished, open(unfinished, "wb") as file:
            np.savez_compressed(file, **network_outputs(fitted.model, fitted.whole, {HOME: held_out, AWAY: away.part}))
        clear_checkpoints(checkpoints)
        print(f"{options.lever}, seed {options.seed}: fold {fold} done", flush=True)


def at_home(data: str, recipe: Recipe) -> Place:
    """All of BUSI's benign and malignant images, with outlines."""
    rows = usable(read_busi(data).images).reset_index(drop=True)
    return Place(load_part(rows, recipe.image, with_outlines=True), rows)


def in_breast(recipe: Recipe) -> Place:
    """BrEaST's half "choice", with outlines."""
    rows = breast_half(CHOICE)
    return Place(breast_part(rows, recipe.image), rows)


def folds_of(rows: pd.DataFrame) -> np.ndarray:
    """The fold of each of BUSI's images: int (N,)."""
    folds = np.empty(len(rows), int)
    split = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=FOLD_SEED)
    for number, (_, judge) in enumerate(split.split(rows, rows["label"], rows["group"])):
        folds[judge] = number
    return folds


def network_outputs(looking: keras.Model, drawing: keras.Model, places: Mapping[str, Part]) -> dict[str, np.ndarray]:
    """What a network says of images, and what it draws in them.

    Args:
        looking: the network that answers, made finer.
        drawing: the same as it was trained, with the branch that draws.
        places: the images.

    Returns:
        For each place float64 (N,), log-odds of the whole, and under its name with "map" float16 (N, H, H), what is
        drawn; both by the mean over an image and its mirror image.
    """
    found = {}
    for name, part in places.items():
        found[name] = log_odds(predict_part(looking, part, mirrored=True))
        seen, mirrored = (_drawn(drawing, images) for images in (part.images, part.images[:, :, ::-1]))
        found[f"{name}map"] = ((seen + mirrored[:, :, ::-1]) / 2).astype(np.float16)
    return found


def report(data: str, runs: Path, out: Path) -> None:
    """Writes and prints the numbers of every lever and seed whose folds are all there."""
    recipe = recipe_of("base", 0)
    home, away, numbers = at_home(data, recipe), in_breast(recipe), {}
    folders = sorted(path.parent for path in runs.glob("*/run.json"))
    for folder in (one for one in folders if all((one / f"{fold}.npz").is_file() for fold in range(FOLDS))):
        numbers[folder.name] = numbers_of([dict(np.load(folder / f"{fold}.npz")) for fold in range(FOLDS)], home, away)
    with whole_file(out) as unfinished:
        unfinished.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8", newline="\n")
    for name, found in numbers.items():
        print(f"{name}: Dice {found['dice'][HOME]:.3f} at home, {found['dice'][AWAY]:.3f} away")
        for look in LOOKS:
            told = "  ".join(f"{measure} {found[look][measure]['value']:.3f}" for measure in found[look])
            print(f"  {look:<8} {told}")


def numbers_of(folds: Sequence[Mapping[str, np.ndarray]], home: Place, away: Place) -> dict[str, Any]:
    """What the networks of a lever are worth.

    Args:
        folds: what `network_outputs` gave, in the order of the folds.
        home: all of BUSI.
        away: the other hospital.

    Returns:
        For each of `LOOKS` the AUC at home (mean of folds, and pooled) and away; the mean Dice of both places.
    """
    fold_of = folds_of(home.rows)
    whole, maps = np.empty(len(home.rows)), np.empty((len(home.rows), *folds[0]["homemap"].shape[1:]), np.float16)
    for number, found in enumerate(folds):
        whole[fold_of == number], maps[fold_of == number] = found[HOME], found["homemap"]
    shapes = shapes_of(maps, home.part.images, home.part.proportions)
    told = {look: np.empty(len(whole)) for look in LOOKS}
    for number in range(FOLDS):
        here = fold_of == number
        fusion = cross_fitted(whole[~here], _some(shapes, ~here), home.part.labels[~here], fold_of[~here])
        _fill(told, here, fusion, whole[here], _some(shapes, here))
    rows = home.rows[["image_id", "group"]].assign(fold=fold_of, seed=0, malignant=home.part.labels)
    everywhere = cross_fitted(whole, shapes, home.part.labels, fold_of)
    abroad = []
    for number, found in enumerate(folds):
        each = {look: np.empty(len(away.rows)) for look in LOOKS}
        _fill(
            each,
            np.ones(len(away.rows), bool),
            everywhere,
            found[AWAY],
            shapes_of(found["awaymap"], away.part.images, away.part.proportions),
        )
        abroad.append(away.rows[["image_id", "group"]].assign(fold=0, seed=number, malignant=away.part.labels, **each))
    there = pd.concat(abroad)
    numbers = {
        look: {
            **{f"{HOME} {name}": value for name, value in _auc(rows, told[look], ("auc", "pooled_auc")).items()},
            **{f"{AWAY} {name}": value for name, value in _auc(there, there[look].to_numpy(), ("auc",)).items()},
        }
        for look in LOOKS
    }
    overlaps = {HOME: _dice(maps, home), AWAY: np.mean([_dice(found["awaymap"], away) for found in folds])}
    return {**numbers, "dice": {place: round(float(value), 4) for place, value in overlaps.items()}}


def cross_fitted(
    whole: np.ndarray, shapes: Sequence[Shape | None], malignant: np.ndarray, folds: np.ndarray
) -> LateFusion:
    """Fits the shape model, and calibrates the mean of both log-odds, of networks that learned outlines from BUSI.

    The calibration is cross-fitted: the outlines of a fold are scored by a shape model of the other folds.

    Args:
        whole: float (N,), log-odds by networks that did not learn from the image.
        shapes: of what those networks drew.
        malignant: bool (N,).
        folds: int array (N,), which images were held out together.
    """
    outline = np.empty(len(whole))
    for fold in np.unique(folds):
        here = folds == fold
        others = fit_shape_model(_some(shapes, ~here), malignant[~here])
        outline[here] = [others.log_odds(shape) for shape in _some(shapes, here)]
    temperature, shift = fit_calibration(malignant, 1 / (1 + np.exp(-(whole + outline) / 2)))
    return LateFusion(fit_shape_model(shapes, malignant), 0.5 / temperature, 0.5 / temperature, shift / temperature)


def _fill(told: Mapping[str, np.ndarray], here: np.ndarray, fusion, whole: np.ndarray, shapes: Sequence) -> None:
    told["whole"][here] = whole
    told["outline"][here] = [fusion.shape_model.log_odds(shape) for shape in shapes]
    told["both"][here] = [fusion.log_odds(*each) for each in zip(whole, shapes, strict=True)]


def _auc(rows: pd.DataFrame, odds: np.ndarray, measures: Sequence[str]) -> dict[str, Any]:
    probability = 1 / (1 + np.exp(-odds))
    return summary(rows.assign(probability=probability, called=probability >= 0.5), metrics=measures)


def _dice(maps: np.ndarray, place: Place) -> float:
    if place.part.outlines is None:
        raise ValueError("the judges need outlines")
    size = place.part.outlines.shape[1]
    drawn = tf.image.resize(maps.astype(np.float32)[..., np.newaxis], (size, size)).numpy()[..., 0] >= 0.5
    return float(dice(place.part.outlines > 127, drawn).mean())


def _some(shapes: Sequence[Shape | None], which: np.ndarray) -> list[Shape | None]:
    return [shape for shape, wanted in zip(shapes, which, strict=True) if wanted]


def _drawn(model: keras.Model, images: np.ndarray) -> np.ndarray:
    batches = tf.data.Dataset.from_tensor_slices(images).batch(32).map(scale)
    return model.predict(batches, verbose=0)["outline"][..., 0]


def _stage(recipe: Recipe, simulated: Part, runs: Path) -> keras.Model:
    """The network that has seen drawings alone, of this seed and as many drawings; trained if it is not there."""
    name = f"stage-{recipe.arch}-{recipe.pretrain}-{recipe.pretrain_epochs}-{recipe.seed}"
    path = runs / f"{name}.keras"
    if not path.is_file():
        fitted = pretrain(recipe, simulated, runs / name, default_cache(), on_epoch=_tell_epoch)
        save_network(fitted.whole, path)
        clear_checkpoints(runs / name)
    return keras.models.load_model(path, compile=False)


def _tell_epoch(row: Epoch) -> None:
    print(f"  epoch {row.epoch}: AUC {row.val_auc:.3f}, loss {row.val_loss:.3f}, {row.seconds:.0f} s", flush=True)


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
