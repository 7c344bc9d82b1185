"""Questions with choices: the visitor commits, then sees what each choice is worth.

Answers stay in the visitor's browser (js/storage.js); none of them reaches the server.
"""

import gradio as gr
from markupsafe import Markup

from busi.web.page import Page
from busi.web.scripts import mount
from busi.words.exercises import Exercise, Question


def lay_out_question(page: Page, exercise: Exercise, question: Question) -> None:
    """Lays out a question of an exercise."""
    gr.HTML(question_card(page, exercise, question), js_on_load=mount("parts/quiz.js"))


def question_card(page: Page, exercise: Exercise, question: Question) -> Markup:
    """A question, its choices, and the explanations that wait for an answer.

    Args:
        page: that it stands on.
        exercise: that the question is of; its first question opens the bench.
        question: one of its questions.
    """
    opens = question is exercise.questions[0]
    return page.template("parts/quiz.html").question(exercise.name, question, opens)
