"""A held-out image that opens large, with what is known of it: its true label, the network's answer, its measures.

`case_button` draws the small picture, anywhere in a tab that holds one `enlarge_box`; enlarge.js brings them together.
"""

from html import escape

import gradio as gr
import pandas as pd

from busi.bundle.files import SIMULATED
from busi.serving.gallery import Example
from busi.serving.workshop import Workshop
from busi.web.components import Picture
from busi.web.figures import answer_text, class_word, light_picture
from busi.web.files import read
from busi.web.guesses import mark
from busi.web.page import Page
from busi.web.parts.thumbnails import PICK_JS, let_choose
from busi.words.classes import BENIGN, MALIGNANT
from busi.words.text import Words

LARGE_SIDE = 400  # pixels

_ENLARGE_JS = read("parts/enlarge.js")


def enlarge_box(words: Words, workshop: Workshop, picture: Picture) -> None:
    """Lays out the box, closed at first, in which every `case_button` of the tab opens.

    Args:
        words: of the page's language.
        workshop: what the pages work with.
        picture: the component that holds the chosen image.
    """
    use, close = escape(words("enlarge.use")), escape(words("enlarge.close"))
    box = gr.HTML(
        f'<dialog class="enlarged" aria-label="{escape(words("enlarge.title"))}"><div data-inside></div><form '
        f'method="dialog"><button type="button" class="plain" data-key="" data-then="prediction">{use}</button>'
        f'<button class="solid">{close}</button></form></dialog>',
        js_on_load=PICK_JS + _ENLARGE_JS,
        elem_classes="enlarge",
    )
    let_choose(Page(words, workshop, picture), box)


def case_button(
    words: Words, row: pd.Series, example: Example | None, threshold: float, under: str = "", over: str = ""
) -> str:
    """A held-out image as a small picture that opens large, as HTML.

    Args:
        words: of the reader's language.
        row: of predictions.csv, as `itertuples` or `loc` give it.
        example: its picture; None if that is not at hand.
        threshold: an alert is raised from this score on, in [0, 1].
        under: HTML under the picture; by default the score and the true label.
        over: HTML laid over the picture.
    """
    label = class_word(words, row.label)
    score, _ = words.score_and_threshold(row.probability, threshold)
    under = under or f"<span>{escape(words('score.short', score=score))}</span>{label}"
    name = words("enlarge.open", label=words(f"class.{row.label}"), score=score)
    key = example.key if example else ""
    return (
        f'<div class="case-item" data-image="{escape(row.image_id)}"><button type="button" class="case-open"'
        f' data-example="{key}" aria-label="{escape(name)}">{_plate(words, example, over)}</button>'
        f'<div class="case-under">{under}</div><div data-facts hidden>{_facts(words, row, threshold)}</div></div>'
    )


def says(probability: float, threshold: float) -> str:
    """The class on whose side of the threshold a score is: "malignant", where an alert is raised, else "benign"."""
    return MALIGNANT if probability >= threshold else BENIGN


def _plate(words: Words, example: Example | None, over: str) -> str:
    if example is None:
        return f'<span class="plate absent">{escape(words("enlarge.absent"))}</span>'
    simulated = example.source == SIMULATED
    badge = f'<span class="badge">{escape(words("laboratory.simulated"))}</span>' if simulated else ""
    picture = light_picture(example.image, LARGE_SIDE)
    return f'<span class="plate"><img src="{picture}" alt="">{over}{badge}</span>'


def _facts(words: Words, row: pd.Series, threshold: float) -> str:
    """What is known of an image, as a list."""
    said = says(row.probability, threshold)
    right = said == row.label
    facts = {
        "truth": class_word(words, row.label),
        "network": escape(answer_text(words, row.probability, threshold)),
        "right": f"{mark(right)} {escape(words('enlarge.yes' if right else 'enlarge.no'))}",
        "blur": words.number(row.blur),
        "contrast": words.number(row.contrast),
        "brightness": words.number(row.brightness),
        "name": escape(row.image_id),
    }
    lines = "".join(
        f'<dt>{escape(words(f"enlarge.fact_{name}"))}</dt><dd data-fact="{name}">{value}</dd>'
        for name, value in facts.items()
    )
    return f'<dl class="facts">{lines}</dl>'
