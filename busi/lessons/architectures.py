"""What other architectures gave on BUSI: a table that `experiments.architectures` writes from runs of train.py."""

import json
from dataclasses import dataclass

from busi.model.metrics import Estimate
from busi.words.text import CONTENT

TABLE = CONTENT / "architectures.json"


@dataclass(frozen=True)
class Scored:
    """What one architecture gave.

    Attributes:
        arch: its name, as train.py's `--arch` takes it.
        parameters: how many numbers it learned.
        megabytes: of its file.
        relative_time: of one answer, as a ratio to the workshop's network.
        auc: on the test images, one per run.
        difference: how much higher its AUC is than that of the workshop's network on the same images, on average
            over the runs; None for the workshop's network itself.
        commands: one per run.
    """

    arch: str
    parameters: int
    megabytes: float
    relative_time: float
    auc: tuple[Estimate, ...]
    difference: Estimate | None
    commands: tuple[str, ...]

    @property
    def mean_auc(self) -> float:
        """The mean of the runs."""
        return sum(one.value for one in self.auc) / len(self.auc)

    @property
    def is_clearly_different(self) -> bool:
        """Whether the interval of the difference leaves 0 out."""
        return self.difference is not None and not self.difference.low <= 0 <= self.difference.high


def architectures() -> tuple[Scored, ...]:
    """The rows of the table, the smallest network first."""
    rows = json.loads(TABLE.read_text("utf-8"))
    return tuple(_scored(row) for row in sorted(rows, key=lambda row: row["parameters"]))


def _scored(row: dict) -> Scored:
    return Scored(
        row["arch"],
        row["parameters"],
        row["megabytes"],
        row["relative_time"],
        tuple(Estimate(**one) for one in row["auc"]),
        Estimate(**row["difference"]) if row["difference"] else None,
        tuple(row["commands"]),
    )
