"""Every image scored by a network that did not learn from it: what calibrates the score and chooses the threshold.

The images are dealt to folds by near-duplicate group. For each fold a network learns from the others, for a length that
is fixed beforehand; then it is asked about the fold. The network that is kept learns from all of them in the same way.

A fold that is finished leaves what its network answered, an interrupted one its checkpoint, so a run goes on.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from busi.data.parts import Part
from busi.model.fusion import LateFusion, fit_fusion
from busi.model.metrics import log_odds
from busi.model.setting_names import as_in_bundle
from busi.model.shape import Shape
from busi.model.shape_model import ShapeModel
from busi.system.whole_files import whole_file
from busi.training.checkpoints import FOLD, Epoch, clear_checkpoints
from busi.training.fit import fit, predict_part
from busi.training.recipe import Recipe


@dataclass(frozen=True)
class OutOfFold:
    """What networks said of images that they did not learn from.

    Attributes:
        whole: float64 (N,), log-odds of malignant for the whole image, not calibrated.
        folds: int (N,), which images were held out together.
        malignant: bool (N,), the truth.
        histories: of each fold's training, an `Epoch` per epoch.
    """

    whole: np.ndarray
    folds: np.ndarray
    malignant: np.ndarray
    histories: tuple[tuple[Epoch, ...], ...]

    def fusion(self, shape_model: ShapeModel, shapes: Sequence[Shape | None]) -> LateFusion:
        """How the scores of whole images and of drawn outlines are added, calibrated on all of them.

        Args:
            shape_model: that learned from other images.
            shapes: of the outlines, one for each image.
        """
        return fit_fusion(shape_model, self.whole, shapes, self.malignant)

    def probabilities(self, shape_model: ShapeModel, shapes: Sequence[Shape | None]) -> np.ndarray:
        """The calibrated scores, each fold's calibrated on the other folds: float64 (N,).

        Args:
            shape_model: that learned from other images.
            shapes: of the outlines, one for each image.
        """
        found = np.empty(len(self.whole))
        for fold in np.unique(self.folds):
            others, rows = (np.flatnonzero(some).tolist() for some in (self.folds != fold, self.folds == fold))
            elsewhere = [shapes[row] for row in others]
            fusion = fit_fusion(shape_model, self.whole[others], elsewhere, self.malignant[others])
            odds = [fusion.log_odds(float(self.whole[row]), shapes[row]) for row in rows]
            found[rows] = 1 / (1 + np.exp(-np.array(odds)))
        return found

    def history(self) -> tuple[Epoch, ...]:
        """The mean of the folds' curves."""
        rows = [pd.DataFrame([asdict(row) for row in one]) for one in self.histories]
        mean = sum(rows[1:], rows[0]) / len(rows)
        return tuple(Epoch(**{**row, "epoch": round(row["epoch"])}) for row in mean.to_dict("records"))


def cross_fit(
    recipe: Recipe,
    pool: Part,
    folds: np.ndarray,
    checkpoints: Path,
    start: keras.Model | None = None,
    rehearsal: Part | None = None,
    on_fold: Callable[[int, int], None] = lambda number, count: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> OutOfFold:
    """Trains a network for each fold that is missing, and asks it about the fold.

    Args:
        recipe: how; it keeps the last epoch.
        pool: all images, with outlines if the recipe learns any.
        folds: int array (N,), the fold of each.
        checkpoints: of the whole training; each fold has a folder in it.
        start: where each network's weights begin.
        rehearsal: simulated images shown among the others.
        on_fold: told of each fold whose training begins, its number from 1, and how many there are.
        on_epoch: told of each finished epoch.
        callbacks: Keras callbacks, for a progress bar within an epoch.

    Raises:
        ValueError: if the checkpoints are of another recipe or of other images.
    """
    whole, histories = np.empty(len(folds)), []
    for fold in np.unique(folds):
        rows, others = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        held_out, path = pool.at(rows), checkpoints / f"{FOLD}{fold}.npz"
        if not path.is_file():
            on_fold(int(fold) + 1, len(np.unique(folds)))
            folder = checkpoints / f"{FOLD}{fold}"
            watching = {"on_epoch": on_epoch, "callbacks": callbacks}
            fitted = fit(recipe, pool.at(others), held_out, folder, start=start, rehearsal=rehearsal, **watching)
            _keep(path, recipe, predict_part(fitted.model, held_out, recipe.mirrored), held_out, fitted.history)
            clear_checkpoints(folder)
        whole[rows], history = _kept(path, recipe, held_out)
        histories.append(history)
    return OutOfFold(whole, folds, pool.labels, tuple(histories))


def _keep(path: Path, recipe: Recipe, probability: np.ndarray, held_out: Part, history: Sequence[Epoch]) -> None:
    curve = json.dumps([asdict(row) for row in history])
    with whole_file(path) as partial, open(partial, "wb") as file:
        np.savez(file, probability=probability, images=held_out.images, history=curve, recipe=_written(recipe))


def _kept(path: Path, recipe: Recipe, held_out: Part) -> tuple[np.ndarray, tuple[Epoch, ...]]:
    """What a finished fold left: log-odds and the curve; refuses what is of another recipe or of other images."""
    with np.load(path) as arrays:
        if str(arrays["recipe"]) != _written(recipe):
            raise ValueError(f"{path} was written with another recipe")
        if not np.array_equal(arrays["images"], held_out.images):
            raise ValueError(f"{path} was written for other images, or with another split of them")
        history = tuple(Epoch(**row) for row in json.loads(str(arrays["history"])))
        return log_odds(arrays["probability"]), history


def _written(recipe: Recipe) -> str:
    return json.dumps(as_in_bundle(recipe), sort_keys=True)
