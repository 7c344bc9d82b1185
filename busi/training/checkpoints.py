"""What a training leaves after each epoch, so that it can go on after an interruption as if nothing had happened.

    epoch-0007/
      last.keras        the model as the last step left it, with its optimiser
      average.npz       the running average of its weights
      best.weights.h5   the averaged weights of the best epoch so far
      state.json        the recipe, a digest of the images, the curves

A checkpoint is written under a temporary name and renamed into place, and the one before is dropped only then.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np

from busi.model.averaging import RunningAverage
from busi.model.setting_names import as_in_bundle
from busi.system.whole_files import left_unfinished, whole_folder
from busi.training.recipe import LAST, VAL_AUC, Recipe

BEST_WEIGHTS = "best.weights.h5"
DRAWING_STAGE = "drawing"  # folder of the network that draws, within that of the whole training
SIMULATED_STAGE = "simulated"  # folder of the stage that comes first, within that of the whole training
REAL_DRAWING_STAGE = "drawing-real"  # of the same, once it learns experts' outlines
FOLD = "fold-"  # begins the names of what the folds of a cross-fit leave, within the folder of the whole training
MOMENTS = "moments"  # folder of the weights that tell afterwards how it learned, within that of the whole training


@dataclass(frozen=True)
class Epoch:
    """One row of history.csv: what the network scored after an epoch, in inference mode, at threshold 0.5."""

    epoch: int
    loss: float
    accuracy: float
    auc: float
    val_loss: float
    val_accuracy: float
    val_auc: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True)
class Run:
    """A training under way: the model as the last step left it, the average of its weights, and the epochs so far."""

    model: keras.Model
    average: RunningAverage
    history: tuple[Epoch, ...]


def best_epoch(history: tuple[Epoch, ...], recipe: Recipe) -> Epoch:
    """The first of the epochs with the lowest validation loss, or with the highest validation AUC, or just the last.

    Args:
        history: at least one epoch.
        recipe: which of these, and from which epoch on one may be kept; as long as none may, the latest is the best.
    """
    if recipe.keep == LAST:
        return history[-1]
    rows = [row for row in history if row.epoch >= recipe.first_kept] or history[-1:]
    if recipe.keep == VAL_AUC:
        return max(rows, key=lambda row: (row.val_auc, -row.epoch))
    return min(rows, key=lambda row: (row.val_loss, row.epoch))


def save_checkpoint(folder: Path, run: Run, recipe: Recipe, began_with: str) -> None:
    """Writes a complete checkpoint under a temporary name, renames it into place, then drops the older one.

    Args:
        folder: for checkpoints; made if needed.
        run: the training, with at least one epoch.
        recipe: how it is trained.
        began_with: digest of the images that it is trained and validated on.
    """
    older = list(_checkpoints(folder))
    with whole_folder(folder / f"epoch-{len(run.history):04d}") as partial:
        run.model.save(partial / "last.keras")
        np.savez(partial / "average.npz", *run.average.values)
        if best_epoch(run.history, recipe) is run.history[-1]:
            with run.average.lent_to(run.model):
                run.model.save_weights(partial / BEST_WEIGHTS)
        else:
            shutil.copy(older[-1] / BEST_WEIGHTS, partial)
        _write_state(partial, run, recipe, began_with)
    for path in (*older, *left_unfinished(folder, "epoch-*")):
        shutil.rmtree(path)


def _write_state(folder: Path, run: Run, recipe: Recipe, began_with: str) -> None:
    rows = [asdict(row) for row in run.history]
    state = {"recipe": as_in_bundle(recipe), "began_with": began_with, "steps": run.average.steps, "history": rows}
    (folder / "state.json").write_text(json.dumps(state, indent=1), encoding="utf-8")


def has_checkpoint(checkpoints: Path) -> bool:
    """Whether the folder holds an interrupted training, of any stage."""
    stages = (checkpoints, checkpoints / SIMULATED_STAGE)
    return any(newest(stage) is not None for stage in stages) or any(
        any(checkpoints.glob(pattern)) for pattern in (f"{FOLD}*", f"{DRAWING_STAGE}/epoch-*")
    )


def clear_checkpoints(checkpoints: Path) -> None:
    """Removes an interrupted training, and the folder if nothing else is in it."""
    if checkpoints.name != SIMULATED_STAGE:
        clear_checkpoints(checkpoints / SIMULATED_STAGE)
    for path in checkpoints.glob(f"{FOLD}*.npz"):
        path.unlink()
    for path in (
        *checkpoints.glob(f"{FOLD}*"),
        checkpoints / DRAWING_STAGE,
        checkpoints / REAL_DRAWING_STAGE,
        checkpoints / MOMENTS,
        *_checkpoints(checkpoints),
        *left_unfinished(checkpoints, "epoch-*"),
    ):
        shutil.rmtree(path, ignore_errors=True)
    if checkpoints.is_dir() and not any(checkpoints.iterdir()):
        checkpoints.rmdir()


def resume(recipe: Recipe, began_with: str, checkpoints: Path) -> Run | None:
    """The training as the newest checkpoint left it; None if there is no checkpoint.

    Args:
        recipe: how the training goes on; must be the one it began with.
        began_with: digest of the images it goes on with; must be the ones it began with, or the weights might
            already know what is to be tested.
        checkpoints: the folder.

    Raises:
        ValueError: if the checkpoint is of another recipe (the message names what differs) or of other images.
    """
    found = newest(checkpoints)
    if found is None:
        return None
    state = json.loads((found / "state.json").read_text(encoding="utf-8"))
    begun, wanted = state["recipe"], json.loads(json.dumps(as_in_bundle(recipe)))
    if begun != wanted:
        differing = ", ".join(name for name in wanted if begun.get(name) != wanted[name])
        raise ValueError(f"{checkpoints} was begun with another recipe (differs in: {differing})")
    if state["began_with"] != began_with:
        raise ValueError(f"{checkpoints} was begun with other images, or with another split of them")
    model, average = keras.models.load_model(found / "last.keras"), RunningAverage(recipe.averaging)
    average.steps = state["steps"]
    with np.load(found / "average.npz") as arrays:
        average.values = [arrays[f"arr_{number}"] for number in range(len(arrays.files))]
    return Run(model, average, tuple(Epoch(**row) for row in state["history"]))


def _checkpoints(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("epoch-*"))


def newest(folder: Path) -> Path | None:
    """The latest complete checkpoint; None if there is none."""
    return max(_checkpoints(folder), default=None)
