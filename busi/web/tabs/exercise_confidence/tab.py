"""The bench of the exercise on confidence: a threshold to move, missions to fulfil, and images, the least sure first.

Everything follows the threshold in the browser (tab.js). The server is asked for the pictures alone, of
the images that the browser names.
"""

import json
from html import escape

import gradio as gr
import pandas as pd

from busi.bundle.files import Bundle
from busi.data.split import TEST
from busi.serving.workshop import Workshop
from busi.web.components import EACH
from busi.web.figures import alert_word, class_word, rich
from busi.web.files import read
from busi.web.guesses import mark
from busi.web.page import Page
from busi.web.parts.cells import population_name, populations
from busi.web.parts.enlarge import case_button
from busi.words.classes import BENIGN, MALIGNANT
from busi.words.text import Words

SHOWN = 12
CELLS = ("tp", "fn", "fp", "tn")
RATES = ("sensitivity", "specificity", "accuracy")
ORDERS = ("least_sure", "errors", "most_sure")
FEW_ALARMS = 0.10  # of the benign images, in the second mission
MISSIONS = ("none_missed", "few_alarms", "balance")

_JS = read("parts/counts.js", "tabs/exercise_confidence/tab.js")
_WALL_JS = read("tabs/exercise_confidence/wall.js")
_SAID = (
    "exercise_confidence.interval",
    "exercise_confidence.share_of",
    "exercise_confidence.threshold_value",
    "exercise_confidence.guessed_more",
    "exercise_confidence.guessed_fewer",
    "exercise_confidence.guessed_same",
    "exercise_confidence.halved",
    "exercise_confidence.mission_none_missed_done",
    "exercise_confidence.mission_few_alarms_done",
    "exercise_confidence.mission_balance_done",
    "exercise_confidence.roc_alt",
    "exercise_confidence.roc_x",
    "exercise_confidence.roc_y",
    "exercise_confidence.order_least_sure_told",
    "exercise_confidence.order_errors_told",
    "exercise_confidence.order_most_sure_told",
    "exercise_confidence.no_error",
    "exercise_confidence.all_malignant",
    "exercise_confidence.all_benign",
    "guess.right",
    "guess.wrong",
)


def confidence_bench(page: Page) -> None:
    """Lays out the bench and wires it."""
    words, workshop, _picture = page.words, page.workshop, page.picture
    bundle = workshop.bundle
    bench = gr.HTML(bench_of(words, workshop), js_on_load=_JS)
    wall = gr.HTML("", js_on_load=_WALL_JS, elem_classes="confidence-wall")

    def show_images(event: gr.EventData) -> object:
        rows = rows_asked(bundle, event)
        return gr.skip() if rows is None else wall_of(words, workshop, rows)

    bench.apply(
        fn=show_images,
        outputs=[wall],
        api_visibility="private",
        show_progress="hidden",
        **EACH,
    )


def rows_asked(bundle: Bundle, event: object) -> pd.DataFrame | None:
    """The rows of predictions.csv that a browser asks to see; None if it asks for nothing that there is.

    Args:
        bundle: whose predictions are shown.
        event: has the attributes population, a key of `populations`, and rows, at most `SHOWN` places in it.
    """
    population, places = getattr(event, "population", None), getattr(event, "rows", None)
    held = populations(bundle)
    if not isinstance(population, str) or population not in held or not isinstance(places, list):
        return None
    rows = held[population]
    if len(places) > SHOWN or not all(type(place) is int and 0 <= place < len(rows) for place in places):
        return None
    return rows.iloc[places]


def bench_of(words: Words, workshop: Workshop) -> str:
    """The threshold, what it makes of the images, and the missions, as HTML.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
    """
    said = {key.split(".")[1]: words.unfilled(key) for key in _SAID}
    roc = escape(words("exercise_confidence.roc"))
    return (
        f'<section class="confidence-bench" data-bench="{escape(_data(workshop))}" '
        f'data-said="{escape(json.dumps(said))}">{_bar(words, workshop)}'
        '<p class="reply" role="status" data-out="reply"></p><p class="trap" role="status" data-out="extreme"></p>'
        f'<div class="both"><div>{_matrix(words)}</div>'
        f'<div><h4>{roc}</h4><div class="chart" data-chart="roc"></div></div></div>'
        f"{_missions(words)}{_orders(words)}</section>"
    )


def wall_of(words: Words, workshop: Workshop, rows: pd.DataFrame) -> str:
    """Some images with their scores, as HTML; what the network makes of each is written in the browser.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
        rows: of predictions.csv.
    """
    cards = "".join(_card(words, workshop, row) for row in rows.itertuples())
    said = {name: words.unfilled(f"score.{name}") for name in ("short", "answer", "alert", "no_alert")}
    said |= {name: words(f"enlarge.{name}") for name in ("yes", "no")}
    return f'<div class="wall" data-said="{escape(json.dumps(said))}">{cards}</div>' if cards else ""


def _card(words: Words, workshop: Workshop, row: pd.Series) -> str:
    says = "".join(
        f'<span data-says="{label}">{alert_word(words, label == MALIGNANT)} {mark(label == row.label)}</span>'
        for label in (MALIGNANT, BENIGN)
    )
    under = (
        f'<span data-truth="{row.label}">{escape(words("exercise_confidence.truly"))} '
        f"{class_word(words, row.label)}</span>{says}"
        f'<span class="probability" data-probability="{row.probability}"><i style="width:{row.probability:.1%}"></i>'
        f"<u></u></span><b data-score>{escape(words('score.short', score='{score}'))}</b>"
    )
    return case_button(words, row, workshop.find(row.image_id), workshop.bundle.threshold, under)


def _data(workshop: Workshop) -> str:
    """What the browser computes from: labels and probabilities, in the order of predictions.csv."""
    held = populations(workshop.bundle)
    rows = {
        name: [[int(row.label == MALIGNANT), row.probability] for row in table.itertuples()]
        for name, table in held.items()
    }
    return json.dumps(
        {
            "threshold": workshop.bundle.threshold,
            "populations": rows,
            "shown": SHOWN,
            "few": FEW_ALARMS,
        }
    )


def _bar(words: Words, workshop: Workshop) -> str:
    """Which images, and from which probability on the network says malignant."""
    held = populations(workshop.bundle)
    first = next((name for name, rows in held.items() if workshop.find(rows["image_id"].iloc[0])), TEST)
    choices = "".join(
        f'<label><input type="radio" name="confidence-population" value="{name}"{" checked" if name == first else ""}>'
        f" <span>{escape(population_name(words, rows))}</span></label>"
        for name, rows in held.items()
    )
    threshold = workshop.bundle.threshold
    return (
        f'<div class="confidence-bar"><fieldset><legend>{escape(words("exercise_confidence.population"))}</legend>'
        f'{choices}</fieldset><div><label for="confidence-threshold">'
        f'{escape(words("exercise_confidence.threshold"))} <output data-out="threshold"></output></label>'
        f'<input id="confidence-threshold" type="range" min="0" max="1" step="any" value="{threshold}">'
        f'<p class="steps"><button type="button" class="plain" data-to="{threshold}">'
        f'{escape(words("exercise_confidence.chosen"))}</button> <button type="button" class="plain" '
        f'data-to="{threshold / 2}">{escape(words("exercise_confidence.half"))}</button> <button type="button" '
        f'class="plain" data-to="0.5">{escape(words("exercise_confidence.fifty"))}</button></p></div></div>'
    )


def _matrix(words: Words) -> str:
    """The confusion matrix and three rates."""
    heads = "".join(
        f'<th scope="col">{escape(words("exercise_confidence.says"))} {alert_word(words, alerts)}</th>'
        for alerts in (True, False)
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(words("exercise_confidence.truly"))} {class_word(words, label)}</th>'
        + "".join(
            f'<td><b data-out="{cell}"></b> {escape(words(f"exercise_confidence.cell_{cell}"))}</td>' for cell in cells
        )
        + "</tr>"
        for label, cells in ((MALIGNANT, CELLS[:2]), (BENIGN, CELLS[2:]))
    )
    rates = "".join(
        f'<div><dt>{rich(words(f"exercise_confidence.{name}"))}</dt><dd><b data-out="{name}"></b> '
        f'<small data-out="{name}_interval"></small></dd></div>'
        for name in RATES
    )
    return (
        f'<h4>{escape(words("exercise_confidence.matrix"))}</h4><table class="matrix"><thead><tr><td></td>{heads}</tr>'
        f'</thead><tbody>{rows}</tbody></table><dl class="rates">{rates}</dl>'
    )


def _missions(words: Words) -> str:
    """Three things to reach with the threshold, each ticked once it is."""
    items = "".join(
        f'<li data-mission="{name}"><span aria-hidden="true">○</span> <div>'
        f"{rich(words(f'exercise_confidence.mission_{name}', few=words.percent(FEW_ALARMS)))}"
        f'<p class="aside" role="status"></p></div></li>'
        for name in MISSIONS
    )
    title, caution = escape(words("exercise_confidence.missions")), rich(words("exercise_confidence.caution"))
    return f'<h4>{title}</h4><ul class="missions">{items}</ul><p class="aside">{caution}</p>'


def _orders(words: Words) -> str:
    """Which images come first."""
    buttons = "".join(
        f'<button type="button" class="plain" data-order="{name}" aria-pressed="{str(name == ORDERS[0]).lower()}">'
        f"{escape(words(f'exercise_confidence.order_{name}'))}</button>"
        for name in ORDERS
    )
    return (
        f"<h4>{escape(words('exercise_confidence.images'))}</h4><p>{rich(words('exercise_confidence.images_told'))}</p>"
        f'<p class="orders">{buttons}</p><p class="aside" role="status" data-out="told"></p>'
    )
