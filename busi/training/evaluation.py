"""Judging a trained network on images that it did not learn from.

The validation part chooses the temperature and the threshold; the test part is then scored once, with both fixed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd

from busi.bundle.files import BREAST, BREAST_FINAL, PREDICTION_COLUMNS, population_of
from busi.data.box import FINAL, lesions
from busi.data.parts import Part
from busi.data.split import TEST, VALIDATION
from busi.model.fusion import LateFusion
from busi.model.metrics import (
    Confusion,
    Estimate,
    apply_temperature,
    choose_threshold,
    confusion,
    fit_calibration,
    score,
)
from busi.model.scoring import Scoring
from busi.training.fit import outputs_of, predict_part
from busi.words.classes import MALIGNANT

TARGET_SENSITIVITY = 0.90


@dataclass(frozen=True)
class Evaluation:
    """What a network is worth.

    Attributes:
        temperature: chosen on validation.
        threshold: chosen on validation, for calibrated probabilities.
        predictions: one row per held-out image, columns `PREDICTION_COLUMNS`, calibrated probabilities.
        metrics: for "validation", "test" and what it was asked on beside ("breast" and of that "breast_final",
            "simulated"), each number with its interval and n.
        confusions: the counts at the threshold, for the same.
        fusion: how whole image and drawn outline are added; None where the whole image alone answers.
    """

    temperature: float
    threshold: float
    predictions: pd.DataFrame
    metrics: Mapping[str, Mapping[str, Estimate]]
    confusions: Mapping[str, Confusion]
    fusion: LateFusion | None = None

    @property
    def scoring(self) -> Scoring:
        """How the network's outputs become a score."""
        return Scoring(self.temperature, self.fusion)

    def to_dict(self) -> dict[str, Any]:
        """The part of bundle.json that this decides."""
        return {
            "temperature": self.temperature,
            "threshold": self.threshold,
            "target_sensitivity": TARGET_SENSITIVITY,
            **({"fusion": self.fusion.to_dict()} if self.fusion else {}),
            "metrics": {
                split: {
                    **{name: estimate.to_dict() for name, estimate in numbers.items()},
                    "confusion": asdict(self.confusions[split]),
                }
                for split, numbers in self.metrics.items()
            },
        }


def evaluate(
    model: keras.Model,
    parts: Mapping[str, Part],
    tables: Mapping[str, pd.DataFrame],
    source: str,
    beside: Mapping[str, tuple[Part, pd.DataFrame]] | None = None,
    mirrored: bool = False,
) -> Evaluation:
    """Calibrates on validation, then scores validation and test, and other images beside them.

    Args:
        model: the trained network; calibrating moves its last bias.
        parts: the images of "validation" and "test".
        tables: their rows of the index, in the same order, with image_id, label and group.
        source: where the images come from: "busi" or "simulated".
        beside: images that nothing is chosen on, and their rows, by what predictions.csv calls their source: "breast",
            "simulated".
        mirrored: whether each image is looked at in the mirror too.

    Returns:
        The evaluation.
    """
    temperature = calibrate(model, parts[VALIDATION], mirrored)
    raw = {split: predict_part(model, parts[split], mirrored) for split in (VALIDATION, TEST)}
    calibrated = {split: apply_temperature(values, temperature) for split, values in raw.items()}
    threshold = choose_threshold(parts[VALIDATION].labels, calibrated[VALIDATION], TARGET_SENSITIVITY)
    predictions = [
        prediction_rows(tables[split], parts[split], values, split, source) for split, values in calibrated.items()
    ]
    for name, (part, table) in (beside or {}).items():
        probabilities = apply_temperature(predict_part(model, part, mirrored), temperature)
        predictions.append(prediction_rows(table, part, probabilities, TEST, name))
    return score_predictions(pd.concat(predictions, ignore_index=True), temperature, threshold)


def evaluate_fused(
    model: keras.Model,
    fusion: LateFusion,
    probabilities: np.ndarray,
    parts: Mapping[str, Part],
    tables: Mapping[str, pd.DataFrame],
    source: str,
    beside: Mapping[str, tuple[Part, pd.DataFrame]],
    mirrored: bool,
) -> Evaluation:
    """Scores a network that looks and draws; the threshold is chosen on scores that were cross-fitted.

    Args:
        model: with both outputs; it learned from all images of the pool.
        fusion: how both are added.
        probabilities: float64 (N,), cross-fitted scores of the pool, in the order of its table.
        parts: the images of "validation", which are the pool, and of "test"; with proportions.
        tables: their rows of the index, in the same order, with image_id, label and group.
        source: where the images come from.
        beside: as for `evaluate`.
        mirrored: whether each image is looked at in the mirror too.

    Returns:
        The evaluation. The scores of "validation" are the cross-fitted ones.
    """
    threshold = choose_threshold(parts[VALIDATION].labels, probabilities, TARGET_SENSITIVITY)
    scoring = Scoring(1 / fusion.whole, fusion)
    held_out = {VALIDATION: probabilities, TEST: score_part(model, parts[TEST], scoring, mirrored)}
    predictions = [
        prediction_rows(tables[split], parts[split], values, split, source) for split, values in held_out.items()
    ]
    for name, (part, table) in beside.items():
        predictions.append(prediction_rows(table, part, score_part(model, part, scoring, mirrored), TEST, name))
    return score_predictions(pd.concat(predictions, ignore_index=True), scoring.temperature, threshold, fusion)


def score_part(model: keras.Model, part: Part, scoring: Scoring, mirrored: bool = False) -> np.ndarray:
    """The calibrated scores of a part, as `predict.Classifier` gives them: float64 (N,), probability of malignant.

    Args:
        model: the trained network.
        part: the images; with their proportions, if the scoring has a fusion.
        scoring: how outputs become a score.
        mirrored: whether each image is looked at in the mirror too.

    Raises:
        ValueError: if the scoring has a fusion, and the network does not draw or the proportions are missing.
    """
    if scoring.fusion is None:
        return apply_temperature(predict_part(model, part, mirrored), scoring.temperature)
    if part.proportions is None:
        raise ValueError("a fusion needs the images' proportions, and the part has none")
    return scoring.score(outputs_of(model, part, mirrored), part.images, part.proportions).probability


def calibrate(model: keras.Model, validation: Part, mirrored: bool = False) -> float:
    """Moves the bias of the last unit so that the answers lean to no side, and tells how bold they should be.

    Args:
        model: the trained network, ending in the unit "probability".
        validation: its validation part.
        mirrored: whether each image is looked at in the mirror too.

    Returns:
        The temperature.
    """
    raw = predict_part(model, validation, mirrored)
    temperature, shift = fit_calibration(validation.labels, raw)
    bias = model.get_layer("probability").bias
    bias.assign(bias + shift)
    return temperature


def score_predictions(
    predictions: pd.DataFrame, temperature: float, threshold: float, fusion: LateFusion | None = None
) -> Evaluation:
    """Every number of an evaluation, from the table of predictions alone.

    Args:
        predictions: columns `PREDICTION_COLUMNS`.
        temperature: that the probabilities were calibrated with.
        threshold: called malignant from this probability on.
        fusion: how two scores were added, if they were.

    Returns:
        The evaluation; anyone can compute it again from predictions.csv. Populations are never mixed: simulated
        images beside those of BUSI, and those of another hospital, have numbers of their own, under their source.
    """
    metrics, confusions = {}, {}
    for name, rows in _populations(predictions):
        labels, probabilities = (rows["label"] == MALIGNANT).to_numpy(), rows["probability"].to_numpy()
        metrics[name] = score(labels, probabilities, rows["group"].to_numpy(), threshold)
        confusions[name] = confusion(labels, probabilities, threshold)
    return Evaluation(temperature, threshold, predictions, metrics, confusions, fusion)


def _populations(predictions: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """What is counted together, by its name among the metrics."""
    for name, rows in predictions.groupby(population_of(predictions)):
        yield str(name), rows
        if name == BREAST and len(half := final_half(rows)):
            yield BREAST_FINAL, half


def final_half(rows: pd.DataFrame) -> pd.DataFrame:
    """Of rows about BrEaST those of the half "final", which judged no trial; none if they are not about all of it.

    Args:
        rows: with image_id.
    """
    names = lesions().query(f"half == '{FINAL}'")["image_id"]
    half = rows[rows["image_id"].isin(names)]
    return half if len(half) == len(names) else half.iloc[:0]


def prediction_rows(
    table: pd.DataFrame, part: Part, probabilities: np.ndarray, split: str, source: str
) -> pd.DataFrame:
    """Rows of predictions.csv.

    Args:
        table: of the images, with image_id, label and group.
        part: the images, in the same order.
        probabilities: float (N,) in [0, 1], calibrated.
        split: which part of the data they are.
        source: where they come from, as predictions.csv calls it.

    Returns:
        Columns `PREDICTION_COLUMNS`.
    """
    rows = pd.DataFrame(
        {
            "image_id": table["image_id"].to_numpy(),
            "source": source,
            "split": split,
            "label": table["label"].to_numpy(),
            "probability": np.round(probabilities, 6),
            "blur": [round(quality.blur, 2) for quality in part.quality],
            "contrast": [round(quality.contrast, 2) for quality in part.quality],
            "brightness": [round(quality.brightness, 2) for quality in part.quality],
            "group": table["group"].to_numpy(),
        }
    )
    return rows[list(PREDICTION_COLUMNS)]
