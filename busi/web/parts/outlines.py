"""Outlines of lesions: drawn with a finger, grown, shown over a picture, and read in a radiologist's words."""

from collections.abc import Sequence
from typing import Annotated

import cv2
import numpy as np
from pydantic import Field

from busi.model.shape import LESION_FROM, Shape, main_lesion
from busi.serving.predict import Prediction
from busi.web.pictures import outline_path
from busi.words.text import Words

MOST_POINTS = 400
STEP = 0.012  # of the picture's side: how far an outline moves when it grows by one step
_FINE = 4  # pixels of a polygon to one of the map, each way, so that its edge is soft
_SIDE = 128
# Where a word begins: logarithm of height over width; gray levels in spreads of the picture; share of the hull.
_ROUND, _CLEAR, _ABOUT, _SHADES, _LOBED = 0.10, 0.5, 0.25, 0.3, 0.88

Share = Annotated[float, Field(ge=0, le=1)]
Place = Annotated[list[Share], Field(min_length=2, max_length=2)]
Path = Annotated[list[Place], Field(max_length=MOST_POINTS)]  # of a finger, as parts/finger.js sends it


def polygon(points: Sequence[Sequence[float]]) -> np.ndarray:
    """The area within a path: float32 (S, S) in [0, 1], S = 128, with a soft edge.

    Args:
        points: column and row of each, as shares of the sides; the last is joined to the first.
    """
    fine = np.zeros((_SIDE * _FINE, _SIDE * _FINE), np.uint8)
    corners = np.round(np.array(points) * (_SIDE * _FINE - 1)).astype(np.int32)
    cv2.fillPoly(fine, [corners], 255)
    return cv2.resize(fine, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def square(inside: np.ndarray) -> np.ndarray:
    """An area as the network sees its picture: float32 (S, S) in [0, 1], S = 128, how much of each place lies in it.

    Args:
        inside: bool (H, W).
    """
    return cv2.resize(np.float32(inside), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)


def grown(outline: np.ndarray, steps: int) -> np.ndarray:
    """An outline moved outwards on all sides, or inwards: float32 (S, S) in [0, 1], S = 128.

    Args:
        outline: float (H, H) in [0, 1].
        steps: of `STEP` of the side; below 0 inwards.
    """
    lesion = main_lesion(cv2.resize(outline.astype(np.float32), (_SIDE, _SIDE)))
    inside = np.zeros((_SIDE, _SIDE), bool) if lesion is None else lesion >= LESION_FROM
    if not inside.any():
        return inside.astype(np.float32)
    outwards, inwards = (cv2.distanceTransform(np.uint8(one), cv2.DIST_L2, 5) for one in (~inside, inside))
    distance = np.where(inside, 0.5 - inwards, outwards - 0.5)  # from the edge, in places
    return np.clip(0.5 + steps * STEP * _SIDE - distance, 0, 1).astype(np.float32)


def edge_of(prediction: Prediction) -> str:
    """The drawn outline as the path of an SVG in a field of 100 x 100; empty if nothing lesion-like is drawn."""
    lesion = fine_lesion(prediction)
    return "" if lesion is None else outline_path(lesion)


def fine_lesion(prediction: Prediction) -> np.ndarray | None:
    """What is inside the drawn outline: bool (S, S), S = 256; None if nothing lesion-like is drawn.

    Args:
        prediction: with its outline.
    """
    if prediction.outline is None or prediction.shape is None:
        return None
    lesion = main_lesion(cv2.resize(prediction.outline, (2 * _SIDE, 2 * _SIDE), interpolation=cv2.INTER_LINEAR))
    return None if lesion is None else lesion >= LESION_FROM


def words_for(words: Words, shape: Shape) -> list[str]:
    """What a report would say of an outline, in its order: form, margin, inside, behind."""
    found = [_of_three("form", shape.taller, _ROUND), _of_three("margin", shape.crisp - _CLEAR, _ABOUT)]
    found += ["lobed"] if shape.solidity < _LOBED else []
    found += ["dark"] if shape.contrast > _CLEAR else []
    found += [_of_three("behind", shape.behind, _SHADES)] if abs(shape.behind) > _SHADES else []
    return [words(f"outline.word_{name}") for name in found]


def _of_three(name: str, value: float, limit: float) -> str:
    side = "high" if value > limit else "low" if value < -limit else "middle"
    return f"{name}_{side}"
