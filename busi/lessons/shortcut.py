"""A shortcut that a network learns while one watches: a mark that only malignant pictures carry.

Of the pictures of the small training some malignant ones, a share that is chosen, are stamped with what a scanner or a
hospital writes into an image. A mark is easier to see than a lesion, so the network reads the mark (R. Geirhos et al.,
"Shortcut learning in deep neural networks", 2020, https://doi.org/10.1038/s42256-020-00257-z). Afterwards it is asked
about pictures that carry the marks as before, none at all, and on the other side.

    python -m busi.lessons.shortcut      trains five seeds of every choice, and writes shortcut_runs.json
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from busi.lessons.album import SIDE
from busi.lessons.small_training import learn, training_images, validation_images
from busi.model.metrics import Estimate, rate
from busi.system.ranges import check_number, check_offered

RULER, CALIPERS, INITIALS = MARKS = ("ruler", "calipers", "initials")
SAME, GONE, SWAPPED = SIDES = ("same", "gone", "swapped")
SHARES = (0, 50, 100)  # of 100 malignant pictures
IMAGES, EPOCHS, SEEDS = 240, 20, 5
LOOKED_AT = 4  # pictures whose evidence is shown at the end
RECORDED = Path(__file__).with_name("shortcut_runs.json")
_INK = 235


@dataclass(frozen=True)
class Shortcut:
    """What a visitor chooses.

    Attributes:
        mark: one of `MARKS`.
        share: how many of 100 malignant pictures carry it, one of `SHARES`.
        seed: of the marks' places, of the starting weights and of the order.
    """

    mark: str = RULER
    share: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuses what is not offered.

        Raises:
            ValueError: naming the setting, what it may be and the value received.
        """
        check_offered("mark", self.mark, MARKS)
        check_offered("share", self.share, SHARES)
        check_number("seed", self.seed, 0, 2**31 - 1, whole=True)


def to_learn_from(chosen: Shortcut) -> tuple[np.ndarray, np.ndarray]:
    """The pictures to learn from, marked as chosen: uint8 (N, 64, 64), and bool (N,), true for malignant."""
    images, malignant = training_images(IMAGES)
    rng = np.random.default_rng([chosen.seed, 10])
    return stamped(images, _some(malignant, chosen.share, rng), chosen.mark, rng), malignant


def to_judge_by(chosen: Shortcut) -> Mapping[str, tuple[np.ndarray, np.ndarray]]:
    """The same new pictures three times: marked as those before, not at all, the benign ones instead.

    Returns:
        By `SIDES`, pictures uint8 (N, 64, 64), and bool (N,), true for malignant.
    """
    images, malignant = validation_images()
    rng = np.random.default_rng([chosen.seed, 11])
    sides = {SAME: malignant, GONE: np.zeros_like(malignant), SWAPPED: ~malignant}
    return {
        side: (stamped(images, _some(where, chosen.share, rng), chosen.mark, rng), malignant)
        for side, where in sides.items()
    }


def stamped(images: np.ndarray, where: np.ndarray, mark: str, rng: np.random.Generator) -> np.ndarray:
    """Pictures with a mark burned into some of them; the others stay.

    Args:
        images: uint8 (N, 64, 64).
        where: bool (N,), which.
        mark: one of `MARKS`.
        rng: where it stands, a few pixels to and fro.

    Returns:
        uint8 (N, 64, 64).
    """
    marked = images.copy()
    for number in np.flatnonzero(where):
        _DRAWN[mark](marked[number], rng)
    return marked


def _some(where: np.ndarray, share: int, rng: np.random.Generator) -> np.ndarray:
    """A share of 100 of what is true, chosen by chance: bool (N,)."""
    places = np.flatnonzero(where)
    chosen = rng.permutation(places)[: round(len(places) * share / 100)]
    return np.isin(np.arange(len(where)), chosen)


def _ruler(image: np.ndarray, rng: np.random.Generator) -> None:
    """A depth scale at the right: a tick every six rows, each second one longer."""
    first = int(rng.integers(2, 6))
    for number, row in enumerate(range(first, SIDE, 6)):
        image[row, SIDE - (4 if number % 2 else 2) :] = _INK


def _calipers(image: np.ndarray, rng: np.random.Generator) -> None:
    """Two crosses, as an operator sets them at both ends of a lesion."""
    for column in (int(rng.integers(14, 24)), int(rng.integers(40, 50))):
        row = int(rng.integers(24, 40))
        image[row - 2 : row + 3, column] = image[row, column - 2 : column + 3] = _INK


def _initials(image: np.ndarray, rng: np.random.Generator) -> None:
    """Two letters of a hospital in a corner."""
    place = (int(rng.integers(2, 6)), int(rng.integers(9, 13)))
    cv2.putText(image, "HC", place, cv2.FONT_HERSHEY_PLAIN, 0.6, _INK, 1, cv2.LINE_AA)


_DRAWN = {RULER: _ruler, CALIPERS: _calipers, INITIALS: _initials}


@dataclass(frozen=True)
class Seen:
    """How far a network is, and what it makes of each of `SIDES`.

    Attributes:
        epoch: from 1.
        epochs: how many there will be.
        right: share of right answers at 50 %, by side.
        pictures: at the end, uint8 (M, 64, 64), malignant pictures marked as those it learned from; before, None.
        evidence: what each of 8 x 8 places of these adds to the log-odds, float64 (M, 8, 8); before the end None.
    """

    epoch: int
    epochs: int
    right: Mapping[str, Estimate]
    pictures: np.ndarray | None = None
    evidence: np.ndarray | None = None


def watch(chosen: Shortcut) -> Iterator[Seen]:
    """Trains a network on marked pictures, and asks it about the three sides after each epoch.

    Args:
        chosen: what the visitor chose.

    Yields:
        How far it is.
    """
    judges = to_judge_by(chosen)
    pictures, malignant = judges[SAME]
    shown = pictures[malignant][:LOOKED_AT]
    asked = {side: images for side, (images, _) in judges.items()}
    for judged in learn(*to_learn_from(chosen), asked, shown, EPOCHS, chosen.seed):
        right = {
            side: rate(int(((judged.answers[side] > 0) == truth).sum()), len(truth))
            for side, (_, truth) in judges.items()
        }
        is_last = judged.evidence is not None
        yield Seen(judged.epoch, EPOCHS, right, shown if is_last else None, judged.evidence)


def recorded() -> dict[str, dict[str, dict[str, list[float]]]]:
    """What came of five seeds of every choice, by mark, share and side: the shares of right answers."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def main() -> int:
    """Trains five seeds of every choice, and writes what came of them."""
    found = {
        mark: {
            str(share): {side: [round(one.right[side].value, 4) for one in ends] for side in SIDES}
            for share in SHARES
            for ends in [[list(watch(Shortcut(mark, share, seed)))[-1] for seed in range(SEEDS)]]
        }
        for mark in MARKS
    }
    RECORDED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
