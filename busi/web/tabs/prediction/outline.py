"""What makes up the answer: the outline that the network drew, the words for it, and the sum; a visitor may redraw it.

The browser sends the points of a finger's path, or by how much the network's outline is to grow (outline.js).
"""

from dataclasses import dataclass
from typing import Annotated

import gradio as gr
import numpy as np
from markupsafe import Markup
from pydantic import Field

from busi.bundle.files import SIMULATED
from busi.model.shape import main_lesion
from busi.serving.gallery import Example, source_of
from busi.serving.predict import Classifier, Prediction
from busi.web.events import Message, message_of, or_else
from busi.web.page import Page
from busi.web.parts.outlines import Path, edge_of, grown, polygon, words_for
from busi.web.pictures import light_picture, simulated_picture
from busi.words.classes import BENIGN, MALIGNANT
from busi.words.text import Words

MOST_STEPS = 6
_TEMPLATE = "tabs/prediction/outline.html"


class Redrawing(Message):
    """Another outline that a visitor wants to try.

    Attributes:
        points: of a finger's path, each as shares of the picture's width and height.
        grow: steps by which the network's own outline grows, or shrinks.
    """

    points: Annotated[Path, or_else([])] = Field(default_factory=list)
    grow: Annotated[int, Field(ge=-MOST_STEPS, le=MOST_STEPS), or_else(0)] = 0


@dataclass(frozen=True)
class Row:
    """A line of the sum.

    Attributes:
        name: what adds, as the page calls it.
        written: how much, with its sign.
        left: where its bar begins, in percent of the field.
        width: of the bar, in the same.
        label: the class towards which it pushes.
    """

    name: str
    written: str
    left: float
    width: float
    label: str


def redrawing_wanted(event: gr.EventData) -> Redrawing:
    """What a browser asks for; what makes no sense asks for the network's own outline."""
    return message_of(event, Redrawing) or Redrawing()


def redraw(classifier: Classifier, prediction: Prediction, wanted: Redrawing) -> Prediction | None:
    """The prediction with a visitor's outline.

    Args:
        classifier: who answered.
        prediction: its answer, with the outline that it drew.
        wanted: the path, or by how much to grow.

    Returns:
        The prediction itself if nothing else is wanted; None if the path encloses nothing.
    """
    if wanted.points:
        outline = polygon(wanted.points)
        return classifier.redrawn(prediction, outline) if main_lesion(outline) is not None else None
    if wanted.grow and prediction.outline is not None:
        outline = grown(prediction.outline, wanted.grow)
        return classifier.redrawn(prediction, outline) if main_lesion(outline) is not None else None
    return prediction


def outline_panel(
    page: Page,
    image: np.ndarray,
    network: Prediction,
    shown: Prediction | None,
    example: Example | None,
    wanted: Redrawing | None = None,
) -> Markup:
    """The drawn outline over the picture, the words for it, and the sum that makes up the score.

    Args:
        page: that it stands on.
        image: uint8 array of shape (H, W), as given.
        network: the network's own answer, with outline and terms.
        shown: the same with a visitor's outline, if they drew one; None if theirs encloses nothing.
        example: the example that the image is, if it is one.
        wanted: what the visitor asked for.
    """
    words, template, wanted = page.words, page.template(_TEMPLATE), wanted or Redrawing()
    own = shown is not None and shown is not network
    counted = shown or network
    source = source_of(example)
    picture = simulated_picture(image) if source == SIMULATED else light_picture(image)
    edges = {"network": edge_of(network)} | ({"visitor": edge_of(counted)} if own else {})
    told = [_sentence(words, counted, own)]
    if own:
        scores, _ = words.scores_and_threshold([counted.probability, network.probability], network.threshold)
        told.append(words("outline.compared", own=scores[0], network=scores[1]))
    if shown is None:
        told.append(words("outline.too_little"))
    return template.panel(template.drawing(picture, edges, source, wanted.grow, own), told, rows_of(words, counted))


def rows_of(words: Words, prediction: Prediction) -> list[Row]:
    """The lines of the sum, its total last; bars in one scale, the largest half the field.

    Args:
        words: of the reader's language.
        prediction: with its terms.
    """
    terms = dict(prediction.terms or {})
    terms["total"] = sum(terms.values())
    largest = max(1.0, *map(abs, terms.values()))
    return [_row(words, name, value, largest) for name, value in terms.items()]


def _row(words: Words, name: str, value: float, largest: float) -> Row:
    width = 50 * abs(value) / largest
    left = 50.0 if value >= 0 else 50 - width
    written = words.number(value, 1)
    sign = "+" if value >= 0.05 else ""
    return Row(words(f"outline.term_{name}"), sign + written, left, width, MALIGNANT if value > 0 else BENIGN)


def _sentence(words: Words, prediction: Prediction, own: bool) -> str:
    if prediction.shape is None:
        return words("outline.nothing")
    return words("outline.reads_own" if own else "outline.reads", words=", ".join(words_for(words, prediction.shape)))
