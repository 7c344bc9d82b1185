"""The tab Bienvenue: a guess to begin with, the way through the workshop, and what one will have understood."""

import gradio as gr
from markupsafe import Markup

from busi.images.impostors import rings
from busi.lessons.laboratory import PRESETS
from busi.serving.predict import Prediction
from busi.web.events import Message, ask, message_of
from busi.web.page import Page
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
FIRST_CASE = "like_cyst"  # a preset of the laboratory, drawn as a malignant lesion that looks like a harmless one

_TEMPLATE = "tabs/welcome/tab.html"
_TRAP_SIDE = 220  # pixels


class Guess(Message):
    """What the visitor takes the first case for."""

    guess: str


def welcome_tab(page: Page) -> None:
    """Lays out the tab and wires it."""
    with gr.Tab(page.words("welcome.tab"), id="welcome", elem_id="tab-welcome"):
        gr.HTML(page.macros.heading("welcome"))
        hero = gr.HTML(first_case(page), js_on_load=mount("tabs/welcome/tab.js"))
        gr.HTML(page.template(_TEMPLATE).way(PARTS, PARTS["exercises"]))
        gr.Markdown(page.words.lesson("welcome"), elem_classes="lesson")
        gr.HTML(page.macros.next_tab("data"))

    @page.or_refusal
    def answer_guess(event: gr.EventData) -> Markup:
        sent = message_of(event, Guess)
        guess = sent.guess if sent and sent.guess in CLASSES else MALIGNANT
        network = page.workshop.classifier.get()
        return first_case(page, _answers(page, guess, network.predict(PRESETS[FIRST_CASE].image())) + _trap(page))

    ask(hero.apply, answer_guess, outputs=[hero])


def first_case(page: Page, answers: Markup | None = None) -> Markup:
    """A simulated image and the question what it shows; then the answers.

    Args:
        page: that it stands on.
        answers: None as long as the visitor has not guessed.
    """
    markup = page.template(_TEMPLATE)
    return markup.first_case(simulated_picture(PRESETS[FIRST_CASE].image()), answers or markup.question())


def _answers(page: Page, guess: str, prediction: Prediction) -> Markup:
    return page.template(_TEMPLATE).revealed(guess, MALIGNANT, prediction, FIRST_CASE)


def _trap(page: Page) -> Markup:
    prediction = page.workshop.classifier.get().predict(rings())
    answer = answer_text(page.words, prediction.probability, prediction.threshold)
    return page.template(_TEMPLATE).rings(light_picture(rings(), _TRAP_SIDE), answer)
