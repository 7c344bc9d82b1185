"""The network's answer over the range of a setting, as a drawing."""

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from busi.web.markup import template
from busi.words.text import Words

_LEVELS = (0.0, 0.5, 1.0)  # that have a line
_NEAR_EDGE = 60  # a text in the middle of a place nearer to the field's edge would leave the drawing


@dataclass(frozen=True)
class Field:
    """Where a curve is drawn, in units of its own."""

    left: int = 76
    top: int = 30
    width: int = 540
    height: int = 200

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.top + self.height

    def down(self, probability: np.ndarray | float) -> np.ndarray | float:
        """Where probabilities stand; 1 is on top.

        Args:
            probability: float array (N,) in [0, 1], or one number.

        Returns:
            The y of each, float, in units of the field.
        """
        return self.top + (1 - probability) * self.height

    def across(self, values: np.ndarray) -> np.ndarray:
        """Where the values of a setting stand, the first at the left edge and the last at the right one.

        Args:
            values: float array (N,), rising.

        Returns:
            The x of each, float array (N,) in units of the field.
        """
        return self.left + (values - values[0]) / np.ptp(values) * self.width

    def anchor(self, x: float) -> str:
        """How a text at this x is aligned, so that it stays in the drawing: an SVG `text-anchor`."""
        if x < self.left + _NEAR_EDGE:
            return "start"
        return "end" if x > self.right - _NEAR_EDGE else "middle"


def answer_curve(
    words: Words, values: np.ndarray, probabilities: np.ndarray, here: float, threshold: float, alt: str
) -> Markup:
    """A thin line per draw of chance, and their mean in bold.

    Args:
        words: of the reader's language.
        values: float array (N,), the setting, rising.
        probabilities: float array (G, N) in [0, 1], one row per draw.
        here: where the setting stands now.
        threshold: called malignant from this probability on.
        alt: the curve in a sentence.
    """
    field = Field()
    across = field.across(values)
    return template("tabs/laboratory/answer_curve.html", words).answer_curve(
        field,
        lines=[_points(across, field.down(row)) for row in probabilities],
        mean=_points(across, field.down(probabilities.mean(axis=0))),
        levels=[(field.down(level), words.percent(level)) for level in _LEVELS],
        threshold=(field.down(threshold), words("prediction.threshold", threshold=words.threshold(threshold))),
        here=float(np.interp(here, values, across)),
        ticks=_ticks(words, values, across),
        alt=alt,
    )


def _points(x: np.ndarray, y: np.ndarray) -> str:
    """Of an SVG polyline."""
    return " ".join(f"{left:.1f},{top:.1f}" for left, top in zip(x, y, strict=True))


def _ticks(words: Words, values: np.ndarray, across: np.ndarray) -> list[tuple[float, str]]:
    """Some of the values, with the x of each."""
    digits = 0 if np.ptp(values) > 10 else 1
    chosen = range(0, len(values), max(1, len(values) // 4))
    return [(float(across[at]), words.number(values[at], digits)) for at in chosen]
