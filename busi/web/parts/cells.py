"""The images of one cell of the confusion matrix: found, missed, alarmed or reassured, at any threshold.

With their pictures where these are at hand; else a table of their names, and simulated pictures of the same cell.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import pandas as pd

from busi.bundle.files import SIMULATED, Bundle, population_of
from busi.data.split import TEST
from busi.serving.gallery import PAGE, Example
from busi.web.figures import class_word, light_picture, rich
from busi.words.classes import BENIGN, MALIGNANT
from busi.words.text import Words

# A cell of the confusion matrix: what is true, and what the network says.
CELLS = {
    "tp": (MALIGNANT, MALIGNANT),
    "fn": (MALIGNANT, BENIGN),
    "fp": (BENIGN, MALIGNANT),
    "tn": (BENIGN, BENIGN),
}

_PICTURE_SIDE = 220


@dataclass(frozen=True)
class Question:
    """Which pictures a visitor asks to see.

    Attributes:
        population: a key of `populations`.
        cell: a key of `CELLS`.
        threshold: called malignant from this probability on, in [0, 1].
        page: which eight of them, from 0; numbers past the end begin again.
    """

    population: str
    cell: str
    threshold: float
    page: int = 0


def populations(bundle: Bundle) -> dict[str, pd.DataFrame]:
    """The rows that are counted together: "test" first, then "simulated" if there are simulated images beside BUSI's.

    Args:
        bundle: whose predictions are judged.
    """
    of = population_of(bundle.predictions)
    return {name: bundle.predictions[of == name] for name in (TEST, SIMULATED) if (of == name).any()}


def question_of(bundle: Bundle, event: object) -> Question | None:
    """What a click asks for; None if it asks for nothing that there is.

    Args:
        bundle: whose predictions are judged.
        event: has the attributes of a `Question`, of any type: it comes from a browser.
    """
    population, cell, threshold, page = (
        getattr(event, name, None) for name in ("population", "cell", "threshold", "page")
    )
    if not isinstance(cell, str) or cell not in CELLS:
        return None
    if not isinstance(population, str) or population not in populations(bundle):
        return None
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        return None
    return Question(population, cell, float(threshold), page if type(page) is int and page > 0 else 0)


def rows_of_cell(bundle: Bundle, question: Question) -> pd.DataFrame:
    """The images of a cell, those farthest from the threshold first.

    Args:
        bundle: whose predictions are judged.
        question: which cell, of which images, at which threshold.
    """
    rows = populations(bundle)[question.population]
    true, said = CELLS[question.cell]
    called = rows["probability"] >= question.threshold
    inside = rows[(rows["label"] == true) & (called == (said == MALIGNANT))]
    return inside.sort_values("probability", ascending=said == BENIGN)


def cell_panel(words: Words, bundle: Bundle, question: Question, find: Callable[[str], Example | None]) -> str:
    """The images of a cell, as HTML: their pictures, or else a table of them and simulated pictures in their place.

    Args:
        words: of the reader's language.
        bundle: whose predictions are judged.
        question: which cell, of which images, at which threshold.
        find: gives the example that predictions.csv calls by a name, or None if its picture is not at hand.
    """
    rows = rows_of_cell(bundle, question)
    if rows.empty:
        inside = _empty_cell(words, bundle, question)
    elif all(find(image_id) for image_id in rows["image_id"]):
        inside = _pictures(words, rows, question, find)
    else:
        inside = _table(words, rows, question.threshold) + _instead(words, bundle, question, find)
    return f'<section class="cell-panel">{_cell_heading(words, bundle, question, len(rows))}{inside}</section>'


def source_of(rows: pd.DataFrame) -> str:
    """Where the images of some rows of predictions.csv come from: "busi" or "simulated"."""
    return str(rows["source"].iloc[0])


def population_name(words: Words, rows: pd.DataFrame) -> str:
    """Which images some rows of predictions.csv are, and how many, in words."""
    return words(f"evaluation.population_{source_of(rows)}", n=len(rows))


def _cell_heading(words: Words, bundle: Bundle, question: Question, count: int) -> str:
    title = words(f"evaluation.open_{question.cell}", n=count)
    population = population_name(words, populations(bundle)[question.population])
    detail = words("evaluation.open_detail", population=population, threshold=threshold_text(words, question.threshold))
    return f'<div role="status"><h3 tabindex="-1">{escape(title)}</h3><p class="aside">{escape(detail)}</p></div>'


def _empty_cell(words: Words, bundle: Bundle, question: Question) -> str:
    """Why a cell is empty, and which way to move the threshold so that it no longer is."""
    rows = populations(bundle)[question.population]
    true, said = CELLS[question.cell]
    given = rows.loc[rows["label"] == true, "probability"]
    # The nearest stop of the bar's slider, which moves by 0.1 %.
    edge = math.floor(1000 * given.max()) if said == MALIGNANT else math.floor(1000 * given.min()) + 1
    hint = words(f"evaluation.empty_{said}", edge=threshold_text(words, edge / 1000))
    return f'<p class="empty"><strong>{escape(words("evaluation.empty"))}</strong> {escape(hint)}</p>'


def _pictures(words: Words, rows: pd.DataFrame, question: Question, find: Callable[[str], Example | None]) -> str:
    """Eight pictures of a cell, and a button for the next eight."""
    pages = -(-len(rows) // PAGE)
    page = question.page % pages
    shown = rows.iloc[page * PAGE : (page + 1) * PAGE]
    cases = "".join(_case(words, find(row.image_id), row.probability, question.threshold) for row in shown.itertuples())
    more = _more(words, question, page, pages, len(rows)) if pages > 1 else ""
    return f'<div class="cases">{cases}</div>{more}'


def _case(words: Words, example: Example, probability: float, threshold: float) -> str:
    """A picture as a button that makes it the current image and opens the tab Prédiction."""
    simulated = example.source == SIMULATED
    badge = f'<span class="badge">{escape(words("laboratory.simulated"))}</span>' if simulated else ""
    given = escape(words("score.short", score=words.score_and_threshold(probability, threshold)[0]))
    return (
        f'<button type="button" class="case" data-key="{example.key}" data-then="prediction"><span class="plate">'
        f'<img src="{light_picture(example.image, _PICTURE_SIDE)}" alt="">{badge}</span>'
        f"<span>{given}</span>{class_word(words, example.label)}</button>"
    )


def _more(words: Words, question: Question, page: int, pages: int, count: int) -> str:
    first = page * PAGE + 1
    asked = {
        "population": question.population,
        "cell": question.cell,
        "threshold": question.threshold,
        "page": (page + 1) % pages,
    }
    shown = words("evaluation.shown", first=first, last=min(first + PAGE - 1, count), count=count)
    return (
        f'<p class="more"><span>{escape(shown)}</span> <button type="button" class="plain"'
        f' data-question="{escape(json.dumps(asked))}">{escape(words("evaluation.more"))}</button></p>'
    )


def _table(words: Words, rows: pd.DataFrame, threshold: float) -> str:
    """The images of a cell by name: what can be told of them without their pictures."""
    scores, _ = words.scores_and_threshold(rows["probability"].tolist(), threshold)
    lines = "".join(
        f"<tr><td>{escape(image_id)}</td><td>{escape(score)}</td></tr>"
        for image_id, score in zip(rows["image_id"], scores, strict=True)
    )
    name, given = escape(words("evaluation.table_name")), escape(words("evaluation.table_given"))
    label = escape(words("evaluation.table_label"))
    return (
        f'<div class="names" tabindex="0" role="region" aria-label="{label}"><table><thead><tr><th scope="col">{name}'
        f'</th><th scope="col">{given}</th></tr></thead><tbody>{lines}</tbody></table></div>'
    )


def _instead(words: Words, bundle: Bundle, question: Question, find: Callable[[str], Example | None]) -> str:
    """That the workshop holds no real picture, and simulated ones that fall into the same cell."""
    note = f'<p class="aside">{rich(words("evaluation.no_pictures"))}</p>'
    if SIMULATED not in populations(bundle):
        return note
    like = Question(SIMULATED, question.cell, question.threshold, question.page)
    rows = rows_of_cell(bundle, like)
    total = len(populations(bundle)[SIMULATED])
    title = f"<h4>{escape(words('evaluation.instead', n=len(rows), total=total))}</h4>"
    if rows.empty:
        return note + title
    return note + title + _pictures(words, rows, question, find)


def threshold_text(words: Words, threshold: float) -> str:
    """A threshold in [0, 1] as the tab writes it, to a tenth of a percent."""
    return words("evaluation.threshold_value", threshold=words.number(100 * threshold, 1))
