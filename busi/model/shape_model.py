"""How a drawn outline becomes log-odds: a weighted sum of its measures, so that every answer explains itself.

The weights are learned by logistic regression (D. R. Cox 1958, https://doi.org/10.1111/j.2517-6161.1958.tb00292.x) on
outlines whose own network never learned from their pictures, and kept as plain numbers. The sum is exact: the terms of
an answer add up to its log-odds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from busi.model.shape import FEATURES, Shape

STRENGTH = 0.1  # scikit-learn's C: seventeen measures that say similar things share their weight


@dataclass(frozen=True)
class ShapeModel:
    """The weights of the measures.

    Attributes:
        mean: float64 (len(FEATURES),), of the outlines that it learned from.
        spread: the same, their standard deviation; above 0.
        weights: log-odds of malignant for one spread more of each measure.
        base: log-odds of an outline with the mean in every measure.
    """

    mean: np.ndarray
    spread: np.ndarray
    weights: np.ndarray
    base: float

    def terms(self, shape: Shape | None) -> dict[str, float]:
        """What each measure adds to the log-odds of malignant, by its name; with `base` they sum up to `log_odds`.

        Args:
            shape: of the drawn lesion; None where nothing was drawn, which adds nothing.
        """
        if shape is None:
            return dict.fromkeys(FEATURES, 0.0)
        added = (shape.vector() - self.mean) / self.spread * self.weights
        return dict(zip(FEATURES, added.tolist(), strict=True))

    def log_odds(self, shape: Shape | None) -> float:
        """Log-odds of malignant by the outline alone: `base` and the terms.

        Args:
            shape: of the drawn lesion, or None.
        """
        return self.base + sum(self.terms(shape).values())

    def to_dict(self) -> dict[str, Any]:
        """As bundle.json keeps it: a mean, a spread and a weight for each measure."""
        rows = zip(FEATURES, self.mean, self.spread, self.weights, strict=True)
        numbers = {
            name: {"mean": float(mean), "spread": float(spread), "weight": float(weight)}
            for name, mean, spread, weight in rows
        }
        return {"base": float(self.base), "features": numbers}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "ShapeModel":
        """What `to_dict` gave.

        Raises:
            ValueError: if it is not that, or its measures are not those of this version.
        """
        try:
            features, base = saved["features"], float(saved["base"])
            if tuple(features) != FEATURES:
                raise ValueError(f"they are {', '.join(features)}")
            mean, spread, weights = (
                np.array([float(features[name][key]) for name in FEATURES]) for key in ("mean", "spread", "weight")
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(
                f"a shape model must hold base, and mean, spread and weight of each feature: {error}"
            ) from error
        if not (np.isfinite([base, *mean, *spread, *weights]).all() and (spread > 0).all()):
            raise ValueError("a shape model must hold finite numbers, and spreads above 0")
        return cls(mean, spread, weights, base)


def fit_shape_model(shapes: Sequence[Shape | None], malignant: np.ndarray) -> ShapeModel:
    """Learns the weights from outlines whose diagnosis is known.

    Args:
        shapes: of the drawn lesions; where nothing was drawn, the picture teaches nothing.
        malignant: bool (N,).

    Raises:
        ValueError: if fewer than two drawn lesions of each class are left.
    """
    from sklearn.linear_model import LogisticRegression  # here, because a page only reads what was learned

    truth = _drawn(shapes, malignant)
    if min(truth.sum(), (~truth).sum()) < 2:
        raise ValueError(f"a shape model needs two drawn lesions of each class, got {truth.sum()} and {(~truth).sum()}")
    measured = np.array([shape.vector() for shape in shapes if shape is not None])
    mean, spread = measured.mean(axis=0), np.maximum(measured.std(axis=0), 1e-6)
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit((measured - mean) / spread, truth)
    return ShapeModel(mean, spread, fitted.coef_[0].astype(float), float(fitted.intercept_[0]))


def _drawn(shapes: Sequence[Shape | None], malignant: np.ndarray) -> np.ndarray:
    """Whether each drawn lesion is malignant; those that were not drawn are left out."""
    return np.asarray(malignant, bool)[np.array([shape is not None for shape in shapes])]
