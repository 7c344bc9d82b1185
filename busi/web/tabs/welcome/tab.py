"""The tab Bienvenue: a guess to begin with, the way through the workshop, and what one will have understood."""

from html import escape

import gradio as gr

from busi.bundle.files import BundleError
from busi.images.impostors import rings
from busi.lessons.laboratory import PRESETS
from busi.serving.predict import Prediction
from busi.serving.workshop import Workshop
from busi.web.components import Picture
from busi.web.figures import (
    answer_text,
    card,
    class_word,
    figure,
    heading,
    light_picture,
    next_tab,
    rich,
    simulated_picture,
)
from busi.web.files import read
from busi.web.guesses import guess_buttons, two_answers, who_was_right
from busi.words.classes import CLASSES, MALIGNANT
from busi.words.exercises import exercises
from busi.words.text import Words

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

_WELCOME_JS = read("tabs/welcome/tab.js")


def welcome_tab(words: Words, workshop: Workshop, picture: Picture) -> None:
    """Lays out the tab and wires it.

    Args:
        words: of the page's language.
        workshop: what the pages work with.
        picture: the component that holds the chosen image.
    """
    with gr.Tab(words("welcome.tab"), id="welcome", elem_id="tab-welcome"):
        gr.HTML(heading(words, "welcome"))
        hero = gr.HTML(first_case(words), js_on_load=_WELCOME_JS)
        gr.HTML(_way(words))
        gr.Markdown(words.lesson("welcome"), elem_classes="lesson")
        gr.HTML(next_tab(words, "data"))

    def answer_guess(event: gr.EventData) -> str:
        guess = event.guess if event.guess in CLASSES else MALIGNANT
        try:
            prediction = workshop.classifier.get().predict(PRESETS[FIRST_CASE].image())
            trap = workshop.classifier.get().predict(rings())
        except BundleError:
            return card(words("refused.network_title"), words("refused.network"), "alert")
        return first_case(words, _revealed(words, guess, prediction) + _trap(words, trap))

    hero.apply(fn=answer_guess, outputs=[hero], api_visibility="private", show_progress="hidden")


def first_case(words: Words, revealed: str = "") -> str:
    """A simulated image and the question what it shows; then the answers, as HTML.

    Args:
        words: of the reader's language.
        revealed: the answers; empty as long as the visitor has not guessed.
    """
    badge = words("laboratory.simulated")
    image = figure(simulated_picture(PRESETS[FIRST_CASE].image()), words("welcome.case_alt"), "", badge=badge)
    told = revealed or _question(words)
    return f'<section class="hero"><div>{image}</div><div class="reading" role="status">{told}</div></section>'


def _question(words: Words) -> str:
    return (
        f"<h3>{escape(words('welcome.question'))}</h3><p>{escape(words('welcome.question_told'))}</p>"
        f'<p class="guess">{guess_buttons(words)}</p>'
    )


def _revealed(words: Words, guess: str, prediction: Prediction) -> str:
    """Who was right, what both said, and what was drawn."""
    truth = escape(words("welcome.truth", label="{label}"))
    return (
        f"<h3>{who_was_right(words, guess, prediction.label, MALIGNANT)}</h3>"
        f"{two_answers(words, guess, MALIGNANT, prediction)}"
        f"<p>{truth.replace('{label}', class_word(words, MALIGNANT))} "
        f"{escape(words(f'laboratory.preset_{FIRST_CASE}_story'))}</p>"
    )


def _trap(words: Words, prediction: Prediction) -> str:
    """A second surprise: what the network answers to rings in water."""
    told = words("welcome.trap", answer=answer_text(words, prediction.probability, prediction.threshold))
    image = figure(light_picture(rings(), 220), words("picker.rings"), "")
    return f'<div class="second">{image}<p>{escape(told)} {rich(words("welcome.trap_told"))}</p></div>'


def _way(words: Words) -> str:
    """The parts in their order, with what each is about and how long it takes."""
    items = "".join(
        f'<li><a href="#tab-{name}">{escape(words(f"{name}.tab"))}</a>'
        f"<span>{escape(words('welcome.minutes', minutes=minutes))}</span>"
        f"<p>{escape(words(f'welcome.part_{name}'))}</p></li>"
        for name, minutes in PARTS.items()
    )
    practice = PARTS["exercises"]
    intro = words("welcome.way_intro", minutes=sum(PARTS.values()) - practice, exercises=practice)
    return f"<h3>{escape(words('welcome.way'))}</h3><p class='lead'>{rich(intro)}</p><ol class='way'>{items}</ol>"
