"""Questions with choices: the visitor commits, then sees what each choice is worth.

Answers stay in the visitor's browser (`atelier.kept` in page.js); none of them reaches the server.
"""

from html import escape

from busi.web.figures import rich
from busi.web.files import read
from busi.web.guesses import MARKS, RIGHT, WRONG
from busi.words.exercises import Exercise, Question
from busi.words.text import Words

QUIZ_JS = read("parts/quiz.js")


def question_card(words: Words, exercise: Exercise, question: Question) -> str:
    """A question, its choices, and the explanations that wait for an answer, as HTML for `js_on_load=QUIZ_JS`.

    Args:
        words: of the reader's language.
        exercise: that the question is of.
        question: one of its questions.
    """
    key = f"exercise_{exercise.name}.questions.{question.name}"
    kind = "checkbox" if len(question.right) > 1 else "radio"
    choices = "".join(_choice(words, key, kind, name, question.right) for name in question.choices)
    opens = question is exercise.questions[0]
    small = words("exercises.guess" if opens else "exercises.several" if kind == "checkbox" else "exercises.question")
    return (
        f'<section class="card question" data-question="{exercise.name}.{question.name}"'
        f' data-right="{" ".join(question.right)}"{" data-opens" if opens else ""}><p class="aside">{escape(small)}</p>'
        f"<fieldset><legend>{rich(words(f'{key}.text'))}</legend>{choices}</fieldset>"
        f'<button type="button" class="solid" data-answer>{escape(words("exercises.answer"))}</button>'
        f'<p class="verdict-of" role="status" data-right-said="{escape(words("exercises.right"))}"'
        f' data-wrong-said="{escape(words("exercises.wrong"))}" data-open-said="{escape(words("exercises.open"))}"></p>'
        f'<button type="button" class="plain" data-again hidden>{escape(words("exercises.again"))}</button></section>'
    )


def _choice(words: Words, key: str, kind: str, name: str, right: tuple[str, ...]) -> str:
    """A choice and its explanation, which says first whether it is right, where that can be said."""
    mark = _mark(words, kind, name in right) if right else ""
    before = f"<b>{escape(mark)}</b> " if mark else ""
    return (
        f'<div class="choice"><label><input type="{kind}" name="{key}" value="{name}">'
        f" <span>{rich(words(f'{key}.choices.{name}'))}</span></label>"
        f'<p class="why" hidden>{before}{rich(words(f"{key}.why.{name}"))}</p></div>'
    )


def _mark(words: Words, kind: str, right: bool) -> str:
    """What an explanation begins with: a choice to leave alone is not wrong, where several may be taken."""
    sign = MARKS[RIGHT if right else WRONG]
    if kind == "checkbox":
        return f"{sign} {words('exercises.tick_mark' if right else 'exercises.no_tick_mark')}"
    return f"{sign} {words('exercises.right_mark' if right else 'exercises.wrong_mark')}"
