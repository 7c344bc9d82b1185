"""What was measured of the workshop's recipe and network beside the bundle: a file that `experiments.measured` writes.

A bundle knows one split. These numbers come from experiments/results/, which a copy of the workshop lacks: other
splits of BUSI, a split that leaks, a network that has seen simulated images only, and where Grad-CAM points; and what
BrEaST's radiologist made of the lesions that networks are asked on, from the table in the box.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from busi.data.birads import Category
from busi.model.metrics import Estimate
from busi.words.text import CONTENT

TABLE = CONTENT / "measured.json"
BUSI = "BUSI"  # as bundle.json calls the data


@dataclass(frozen=True)
class Protocol:
    """What networks of the recipe scored, each on images that it had not seen, under one protocol.

    Attributes:
        auc: mean over the folds and the seeds.
        pooled_auc: of the answers of all folds ranked in one list.
        sensitivity: at thresholds chosen, on validation images, for the target of `evaluation.TARGET_SENSITIVITY`.
    """

    auc: Estimate
    pooled_auc: Estimate
    sensitivity: Estimate


@dataclass(frozen=True)
class Leak:
    """What one recipe scored on the same images, split so that near-duplicates may stand on both sides, and so not.

    Attributes:
        leaky: five folds of BUSI, image by image.
        grouped: five folds by near-duplicate group.
    """

    leaky: Estimate
    grouped: Estimate


@dataclass(frozen=True)
class Pointing:
    """How often a place lies inside the lesion, on images whose lesions somebody outlined.

    Attributes:
        strongest: Grad-CAM's strongest place for the class that the network named.
        middle: the middle of the image, which knows nothing.
    """

    strongest: Estimate
    middle: Estimate

    @property
    def is_clearly_better(self) -> bool:
        """Whether the two intervals do not even touch."""
        return self.strongest.low > self.middle.high


@dataclass(frozen=True)
class Measured:
    """The numbers of the file.

    Attributes:
        recipe: that `grouped` and `official` are of.
        grouped: five folds of BUSI by near-duplicate group.
        leak: what a leak gained the recipe of before, `scratch`.
        official: BreastMNIST's split.
        official_test_in_folds: how many of that split's test images are among those of the folds, on which the recipe
            was chosen.
        untouched: AUC of a network that has seen simulated images only, on images of BUSI that did not serve to set the
            simulator.
        served_the_simulator: how many labelled images did.
        network: checksum of the network that `pointing` is of.
        pointing: for "busi" and "simulated" images.
        pointing_malignant: the same, on malignant lesions alone.
        radiologist: what the BI-RADS category of BrEaST's radiologist is worth on the same lesions.
        moved: share of the answers of `network` on BrEaST's half "choice" that change sides of the threshold when the
            outline is another one: "smaller" or "larger" by 2 mm on all sides, or the "radiologist" 's.
        covered: Dice's coefficient of the outlines that `network` draws on BrEaST's half "final", beside the
            radiologist's.
    """

    recipe: Mapping[str, Any]
    grouped: Protocol
    leak: Leak
    official: Protocol
    official_test_in_folds: int
    untouched: Estimate
    served_the_simulator: int
    network: str
    pointing: Mapping[str, Pointing]
    pointing_malignant: Mapping[str, Pointing]
    radiologist: Category
    moved: Mapping[str, Estimate]
    covered: Estimate

    def is_of(self, recipe: Mapping[str, Any]) -> bool:
        """Whether a bundle's network was trained by the recipe that was measured.

        Args:
            recipe: what its bundle.json says of it; a setting that it does not tell came later, and changed nothing.
        """
        told = {name: value for name, value in recipe.items() if name not in ("seed", "name")}
        return bool(told) and all(_agree(value, self.recipe.get(name)) for name, value in told.items())


def judged_before(info: Mapping[str, Any]) -> bool:
    """Whether a network is judged by images of BUSI, whose test scores had been seen while the recipe was made.

    docs/model.md tells how often, and what was changed afterwards.

    Args:
        info: what its bundle.json says.
    """
    return info["data"].get("name") == BUSI


def measured() -> Measured:
    """Reads the file."""
    table = json.loads(TABLE.read_text("utf-8"))
    return Measured(
        recipe=table["recipe"],
        **{name: _protocol(table[name]) for name in ("grouped", "official")},
        leak=Leak(**{name: Estimate(**number) for name, number in table["leak"].items()}),
        official_test_in_folds=table["official_test_in_folds"],
        untouched=Estimate(**table["untouched"]),
        served_the_simulator=table["served_the_simulator"],
        network=table["network"],
        pointing=_pointing(table["pointing"]),
        pointing_malignant=_pointing(table["pointing_malignant"]),
        radiologist=Category.from_dict(table["radiologist"]),
        moved={name: Estimate(**number) for name, number in table["moved"].items()},
        covered=Estimate(**table["covered"]),
    )


def _agree(one: Any, other: Any) -> bool:
    """Whether two settings are the same, as far as the first tells."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(_agree(value, other.get(name)) for name, value in one.items())
    return one == other


def _protocol(table: Mapping[str, Any]) -> Protocol:
    return Protocol(**{name: Estimate(**number) for name, number in table.items()})


def _pointing(table: Mapping[str, Any]) -> dict[str, Pointing]:
    return {
        source: Pointing(**{way: Estimate(**number) for way, number in ways.items()}) for source, ways in table.items()
    }
