"""How many images each part of the data has, and what a visitor may guess from that."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from busi.bundle.files import Bundle
from busi.data.split import PARTS
from busi.words.classes import CLASSES

NEAR = 5  # images of 100: a guess as near as that to a share was right
LEAK_SHARE, LEAK_LOW, LEAK_HIGH = 31, 23, 41  # % of images; a test draws random splits of BUSI and compares


@dataclass(frozen=True)
class PartCount:
    """How many images a part of the data has.

    Attributes:
        part: one of `PARTS`.
        images: in all.
        by_class: of each class, if the bundle tells.
    """

    part: str
    images: int
    by_class: dict[str, int] | None


def part_counts(bundle: Bundle) -> list[PartCount]:
    """How many images each part has: by class where bundle.json or predictions.csv tells.

    Args:
        bundle: whose data.
    """
    rows = bundle.predictions[bundle.predictions["source"] == bundle.population]
    parts = bundle.info["data"]["parts"]
    return [_part_count(part, parts.get(part, {}), rows[rows["split"] == part]) for part in PARTS]


def _part_count(part: str, in_bundle: Mapping[str, int], rows: pd.DataFrame) -> PartCount:
    """How many images a part has.

    Args:
        part: one of `PARTS`.
        in_bundle: what bundle.json tells of it.
        rows: its rows of predictions.csv.
    """
    by_class = {label: int(in_bundle.get(label, (rows["label"] == label).sum())) for label in CLASSES}
    images = int(in_bundle.get("images", len(rows)))
    return PartCount(part, images, by_class if sum(by_class.values()) == images else None)
