"""Late fusion: the network's score for the whole image and the shape model's for the outline it drew, as one sum.

Each errs on other images than the other does, so the sum may be worth more than either (docs/model.md says how much).
Their log-odds are averaged, then calibrated (J. Platt 1999), so that a score is a sum whose every term has a name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from busi.model.metrics import fit_calibration
from busi.model.shape import Shape
from busi.model.shape_model import ShapeModel, fit_shape_model

BASE, WHOLE = "base", "whole"
# What the measures speak of: a term of the sum for each.
SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "size": ("size",),
    "form": ("taller", "elongation", "tilt", "ellipse", "roundness", "solidity"),
    "margin": ("lobes", "bumps", "teeth", "crisp", "rim", "doubt"),
    "inside": ("contrast", "texture"),
    "behind": ("behind",),
    "depth": ("depth",),
}
TERMS = (BASE, WHOLE, *SUBJECTS)


@dataclass(frozen=True)
class LateFusion:
    """How both are added.

    Attributes:
        shape_model: from the drawn outline to log-odds.
        whole: weight of the log-odds of the whole image; 0 or more.
        outline: weight of those of the shape model; 0 or more.
        base: log-odds that are added to both.
    """

    shape_model: ShapeModel
    whole: float
    outline: float
    base: float

    def terms(self, whole: float, shape: Shape | None) -> dict[str, float]:
        """The terms of an answer, by the names in `TERMS`; `log_odds` is their sum.

        Args:
            whole: log-odds of malignant for the whole image.
            shape: of the drawn lesion; None where nothing was drawn.
        """
        measured = self.shape_model.terms(shape)
        return {
            BASE: self.base + self.outline * self.shape_model.base,
            WHOLE: self.whole * whole,
            **{subject: self.outline * sum(measured[name] for name in names) for subject, names in SUBJECTS.items()},
        }

    def log_odds(self, whole: float, shape: Shape | None) -> float:
        """Log-odds of malignant by both together.

        Args:
            whole: log-odds of malignant for the whole image.
            shape: of the drawn lesion, or None.
        """
        return sum(self.terms(whole, shape).values())

    def to_dict(self) -> dict[str, Any]:
        """As bundle.json keeps it."""
        weights = {"whole": self.whole, "outline": self.outline, "base": self.base}
        return {**weights, "shape_model": self.shape_model.to_dict()}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "LateFusion":
        """What `to_dict` gave.

        Raises:
            ValueError: if it is not that.
        """
        try:
            weights = [float(saved[name]) for name in ("whole", "outline", "base")]
            shape_model = ShapeModel.from_dict(saved["shape_model"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"fusion must hold whole, outline, base and shape_model: {error}") from error
        if not np.isfinite(weights).all() or min(weights[:2]) < 0:
            raise ValueError(f"the weights of the fusion must be 0 or more, got {weights}")
        return cls(shape_model, *weights)


def fit_fusion(
    whole: np.ndarray, shapes: Sequence[Shape | None], malignant: np.ndarray, folds: np.ndarray
) -> LateFusion:
    """Fits the shape model, and calibrates the mean of both log-odds.

    The calibration is cross-fitted: the outlines of a fold are scored by a shape model of the other folds.

    Args:
        whole: float (N,), log-odds for the whole image, by networks that did not learn from it.
        shapes: of what was drawn, by networks that did not learn from it either.
        malignant: bool (N,).
        folds: int array (N,), which images were held out together.
    """
    outline = cross_fitted_outlines(shapes, malignant, folds)
    temperature, shift = fit_calibration(malignant, 1 / (1 + np.exp(-(np.asarray(whole) + outline) / 2)))
    weight = 0.5 / temperature
    return LateFusion(fit_shape_model(shapes, malignant), weight, weight, shift / temperature)


def cross_fitted_outlines(shapes: Sequence[Shape | None], malignant: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Log-odds by the outline alone, each fold's by a shape model of the other folds: float64 (N,).

    Args:
        shapes: of what was drawn.
        malignant: bool (N,).
        folds: int array (N,).
    """
    found = np.empty(len(folds))
    for fold in np.unique(folds):
        here, others = np.flatnonzero(folds == fold).tolist(), np.flatnonzero(folds != fold).tolist()
        model = fit_shape_model([shapes[row] for row in others], malignant[others])
        found[here] = [model.log_odds(shapes[row]) for row in here]
    return found
