"""A network asked on other images than its own: on BrEaST, from another hospital, and on held-out simulated images.

    python -m busi.training.elsewhere DIR      asks the network of a finished bundle, and writes that into it

From these it learned nothing, and by these nothing of it was chosen. A training asks at its end (train.py). This does
the same with a bundle that was made before: rows of predictions.csv, metrics in bundle.json with the new checksums, and
the card; by which simulator the held-out images were drawn; and what it answers to pictures that are no ultrasound.
Every other byte stays, and the bundle is changed whole or not at all. A bundle that was asked before is asked anew: its
simulated images are those that today's simulator draws from the same seeds, whichever drew those that it learned from.
If today's draws them as they were, they keep the name of the simulator that they had.
A network that learned from simulated images alone is asked on BrEaST only: held-out simulated ones chose its threshold.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pandas as pd

from busi.bundle.card import model_card
from busi.bundle.files import (
    BREAST,
    BREAST_FINAL,
    CARD,
    HELD_OUT_SIMULATOR,
    METRICS,
    PREDICTION_COLUMNS,
    PREDICTIONS,
    SIMULATED,
    Bundle,
    BundleError,
    figures_of,
    load_network,
    open_bundle,
    write_checksums,
)
from busi.data.box import lesions, picture
from busi.data.dataset import default_cache
from busi.data.origin import BREAST as ORIGIN_BREAST
from busi.data.origin import learned_from
from busi.data.parts import Part, simulated_part, simulated_table
from busi.data.simulated import fingerprint, held_out_seeds
from busi.data.split import TEST
from busi.images import ImageContract, proportion_of, read_image, resize, standardise
from busi.images.quality import measure
from busi.model.metrics import Estimate
from busi.system.console import printable_output
from busi.system.whole_files import whole_folder
from busi.training.evaluation import final_half, prediction_rows, score_part, score_predictions
from busi.training.impostors import answers_to_impostors
from busi.words.classes import MALIGNANT


def learned_from_breast(data: Mapping[str, Any]) -> bool:
    """Whether a network learned from BrEaST itself, which then is no other hospital to it.

    Args:
        data: the entry "data" of bundle.json.
    """
    return learned_from(data, ORIGIN_BREAST)


def another_hospital(contract: ImageContract) -> tuple[Part, pd.DataFrame]:
    """Every lesion of BrEaST, decoded as any picture is.

    Args:
        contract: how the network's images are prepared.

    Returns:
        The images, and their rows: image_id, label, and as group a number for each, since each is of another patient.
    """
    table = lesions()
    images = [read_image(picture(image_id)) for image_id in table["image_id"]]
    part = Part(
        np.stack([standardise(image, contract) for image in images]),
        (table["label"] == MALIGNANT).to_numpy(),
        tuple(measure(resize(image, contract.size)) for image in images),
        proportions=np.array([proportion_of(image) for image in images]),
    )
    numbers = table["image_id"].str.removeprefix("case").astype(int)
    return part, table[["image_id", "label"]].assign(group=numbers)


def held_out_simulated(contract: ImageContract) -> tuple[Part, pd.DataFrame]:
    """Simulated images that no network has learned from, as today's simulator draws them.

    Args:
        contract: how the network's images are prepared.

    Returns:
        The images, and their rows: image_id, label, and as group the seed of each.
    """
    seeds = held_out_seeds(TEST)
    return simulated_part(seeds, contract, default_cache()), simulated_table(seeds)


def ask_elsewhere(folder: Path) -> Bundle:
    """Asks a bundle's network on BrEaST and on simulated images, and writes into the bundle what it is worth there.

    Args:
        folder: of the bundle.

    Returns:
        The bundle, opened again.

    Raises:
        BundleError: if it is no good bundle, learned from BrEaST itself, or cannot be written.
    """
    folder = folder.resolve()
    bundle = open_bundle(folder)
    if learned_from_breast(bundle.info["data"]):
        raise BundleError(f"{folder}: its network learned from {ORIGIN_BREAST.name}, which is no other hospital to it")
    network = load_network(bundle)
    images = {BREAST: another_hospital(bundle.image)}
    if bundle.population != SIMULATED:
        images = {SIMULATED: held_out_simulated(bundle.image), **images}
    answers = {source: _asked(bundle, network, some, source) for source, some in images.items()}
    impostors = answers_to_impostors(network, bundle.image, bundle.scoring, bundle.mirrored)
    info = {**bundle.info, "metrics": _metrics_with(bundle, answers), "impostors": impostors}
    if SIMULATED in answers:
        info[HELD_OUT_SIMULATOR] = _simulator_of(bundle, answers[SIMULATED])
    try:
        with whole_folder(folder) as partial:
            shutil.copytree(folder, partial, dirs_exist_ok=True)
            _write_predictions(partial / PREDICTIONS, bundle, answers)
            (partial / CARD).write_text(_card(info, folder), encoding="utf-8", newline="\n")
            write_checksums(partial, info)
            open_bundle(partial)
    except OSError as error:
        raise BundleError(f"cannot write into {folder}: {error.strerror or error}") from error
    return open_bundle(folder)


def answers_of(bundle: Bundle) -> pd.DataFrame:
    """What a bundle's network answers on BrEaST: rows of predictions.csv.

    Args:
        bundle: an opened bundle.

    Raises:
        BundleError: if the weights cannot be used.
    """
    return _asked(bundle, load_network(bundle), another_hospital(bundle.image), BREAST)


def _asked(bundle: Bundle, network: keras.Model, images: tuple[Part, pd.DataFrame], source: str) -> pd.DataFrame:
    """What a bundle's network answers to images of a source: rows of predictions.csv."""
    part, table = images
    answers = score_part(network, part, bundle.scoring, bundle.mirrored)
    return prediction_rows(table, part, answers, TEST, source)


def _simulator_of(bundle: Bundle, answers: pd.DataFrame) -> str:
    """Which simulator drew the images that were asked about: today's, or the bundle's own if it draws them alike.

    A fingerprint may differ where no image does: it was computed otherwise once, and another processor rounds
    otherwise. So images that look the same by all that predictions.csv measured of them keep the name that they had.
    """
    before = bundle.predictions[bundle.predictions["source"] == SIMULATED]
    if before["image_id"].tolist() != answers["image_id"].tolist():
        return fingerprint()
    looks = ["blur", "contrast", "brightness"]
    if not np.allclose(before[looks], answers[looks], rtol=1e-3, atol=0.02):
        return fingerprint()
    stage = bundle.info.get("training", {}).get("pretraining") or {}
    return bundle.info.get(HELD_OUT_SIMULATOR) or stage.get("simulator") or fingerprint()


def _metrics_with(bundle: Bundle, answers: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """What bundle.json says of every population: of the others what it said."""
    parts = dict(answers)
    if len(half := final_half(answers[BREAST])):
        parts[BREAST_FINAL] = half
    found = {
        name: score_predictions(rows, bundle.temperature, bundle.threshold).to_dict()["metrics"][TEST]
        for name, rows in parts.items()
    }
    return dict(sorted({**bundle.info["metrics"], **found}.items()))


def _write_predictions(path: Path, bundle: Bundle, answers: Mapping[str, pd.DataFrame]) -> None:
    """Puts the answers of each source in place of earlier ones, or at the end; other lines stay as they are."""
    head, *lines = path.read_bytes().splitlines(keepends=True)
    sources = bundle.predictions["source"].tolist()
    if len(lines) != len(sources):
        raise BundleError(f"{path} has {len(lines)} lines for {len(sources)} images")
    lines[-1] = lines[-1].rstrip(b"\n") + b"\n"
    new = {source: _as_lines(rows) for source, rows in answers.items()}
    written = []
    for line, source in zip(lines, sources, strict=True):
        written.append(new.pop(source, b"") if source in answers else line)
    path.write_bytes(b"".join((head, *written, *new.values())))


def _as_lines(rows: pd.DataFrame) -> bytes:
    return rows[list(PREDICTION_COLUMNS)].to_csv(index=False, header=False, lineterminator="\n").encode()


def _card(info: Mapping[str, Any], folder: Path) -> str:
    try:
        return model_card(info, figures_of(folder))
    except KeyError as error:
        raise BundleError(f"the bundle {folder} says too little for a card: {error} is missing") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Asks a bundle's network; returns 0, or 2 after one line that says what is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m busi.training.elsewhere",
        description="Asks a bundle's network on another hospital (BrEaST) and on simulated images, and writes that into"
        " the bundle.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="of the bundle")
    printable_output()
    try:
        bundle = ask_elsewhere(parser.parse_args(arguments).folder)
    except BundleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for source in (BREAST_FINAL, BREAST, SIMULATED):
        if source in bundle.info["metrics"]:
            _tell(source, bundle.metrics(source))
    return 0


def _tell(source: str, numbers: Mapping[str, Estimate]) -> None:
    """Prints what a population scored."""
    print(source)
    for name in METRICS:
        number = numbers[name]
        print(f"  {name:<22}  {number.value:.3f}   {number.low:.3f} - {number.high:.3f}   {number.n:>4}")


if __name__ == "__main__":
    sys.exit(main())
