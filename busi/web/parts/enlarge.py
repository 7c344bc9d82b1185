"""A held-out image that opens large, with what is known of it: its true label, the network's answer, its measures.

`case_button` draws the small picture, anywhere in a tab that holds one `enlarge_box`; enlarge.js brings them together.
"""

import gradio as gr
from markupsafe import Markup

from busi.serving.gallery import Example
from busi.web.page import Page
from busi.web.parts.cases import Case, predicted_class
from busi.web.parts.thumbnails import PICK_JS, let_choose
from busi.web.scripts import mount
from busi.web.sentences import answer_text

_TEMPLATE = "parts/enlarge.html"


def enlarge_box(page: Page) -> None:
    """Lays out the box, closed at first, in which every `case_button` of the tab opens."""
    script = PICK_JS + mount("parts/enlarge.js")
    box = gr.HTML(page.template(_TEMPLATE).box(), js_on_load=script, elem_classes="enlarge")
    let_choose(page, box)


def case_button(page: Page, case: Case, example: Example | None, under: str = "", over: str = "") -> Markup:
    """A held-out image as a small picture that opens large.

    Args:
        page: that it stands on.
        case: the image.
        example: its picture; None if that is not at hand.
        under: markup under the picture; by default the score and the true label.
        over: markup laid over the picture.
    """
    words, threshold = page.words, page.bundle.threshold
    score, _ = words.score_and_threshold(case.probability, threshold)
    name = words("enlarge.open", label=words(f"class.{case.label}"), score=score)
    answer = answer_text(words, case.probability, threshold)
    is_right = predicted_class(case.probability, threshold) == case.label
    return page.template(_TEMPLATE).case(case, example, name, score, answer, is_right, under, over)
