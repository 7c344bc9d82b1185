"""Why a picture is not one ultrasound image of the breast, the right way up, of the kind that a network learned from.

`Domain` measures how far a picture is from those that were learned from. Two pictures side by side, and a picture
upside down, pass that measure alone, so they are looked for apart; and where a picture does not pass, the reason is
sought, so that the page can say it:

    in colour? -> two side by side? -> out of the domain: turned, inverted? -> much wider or taller? -> upside down?

What is done with such a picture: nothing. It is not turned back, cut or inverted; whoever sent it is told.

The limits were chosen on BUSI's training and validation images, those of two and of half a turn on BrEaST too; how
often they are right is measured on BUSI's test images, in tests/integration/test_arrangement.py.
"""

from collections.abc import Callable

import cv2
import numpy as np

from busi.model.out_of_domain import MOST_COLOUR, Domain

COLOUR, SIDE_BY_SIDE, SHAPE, UPSIDE_DOWN, ON_ITS_SIDE, INVERTED, UNLIKE = REASONS = (
    "colour",
    "side_by_side",
    "shape",
    "upside_down",
    "on_its_side",
    "inverted",
    "unlike",
)
WIDEST, TALLEST = 2.1, 0.5  # width over height; BUSI's images lie between 0.57 and 2.05
SEAM = 2.5  # times the usual step from one column to the next
GAP = 0.15  # of the mean gray: a column this dark in the middle parts two pictures
HALF_TURN = 1.5  # how much nearer a picture is when it is turned
_SIDE = 256  # pixels at which seams are looked for
_INNER, _MIDDLE = slice(64, 191), slice(76, 180)  # columns where a seam, or a gap, may lie


def reason_not_known(domain: Domain, image: np.ndarray, colour: float = 0.0) -> str | None:
    """Why a network is not to be asked about a picture.

    Args:
        domain: what its network learned from.
        image: uint8 (H, W), gray levels.
        colour: its share of coloured pixels, from `images.colour_share`, in [0, 1].

    Returns:
        One of `REASONS`, or None if nothing speaks against it.
    """
    if colour > MOST_COLOUR:
        return COLOUR
    if is_side_by_side(image):
        return SIDE_BY_SIDE
    own = domain.distance(image)
    if own > domain.limit:
        return _mended_by(domain, image)
    if not TALLEST <= image.shape[1] / image.shape[0] <= WIDEST:
        return SHAPE
    return UPSIDE_DOWN if own - domain.distance(_half_turn(image)) > HALF_TURN else None


def is_side_by_side(image: np.ndarray) -> bool:
    """Whether two pictures stand side by side: a dark gap between them, or a seam from top to bottom.

    Args:
        image: uint8 (H, W).
    """
    small = cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    columns = small.mean(axis=0)
    if columns[_MIDDLE].min() < GAP * columns.mean():
        return True
    steps = np.median(np.abs(np.diff(small, axis=1)), axis=0)
    return bool(steps[_INNER].max() > SEAM * (np.median(steps) + 1))


def _mended_by(domain: Domain, image: np.ndarray) -> str:
    """The change that would bring a picture into the domain, or "unlike" if none does."""
    tried = [(domain.distance(change(image)), reason) for reason, changes in _CHANGES for change in changes]
    nearest, reason = min(tried)
    return reason if nearest <= domain.limit else UNLIKE


def _half_turn(image: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(image[::-1, ::-1])


def _quarter_turn(times: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda image: np.ascontiguousarray(np.rot90(image, times))


def _invert(image: np.ndarray) -> np.ndarray:
    return 255 - image


_CHANGES = (
    (UPSIDE_DOWN, (_half_turn,)),
    (ON_ITS_SIDE, (_quarter_turn(1), _quarter_turn(3))),
    (INVERTED, (_invert,)),
)
