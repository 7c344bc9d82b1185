"""How a network learned, moment by moment: replay.json, which a bundle may have and may lack.

At some epochs (more at the start) it says what the network answered then to a few pictures of BrEaST, and where it
found its reasons. The scores of all moments are calibrated as the finished network's are, so that they compare with
the threshold; at the moment that was kept they are the finished network's own.

It tells of the training that made the bundle, or of a sister: one by the same program, shorter. `source` says which,
and a page must.

    replay = read_replay(folder / REPLAY)
    replay.moments[3].scores["case100"]         0.41
    replay.moments[3].evidence["case100"]       float32 (8, 8): above 0 for malignant
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from busi.bundle.schema import Rule, entries, line, number, one_of, rows, whole
from busi.model.metrics import Estimate

REPLAY = "replay.json"
LARGEST_REPLAY = 1_000_000  # bytes
SIMULATED, REAL = STAGES = ("simulated", "real")
OWN, SISTER = SOURCES = ("own", "sister")
FINEST = 32  # places a side that a map may have

_EPOCHS = 100_000
_CURVE = {"epoch": whole(1, _EPOCHS), "loss": number(0, 1e6), "val_loss": number(0, 1e6)}
_AUC = {**dict.fromkeys(("value", "low", "high"), number(0, 1)), "n": whole(1)}


@dataclass(frozen=True)
class Moment:
    """A network at one moment of its training.

    Attributes:
        stage: "simulated" or "real", which images it was learning from.
        epoch: of this stage, 0 before its first.
        scores: what it answered, calibrated, in [0, 1], by the picture's name.
        evidence: float32 (H, W) by the picture's name, in log-odds, what spoke for malignant (above 0) and for benign
            (below), as `activations.Inside.evidence`; empty if the network draws no maps.
    """

    stage: str
    epoch: int
    scores: Mapping[str, float]
    evidence: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Replay:
    """The training of a network, told at some moments.

    Attributes:
        source: "own" for the training of the bundle's network, "sister" for a shorter one by the same program.
        recipe: its name, as "quick".
        threshold: of the network that came out: an alert from this score on.
        auc: of the network that came out, on its test part.
        best_epoch: of the last stage, whose weights were kept.
        parameters: numbers that the network is made of.
        curves: for each stage that there was, in order, rows of epoch, loss on the images learned from, loss on
            validation.
        moments: in order of time.
    """

    source: str
    recipe: str
    threshold: float
    auc: Estimate
    best_epoch: int
    parameters: int
    curves: Mapping[str, tuple[tuple[int, float, float], ...]]
    moments: tuple[Moment, ...]

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names of the pictures that it was asked about."""
        return tuple(self.moments[0].scores)

    @property
    def last_stage(self) -> str:
        """The stage that ended in the network."""
        return tuple(self.curves)[-1]

    def is_kept(self, moment: Moment) -> bool:
        """Whether a moment is that of the finished network."""
        return (moment.stage, moment.epoch) == (self.last_stage, self.best_epoch)

    def to_text(self) -> str:
        """What replay.json holds; maps to the ten-thousandth, since 64 places and more share a score's log-odds."""
        columns = tuple(_CURVE)
        told = {
            "source": self.source,
            "recipe": self.recipe,
            "threshold": self.threshold,
            "auc": self.auc.to_dict(),
            "best_epoch": self.best_epoch,
            "parameters": self.parameters,
            "curves": {
                name: [dict(zip(columns, row, strict=True)) for row in curve] for name, curve in self.curves.items()
            },
            "moments": [
                {**asdict(moment), "evidence": {name: _rounded(grid) for name, grid in moment.evidence.items()}}
                for moment in self.moments
            ],
        }
        return json.dumps(told, separators=(",", ":")) + "\n"


def read_replay(path: Path) -> Replay:
    """Reads and checks a replay.json.

    Args:
        path: of the file.

    Raises:
        ValueError: if it is not one, naming what does not fit.
    """
    told = json.loads(path.read_text(encoding="utf-8"))
    _FILE("", told)
    columns = tuple(_CURVE)
    replay = Replay(
        told["source"],
        told["recipe"],
        float(told["threshold"]),
        Estimate(**{name: told["auc"][name] for name in _AUC}),
        told["best_epoch"],
        told["parameters"],
        {
            name: tuple(tuple(row[column] for column in columns) for row in told["curves"][name])
            for name in STAGES
            if name in told["curves"]
        },
        tuple(_moment(moment) for moment in told["moments"]),
    )
    _check_whole(replay)
    return replay


def _moment(told: Mapping[str, Any]) -> Moment:
    grids = {name: np.array(grid, np.float32) for name, grid in told["evidence"].items()}
    return Moment(told["stage"], told["epoch"], told["scores"], grids)


def _check_whole(replay: Replay) -> None:
    """Makes sure that each moment says the same of the same pictures."""
    pictures, drawn = set(replay.pictures), set(replay.moments[0].evidence)
    if not replay.curves or not pictures or drawn not in (set(), pictures):
        raise ValueError("a replay must have a curve, a picture, and a map of each picture or of none")
    for moment in replay.moments:
        if set(moment.scores) != pictures or set(moment.evidence) != drawn:
            raise ValueError(f"each moment of a replay must tell of {', '.join(sorted(pictures))}")
        if moment.stage not in replay.curves or any(grid.ndim != 2 for grid in moment.evidence.values()):
            raise ValueError("each moment of a replay must be of a stage with a curve, its maps of equal rows")


def _rounded(grid: np.ndarray) -> list[list[float]]:
    return [[round(float(value), 4) for value in row] for row in grid]


def _each_picture(rule: Rule) -> Rule:
    """The rule of an object with a value for some pictures."""

    def check(name: str, value: Any) -> None:
        entries({})(name, value)
        if len(value) > 10:
            raise ValueError(f"{name} must tell of 10 pictures at most, got {len(value)}")
        for picture, item in value.items():
            line(f"a picture of {name}", picture)
            rule(f"{name}.{picture}", item)

    return check


_MOMENT = {
    "stage": one_of(*STAGES),
    "epoch": whole(0, _EPOCHS),
    "scores": _each_picture(number(0, 1)),
    "evidence": _each_picture(rows(rows(number(-1e6, 1e6), FINEST), FINEST)),
}
_TOLD = {
    "source": one_of(*SOURCES),
    "recipe": line,
    "threshold": number(0, 1),
    "auc": entries(_AUC, needed=_AUC),
    "best_epoch": whole(1, _EPOCHS),
    "parameters": whole(1, 10**12),
    "curves": entries(dict.fromkeys(STAGES, rows(entries(_CURVE, needed=_CURVE), _EPOCHS))),
    "moments": rows(entries(_MOMENT, needed=_MOMENT), 100),
}
_FILE = entries(_TOLD, needed=_TOLD)
