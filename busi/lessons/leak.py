"""A leak that one makes oneself: women of whom there are two pictures, split by picture or by woman.

Some women of the small training have a second picture, another probe and gain. The pictures are dealt to four parts,
either each by itself or each woman's together; a small network learns from three parts and is examined on the fourth,
four times. Dealt by picture, it meets women that it knows (S. Kapoor and A. Narayanan, "Leakage and the reproducibility
crisis in machine-learning-based science", 2023, https://doi.org/10.1016/j.patter.2023.100804).

    python -m busi.lessons.leak      runs five seeds of every choice, and writes leak_runs.json
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np

from busi.lessons.second_looks import second_looks
from busi.lessons.small_training import learn, training_images
from busi.model.metrics import Estimate, bootstrap
from busi.system.ranges import check_number, check_offered

BY_PICTURE, BY_WOMAN = WAYS = ("picture", "woman")
WOMEN, TWINS, EPOCHS = (40, 120), (0, 25, 100), (5, 20)  # women; how many of 100 have a second picture; epochs
PARTS, SEEDS = 4, 5
RECORDED = Path(__file__).with_name("leak_runs.json")


@dataclass(frozen=True)
class Leak:
    """What a visitor chooses.

    Attributes:
        women: how many, one of `WOMEN`.
        twins: how many of 100 have a second picture, one of `TWINS`.
        epochs: how often the pictures are seen, one of `EPOCHS`: how much can be kept in mind.
        seed: of who has a second picture, of the parts, of weights and order.
    """

    women: int = 120
    twins: int = 100
    epochs: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuses what is not offered.

        Raises:
            ValueError: naming the setting, what it may be and the value received.
        """
        for name, offered in (("women", WOMEN), ("twins", TWINS), ("epochs", EPOCHS)):
            check_offered(name, getattr(self, name), offered)
        check_number("seed", self.seed, 0, 2**31 - 1, whole=True)


@dataclass(frozen=True)
class Pictures:
    """The pictures of the chosen women.

    Attributes:
        images: uint8 (N, 64, 64).
        malignant: bool (N,).
        woman: int (N,), whose each is.
    """

    images: np.ndarray
    malignant: np.ndarray
    woman: np.ndarray


@dataclass(frozen=True)
class Examined:
    """How far both ways are.

    Attributes:
        done: parts that were examined.
        all: how many there will be, both ways together.
        right: share of right answers so far, by way, with an interval that redraws women.
    """

    done: int
    all: int
    right: Mapping[str, Estimate] = field(default_factory=dict)


def pictures_of(chosen: Leak) -> Pictures:
    """The pictures: of every woman one, of some a second one."""
    images, malignant = training_images(240)
    rng = np.random.default_rng([chosen.seed, 20])
    again = np.sort(rng.permutation(chosen.women)[: round(chosen.women * chosen.twins / 100)])
    woman = np.concatenate([np.arange(chosen.women), again])
    shown = np.concatenate([images[: chosen.women], second_looks(again.tolist())])
    return Pictures(shown, malignant[woman], woman)


def parts_of(pictures: Pictures, way: str, seed: int) -> np.ndarray:
    """The part of each picture, an int array (N,) in [0, `PARTS`): as even as can be in each class.

    Args:
        pictures: from `pictures_of`.
        way: `BY_PICTURE` deals each by itself, `BY_WOMAN` all of a woman together.
        seed: of the draw.
    """
    rng = np.random.default_rng([seed, 21])
    dealt = np.arange(len(pictures.woman)) if way == BY_PICTURE else pictures.woman
    part = np.empty(len(dealt), int)
    for kind in (False, True):
        those = np.unique(dealt[pictures.malignant == kind])
        part_of = dict(zip(rng.permutation(those).tolist(), np.arange(len(those)) % PARTS, strict=True))
        rows = np.flatnonzero(pictures.malignant == kind)
        part[rows] = [part_of[one] for one in dealt[rows].tolist()]
    return part


def watch(chosen: Leak) -> Iterator[Examined]:
    """Examines a small network on each part, dealt both ways in turn.

    Args:
        chosen: what the visitor chose.

    Yields:
        How far both are, after each part.
    """
    pictures = pictures_of(chosen)
    parts = {way: parts_of(pictures, way, chosen.seed) for way in WAYS}
    answers = {way: np.full(len(pictures.woman), np.nan) for way in WAYS}
    for done, (part, way) in enumerate(product(range(PARTS), WAYS), start=1):
        here = parts[way] == part
        asked = {"here": pictures.images[here]}
        nobody = pictures.images[:0]
        *_, last = learn(
            pictures.images[~here], pictures.malignant[~here], asked, nobody, chosen.epochs, chosen.seed + part
        )
        answers[way][here] = last.answers["here"]
        right = {name: _right(pictures, found) for name, found in answers.items() if not np.isnan(found).all()}
        yield Examined(done, PARTS * len(WAYS), right)


def _right(pictures: Pictures, answers: np.ndarray) -> Estimate:
    """The share of right answers at 50 %, of what was examined."""
    some = ~np.isnan(answers)
    called = (answers[some] > 0).astype(float)
    return bootstrap(
        lambda truth, said: float(((said > 0.5) == truth).mean()),
        pictures.malignant[some],
        called,
        pictures.woman[some],
    )


def recorded() -> dict[str, dict[str, list[float]]]:
    """What came of five seeds of every choice, "women twins epochs", by way: the shares of right answers."""
    return json.loads(RECORDED.read_text(encoding="utf-8"))


def main() -> int:
    """Runs five seeds of every choice, and writes what came of them."""
    found = {}
    for women, twins, epochs in product(WOMEN, TWINS, EPOCHS):
        ends = [list(watch(Leak(women, twins, epochs, seed)))[-1] for seed in range(SEEDS)]
        found[f"{women} {twins} {epochs}"] = {way: [round(one.right[way].value, 4) for one in ends] for way in WAYS}
    RECORDED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
