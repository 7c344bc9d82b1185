"""The tab Ce que vous savez maintenant: a visitor's guesses beside the truth, and questions to take along.

The server knows no guess: it writes all that might be said of each, and the browser shows what fits (tab.js).
"""

import gradio as gr
from markupsafe import Markup

from busi.data.birads import BIOPSY
from busi.lessons.first_pair import first_pair
from busi.serving.gallery import Example
from busi.web.page import Page
from busi.web.parts.radiologist import lesion_of, tissue_of
from busi.web.scripts import mount
from busi.web.tabs.ending.guesses import guesses_of, probability_of

# Questions to ask, and the part in which each was seen.
QUESTIONS = {
    "tried": "data",
    "fresh": "data",
    "interval": "evaluation",
    "elsewhere": "evaluation",
    "threshold": "exercise_confidence",
    "alerts": "evaluation",
    "disagree": "further",
    "errors": "exercise_errors",
    "picture": "prediction",
    "marked": "further",
}

_TEMPLATE = "tabs/ending/tab.html"


def ending_tab(page: Page) -> None:
    """Lays out the tab."""
    with gr.Tab(page.words("ending.tab"), id="ending", elem_id="tab-ending"):
        gr.HTML(page.macros.heading("ending"))
        gr.HTML(ending(page), js_on_load=mount("tabs/ending/tab.js"))
        gr.Markdown(page.words.lesson("ending"), elem_classes="lesson")
        gr.HTML(page.macros.next_tab("glossary"))


def ending(page: Page) -> Markup:
    """The guesses of the workshop and what is true of each, the first picture, and questions to ask.

    Args:
        page: that they stand on.
    """
    pair = first_pair(page.workshop.gallery, page.bundle)
    thread = first_picture(page, pair[0]) if pair else Markup()
    return page.template(_TEMPLATE).page(guesses_of(page), thread, QUESTIONS)


def first_picture(page: Page, example: Example) -> Markup:
    """What the network, the radiologist and the biopsy said of the picture that a visitor meets first.

    Args:
        page: that it stands on.
        example: the picture, one of BrEaST.
    """
    words, markup, lesion = page.words, page.template(_TEMPLATE), lesion_of(example.image_id)
    answers = {words("ending.thread_network"): _network(page, example)}
    if lesion is not None:
        meaning = words(f"radiologist.category_{lesion['birads']}")
        told = words("ending.thread_radiologist_told", category=lesion["birads"].upper(), meaning=meaning)
        proof = "ending.thread_biopsy" if lesion["verification"] == BIOPSY else "ending.thread_followed"
        tissue = tissue_of(words, lesion) if lesion["diagnosis"] else ""
        answers |= {words("ending.thread_radiologist"): told, words(proof): markup.proof(example.label, tissue)}
    return markup.thread(example.source, answers)


def _network(page: Page, example: Example) -> str:
    words, threshold = page.words, page.bundle.threshold
    probability = probability_of(page, example)
    score, at = words.score_and_threshold(probability, threshold)
    alert = words("score.raised" if probability >= threshold else "score.raised_not")
    return words("ending.thread_network_told", alert=alert, score=score, threshold=at)
