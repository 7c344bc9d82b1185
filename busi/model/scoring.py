"""From a network's outputs to a calibrated score: of the whole image, or of that and the outline that it drew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from busi.model.fusion import LateFusion
from busi.model.metrics import apply_temperature, log_odds
from busi.model.shape import Shape, read_shape


@dataclass(frozen=True)
class Scores:
    """What a network says of some pictures.

    Attributes:
        probability: float64 (N,), calibrated probability of malignant.
        whole: float64 (N,), log-odds of malignant for the whole image, as the network gives them.
        outlines: float32 (N, H, H) in [0, 1], how much of each place is lesion; None if the network does not draw.
        shapes: what is read from these; None for a picture in which nothing lesion-like is drawn, and for all of them
            if the network does not draw.
    """

    probability: np.ndarray
    whole: np.ndarray
    outlines: np.ndarray | None
    shapes: tuple[Shape | None, ...]


@dataclass(frozen=True)
class Scoring:
    """How a network's outputs become a score.

    Attributes:
        temperature: what the log-odds of the whole are divided by, where it alone answers.
        fusion: how whole image and drawn outline are added; None where the whole image alone answers.
    """

    temperature: float
    fusion: LateFusion | None = None

    def score(
        self, raw: np.ndarray | Mapping[str, np.ndarray], images: np.ndarray, proportions: Sequence[float] | np.ndarray
    ) -> Scores:
        """Scores some pictures.

        Args:
            raw: what the network put out: float (N, 1), or a dictionary of "probability" and "outline", float
                (N, H, H, 1).
            images: uint8 (N, S, S), what it saw.
            proportions: (N,), height over width of each picture before it was made a square.

        Raises:
            ValueError: if outlines are to be read and there are none.
        """
        drawn = np.asarray(raw["outline"])[..., 0] if isinstance(raw, Mapping) else None
        seen = np.asarray(raw["probability"] if isinstance(raw, Mapping) else raw)[:, 0].astype(np.float64)
        whole, shapes = log_odds(seen), shapes_of(drawn, images, proportions)
        if self.fusion is None:
            return Scores(apply_temperature(seen, self.temperature), whole, drawn, shapes)
        if drawn is None:
            raise ValueError("the shape model needs outlines, and the network draws none")
        odds = np.array([self.fusion.log_odds(*each) for each in zip(whole.tolist(), shapes, strict=True)])
        return Scores(1 / (1 + np.exp(-odds)), whole, drawn, shapes)


def shapes_of(
    drawn: np.ndarray | None, images: np.ndarray, proportions: Sequence[float] | np.ndarray
) -> tuple[Shape | None, ...]:
    """What is read from drawn outlines, one after the other.

    Args:
        drawn: float (N, H, H) in [0, 1]; None where nothing draws.
        images: uint8 (N, S, S), the pictures as the network received them.
        proportions: (N,), height over width of each before it was made a square.
    """
    if drawn is None:
        return (None,) * len(images)
    return tuple(read_shape(*each) for each in zip(drawn, images, proportions, strict=True))
