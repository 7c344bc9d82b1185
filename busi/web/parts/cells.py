"""The images of one cell of the confusion matrix: found, missed, alarmed or reassured, at any threshold.

With their pictures where these are at hand; else a table of their names, and other pictures of the same cell.
"""

import math
from typing import Annotated, Literal

import gradio as gr
import pandas as pd
from markupsafe import Markup
from pydantic import BeforeValidator, Field

from busi.bundle.files import BREAST, SIMULATED, Bundle, population_of
from busi.data.split import TEST
from busi.serving.gallery import PAGE
from busi.web.events import EACH, Message, ask, message_of
from busi.web.page import Page
from busi.web.parts.thumbnails import let_choose
from busi.words.classes import BENIGN, MALIGNANT
from busi.words.text import Words

# A cell of the confusion matrix: the true class, and on whose side of the threshold the score is.
CELLS = {
    "tp": (MALIGNANT, MALIGNANT),
    "fn": (MALIGNANT, BENIGN),
    "fp": (BENIGN, MALIGNANT),
    "tn": (BENIGN, BENIGN),
}

_TEMPLATE = "parts/cells.html"


def _or_first(page: object) -> int:
    return page if type(page) is int and page > 0 else 0


class Question(Message):
    """Which pictures a visitor wants to see.

    Attributes:
        population: a key of `populations`.
        cell: a key of `CELLS`.
        threshold: called malignant from this probability on, in [0, 1].
        page: which eight of them, from 0; numbers past the end begin again, and what is no number is the first.
    """

    population: str
    cell: Literal["tp", "fn", "fp", "tn"]
    threshold: float = Field(ge=0, le=1, allow_inf_nan=False)
    page: Annotated[int, BeforeValidator(_or_first)] = 0


def populations(bundle: Bundle) -> dict[str, pd.DataFrame]:
    """The rows that are counted together: "test" first, then "breast" and "simulated", where there are such.

    Args:
        bundle: whose predictions are judged.
    """
    of = population_of(bundle.predictions)
    return {name: bundle.predictions[of == name] for name in (TEST, BREAST, SIMULATED) if (of == name).any()}


def question_of(bundle: Bundle, event: gr.EventData) -> Question | None:
    """What a click wants to see; None if there is no such thing.

    Args:
        bundle: whose predictions are judged.
        event: as Gradio hands it to a callback.
    """
    question = message_of(event, Question)
    return question if question and question.population in populations(bundle) else None


def rows_of_cell(bundle: Bundle, question: Question) -> pd.DataFrame:
    """The images of a cell, those farthest from the threshold first.

    Args:
        bundle: whose predictions are judged.
        question: which cell, of which images, at which threshold.
    """
    rows = populations(bundle)[question.population]
    truth, side = CELLS[question.cell]
    alerts = rows["probability"] >= question.threshold
    inside = rows[(rows["label"] == truth) & (alerts == (side == MALIGNANT))]
    return inside.sort_values("probability", ascending=side == BENIGN)


def let_open_cells(page: Page, asking: gr.HTML, panel: gr.HTML) -> None:
    """Opens the images of a cell when a script asks for it, and makes a clicked one the image that all tabs look at.

    Args:
        page: that they stand on.
        asking: whose script names a cell, as a `Question`, as does the panel's for its next pictures.
        panel: shows them; made with `js_on_load=PICK_JS + ...`.
    """

    def open_cell(event: gr.EventData) -> str:
        question = question_of(page.bundle, event)
        return cell_panel(page, question) if question else ""

    for html in (asking, panel):
        ask(html.apply, open_cell, outputs=[panel], **EACH)
    let_choose(page, panel)


def cell_panel(page: Page, question: Question) -> Markup:
    """The images of a cell: their pictures, or else a table of them and other pictures in their place.

    Args:
        page: about the bundle whose predictions are judged.
        question: which cell, of which images, at which threshold.
    """
    words, bundle = page.words, page.bundle
    rows = rows_of_cell(bundle, question)
    return page.template(_TEMPLATE).panel(
        words(f"evaluation.open_{question.cell}", n=len(rows)),
        words(
            "evaluation.open_detail",
            population=population_name(words, populations(bundle)[question.population]),
            threshold=threshold_text(words, question.threshold),
        ),
        _inside(page, question, rows),
    )


def source_of(rows: pd.DataFrame) -> str:
    """Where the images of some rows of predictions.csv come from: "busi", "breast" or "simulated"."""
    return str(rows["source"].iloc[0])


def population_name(words: Words, rows: pd.DataFrame) -> str:
    """Which images some rows of predictions.csv are, and how many, in words."""
    return words(f"evaluation.population_{source_of(rows)}", n=len(rows))


def threshold_text(words: Words, threshold: float) -> str:
    """A threshold in [0, 1] as the tab writes it, to a tenth of a percent."""
    return words("evaluation.threshold_value", threshold=words.number(100 * threshold, 1))


def _inside(page: Page, question: Question, rows: pd.DataFrame) -> Markup:
    markup = page.template(_TEMPLATE)
    if rows.empty:
        return markup.empty(_hint(page, question))
    if _has_pictures(page, rows):
        return _pictures(page, rows, question)
    scores, _ = page.words.scores_and_threshold(rows["probability"].tolist(), question.threshold)
    return markup.table(list(zip(rows["image_id"], scores, strict=True))) + _instead(page, question)


def _has_pictures(page: Page, rows: pd.DataFrame) -> bool:
    return all(page.workshop.find(image_id) for image_id in rows["image_id"])


def _hint(page: Page, question: Question) -> str:
    """Which way to move the threshold so that an empty cell no longer is."""
    rows = populations(page.bundle)[question.population]
    truth, side = CELLS[question.cell]
    scores = rows.loc[rows["label"] == truth, "probability"]
    # The nearest stop of the bar's slider, which moves by 0.1 %.
    edge = math.floor(1000 * scores.max()) if side == MALIGNANT else math.floor(1000 * scores.min()) + 1
    return page.words(f"evaluation.empty_{side}", edge=threshold_text(page.words, edge / 1000))


def _pictures(page: Page, rows: pd.DataFrame, question: Question) -> Markup:
    """Eight pictures of a cell, and a button for the next eight.

    Args:
        page: that they stand on.
        rows: of all pictures of the cell.
        question: of the visitor, who may have wanted other images of the same cell.
    """
    pages = -(-len(rows) // PAGE)
    number = question.page % pages
    shown = rows.iloc[number * PAGE : (number + 1) * PAGE]
    cases = [
        (page.workshop.find(image_id), page.words.score_and_threshold(probability, question.threshold)[0])
        for image_id, probability in zip(shown["image_id"], shown["probability"], strict=True)
    ]
    first, last = number * PAGE + 1, number * PAGE + len(shown)
    sentence = page.words("evaluation.shown", first=first, last=last, count=len(rows))
    following = question.model_copy(update={"page": (number + 1) % pages}).model_dump() if pages > 1 else None
    return page.template(_TEMPLATE).pictures(cases, sentence, following)


def _instead(page: Page, question: Question) -> Markup:
    """That the workshop lacks these pictures, and others that fall into the same cell: real ones, if there are any."""
    markup, counted = page.template(_TEMPLATE), populations(page.bundle)
    shown = [name for name in (BREAST, SIMULATED) if name in counted and _has_pictures(page, counted[name])]
    other = next((name for name in shown if name != question.population), None)
    if other is None:
        return markup.no_pictures()
    rows = rows_of_cell(page.bundle, question.model_copy(update={"population": other}))
    pictures = Markup() if rows.empty else _pictures(page, rows, question)
    return markup.no_pictures() + markup.instead(other, len(rows), len(counted[other]), pictures)
