"""The tab Exercices: five exercises in one frame, and how far the visitor is.

Each begins with a guess, which opens its bench; then come questions, a hint and a solution. The benches are in packages
of their own, `exercise_<name>`. What the visitor answers stays in the browser.
"""

from collections.abc import Callable

import gradio as gr

from busi.web.page import Page
from busi.web.parts.enlarge import enlarge_box
from busi.web.parts.quiz import lay_out_question
from busi.web.scripts import mount
from busi.web.tabs.exercise_augmentation.tab import augmentation_bench
from busi.web.tabs.exercise_confidence.tab import confidence_bench
from busi.web.tabs.exercise_errors.tab import errors_bench
from busi.web.tabs.exercise_groups.tab import groups_bench
from busi.web.tabs.exercise_layers.tab import layers_bench
from busi.words.exercises import Exercise, exercises

Bench = Callable[[Page], None]
BENCHES: dict[str, Bench] = {
    "augmentation": augmentation_bench,
    "layers": layers_bench,
    "confidence": confidence_bench,
    "groups": groups_bench,
    "errors": errors_bench,
}

_TEMPLATE = "tabs/exercises/tab.html"


def exercises_tab(page: Page) -> None:
    """Lays out the tab; each exercise in a tab of its own."""
    markup = page.template(_TEMPLATE)
    with gr.Tab(page.words("exercises.tab"), id="exercises", elem_id="tab-exercises"):
        beginning = page.macros.heading("exercises") + markup.progress(exercises())
        gr.HTML(beginning, js_on_load=mount("tabs/exercises/tab.js"))
        enlarge_box(page)
        with gr.Tabs(overflow_behavior="wrap", elem_classes="exercises"):
            for number, exercise in enumerate(exercises(), start=1):
                _exercise(page, number, exercise)


def _exercise(page: Page, number: int, exercise: Exercise) -> None:
    """The frame of an exercise: the guess, then the bench, the other questions, a hint and the solution."""
    words, markup, part = page.words, page.template(_TEMPLATE), _part(exercise)
    guess, *others = exercise.questions
    with (
        gr.Tab(f"{number}. {words(f'{part}.tab')}", id=part, elem_id=f"tab-{part}"),
        gr.Column(elem_classes=["exercise", part]),
    ):
        gr.HTML(markup.heading(number, part, exercise.minutes))
        lay_out_question(page, exercise, guess)
        with gr.Column(elem_classes="after-guess"):
            BENCHES[exercise.name](page)
            for question in others:
                lay_out_question(page, exercise, question)
            gr.HTML(markup.hint(part))
            with gr.Accordion(words("exercises.solution"), open=False, elem_classes="solution"):
                gr.Markdown(words.lesson(part), elem_classes="lesson")
            gr.HTML(page.macros.next_tab(_after(exercise)))


def _part(exercise: Exercise) -> str:
    """What its sentences and its tab are called by."""
    return f"exercise_{exercise.name}"


def _after(exercise: Exercise) -> str:
    """The next exercise, or after the last the tab that follows."""
    parts = [*map(_part, exercises()), "further"]
    return parts[parts.index(_part(exercise)) + 1]
