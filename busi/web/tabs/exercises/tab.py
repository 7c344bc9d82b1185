"""The tab Exercices: five exercises in one frame, and how far the visitor is.

Each begins with a guess, which opens its bench; then come questions, a hint and a solution. The benches are in files of
their own, `exercise_<name>.py`. What the visitor answers stays in the browser.
"""

from collections.abc import Callable
from html import escape

import gradio as gr

from busi.web.figures import heading, next_tab, rich
from busi.web.files import read
from busi.web.page import Page
from busi.web.parts.enlarge import enlarge_box
from busi.web.parts.quiz import QUIZ_JS, question_card
from busi.web.tabs.exercise_augmentation.tab import augmentation_bench
from busi.web.tabs.exercise_confidence.tab import confidence_bench
from busi.web.tabs.exercise_errors.tab import errors_bench
from busi.web.tabs.exercise_groups.tab import groups_bench
from busi.web.tabs.exercise_layers.tab import layers_bench
from busi.words.exercises import Exercise, exercises
from busi.words.text import Words

Bench = Callable[[Page], None]
BENCHES: dict[str, Bench] = {
    "augmentation": augmentation_bench,
    "layers": layers_bench,
    "confidence": confidence_bench,
    "groups": groups_bench,
    "errors": errors_bench,
}

_PROGRESS_JS = read("tabs/exercises/tab.js")


def exercises_tab(page: Page) -> None:
    """Lays out the tab; each exercise in a tab of its own."""
    words, workshop, picture = page.words, page.workshop, page.picture
    with gr.Tab(words("exercises.tab"), id="exercises", elem_id="tab-exercises"):
        gr.HTML(heading(words, "exercises") + progress(words), js_on_load=_PROGRESS_JS)
        enlarge_box(words, workshop, picture)
        with gr.Tabs(overflow_behavior="wrap", elem_classes="exercises"):
            for number, exercise in enumerate(exercises(), start=1):
                _exercise(page, number, exercise)


def progress(words: Words) -> str:
    """How far the visitor is, filled in the browser, and a way to begin anew, as HTML.

    Args:
        words: of the reader's language.
    """
    counted = " ".join(f"{exercise.name}:{len(exercise.questions)}" for exercise in exercises())
    said = f'data-said="{escape(words.unfilled("exercises.progress"))}" data-exercises="{counted}"'
    return (
        f'<div class="progress"><p role="status" {said}></p>'
        f'<button type="button" class="plain" data-forget="{escape(words("exercises.forget_sure"))}" hidden>'
        f"{escape(words('exercises.forget'))}</button></div>"
        f'<p class="aside">{escape(words("exercises.kept"))}</p>'
    )


def _exercise(page: Page, number: int, exercise: Exercise) -> None:
    """The frame of an exercise: the guess, then the bench, the other questions, a hint and the solution."""
    words, part = page.words, f"exercise_{exercise.name}"
    with (
        gr.Tab(f"{number}. {words(f'{part}.tab')}", id=part, elem_id=f"tab-{part}"),
        gr.Column(elem_classes=["exercise", part]),
    ):
        gr.HTML(_heading(words, number, exercise))
        _ask(words, exercise, 0)
        with gr.Column(elem_classes="after-guess"):
            BENCHES[exercise.name](page)
            for place in range(1, len(exercise.questions)):
                _ask(words, exercise, place)
            gr.HTML(_hint(words, part))
            with gr.Accordion(words("exercises.solution"), open=False, elem_classes="solution"):
                gr.Markdown(words.lesson(part), elem_classes="lesson")
            gr.HTML(_after(words, exercise))


def _heading(words: Words, number: int, exercise: Exercise) -> str:
    part = f"exercise_{exercise.name}"
    minutes = escape(words("exercises.minutes", minutes=exercise.minutes))
    title = escape(words(f"{part}.title"))
    return (
        f'<h3 class="exercise-title"><span>{number}</span> {title} <small>{minutes}</small></h3>'
        f'<p class="lead">{rich(words(f"{part}.aim"))}</p>'
    )


def _ask(words: Words, exercise: Exercise, place: int) -> None:
    gr.HTML(question_card(words, exercise, exercise.questions[place]), js_on_load=QUIZ_JS)


def _hint(words: Words, part: str) -> str:
    summary = escape(words("exercises.hint"))
    return f'<details class="hint"><summary>{summary}</summary><p>{rich(words(f"{part}.hint"))}</p></details>'


def _after(words: Words, exercise: Exercise) -> str:
    """A link to the next exercise, or after the last to the tab that follows."""
    parts = [*(f"exercise_{one.name}" for one in exercises()), "further"]
    return next_tab(words, parts[parts.index(f"exercise_{exercise.name}") + 1])
