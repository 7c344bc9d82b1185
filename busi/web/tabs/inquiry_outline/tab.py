"""The outline: drawn with a finger, beside the network's and the radiologist's, and what the score becomes with each.

How many answers hang on it was measured beforehand for the shipped network (`experiments.outline_moved`).
"""

from dataclasses import dataclass
from typing import Annotated

import gradio as gr
import numpy as np
from markupsafe import Markup

from busi.bundle.files import MODEL, BundleError
from busi.bundle.measured import measured
from busi.data.box import outline
from busi.lessons.elsewhere import hesitated_most, knows_the_lesions, visible_lesions
from busi.model.shape import main_lesion
from busi.serving.gallery import Example
from busi.serving.predict import Classifier, Prediction
from busi.web.events import EACH, Message, ask, message_of, or_else
from busi.web.page import Page
from busi.web.parts.outlines import Path, edge_of, fine_lesion, polygon, square, words_for
from busi.web.scripts import mount
from busi.web.sentences import interval

CHOICES = ("few", "some", "many")
OFFERED = 3  # pictures of each class
YOU, NETWORK, RADIOLOGIST = "you", "network", "radiologist"

_TEMPLATE = "tabs/inquiry_outline/tab.html"


class Drawn(Message):
    """What a bench sends: a picture by its place, and the path of a finger."""

    case: int
    points: Annotated[Path, or_else([])]


@dataclass(frozen=True)
class Row:
    """One of the outlines of a picture.

    Attributes:
        whose: "you", "network" or "radiologist".
        edge: as the path of an SVG in a field of 100 x 100.
        words: what a report would say of it.
        probability: of malignant, with this outline.
        overlap: Dice's coefficient with the radiologist's; None for that one.
    """

    whose: str
    edge: str
    words: list[str]
    probability: float
    overlap: float | None


def outline_bench(page: Page) -> None:
    """Lays out the bench and wires it; a sentence where the network does not draw, or the pictures are not at hand."""
    cases = cases_of(page)
    if page.bundle.fusion is None or not cases:
        gr.HTML(page.macros.card(page.words("inquiry_outline.none_title"), page.words("inquiry_outline.none")))
        return
    shown = gr.HTML("", js_on_load=mount("tabs/inquiries/arrived.js"), elem_classes="arrived")
    bench = gr.HTML(bench_of(page, cases), js_on_load=mount("tabs/inquiry_outline/tab.js"))

    def compare_what_was_drawn(event: gr.EventData) -> Markup | object:
        return compared(page, message_of(event, Drawn)) or gr.skip()

    ask(bench.apply, compare_what_was_drawn, outputs=[shown], **EACH)


def bench_of(page: Page, cases: list[Example]) -> Markup:
    """The guess, the pictures to draw on, and how much hangs on the outline.

    Args:
        page: that it stands on.
        cases: the pictures that are offered.
    """
    found, words = measured(), page.words
    shares = {
        name: (words.percent(one.value), interval(words, one, words.percent)) for name, one in found.moved.items()
    }
    covered = (words.percent(found.covered.value), interval(words, found.covered, words.percent), found.covered.n)
    data = {"share": found.moved["larger"].value, "n": found.moved["larger"].n}
    here = found.network == page.bundle.info["files"][MODEL]
    return page.template(_TEMPLATE).bench(CHOICES, data, cases, shares, covered, here)


def compared(page: Page, drawn: Drawn | None) -> Markup | None:
    """The visitor's outline beside the two others, and the score with each; None if the picture is not offered.

    Args:
        page: that it is shown on.
        drawn: what the bench sent; None if that made no sense.
    """
    cases = cases_of(page)
    if not drawn or not 0 <= drawn.case < len(cases) or not drawn.points:
        return None
    try:
        classifier = page.workshop.classifier.get()
    except BundleError:
        return page.network_refused()
    case, markup = cases[drawn.case], page.template(_TEMPLATE)
    visitors = polygon(drawn.points)
    if main_lesion(visitors) is None:
        return markup.panel([], page.words("inquiry_outline.too_little"), page.bundle.threshold)
    rows = rows_of(page, classifier, case, visitors)
    return markup.panel(rows, _told(page, rows), page.bundle.threshold)


def rows_of(page: Page, classifier: Classifier, case: Example, visitors: np.ndarray) -> list[Row]:
    """The three outlines of a picture; the network's is missing where it draws nothing lesion-like.

    Args:
        page: whose language.
        classifier: whose scores.
        case: the picture, one of the box.
        visitors: float (S, S), how much of each place lies within the visitor's outline.
    """
    network, truth = classifier.predict(case.image), square(outline(case.image_id))
    answers = {
        YOU: classifier.redrawn(network, visitors),
        NETWORK: network,
        RADIOLOGIST: classifier.redrawn(network, truth),
    }
    inside = {whose: fine_lesion(answer) for whose, answer in answers.items()}
    return [
        _row(page, whose, answers[whose], None if whose == RADIOLOGIST else _overlap(one, inside[RADIOLOGIST]))
        for whose, one in inside.items()
        if one is not None
    ]


def cases_of(page: Page) -> list[Example]:
    """Pictures on which the network hesitates, benign and malignant in turn; none where it was not asked on the box."""
    if not knows_the_lesions(page.bundle):
        return []
    found = [page.workshop.find(name) for name in visible_lesions(hesitated_most(page.bundle), OFFERED)]
    return [one for one in found if one] if all(found) else []


def _row(page: Page, whose: str, answer: Prediction, overlap: float | None) -> Row:
    read = words_for(page.words, answer.shape) if answer.shape else []
    return Row(whose, edge_of(answer), read, answer.probability, overlap)


def _overlap(one: np.ndarray, other: np.ndarray | None) -> float:
    """Dice's coefficient of two areas."""
    if other is None:
        return 0.0
    return float(2 * (one & other).sum() / (one.sum() + other.sum()))


def _told(page: Page, rows: list[Row]) -> str:
    """What came of it, by its numbers."""
    words, threshold = page.words, page.bundle.threshold
    yours = next(row for row in rows if row.whose == YOU)
    scores = sorted(row.probability for row in rows)
    written, _ = words.scores_and_threshold([scores[0], scores[-1]], threshold)
    sides = "both" if scores[0] < threshold <= scores[-1] else "none" if written[0] == written[1] else "same"
    values = {"overlap": words.percent(yours.overlap or 0.0), "low": written[0], "high": written[1]}
    return words(f"inquiry_outline.told_{sides}", **values)
