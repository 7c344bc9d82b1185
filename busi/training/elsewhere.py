"""A network asked on another hospital: on BrEaST, from which it learned nothing and by which nothing of it was chosen.

    python -m busi.training.elsewhere DIR      asks the network of a finished bundle, and writes that into it

A training asks at its end (train.py). This adds the same to a bundle that was made before: rows of predictions.csv,
metrics in bundle.json with the new checksums, and the card; and what it answers to pictures that are no ultrasound.
Every other byte stays, and the bundle is changed whole or not at all. A bundle that was asked before is asked anew.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pandas as pd

from busi.bundle.card import model_card
from busi.bundle.files import (
    BREAST,
    CARD,
    METRICS,
    PREDICTION_COLUMNS,
    PREDICTIONS,
    Bundle,
    BundleError,
    figures_of,
    load_network,
    open_bundle,
    write_checksums,
)
from busi.data.box import lesions, picture
from busi.data.origin import BREAST as ORIGIN_BREAST
from busi.data.origin import origin_of
from busi.data.parts import Part
from busi.data.split import TEST
from busi.images import ImageContract, read_image, resize, standardise
from busi.images.quality import measure
from busi.model.metrics import apply_temperature
from busi.system.console import printable_output
from busi.system.whole_files import whole_folder
from busi.training.evaluation import prediction_rows, score_predictions
from busi.training.fit import predict_part
from busi.training.impostors import answers_to_impostors
from busi.words.classes import MALIGNANT


def learned_from_breast(data: Mapping[str, Any]) -> bool:
    """Whether a network learned from BrEaST itself, which then is no other hospital to it.

    Args:
        data: the entry "data" of bundle.json.
    """
    return origin_of(data) == ORIGIN_BREAST


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
    )
    numbers = table["image_id"].str.removeprefix("case").astype(int)
    return part, table[["image_id", "label"]].assign(group=numbers)


def ask_elsewhere(folder: Path) -> Bundle:
    """Asks a bundle's network on BrEaST, and writes its answers and what they are worth into the bundle.

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
    answers = answers_of(bundle)
    impostors = answers_to_impostors(load_network(bundle), bundle.image, bundle.temperature, bundle.mirrored)
    info = {**bundle.info, "metrics": _metrics_with(bundle, answers), "impostors": impostors}
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
    part, table = another_hospital(bundle.image)
    raw = predict_part(load_network(bundle), part, bundle.mirrored)
    return prediction_rows(table, part, apply_temperature(raw, bundle.temperature), TEST, BREAST)


def _metrics_with(bundle: Bundle, answers: pd.DataFrame) -> dict[str, Any]:
    """What bundle.json says of every population: of the others what it said."""
    found = score_predictions(answers, bundle.temperature, bundle.threshold).to_dict()["metrics"][TEST]
    return dict(sorted({**bundle.info["metrics"], BREAST: found}.items()))


def _write_predictions(path: Path, bundle: Bundle, answers: pd.DataFrame) -> None:
    """Puts the answers at the end of predictions.csv, in place of earlier ones; other lines stay as they are."""
    head, *lines = path.read_bytes().splitlines(keepends=True)
    stays = (bundle.predictions["source"] != BREAST).tolist()
    if len(lines) != len(stays):
        raise BundleError(f"{path} has {len(lines)} lines for {len(stays)} images")
    kept = b"".join(line for line, is_kept in zip(lines, stays, strict=True) if is_kept)
    if not kept.endswith(b"\n"):
        kept += b"\n"
    rows = answers[list(PREDICTION_COLUMNS)].to_csv(index=False, header=False, lineterminator="\n")
    path.write_bytes(head + kept + rows.encode())


def _card(info: Mapping[str, Any], folder: Path) -> str:
    try:
        return model_card(info, figures_of(folder))
    except KeyError as error:
        raise BundleError(f"the bundle {folder} says too little for a card: {error} is missing") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Asks a bundle's network; returns 0, or 2 after one line that says what is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m busi.training.elsewhere",
        description="Asks the network of a bundle on another hospital (BrEaST), and writes that into the bundle.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="of the bundle")
    printable_output()
    try:
        numbers = ask_elsewhere(parser.parse_args(arguments).folder).metrics(BREAST)
    except BundleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name in METRICS:
        number = numbers[name]
        print(f"  {name:<22}  {number.value:.3f}   {number.low:.3f} - {number.high:.3f}   {number.n:>4}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
