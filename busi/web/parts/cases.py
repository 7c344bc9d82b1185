"""The images that the network was tested on: rows of predictions.csv, and which of them a browser wants to see.

A browser names an image by its place in its population, as the scripts that count know it.
"""

from dataclasses import dataclass, fields

import pandas as pd

from busi.bundle.files import BREAST, Bundle
from busi.data.split import TEST
from busi.serving.workshop import Workshop
from busi.web.events import Message
from busi.web.page import Page
from busi.web.parts.cells import population_name, populations
from busi.words.classes import BENIGN, MALIGNANT

MEASURES = ("blur", "contrast", "brightness")


@dataclass(frozen=True)
class Case:
    """An image that the network was tested on.

    Attributes:
        image_id: its name in predictions.csv.
        label: its true class.
        probability: of malignant, by the network, in [0, 1].
        blur: of the image (`busi.images.quality`), as are contrast and brightness.
        contrast: in gray levels.
        brightness: in gray levels.
    """

    image_id: str
    label: str
    probability: float
    blur: float
    contrast: float
    brightness: float


class WantedCases(Message):
    """Which images a script asks to see.

    Attributes:
        population: a key of `populations`.
        rows: their places in it.
    """

    population: str
    rows: list[int]


def cases_of(rows: pd.DataFrame) -> list[Case]:
    """The images of some rows of predictions.csv, in their order."""
    columns = [field.name for field in fields(Case)]
    return [Case(**row) for row in rows[columns].to_dict("records")]


def wanted_cases(bundle: Bundle, wanted: WantedCases | None, most: int) -> list[Case] | None:
    """The images that are asked for; None if there is one among them that there is not, or they are too many.

    Args:
        bundle: whose predictions are shown.
        wanted: what a script sent; None if that made no sense.
        most: how many may be asked for at once.
    """
    rows = populations(bundle).get(wanted.population) if wanted else None
    if rows is None or len(wanted.rows) > most or not all(0 <= place < len(rows) for place in wanted.rows):
        return None
    return cases_of(rows.iloc[wanted.rows])


def predicted_class(probability: float, threshold: float) -> str:
    """The class on whose side of the threshold a score is: "malignant", where an alert is raised, else "benign"."""
    return MALIGNANT if probability >= threshold else BENIGN


def population_names(page: Page) -> dict[str, str]:
    """What each population is called."""
    return {name: population_name(page.words, rows) for name, rows in populations(page.bundle).items()}


def first_population(workshop: Workshop) -> str:
    """The first population whose pictures are at hand, real ones of another hospital first; else the test images."""
    rows = populations(workshop.bundle)
    names = sorted(rows, key=lambda name: name != BREAST)
    return next((name for name in names if workshop.find(rows[name]["image_id"].iloc[0])), TEST)
