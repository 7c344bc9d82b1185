"""What a network was at some moments of its training, kept so that its learning can be told afterwards.

While it learns, the weights of a few epochs are kept beside the checkpoints (more at the start, where most happens).
Which pictures tell the story is known only when the training is over; then each kept network is asked about them, with
what the end of the training decided (calibration, a second look in the mirror, finer maps), so that its scores compare
with the threshold, and those of the epoch that the bundle keeps are the bundle's own.

    moments/simulated-0000.npz     before anything was learned
    moments/simulated-0002.npz     after two epochs on simulated images
    moments/real-0005.npz          after five on real ones

What comes out is the bundle's replay.json: see `busi/bundle/replay.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras
import numpy as np

from busi.bundle.replay import FINEST, OWN, REAL, SIMULATED, STAGES, Moment, Replay
from busi.data.parts import Part, part_of
from busi.data.split import TEST
from busi.images import read_image, to_model_input
from busi.model.activations import Inside
from busi.model.network import copy_weights, without_outline
from busi.model.scoring import Scoring
from busi.system.whole_files import whole_file
from busi.training.checkpoints import BEST_WEIGHTS, MOMENTS, SIMULATED_STAGE, newest
from busi.training.evaluation import Evaluation, score_part
from busi.training.fit import Fitted
from busi.training.recipe import Recipe

OF_REAL, OF_SIMULATED = 9, 3  # epochs of each stage that are kept, beside the start and the one that the bundle keeps


def spread(epochs: int, count: int) -> tuple[int, ...]:
    """Some epochs from the first to the last, close together at the start: `spread(12, 5)` is (1, 2, 3, 6, 12).

    Args:
        epochs: how many there are.
        count: how many are wanted at most.
    """
    return tuple(sorted({round(epoch) for epoch in np.geomspace(1, epochs, count)}))


@dataclass(frozen=True)
class Recorder:
    """Keeps weights at some epochs of one stage; to be given to `fit` as `record`.

    Attributes:
        checkpoints: folder of the whole training's checkpoints.
        stage: "simulated" or "real".
        epochs: which are kept; 0 is before the first.
    """

    checkpoints: Path
    stage: str
    epochs: tuple[int, ...]

    def __call__(self, epoch: int, model: keras.Model) -> None:
        """Keeps the weights of a model, if the epoch is one of those.

        Args:
            epoch: from 0.
            model: with the weights that are measured after this epoch.
        """
        if epoch not in self.epochs:
            return
        folder = self.checkpoints / MOMENTS
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(folder / f"{self.stage}-{epoch:04d}.npz") as partial, open(partial, "wb") as file:
            np.savez(file, *model.get_weights())


def recorders(recipe: Recipe, checkpoints: Path) -> tuple[Recorder, Recorder]:
    """What records the simulated stage, and what records the real one.

    Args:
        recipe: of the whole training.
        checkpoints: its folder.
    """
    simulated = (0, *spread(recipe.pretrain_epochs, OF_SIMULATED))
    real = spread(recipe.epochs, OF_REAL)
    return (
        Recorder(checkpoints, SIMULATED, simulated),
        Recorder(checkpoints, REAL, real if recipe.pretrain else (0, *real)),
    )


def replay_of(
    checkpoints: Path,
    recipe: Recipe,
    fitted: Fitted,
    head_start: Fitted | None,
    evaluation: Evaluation,
    pictures: Mapping[str, bytes],
    source: str = OWN,
) -> Replay | None:
    """Asks the network of each recorded moment about some pictures.

    Args:
        checkpoints: folder of the whole training's checkpoints, where its `recorders` kept moments.
        recipe: of the training.
        fitted: what it ended in, calibrated.
        head_start: the simulated stage that came before, or None.
        evaluation: what the network is worth.
        pictures: the files to ask about, by their names.
        source: whose training it is, "own" or "sister".

    Returns:
        What they answered; None if there is no picture, or nothing was recorded.
    """
    kept = sorted((checkpoints / MOMENTS).glob("*.npz"), key=_time_of)
    if not pictures or not kept:
        return None
    stages = {SIMULATED: head_start, REAL: fitted} if head_start else {_stage_of(kept[-1]): fitted}
    asked = _Asked(recipe, fitted, evaluation.scoring, checkpoints)
    inputs = part_of({name: read_image(file) for name, file in pictures.items()}, recipe.image)
    last = (list(stages)[-1], fitted.best.epoch)
    weights = {(_stage_of(path), _time_of(path)[1]): partial(_read, path) for path in kept} | {last: asked.best}
    moments = [
        asked.at(*when, weights[when](), list(pictures), inputs)
        for when in sorted(weights, key=lambda at: (STAGES.index(at[0]), at[1]))
    ]
    curves = {
        name: tuple((row.epoch, row.loss, row.val_loss) for row in stage.history) for name, stage in stages.items()
    }
    auc = evaluation.metrics[TEST]["auc"]
    size = fitted.model.count_params()
    return Replay(source, recipe.name, evaluation.threshold, auc, fitted.best.epoch, size, curves, tuple(moments))


class _Asked:
    """A network that takes the weights of one moment after the other, and answers as the finished one does."""

    def __init__(self, recipe: Recipe, fitted: Fitted, scoring: Scoring, checkpoints: Path) -> None:
        """Prepares; `checkpoints` still holds the best weights as training left them."""
        self.scoring, self.mirrored = scoring, recipe.mirrored
        self._whole, self._answering = keras.models.clone_model(fitted.whole), keras.models.clone_model(fitted.model)
        copy_weights(fitted.model, self._answering)  # of one that draws too, that part is the same at every moment
        newest_one = newest(checkpoints) or newest(checkpoints / SIMULATED_STAGE)
        if newest_one is None:
            raise FileNotFoundError(f"the checkpoint of the last epoch is gone from {checkpoints}")
        self._whole.load_weights(newest_one / BEST_WEIGHTS)
        self._best = self._whole.get_weights()
        own = self._whole.get_layer("probability").bias.numpy()
        self._shift = fitted.model.get_layer("probability").bias.numpy() - own
        try:
            inside = Inside(without_outline(self._answering), recipe.mirrored)
            self._inside = inside if inside.with_maps and max(inside.with_maps[-1].shape[:2]) <= FINEST else None
        except ValueError:  # it ends in another way than Grad-CAM needs
            self._inside = None

    def best(self) -> list[np.ndarray]:
        """The weights that were kept, before they were calibrated."""
        return self._best

    def at(self, stage: str, epoch: int, weights: Sequence[np.ndarray], names: Sequence[str], inputs: Part) -> Moment:
        """What it answers with some weights to some pictures."""
        self._whole.set_weights(weights)
        copy_weights(self._whole, self._answering)
        bias = self._answering.get_layer("probability").bias
        bias.assign(bias + self._shift)
        scores = np.round(score_part(self._answering, inputs, self.scoring, self.mirrored), 6)
        grids = {}
        if self._inside:
            seen = zip(names, inputs.images, strict=True)
            grids = {name: self._inside.evidence(to_model_input(image)) for name, image in seen}
        return Moment(stage, epoch, dict(zip(names, map(float, scores), strict=True)), grids)


def _stage_of(path: Path) -> str:
    return path.stem.rsplit("-", 1)[0]


def _time_of(path: Path) -> tuple[int, int]:
    """What sorts moments: the stage, then the epoch."""
    return STAGES.index(_stage_of(path)), int(path.stem.rsplit("-", 1)[1])


def _read(path: Path) -> list[np.ndarray]:
    with np.load(path) as arrays:
        return [arrays[f"arr_{number}"] for number in range(len(arrays.files))]
