"""Every image scored by a network that did not learn from it: what calibrates the score and chooses the threshold.

The images are dealt to folds by near-duplicate group. For each fold two networks learn from the others, one that looks
at the whole and one that draws, each for a length that is fixed beforehand; then both are asked about the fold. So no
outline is read that its own network learned. The networks that are kept learn from all images in the same way.

A fold that is finished leaves what its network answered, an interrupted one its checkpoint, so a run goes on.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from busi.data.parts import Part, joined
from busi.model.fusion import LateFusion, fit_fusion
from busi.model.metrics import log_odds
from busi.model.setting_names import as_in_bundle
from busi.model.shape import FEATURES, Shape
from busi.system.whole_files import whole_file
from busi.training.checkpoints import DRAWING_STAGE, FOLD, Epoch, clear_checkpoints
from busi.training.drawing import DrawingSettings, drawn_shapes, learn_real_outlines
from busi.training.fit import fit, predict_part
from busi.training.progress import Interruption
from busi.training.recipe import Recipe


@dataclass(frozen=True)
class OutOfFold:
    """What networks said of images that they did not learn from.

    Attributes:
        whole: float64 (N,), log-odds of malignant for the whole image, not calibrated.
        shapes: of the outlines that were drawn in the images.
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
        """How the scores of whole images and of drawn outlines are added, fitted and calibrated on all of them."""
        return fit_fusion(self.whole, self.shapes, self.malignant, self.folds)

    def probabilities(self) -> np.ndarray:
        """The calibrated scores, each fold's by a fusion of the other folds: float64 (N,)."""
        found = np.empty(len(self.whole))
        for fold in np.unique(self.folds):
            others, rows = (np.flatnonzero(some) for some in (self.folds != fold, self.folds == fold))
            theirs = [self.shapes[row] for row in others]
            fusion = fit_fusion(self.whole[others], theirs, self.malignant[others], self.folds[others])
            odds = [fusion.log_odds(float(self.whole[row]), self.shapes[row]) for row in rows]
            found[rows] = 1 / (1 + np.exp(-np.array(odds)))
        return found

    def history(self) -> tuple[Epoch, ...]:
        """The mean of the folds' curves."""
        rows = [pd.DataFrame([asdict(row) for row in one]) for one in self.histories]
        mean = sum(rows[1:], rows[0]) / len(rows)
        return tuple(Epoch(**{**row, "epoch": round(row["epoch"])}) for row in mean.to_dict("records"))


@dataclass(frozen=True)
class Draws:
    """How the networks that draw are trained.

    Attributes:
        settings: with experts' outlines.
        start: the network that learned from simulated images.
        rehearsal: those images; the network that looks is shown some too, if its recipe says so.
    """

    settings: DrawingSettings
    start: keras.Model | None
    rehearsal: Part


def cross_fit(
    recipe: Recipe,
    draws: Draws,
    pool: Part,
    folds: np.ndarray,
    checkpoints: Path,
    start: keras.Model | None = None,
    also: Part | None = None,
    on_fold: Callable[[int, int], None] = lambda number, count: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> OutOfFold:
    """Trains both networks for each fold that is missing, and asks them about the fold.

    Args:
        recipe: how the network that looks at the whole is trained; it keeps the last epoch.
        draws: how the one that draws is.
        pool: all images, with outlines and proportions.
        folds: int array (N,), the fold of each.
        checkpoints: of the whole training; each fold has a folder in it.
        start: where the weights of each network that looks begin.
        also: images of other sets, from which every network learns too; with outlines.
        on_fold: told of each fold whose training begins, its number from 1, and how many there are.
        on_epoch: told of each finished epoch of the network that looks.
        callbacks: Keras callbacks, for a progress bar within an epoch; an `Interruption` is heard while outlines are
            learned too.

    Raises:
        ValueError: if the checkpoints are of another recipe or of other images.
    """
    whole, shapes, histories = np.empty(len(folds)), np.full((len(folds), len(FEATURES)), np.nan), []
    for fold in np.unique(folds):
        rows, others = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        held_out, path = pool.at(rows), checkpoints / f"{FOLD}{fold}.npz"
        if not path.is_file():
            on_fold(int(fold) + 1, len(np.unique(folds)))
            folder = checkpoints / f"{FOLD}{fold}"
            watching = {"on_epoch": on_epoch, "callbacks": callbacks}
            learn = joined(pool.at(others), also) if also else pool.at(others)
            shown = draws.rehearsal if recipe.rehearsal else None
            fitted = fit(recipe, learn, held_out, folder, start=start, rehearsal=shown, **watching)
            stage, hearing = folder / DRAWING_STAGE, [one for one in callbacks if isinstance(one, Interruption)]
            drawing = learn_real_outlines(draws.settings, draws.start, learn, draws.rehearsal, stage, callbacks=hearing)
            told = predict_part(fitted.model, held_out, recipe.mirrored)
            _keep(path, recipe, told, drawn_shapes(drawing, held_out), held_out, fitted.history)
            clear_checkpoints(folder)
        whole[rows], shapes[rows], history = _kept(path, recipe, held_out)
        histories.append(history)
    drawn = tuple(None if np.isnan(row).any() else Shape(*row.tolist()) for row in shapes)
    return OutOfFold(whole, drawn, folds, pool.labels, tuple(histories))


def _keep(
    path: Path,
    recipe: Recipe,
    probability: np.ndarray,
    shapes: Sequence[Shape | None],
    held_out: Part,
    history: Sequence[Epoch],
) -> None:
    curve, nothing = json.dumps([asdict(row) for row in history]), np.full(len(FEATURES), np.nan)
    measured = np.array([nothing if shape is None else shape.vector() for shape in shapes])
    with whole_file(path) as partial, open(partial, "wb") as file:
        np.savez(
            file,
            probability=probability,
            shapes=measured,
            images=held_out.images,
            history=curve,
            recipe=_written(recipe),
        )


def _kept(path: Path, recipe: Recipe, held_out: Part) -> tuple[np.ndarray, np.ndarray, tuple[Epoch, ...]]:
    """What a finished fold left: log-odds, shapes (N, 17) with NaN where nothing was drawn, and the curve.

    Refuses what is of another recipe or of other images.
    """
    with np.load(path) as arrays:
        if str(arrays["recipe"]) != _written(recipe):
            raise ValueError(f"{path} was written with another recipe")
        if not np.array_equal(arrays["images"], held_out.images):
            raise ValueError(f"{path} was written for other images, or with another split of them")
        history = tuple(Epoch(**row) for row in json.loads(str(arrays["history"])))
        return log_odds(arrays["probability"]), arrays["shapes"], history


def _written(recipe: Recipe) -> str:
    return json.dumps(as_in_bundle(recipe), sort_keys=True)
