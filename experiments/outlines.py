"""How well a small network draws the outlines of real lesions that has learned from simulated images alone.

    python -m experiments.outlines [--data DIR] [--threads N]

A small U-Net (busi/model/drawing.py) learns the simulator's exact outlines (busi/training/drawing.py).
No real image chooses anything: the last epoch counts, each image is looked at in the mirror too, as the workshop's
network does, and a place is lesion from a half on. Its judges are BUSI's images on whose statistics nothing of the
simulator was set, with the experts' outlines, and the half "choice" of BrEaST (hospitals.py). The number is Dice's
coefficient of each image in the square that the network receives, twice the shared area over the sum of both, and its
mean, with an interval over redrawn near-duplicate groups; of several seeds, an image counts by the mean over them.

Each seed's network and its epochs so far are kept in --runs, so the same command goes on after an interruption, and
`experiments.two_looks` reads what these networks draw; the result is written to experiments/results/outlines.json when
all seeds are there, and never written over.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from busi.data.box import CHOICE
from busi.data.dataset import default_cache, read_busi
from busi.data.parts import Part, load_part, simulated_part, simulated_table
from busi.data.simulated import fingerprint, held_out_seeds, training_seeds
from busi.images import ImageContract
from busi.system.console import printable_output
from busi.system.whole_files import whole_file
from busi.training.drawing import DrawingSettings, learn_drawing, maps_of
from busi.training.recipe import DEFAULT, RECIPES
from experiments.finished import add_result, check_same_run, is_finished, results, save_network
from experiments.hospitals import breast_half, breast_part, untouched
from experiments.overlap import dice, inside_of, mean_over_seeds

RESULTS = Path(__file__).parent / "results" / "outlines.json"
RUNS = Path("runs/outlines")
NAME = "u-net"
UNTOUCHED, BREAST_CHOICE, SIMULATED = "busi untouched", f"breast {CHOICE}", "simulated validation"
LESION_FROM = 0.5
USUAL = DrawingSettings(augmentation=RECIPES[DEFAULT]["augmentation"])
_NETWORK = "network.keras"

Judge = tuple[Part, pd.DataFrame]  # images with outlines, and their rows with image_id and group


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains, asks and writes what is missing; returns 0, or 2 after one line that says what is wrong."""
    printable_output()
    options = _parse(arguments)
    if options.threads:
        tf.config.threading.set_intra_op_parallelism_threads(options.threads)
        tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    settings = replace(USUAL, images=options.images, epochs=options.epochs)
    try:
        run(settings, options.seeds, options.data, options.runs, options.out)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for judge, found in results(options.out)[NAME]["dice"].items():
        print(f"{judge:<22}Dice {found['value']:.3f} [{found['low']:.3f} to {found['high']:.3f}], n = {found['n']}")
    return 0


def run(settings: DrawingSettings, seeds: Sequence[int], data: str, runs: Path, out: Path) -> None:
    """Trains the networks that are missing, asks them, and writes the result.

    Args:
        settings: how they are trained, but for the seed.
        seeds: of the networks.
        data: BUSI's folder, or "kaggle".
        runs: a folder for each seed's network and the Dice of every image.
        out: the file of results.

    Raises:
        ValueError: if the folder or the file holds what other settings or another simulator gave.
    """
    identity = {**identity_of(settings), "seeds": list(seeds)}
    if is_finished(out, NAME, identity):
        print(f"finished before, and left as it is in {out}", flush=True)
        return
    contract = ImageContract(size=settings.size)
    asked = judges(data, contract)
    models = {seed: network(replace(settings, seed=seed), runs) for seed in seeds}
    tables = [_scored(model, asked, seed) for seed, model in models.items()]
    for seed, table in zip(seeds, tables, strict=True):
        with whole_file(folder_of(runs, seed) / "dice.csv") as unfinished:
            table.to_csv(unfinished, index=False, lineterminator="\n")
    rows = pd.concat(tables, ignore_index=True)
    found = {judge: mean_over_seeds(rows[rows["judge"] == judge]) for judge in asked}
    parameters = next(iter(models.values())).count_params()
    add_result(out, NAME, {**identity, "parameters": parameters, "dice": found})


def identity_of(settings: DrawingSettings) -> dict[str, Any]:
    """What networks of different seeds have in common: the settings, and the fingerprint of what is drawn."""
    common = {name: value for name, value in asdict(settings).items() if name not in ("seed", "augmentation")}
    return json.loads(json.dumps({"settings": common, "simulator": fingerprint()}))


def folder_of(runs: Path, seed: int) -> Path:
    """Where a seed's network is."""
    return runs / f"seed-{seed}"


def path_of(runs: Path, seed: int) -> Path:
    """The file of a seed's finished network."""
    return folder_of(runs, seed) / _NETWORK


def network(settings: DrawingSettings, runs: Path) -> keras.Model:
    """The network of a seed: trained, or taken from the folder where it was left.

    Args:
        settings: how it is trained.
        runs: the folder of all seeds.

    Raises:
        ValueError: if the seed's folder holds a network of other settings, or of another simulator.
    """
    folder = folder_of(runs, settings.seed)
    check_same_run(folder, {**identity_of(settings), "seed": settings.seed})
    finished = path_of(runs, settings.seed)
    if finished.is_file():
        return keras.models.load_model(finished, compile=False)
    print(f"seed {settings.seed}: drawing {settings.images} images, or taking them from {default_cache()}", flush=True)
    contract = ImageContract(size=settings.size)
    train = simulated_part(training_seeds(settings.seed, settings.images), contract, default_cache())
    model = learn_drawing(settings, train, folder / "epochs", _tell_epoch)
    save_network(model, finished)
    shutil.rmtree(folder / "epochs")
    return model


def judges(data: str, contract: ImageContract) -> dict[str, Judge]:
    """The images that it is asked on, with their outlines; of real ones those that may be looked at.

    Args:
        data: BUSI's folder, or "kaggle".
        contract: how its images are prepared.

    Raises:
        ValueError: if BUSI lacks one of its images, or an image lacks its outline.
    """
    busi, breast, seeds = untouched(read_busi(data).images), breast_half(CHOICE), held_out_seeds("validation")
    found = {
        UNTOUCHED: (load_part(busi, contract, with_outlines=True), busi),
        BREAST_CHOICE: (breast_part(breast, contract), breast),
        SIMULATED: (simulated_part(seeds, contract, default_cache()), simulated_table(seeds)),
    }
    for name, (part, rows) in found.items():
        if not inside_of(part).any(axis=(1, 2)).all():
            raise ValueError(f"each of the {len(rows)} images of {name!r} needs an outline, and some have none")
    return found


def drawn_by(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """What a network takes for lesion: bool (N, S, S).

    Args:
        model: from `learn_drawing`.
        images: uint8 (N, S, S).
    """
    return maps_of(model, images) >= LESION_FROM


def _scored(model: keras.Model, asked: Mapping[str, Judge], seed: int) -> pd.DataFrame:
    """The Dice of every image."""
    tables = []
    for name, (part, rows) in asked.items():
        values = dice(inside_of(part), drawn_by(model, part.images))
        tables.append(rows[["image_id", "group"]].assign(judge=name, seed=seed, dice=values.round(6)))
    return pd.concat(tables, ignore_index=True)


def _tell_epoch(number: int, loss: float, seconds: float) -> None:
    print(f"  epoch {number}: loss {loss:.3f}, {seconds:.0f} s", flush=True)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    usual = USUAL
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", default=os.environ.get("BUSI_DATA_DIR", "kaggle"), metavar="DIR|kaggle", help="BUSI")
    add("--images", type=int, default=usual.images, metavar="N", help="to learn from (default: %(default)s)")
    add("--epochs", type=int, default=usual.epochs, metavar="N", help="default: %(default)s")
    add("--seeds", nargs="+", type=int, default=[0, 1, 2])
    add("--threads", type=int, default=0, metavar="N", help="of TensorFlow; 0 for its own choice")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="networks, and epochs so far")
    add("--out", type=Path, default=RESULTS, metavar="FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
