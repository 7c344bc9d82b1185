"""Two looks at a picture, and how they add up: the network's at the whole, and the reading of what it draws.

A look at the whole does best at home, where it learned; the shape of a drawn outline travels to other hospitals. Their
log-odds are averaged, then made as bold as their errors allow, so an answer is a sum whose every term has a name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from busi.model.metrics import fit_calibration
from busi.model.reading import ShapeReading, learn_reading
from busi.model.shape import Shape

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
class Looks:
    """How both looks are added.

    Attributes:
        reading: of the drawn outline.
        whole: weight of the log-odds of the look at the whole; 0 or more.
        outline: weight of those of the reading; 0 or more.
        base: log-odds that are added to both.
    """

    reading: ShapeReading
    whole: float
    outline: float
    base: float

    def terms(self, whole: float, shape: Shape | None) -> dict[str, float]:
        """The terms of an answer, by the names in `TERMS`; `log_odds` is their sum.

        Args:
            whole: log-odds of malignant by the look at the whole.
            shape: of the drawn lesion; None where nothing was drawn.
        """
        measured = self.reading.terms(shape)
        return {
            BASE: self.base + self.outline * self.reading.base,
            WHOLE: self.whole * whole,
            **{subject: self.outline * sum(measured[name] for name in names) for subject, names in SUBJECTS.items()},
        }

    def log_odds(self, whole: float, shape: Shape | None) -> float:
        """Log-odds of malignant by both looks together.

        Args:
            whole: log-odds of malignant by the look at the whole.
            shape: of the drawn lesion, or None.
        """
        return sum(self.terms(whole, shape).values())

    def to_dict(self) -> dict[str, Any]:
        """As bundle.json keeps it."""
        weights = {"whole": self.whole, "outline": self.outline, "base": self.base}
        return {**weights, "reading": self.reading.to_dict()}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "Looks":
        """What `to_dict` gave.

        Raises:
            ValueError: if it is not that.
        """
        try:
            weights = [float(saved[name]) for name in ("whole", "outline", "base")]
            reading = ShapeReading.from_dict(saved["reading"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"looks must hold whole, outline, base and reading: {error}") from error
        if not np.isfinite(weights).all() or min(weights[:2]) < 0:
            raise ValueError(f"the weights of the looks must be 0 or more, got {weights}")
        return cls(reading, *weights)


def learn_looks(whole: np.ndarray, shapes: Sequence[Shape | None], malignant: np.ndarray, folds: np.ndarray) -> Looks:
    """Learns the reading, and how bold the mean of both looks is to be.

    For that the outlines of a fold are read by what the others taught, so that no look is trusted for what it knows by
    heart.

    Args:
        whole: float (N,), log-odds by networks that did not learn from the image.
        shapes: of what those networks drew.
        malignant: bool (N,).
        folds: int (N,), which images were held out together.

    Raises:
        ValueError: if there are too few drawn lesions of a class.
    """
    malignant = np.asarray(malignant, bool)
    outline = np.empty(len(whole))
    for fold in np.unique(folds):
        here = folds == fold
        others = learn_reading([shape for shape, out in zip(shapes, here, strict=True) if not out], malignant[~here])
        outline[here] = [others.log_odds(shape) for shape, out in zip(shapes, here, strict=True) if out]
    both = (np.asarray(whole) + outline) / 2
    temperature, shift = fit_calibration(malignant, 1 / (1 + np.exp(-both)))
    return Looks(learn_reading(shapes, malignant), 0.5 / temperature, 0.5 / temperature, shift / temperature)
