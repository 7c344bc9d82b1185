"""Bundles that arrive whole and are odd: the embedded one with one entry changed."""

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from busi.bundle.files import EMBEDDED, HISTORY, INFO, PREDICTIONS
from tests.support.scratch import scratch_bundle

GOOD = json.loads((EMBEDDED / INFO).read_text("utf-8"))
GOOD["training"]["pretraining"] = scratch_bundle().info["training"]["pretraining"]  # a simulated stage may be told too
MISSING = object()
MARKUP = "**b** <img src=x onerror=alert(1)> {x} {0.__class__} [a](#tab-data)"
# One after the other of what stopped the start before these rules: each is refused now, and its place named.
STOPPED = {
    "training": (None, [], "x"),
    "training.recipe": (None, [], MARKUP),
    "training.recipe.keep": (MARKUP, None),
    "training.recipe.batch_size": ("16", 0, -1),
    "training.recipe.augmentation": ([], "x"),
    "training.recipe.augmentation.rotation": ("x", 1e308, float("nan")),
    "training.best_epoch": ("x", 10**6, float("inf")),
    "training.first_kept": (None, [], 10**6),
    "training.pretraining": ([1], "x", {"a": 1}),
    "training.pretraining.rehearsal": (MISSING, "x", float("nan")),
    "training.pretraining.history": ([], {}, [[["x"]]]),
    "training.pretraining.history.0.auc": (None, MARKUP, 10**30),
    "data.parts.validation": (None, []),
    "data.parts.test.benign": (MARKUP, None, -1),
    "data.groups_of_twins": (MISSING, MARKUP),
    "data.name": (MARKUP + "\n", "x" * 301, 7),
    "metrics.test.auc.n": (None, MARKUP, 0),
    "metrics.test.confusion.true_positives": (1e308, True, -1),
    "mirrored": ("no", None),
    "image.clahe_tiles": (7.5,),
    "files.model.keras": (MISSING,),
}


def changed(place: tuple, value) -> dict:
    """The embedded bundle's information with another value at one place."""
    info = copy.deepcopy(GOOD)
    at = info
    for name in place[:-1]:
        at = at[name]
    if value is MISSING:
        del at[place[-1]]
    else:
        at[place[-1]] = value
    return info


def place_of(name: str) -> tuple:
    if name.startswith("files."):
        return ("files", name.removeprefix("files."))
    return tuple(int(part) if part.isdigit() else part for part in name.split("."))


def breaks_unless_embedded(real):
    """Pages that a bundle breaks in a way that no rule foresaw."""

    def build(workshop):
        if workshop.bundle.folder != EMBEDDED:
            raise ZeroDivisionError("a fault that\nnobody foresaw")
        return real(workshop)

    return build


@contextmanager
def writing(folder: Path) -> Iterator[Callable[[dict], int]]:
    """Writes bundle.json into a copy of the embedded bundle as it is given, and the good files again at the end."""
    yield lambda info: (folder / INFO).write_text(json.dumps(info), encoding="utf-8")
    for name in (INFO, HISTORY, PREDICTIONS):
        shutil.copyfile(EMBEDDED / name, folder / name)
