"""The first screen: a real picture and a guess, then two more surprises, then the way through the workshop.

It stands in the page itself and needs nothing of Gradio, nor the network, whose answers to these pictures are in the
bundle. So it is there at once, and a guess is answered at once (`first_screen.js`).
"""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.bundle.files import SIMULATED, Bundle
from busi.images.impostors import IMPOSTORS
from busi.lessons.first_pair import first_pair
from busi.serving.gallery import Example
from busi.serving.predict import Answer
from busi.web.page import Page
from busi.web.parts.radiologist import radiologist_panel
from busi.web.pictures import light_picture, simulated_picture
from busi.web.sentences import interval
from busi.web.way import GROUPS, MINUTES

# Cancers that France's screening programme found per 1,000 women who came (Santé publique France, 2004-2014).
ILL_OF_1000 = 7

_TEMPLATE = "tabs/welcome/tab.html"
_CASE_SIDE = 480  # pixels; what a first visit fetches counts
_TRAP_SIDE = 240  # pixels


@dataclass(frozen=True)
class FirstCase:
    """A picture that a visitor meets first.

    Attributes:
        image: uint8 (H, W).
        source: where it is from, as `Example.source`.
        label: its true class.
        answer: the network's.
        story: more of it, once the visitor has guessed.
    """

    image: np.ndarray
    source: str
    label: str
    answer: Answer
    story: Markup | str

    @property
    def picture(self) -> str:
        """For the page, as a data URI."""
        return simulated_picture(self.image) if self.source == SIMULATED else light_picture(self.image, _CASE_SIDE)


def welcome_tab(page: Page) -> None:
    """Lays out a tab with nothing in it, which is open as long as the first screen is looked at."""
    gr.Tab(page.words("welcome.tab"), id="welcome", elem_id="tab-welcome")


def first_screen(page: Page) -> Markup:
    """The steps of the first two minutes, one of them in view, and the way under them."""
    markup = page.template(_TEMPLATE)
    steps = [markup.case_step(number, case) for number, case in enumerate(first_cases(page))]
    if face := _traps(page.bundle):
        pictures = {name: light_picture(IMPOSTORS[name](), _TRAP_SIDE) for name in face}
        steps.append(markup.face_step(face, pictures, is_first=not steps))
    steps.append(markup.women_step(_women(page), ILL_OF_1000, is_first=not steps))
    return markup.first_screen(steps, markup.way(GROUPS, MINUTES))


def first_cases(page: Page) -> tuple[FirstCase, ...]:
    """The pictures that a visitor meets first: two real ones, or for want of them one that the workshop draws."""
    pair = first_pair(page.workshop.gallery, page.bundle)
    examples = pair or _drawn(page)
    return tuple(
        FirstCase(one.image, one.source, one.label, _answer(page.bundle, one), radiologist_panel(page, one))
        for one in examples
    )


def _drawn(page: Page) -> list[Example]:
    """Where no picture of another hospital may serve: the highest scores of both classes among the pictures at hand."""
    rows = page.bundle.predictions
    at_hand = rows[[page.workshop.gallery.of_image(name) is not None for name in rows["image_id"]]]
    highest = at_hand.sort_values("probability", ascending=False, kind="stable").drop_duplicates("label")
    found = (page.workshop.gallery.of_image(name) for name in highest.sort_values("label")["image_id"])
    return [example for example in found if example]


def _answer(bundle: Bundle, example: Example) -> Answer:
    """What the bundle's table says that the network answered."""
    rows = bundle.predictions
    return Answer(float(rows.loc[rows["image_id"] == example.image_id, "probability"].iloc[0]), float(bundle.threshold))


def _traps(bundle: Bundle) -> dict[str, Answer]:
    """What the network answered to pictures that are no ultrasound; empty for bundles that do not tell."""
    said = bundle.info.get("impostors", {})
    shown = [name for name in ("smiley", "rings") if name in said]
    return {name: Answer(said[name], bundle.threshold) for name in shown} if "smiley" in said else {}


def _women(page: Page) -> dict[str, Any]:
    """The two rates by which a thousand women are counted, with their intervals, for the browser and in words."""
    words, found, counts = page.words, page.bundle.metrics("test"), page.bundle.confusion("test")
    rates = {name: found[name] for name in ("sensitivity", "specificity")}
    return {
        "rates": {name: {"value": one.value, "low": one.low, "high": one.high} for name, one in rates.items()},
        "counts": {
            "found": counts.true_positives,
            "malignant": counts.true_positives + counts.false_negatives,
            "alarms": counts.false_positives,
            "benign": counts.false_positives + counts.true_negatives,
        },
        "intervals": {name: interval(words, one, words.percent) for name, one in rates.items()},
    }
