"""Numbers over folds and seeds, with intervals that redraw whole groups of near-duplicates.

A number is computed for each seed and averaged over the seeds; the AUC is computed within each fold, where all answers
come from one network, and averaged over the folds too. The pooled AUC ranks the answers of all folds in one list, as if
one network had given them; where the folds' networks give higher and lower scores, that costs a little. The interval
tells what the chance of the test images leaves open: each draw takes as many groups as there are, with replacement, the
same ones for all seeds. What other seeds would change is told apart, as the range over the seeds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from busi.model.metrics import (
    BOOTSTRAP_DRAWS,
    LEVEL,
    area_under_roc,
    chance_calibration_errors,
    expected_calibration_error,
)

METRICS = ("auc", "pooled_auc", "accuracy", "sensitivity", "specificity", "ece")


@dataclass(frozen=True)
class Judged:
    """One seed's answers, as arrays, because the bootstrap takes thousands of selections of them.

    Attributes:
        fold: (N,) int.
        malignant: (N,) bool, the truth.
        probability: (N,) float64 in [0, 1], calibrated.
        called: (N,) bool, called malignant.
    """

    fold: np.ndarray
    malignant: np.ndarray
    probability: np.ndarray
    called: np.ndarray

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Judged":
        """The answers of a table with columns of these names."""
        return cls(*(table[field.name].to_numpy() for field in fields(cls)))

    def at(self, rows: np.ndarray) -> "Judged":
        """The answers in these rows, in their order, as often as they are named."""
        return Judged(*(getattr(self, field.name)[rows] for field in fields(self)))


def summary(answers: pd.DataFrame, draws: int = BOOTSTRAP_DRAWS, metrics: Sequence[str] = METRICS) -> dict[str, dict]:
    """Every number of a protocol.

    Args:
        answers: one row per image and seed: image_id, group, fold, seed, malignant (bool), probability (calibrated, in
            [0, 1]), called (bool: called malignant).
        draws: of the bootstrap.
        metrics: those of `METRICS` that are wanted.

    Returns:
        For each of these its value, low, high, n (images), and seeds (its value for each); for "ece" by_chance
        too: the value, low and high that it would have if the probabilities were right.

    Raises:
        ValueError: if the seeds did not judge the same images.
    """
    tables = _same_images(answers)
    judged, drawn = [Judged.of(table) for table in tables], list(_draws(tables[0], draws))
    found = {}
    for name in metrics:
        number = NUMBERS[name]
        per_seed = [number(each) for each in judged]
        redrawn = [np.mean([number(each.at(rows)) for each in judged]) for rows in drawn]
        low, high = np.nanquantile(redrawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        if name == "ece":  # distances do not cancel, so each redraw adds some: see metrics.bootstrap
            excess = np.nanmean(redrawn) - np.mean(per_seed)
            low, high = max(0.0, low - excess), max(0.0, high - excess)
        found[name] = _over_seeds(per_seed, float(low), float(high), len(tables[0]))
    if "ece" in found:
        found["ece"]["by_chance"] = _by_chance(tables, draws)
    return found


def gain(answers: pd.DataFrame, others: pd.DataFrame, draws: int = BOOTSTRAP_DRAWS) -> dict:
    """How much higher the AUC of one protocol is than that of another on the same images, on average over the seeds.

    Args:
        answers: as for `summary`.
        others: those of the other, by networks of the same seeds.
        draws: of the bootstrap, which redraws both on the same groups.

    Returns:
        value, low, high, n (images), and seeds (the gain of each).

    Raises:
        ValueError: if the two have not the same seeds, or did not judge the same images.
    """
    tables = _same_images(pd.concat([answers, others.assign(seed=others["seed"] + 10**6)]))
    seeds = answers["seed"].nunique()
    if sorted(answers["seed"].unique()) != sorted(others["seed"].unique()):
        raise ValueError("a gain needs networks of the same seeds on both sides")
    judged, drawn = [Judged.of(table) for table in tables], _draws(tables[0], draws)
    pairs = list(zip(judged[:seeds], judged[seeds:], strict=True))
    per_seed = [_auc(one) - _auc(other) for one, other in pairs]
    redrawn = [np.mean([_auc(one.at(rows)) - _auc(other.at(rows)) for one, other in pairs]) for rows in drawn]
    low, high = np.nanquantile(redrawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return _over_seeds(per_seed, float(low), float(high), len(tables[0]))


def _over_seeds(per_seed: list[float], low: float, high: float, n: int) -> dict:
    """A number as the results hold it."""
    return {
        "value": round(float(np.mean(per_seed)), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "n": n,
        "seeds": [round(float(value), 4) for value in per_seed],
    }


def _by_chance(tables: list[pd.DataFrame], draws: int) -> dict[str, float]:
    """The mean over the seeds of the calibration error in outcomes that follow the probabilities, one luck for all."""
    errors = np.mean(
        [chance_calibration_errors(rows["probability"].to_numpy(), rows["group"].to_numpy(), draws) for rows in tables],
        axis=0,
    )
    low, high = np.quantile(errors, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {name: round(float(value), 4) for name, value in (("value", errors.mean()), ("low", low), ("high", high))}


def _same_images(answers: pd.DataFrame) -> list[pd.DataFrame]:
    """A table for each seed, with the same images in the same rows."""
    tables = [rows.sort_values("image_id").reset_index(drop=True) for _, rows in answers.groupby("seed")]
    for table in tables:
        if table["image_id"].tolist() != tables[0]["image_id"].tolist():
            raise ValueError("the seeds were not judged by the same images")
    return tables


def _draws(table: pd.DataFrame, draws: int):
    """Rows of redrawn groups; groups are drawn within their fold, which keeps each fold's size."""
    rng = np.random.default_rng(0)
    folds = [list(rows.groupby("group").groups.values()) for _, rows in table.groupby("fold")]
    folds = [[np.asarray(group) for group in groups] for groups in folds]
    for _ in range(draws):
        yield np.concatenate(
            [groups[number] for groups in folds for number in rng.integers(len(groups), size=len(groups))]
        )


def _auc(judged: Judged) -> float:
    """Mean over the folds of the area under the ROC curve; a redrawn fold that lacks a class does not count."""
    values = []
    for fold in np.unique(judged.fold):
        here = judged.fold == fold
        malignant = judged.malignant[here]
        if malignant.any() and not malignant.all():
            values.append(area_under_roc(malignant, judged.probability[here]))
    return float(np.mean(values))


def _pooled_auc(judged: Judged) -> float:
    """The area under the ROC curve of all answers together, whichever fold's network gave them."""
    return float(area_under_roc(judged.malignant, judged.probability))


def _share(called: bool, truly: bool) -> Callable[[Judged], float]:
    def share(judged: Judged) -> float:
        return float((judged.called[judged.malignant == truly] == called).mean())

    return share


NUMBERS: dict[str, Callable[[Judged], float]] = {
    "auc": _auc,
    "pooled_auc": _pooled_auc,
    "accuracy": lambda judged: float((judged.called == judged.malignant).mean()),
    "sensitivity": _share(called=True, truly=True),
    "specificity": _share(called=False, truly=False),
    "ece": lambda judged: expected_calibration_error(judged.malignant, judged.probability),
}
