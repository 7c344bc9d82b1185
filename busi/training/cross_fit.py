"""Every image scored by a network that did not learn from it: what fits the fusion, the calibration and the threshold.

The images are dealt to folds by near-duplicate group. For each fold a network learns from the others, for a length that
is fixed beforehand; then it is asked about the fold. The network that is kept learns from all of them in the same way.

A fold that is finished leaves what its network answered, an interrupted one its checkpoint, so a run goes on.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from busi.data.parts import Part
from busi.model.fusion import LateFusion, fit_fusion
from busi.model.metrics import choose_threshold, log_odds
from busi.model.scoring import shapes_of
from busi.model.shape import Shape
from busi.system.whole_files import whole_file
from busi.training.checkpoints import FOLD, Epoch, clear_checkpoints
from busi.training.fit import fit, outputs_of
from busi.training.recipe import Recipe


@dataclass(frozen=True)
class OutOfFold:
    """What networks said of images that they did not learn from.

    Attributes:
        whole: float64 (N,), log-odds of malignant for the whole image, not calibrated.
        shapes: N, of what the networks drew; None where nothing lesion-like was drawn.
        folds: int (N,), which images were held out together.
        malignant: bool (N,), the truth.
        histories: of each fold's training, an `Epoch` per epoch.
    """

    whole: np.ndarray
    shapes: tuple[Shape | None, ...]
    folds: np.ndarray
    malignant: np.ndarray
    histories: tuple[tuple[Epoch, ...], ...]

    def fusion(self) -> LateFusion:
        """How the scores of whole images and of drawn outlines are added, fitted on all of them."""
        return fit_fusion(self.whole, self.shapes, self.malignant, self.folds)

    def probabilities(self) -> np.ndarray:
        """The calibrated scores, each fold's by a fusion that was fitted on the other folds: float64 (N,)."""
        found = np.empty(len(self.whole))
        for fold in np.unique(self.folds):
            others, rows = np.flatnonzero(self.folds != fold), np.flatnonzero(self.folds == fold)
            fusion = self._at(others).fusion()
            odds = [fusion.log_odds(float(self.whole[row]), self.shapes[row]) for row in rows]
            found[rows] = 1 / (1 + np.exp(-np.array(odds)))
        return found

    def threshold(self, sensitivity: float) -> float:
        """From which score on an image is called malignant, so that this share of the malignant ones is found.

        Args:
            sensitivity: the share, in (0, 1].
        """
        return choose_threshold(self.malignant, self.probabilities(), sensitivity)

    def history(self) -> tuple[Epoch, ...]:
        """The mean of the folds' curves."""
        rows = [pd.DataFrame([asdict(row) for row in one]) for one in self.histories]
        mean = sum(rows[1:], rows[0]) / len(rows)
        return tuple(Epoch(**{**row, "epoch": round(row["epoch"])}) for row in mean.to_dict("records"))

    def _at(self, rows: np.ndarray) -> "OutOfFold":
        shapes = tuple(self.shapes[row] for row in rows)
        return replace(
            self, whole=self.whole[rows], shapes=shapes, folds=self.folds[rows], malignant=self.malignant[rows]
        )


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
        pool: all images, with outlines and proportions.
        folds: int array (N,), the fold of each.
        checkpoints: of the whole training; each fold has a folder in it.
        start: where each network's weights begin.
        rehearsal: simulated images shown among the others.
        on_fold: told of each fold whose training begins, its number from 1, and how many there are.
        on_epoch: told of each finished epoch.
        callbacks: Keras callbacks, for a progress bar within an epoch.

    Raises:
        ValueError: if the pool has no proportions, or the checkpoints are of another recipe or of other images.
    """
    if pool.proportions is None:
        raise ValueError("cross-fitting needs the images' proportions, and the pool has none")
    shapes: list[Shape | None] = [None] * len(folds)
    whole, histories = np.empty(len(folds)), []
    for fold in np.unique(folds):
        rows, others = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        held_out, path = pool.at(rows), checkpoints / f"{FOLD}{fold}.npz"
        if not path.is_file():
            on_fold(int(fold) + 1, len(np.unique(folds)))
            folder = checkpoints / f"{FOLD}{fold}"
            watching = {"on_epoch": on_epoch, "callbacks": callbacks}
            fitted = fit(recipe, pool.at(others), held_out, folder, start=start, rehearsal=rehearsal, **watching)
            _keep(path, outputs_of(fitted.model, held_out, recipe.mirrored), held_out, fitted.history)
            clear_checkpoints(folder)
        whole[rows], drawn, history = _kept(path, held_out)
        for row, shape in zip(rows, shapes_of(drawn, held_out.images, pool.proportions[rows]), strict=True):
            shapes[row] = shape
        histories.append(history)
    return OutOfFold(whole, tuple(shapes), folds, pool.labels, tuple(histories))


def _keep(path: Path, outputs: Mapping[str, np.ndarray], held_out: Part, history: Sequence[Epoch]) -> None:
    with whole_file(path) as partial, open(partial, "wb") as file:
        np.savez(
            file,
            probability=outputs["probability"],
            outline=outputs["outline"],
            images=held_out.images,
            history=json.dumps([asdict(row) for row in history]),
        )


def _kept(path: Path, held_out: Part) -> tuple[np.ndarray, np.ndarray, tuple[Epoch, ...]]:
    """What a finished fold left: log-odds, outlines, the curve; refuses what is of other images."""
    with np.load(path) as arrays:
        if not np.array_equal(arrays["images"], held_out.images):
            raise ValueError(f"{path} was written for other images, or with another split of them")
        history = tuple(Epoch(**row) for row in json.loads(str(arrays["history"])))
        return log_odds(arrays["probability"][:, 0]), arrays["outline"][..., 0], history
