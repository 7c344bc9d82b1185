"""What bundle.json says of a training, beside its format, classes and checksums."""

import datetime
import shlex
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import pandas as pd

from busi.bundle.files import HELD_OUT_SIMULATOR
from busi.bundle.files import SIMULATED as ASKED_BESIDE
from busi.data.dataset import DataSet
from busi.data.origin import BREAST, BUSI, PUBLISHED, SIMULATED, Origin, origin_of
from busi.data.simulated import fingerprint
from busi.model.out_of_domain import Domain
from busi.model.setting_names import as_in_bundle
from busi.training.evaluation import Evaluation
from busi.training.fit import Fitted
from busi.training.pretraining import simulated_stage
from busi.training.recipe import DEFAULT, Recipe
from busi.words.classes import CLASSES

_OUTPUT = "probability of malignant, after dividing the log-odds by the temperature"
_OUTPUT_FUSED = "probability of malignant and outline; fusion says how their log-odds are added"
LIBRARIES = ("tensorflow", "keras", "opencv-python-headless", "numpy", "pandas", "scikit-learn")


def describe(
    recipe: Recipe,
    fitted: Fitted,
    evaluation: Evaluation,
    data: Mapping[str, Any],
    simulated: Fitted | None,
    domain: Domain,
) -> dict[str, Any]:
    """Everything that a page or a reader of the bundle may want to know.

    Args:
        recipe: how the network was trained.
        fitted: the result.
        evaluation: what it scored.
        data: what it was trained on, from `of_real` or `of_simulated`.
        simulated: the simulated stage that came before, if there was one.
        domain: what the images look like that it learned from.
    """
    return {
        "name": "demystifions-ia",
        "created": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "intended_use": "Teaching how a neural network works and errs. Never for diagnosis.",
        "image": recipe.image.to_dict(),
        "output": _OUTPUT_FUSED if evaluation.fusion else _OUTPUT,
        "mirrored": recipe.mirrored,
        "domain": domain.to_dict(),
        **evaluation.to_dict(),
        **({HELD_OUT_SIMULATOR: fingerprint()} if ASKED_BESIDE in evaluation.metrics else {}),
        "training": {
            "command": command_of(recipe, data),
            "recipe": as_in_bundle(recipe),
            "computed_in": fitted.computed_in,
            "parameters": fitted.model.count_params(),
            **_epochs(fitted),
            "pretraining": _of_stage(recipe, simulated) if simulated else None,
            **({"drawing": _of_drawing(recipe)} if evaluation.fusion else {}),
        },
        "data": dict(data),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def of_real(busi: DataSet, images: pd.DataFrame, seed: int, origin: Origin = BUSI) -> dict[str, Any]:
    """Real images, and how they were split.

    Args:
        busi: the index.
        images: the usable rows, with the column split.
        seed: of the split.
        origin: whose they are.
    """
    return {
        **origin.to_dict(),
        "fingerprint": busi.fingerprint,
        "split": f"by near-duplicate group, stratified by label; {_patients(origin)}",
        "split_seed": seed,
        **count_twins(busi),
        "skipped": len(busi.skipped),
        "parts": _count(images),
    }


def of_simulated(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Simulated images, whose seeds are in predictions.csv.

    Args:
        tables: the rows of each part, with the column label.
    """
    images = pd.concat([table.assign(split=split) for split, table in tables.items()])
    return {
        "name": SIMULATED,
        "source": "drawn by busi.simulator, which was set by images of BUSI; the network saw no real image",
        "fingerprint": fingerprint(),
        "split": "by seed",
        "parts": _count(images),
    }


def _patients(origin: Origin) -> str:
    """What a split does about patients."""
    told = {BUSI: "not by patient, whom BUSI does not name", BREAST: "by patient too, of whom each has one image"}
    return told.get(origin, "not by patient, whom file names do not tell")


def count_twins(busi: DataSet) -> dict[str, int]:
    """Near-duplicates among the benign and malignant images: images that have one, their groups, and those left out."""
    images = busi.images[busi.images["label"].isin(CLASSES)]
    sizes = images.groupby("group").size()
    return {
        "images_with_twins": int(sizes[sizes > 1].sum()),
        "groups_of_twins": int((sizes > 1).sum()),
        "left_out": int(images["conflict"].sum()),
    }


def command_of(recipe: Recipe, data: Mapping[str, Any]) -> str:
    """The command that trains this again, whatever folder the data are in."""
    alone = data["name"] == SIMULATED
    given = {
        **({"--data": "simulated"} if alone else {}),
        "--seed": recipe.seed,
        "--epochs": recipe.pretrain_epochs if alone else recipe.epochs,
        "--pretrain": recipe.pretrain,
        "--image-size": recipe.image.size,
        "--arch": recipe.arch,
        **_naming(data),
        **({"--recipe": recipe.name} if recipe.name != DEFAULT else {}),
    }
    also = [("--also", one["name"]) for one in data.get("also", ())]
    words = ["python", "train.py", *(str(word) for pair in (*given.items(), *also) for word in pair)]
    return shlex.join(words)


def _naming(data: Mapping[str, Any]) -> dict[str, str]:
    """The options that named the data, if they are of no published data set and have a name."""
    origin = origin_of(data)
    if origin in PUBLISHED or not origin.is_named or data["name"] == SIMULATED:
        return {}
    given = {"--data-name": origin.name, "--licence": origin.licence, "--citation": origin.citation}
    return {option: text for option, text in given.items() if text}


def _count(images: pd.DataFrame) -> dict[str, dict[str, int]]:
    return {
        split: {"images": len(rows), **rows["label"].value_counts().sort_index().to_dict()}
        for split, rows in images.groupby("split")
    }


def _of_stage(recipe: Recipe, fitted: Fitted) -> dict[str, Any]:
    """The simulated stage: how many images, and its curves."""
    return {
        "images": recipe.pretrain,
        "rehearsal": recipe.rehearsal,
        "simulator": fingerprint(),
        "batch_size": simulated_stage(recipe).batch_size,
        **_epochs(fitted),
        "history": [asdict(row) for row in fitted.history],
    }


def _of_drawing(recipe: Recipe) -> dict[str, Any]:
    """The network that draws: how many simulated images it began with, and how often it saw what."""
    epochs = {"epochs": recipe.drawn_epochs, "real_epochs": recipe.drawn_real_epochs}
    return {"images": recipe.drawn, **epochs, "simulator": fingerprint()}


def _epochs(fitted: Fitted) -> dict[str, Any]:
    return {
        "epochs": len(fitted.history),
        "best_epoch": fitted.best.epoch,
        "first_kept": fitted.first_kept,
        "minutes": round(sum(row.seconds for row in fitted.history) / 60, 1),
    }
