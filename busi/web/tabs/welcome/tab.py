"""The tab Bienvenue: a guess to begin with, the way through the workshop, and what one will have understood."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import gradio as gr
import numpy as np
from markupsafe import Markup
from pydantic import Field

from busi.bundle.files import SIMULATED
from busi.images.impostors import rings
from busi.lessons.first_pair import first_pair
from busi.lessons.laboratory import PRESETS
from busi.web.events import Message, ask, message_of
from busi.web.page import Page
from busi.web.parts.radiologist import radiologist_panel
from busi.web.pictures import light_picture, simulated_picture
from busi.web.scripts import mount
from busi.web.sentences import answer_text
from busi.words.classes import CLASSES, MALIGNANT
from busi.words.exercises import exercises

# The parts of the workshop in their order, with the minutes that they take.
PARTS = {
    "data": 10,
    "preprocessing": 6,
    "network": 18,
    "training": 12,
    "evaluation": 15,
    "prediction": 6,
    "laboratory": 8,
    "exercises": sum(exercise.minutes for exercise in exercises()),
    "further": 8,
}
DRAWN = "like_cyst"  # a preset of the laboratory, drawn as a malignant lesion that looks like a harmless one

_TEMPLATE = "tabs/welcome/tab.html"
_CASE_SIDE = 480  # pixels; what a first visit fetches counts
_TRAP_SIDE = 220  # pixels


class Guess(Message):
    """What the visitor takes one of the first cases for; no guess asks for the case itself."""

    case: Annotated[int, Field(ge=0, le=1)] = 0
    guess: str | None = None


@dataclass(frozen=True)
class FirstCase:
    """A picture that a visitor meets first.

    Attributes:
        image: uint8 (H, W).
        source: where it is from, as `Example.source`.
        label: its true class.
        story: more of it, once the visitor has guessed.
    """

    image: np.ndarray
    source: str
    label: str
    story: Markup | str

    @property
    def picture(self) -> str:
        """For the page, as a data URI."""
        return simulated_picture(self.image) if self.source == SIMULATED else light_picture(self.image, _CASE_SIDE)


def welcome_tab(page: Page) -> None:
    """Lays out the tab and wires it."""
    cases = first_cases(page)
    with gr.Tab(page.words("welcome.tab"), id="welcome", elem_id="tab-welcome"):
        gr.HTML(page.macros.heading("welcome"))
        hero = gr.HTML(shown_case(page, cases, 0), js_on_load=mount("tabs/welcome/tab.js"))
        gr.HTML(page.template(_TEMPLATE).way(PARTS, PARTS["exercises"]))
        gr.Markdown(page.words.lesson("welcome"), elem_classes="lesson")
        gr.HTML(page.macros.next_tab("data"))

    @page.or_refusal
    def answer_guess(event: gr.EventData) -> Markup:
        sent = message_of(event, Guess) or Guess()
        return shown_case(page, cases, min(sent.case, len(cases) - 1), sent.guess if sent.guess in CLASSES else None)

    ask(hero.apply, answer_guess, outputs=[hero])


def first_cases(page: Page) -> tuple[FirstCase, ...]:
    """The pictures that a visitor meets first: two real ones, or for want of them one that the laboratory draws."""
    pair = first_pair(page.workshop.gallery, page.bundle)
    if pair is None:
        story = page.words(f"laboratory.preset_{DRAWN}_story")
        return (FirstCase(PRESETS[DRAWN].image(), SIMULATED, MALIGNANT, story),)
    return tuple(FirstCase(one.image, one.source, one.label, radiologist_panel(page, one)) for one in pair)


def shown_case(page: Page, cases: Sequence[FirstCase], number: int, guess: str | None = None) -> Markup:
    """A picture and the question what it shows; or the answers, and what comes next.

    Args:
        page: that it stands on.
        cases: all of them.
        number: which, from 0.
        guess: what the visitor takes it for; None as long as nobody has guessed.

    Raises:
        BundleError: if there is a guess and the weights cannot be used.
    """
    markup, case = page.template(_TEMPLATE), cases[number]
    if guess is None:
        reading = markup.question(number, case.source)
    else:
        prediction = page.workshop.classifier.get().predict(case.image)
        reading = markup.revealed(guess, case.label, prediction, case.source, case.story)
        reading += markup.next_case() if number + 1 < len(cases) else _end(page, cases)
    return markup.first_case(number, case.picture, case.source, reading)


def _end(page: Page, cases: Sequence[FirstCase]) -> Markup:
    """After the last case: how they were picked, and what the network answers to rings in water."""
    markup = page.template(_TEMPLATE)
    prediction = page.workshop.classifier.get().predict(rings())
    answer = answer_text(page.words, prediction.probability, prediction.threshold)
    picked = markup.picked() if len(cases) > 1 else Markup()
    return picked + markup.rings(light_picture(rings(), _TRAP_SIDE), answer)
