"""The tab L'évaluation: what the network is worth on images that it did not learn from.

A bar that stays in view holds two choices, which images and which threshold; everything under it follows in the
browser, from the table of predictions (bar.js owns the two choices, and each widget has a file of its own). The
server is asked for one thing, the pictures of a cell of the confusion matrix. Populations are never mixed.
"""

import json
from collections.abc import Iterable
from html import escape
from typing import Any

import gradio as gr
import pandas as pd

from busi.bundle.files import Bundle
from busi.bundle.measured import Measured, judged_before, measured
from busi.data.split import TEST
from busi.model.metrics import Estimate, calibration_error_by_chance
from busi.web.components import EACH
from busi.web.figures import alert_word, class_word, heading, interval, next_tab, rich
from busi.web.page import Page
from busi.web.parts.cells import CELLS, cell_panel, population_name, populations, question_of, source_of, threshold_text
from busi.web.parts.medicine import third_answer
from busi.web.parts.thumbnails import PICK_JS, let_choose
from busi.web.scripts import mount
from busi.words.classes import BENIGN, MALIGNANT
from busi.words.text import Words

RATES = ("accuracy", "sensitivity", "specificity", "ppv")
# Per 1,000 women. Screening: cancers that France's programme found among the women who came, 2004-2014 (Santé publique
# France): detection, not prevalence. Lump: about one in ten (K. Kerlikowske et al., Ann Intern Med 139 (2003) 274).
PREVALENCES = {"screening": 7, "lump": 100}
HIGHEST_PREVALENCE = 300

_MARKS = {True: "✓", False: "✗"}
_THRESHOLD_FREE = ("auc", "loss", "calibration_error")
_SAID_OF_GUESSES = ("guess.within", "guess.higher", "guess.lower")
_SAID_BY_BAR = ("evaluation.threshold_value",)
_SAID_BY_BENCH = (
    "evaluation.guess_reply",
    "evaluation.interval",
    "evaluation.share_of",
    "evaluation.no_ppv",
    "evaluation.always_benign",
    "evaluation.always_benign_better",
    "evaluation.strip_alt",
    "evaluation.strip_benign",
    "evaluation.strip_malignant",
    "evaluation.said_benign",
    "evaluation.said_malignant",
    "evaluation.threshold_mark",
    *_SAID_OF_GUESSES,
)
_SAID_BY_ROC = (
    "evaluation.interval",
    "evaluation.n",
    "evaluation.auc_reading",
    "evaluation.loss_reading",
    "evaluation.roc_alt",
    "evaluation.roc_x",
    "evaluation.roc_y",
    "evaluation.roc_chance",
    "evaluation.roc_here",
)
_SAID_BY_CALIBRATION = (
    "evaluation.interval",
    "evaluation.n",
    "evaluation.calibration_alt",
    "evaluation.calibration_alt_slice",
    "evaluation.calibration_x",
    "evaluation.calibration_y",
    "evaluation.calibration_n",
    "evaluation.slice",
    "evaluation.slice_none",
    "evaluation.slice_one",
    "evaluation.slice_many",
    "evaluation.slice_thin",
    "evaluation.slice_fits",
    "evaluation.slice_above",
    "evaluation.slice_below",
    "evaluation.error_points",
    "evaluation.error_interval",
    "evaluation.error_reading",
    "evaluation.error_chance",
    "evaluation.error_within",
    "evaluation.error_beyond",
)
_SAID_BY_WOMEN = (
    "evaluation.interval",
    "evaluation.prevalence_value",
    "evaluation.women_before",
    "evaluation.women_alt",
    "evaluation.women_rates",
    "evaluation.women_right_of",
    "evaluation.women_no_alert",
    "evaluation.women_range",
    "evaluation.women_reassured",
    "evaluation.women_guess_reply",
    "evaluation.women_caution",
    "evaluation.women_caution_simulated",
    "evaluation.women_in_set",
    *_SAID_OF_GUESSES,
)


def evaluation_tab(page: Page) -> None:
    """Lays out the tab and wires it."""
    words, workshop = page.words, page.workshop
    bundle = workshop.bundle
    with gr.Tab(words("evaluation.tab"), id="evaluation", elem_id="tab-evaluation"):
        gr.HTML(heading(words, "evaluation"))
        gr.HTML(_bar(words, bundle), js_on_load=_script("bar"), elem_classes="evaluation-bar")
        bench = gr.HTML(_bench(words, bundle), js_on_load=_script("confusion"))
        cases = gr.HTML("", js_on_load=PICK_JS + _script("cases"), elem_classes="evaluation-cases")
        gr.HTML(_roc(words), js_on_load=_script("roc"))
        gr.HTML(_calibration(words), js_on_load=_script("calibration"))
        gr.HTML(_women(words), js_on_load=_script("women"))
        gr.HTML(third_answer(page))
        gr.Markdown(words.lesson("evaluation"), elem_classes="lesson")
        gr.HTML(next_tab(words, "prediction"))

    def open_cell(event: gr.EventData) -> str:
        question = question_of(bundle, event)
        return cell_panel(words, bundle, question, workshop.find) if question else ""

    private = {"api_visibility": "private", "show_progress": "hidden", **EACH}
    bench.apply(fn=open_cell, outputs=[cases], **private)
    cases.apply(fn=open_cell, outputs=[cases], **private)
    let_choose(page, cases)


def _script(name: str) -> str:
    """What mounts a module of this tab."""
    return mount(f"tabs/evaluation/{name}.js")


def _said(words: Words, keys: Iterable[str]) -> str:
    """Sentences for a widget, their placeholders unfilled, in an attribute."""
    sentences = {key.split(".")[1]: words.strings[key] for key in keys}
    return f'data-said="{escape(json.dumps(sentences))}"'


def _data(bundle: Bundle) -> str:
    """What the browser computes from, as JSON: labels and probabilities, and the numbers that it takes as they are."""
    held = {
        name: {
            "source": source_of(rows),
            "rows": [
                [int(row.label == MALIGNANT), row.probability]
                for row in rows.sort_values("probability", kind="stable").itertuples()
            ],
            "metrics": {
                metric: _plain(estimate)
                for metric, estimate in bundle.metrics(name).items()
                if metric in _THRESHOLD_FREE
            },
            **_beside_chance(bundle.metrics(name)["calibration_error"], rows),
        }
        for name, rows in populations(bundle).items()
    }
    return json.dumps({"threshold": bundle.threshold, "populations": held})


def _beside_chance(error: Estimate, rows: pd.DataFrame) -> dict[str, Any]:
    """What chance alone would make of the calibration error on these images, and whether it is beyond that."""
    chance = calibration_error_by_chance(rows["probability"].to_numpy(), rows["group"].to_numpy())
    return {"by_chance": _plain(chance), "above_chance": error.value > chance.high}


def _plain(estimate: Estimate) -> list[float]:
    return [estimate.value, estimate.low, estimate.high, estimate.n]


def _bar(words: Words, bundle: Bundle) -> str:
    """Which images, and from which probability on the network says malignant."""
    choices = "".join(
        f'<label><input type="radio" name="evaluation-population" value="{name}"{" checked" if name == TEST else ""}>'
        f"<span>{escape(population_name(words, rows))}</span></label>"
        for name, rows in populations(bundle).items()
    )
    label, back = escape(words("evaluation.threshold_label")), escape(words("evaluation.threshold_back"))
    return (
        f'<div class="bar-of-choices" {_said(words, _SAID_BY_BAR)} data-evaluation="{escape(_data(bundle))}">'
        f"<fieldset><legend>{escape(words('evaluation.population'))}</legend>{choices}</fieldset>"
        f'<div class="threshold-choice"><label for="evaluation-threshold">{label} <output data-out="threshold">'
        f"{threshold_text(words, bundle.threshold)}</output></label>"
        f'<input id="evaluation-threshold" type="range" min="0" max="1" step="any" value="{bundle.threshold}">'
        f'<button type="button" class="plain" data-back>{back}</button></div></div>'
    )


def _bench(words: Words, bundle: Bundle) -> str:
    """A guess, the images along their probabilities, the confusion matrix and the rates."""
    story = words(
        "evaluation.threshold_story",
        threshold=threshold_text(words, bundle.threshold),
        target=words.percent(bundle.info["target_sensitivity"]),
    )
    return (
        f'<section class="bench" {_said(words, _SAID_BY_BENCH)}>{_guess(words)}'
        f"<h3>{escape(words('evaluation.strip_title'))}</h3>"
        f'<p class="aside">{rich(words("evaluation.strip_reading"))}</p>'
        f'<div class="chart strip" data-chart="strip"></div>{_chart_caption()}'
        f'<div class="two"><div>{_matrix(words)}</div><div>{_rates(words)}</div></div>'
        f'<p class="aside story">{rich(story)}</p>{_elsewhere(words, bundle)}</section>'
    )


def _elsewhere(words: Words, bundle: Bundle) -> str:
    """How far the numbers of BUSI's test images are to be believed, as HTML: seen before, and lucky or not."""
    if not judged_before(bundle.info):
        return ""
    said, found = [words("evaluation.seen_before")], measured()
    if found.is_of(bundle.info.get("training", {}).get("recipe", {})):
        said.insert(0, elsewhere(words, bundle, found))
    return "".join(f'<p class="aside story">{rich(text)}</p>' for text in said)


def elsewhere(words: Words, bundle: Bundle, found: Measured) -> str:
    """The sensitivity at the chosen threshold, beside what the same recipe reached on other splits.

    Args:
        words: of the reader's language.
        bundle: whose network was trained by that recipe.
        found: the numbers.
    """
    here, counts = bundle.metrics()["sensitivity"], bundle.confusion()
    grouped, official = found.grouped.sensitivity, found.official.sensitivity
    told = words(
        "evaluation.elsewhere",
        target=words.percent(bundle.info["target_sensitivity"]),
        malignant=here.n,
        found=counts.true_positives,
        share=words.percent(here.value),
        n=grouped.n,
        grouped=words.percent(grouped.value),
        grouped_interval=interval(words, grouped, words.percent),
        official_n=official.n,
        official=words.percent(official.value),
        official_interval=interval(words, official, words.percent),
    )
    luck = "lucky" if here.value > grouped.high else "unlucky" if here.value < grouped.low else "usual"
    return f"{told} {words(f'evaluation.elsewhere_{luck}', share=words.percent(here.value))}"


def _guess(words: Words) -> str:
    return (
        f'<div class="card"><h3>{escape(words("evaluation.guess_title"))}</h3>'
        f"<p>{escape(words('evaluation.guess'))}</p>"
        f"{_guessing('evaluation-guess', words('evaluation.guess_label'), words('evaluation.guess_show'))}</div>"
    )


def _guessing(name: str, label: str, show: str) -> str:
    """A slider for a guess from 0 to 100, a button, and room for what is to be said of it."""
    return (
        f'<div class="first-guess"><label for="{name}">{escape(label)} <output for="{name}">50</output></label>'
        f'<input id="{name}" type="range" min="0" max="100" value="50">'
        f'<button type="button" class="solid" data-show>{escape(show)}</button></div>'
        f'<p class="reply" role="status" data-out="reply"></p>'
    )


def _chart_caption() -> str:
    """Which images a chart counts; filled in the browser."""
    return '<p class="population" data-out="population"></p>'


def _matrix(words: Words) -> str:
    """The confusion matrix: a row per truth, a column per answer, each cell a button."""
    heads = "".join(
        f'<th scope="col"><small>{escape(words("evaluation.says"))}</small>{alert_word(words, alerts)}</th>'
        for alerts in (True, False)
    )
    rows = _matrix_row(words, MALIGNANT, ("tp", "fn")) + _matrix_row(words, BENIGN, ("fp", "tn"))
    return (
        f"<h3>{escape(words('evaluation.matrix_title'))}</h3>"
        f'<p class="aside">{rich(words("evaluation.matrix_reading"))}</p>'
        f'<table class="confusion"><caption class="population" data-out="population"></caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _matrix_row(words: Words, true: str, cells: tuple[str, str]) -> str:
    buttons = "".join(
        f'<td><button type="button" class="{"right" if CELLS[cell][0] == CELLS[cell][1] else "wrong"} {true}"'
        f' data-cell="{cell}" aria-pressed="false"><b data-out="{cell}"></b>'
        f'<span><span aria-hidden="true">{_MARKS[CELLS[cell][0] == CELLS[cell][1]]}</span> '
        f"{escape(words(f'evaluation.cell_{cell}'))}</span>"
        f"<small>{escape(words('evaluation.see'))}</small></button></td>"
        for cell in cells
    )
    really = escape(words("evaluation.really"))
    return (
        f'<tr><th scope="row"><small>{really}</small>{class_word(words, true)}'
        f'<small class="count" data-out="n_{true}"></small></th>{buttons}</tr>'
    )


def _rates(words: Words) -> str:
    rows = "".join(
        f'<div class="rate" data-rate="{name}"><dt>{rich(words(f"evaluation.{name}"))}</dt><dd>'
        f'<b data-out="{name}"></b><span class="whisker" aria-hidden="true"><i></i><u></u></span>'
        f'<span><span data-out="{name}_interval"></span> <small data-out="{name}_of"></small></span></dd></div>'
        for name in RATES
    )
    return (
        f"<h3>{escape(words('evaluation.rates_title'))}</h3>"
        f'<p class="aside">{rich(words("evaluation.rates_reading"))}</p><dl class="rates">{rows}</dl>'
        f'<p class="aside" data-out="always_benign"></p>'
    )


def _roc(words: Words) -> str:
    """All thresholds at once, and the two numbers that do not depend on one."""
    return (
        f'<section class="roc" {_said(words, _SAID_BY_ROC)}><h3>{escape(words("evaluation.roc_title"))}</h3>'
        f'<div class="two"><div><div class="chart square" data-chart="roc"></div>{_chart_caption()}</div>'
        f"<div><p>{rich(words('evaluation.roc_reading'))}</p>{_big_number(words, 'auc')}{_big_number(words, 'loss')}"
        "</div></div></section>"
    )


def _big_number(words: Words, name: str) -> str:
    return (
        f'<div class="big-number"><h4>{rich(words(f"evaluation.{name}"))}</h4><p><b data-out="{name}"></b> '
        f'<span data-out="{name}_interval"></span> <small data-out="{name}_n"></small></p>'
        f'<p class="aside" data-out="{name}_reading"></p></div>'
    )


def _calibration(words: Words) -> str:
    """Of the images given some probability, how many were malignant."""
    label = escape(words("evaluation.slice_label"))
    return (
        f'<section class="calibration" {_said(words, _SAID_BY_CALIBRATION)}>'
        f"<h3>{escape(words('evaluation.calibration_title'))}</h3>"
        f'<div class="two"><div><div class="chart square" data-chart="calibration"></div>{_chart_caption()}</div>'
        f"<div><p>{rich(words('evaluation.calibration_reading'))}</p>"
        f'<label for="evaluation-slice">{label} <output data-out="slice"></output></label>'
        '<input id="evaluation-slice" type="range" min="0" max="9" step="1" value="8">'
        f'<p class="said" role="status" data-out="slice_reading"></p>{_big_number(words, "calibration_error")}'
        f"</div></div></section>"
    )


def _women(words: Words) -> str:
    """A thousand women as a thousand marks, a guess, and the answer."""
    guess = _guessing("evaluation-women-guess", words("evaluation.women_guess_label"), words("evaluation.women_show"))
    return (
        f'<section class="women" {_said(words, _SAID_BY_WOMEN)}><h3>{escape(words("evaluation.women_title"))}</h3>'
        f"<p>{rich(words('evaluation.women_intro'))}</p>{_prevalence(words)}"
        f'<div class="thousand"><div><div class="chart" data-chart="women"></div>'
        f'<p class="population" data-out="women_rates"></p></div><div>'
        f'<div class="card"><h4>{escape(words("evaluation.women_guess"))}</h4>{guess}</div>'
        f"<div data-after hidden>{_women_answer(words)}</div></div></div>"
        f'<div data-after hidden><p class="aside" data-out="caution"></p><p class="aside" data-out="in_set"></p>'
        f"</div></section>"
    )


def _prevalence(words: Words) -> str:
    """How many of the thousand have a cancer, and two orders of magnitude to start from."""
    presets = "".join(
        f'<button type="button" class="plain" data-prevalence="{count}">'
        f"{escape(words(f'evaluation.prevalence_{name}', count=count))}</button>"
        for name, count in PREVALENCES.items()
    )
    label, first = escape(words("evaluation.prevalence_label")), PREVALENCES["lump"]
    return (
        f'<div class="prevalence"><label for="evaluation-prevalence">{label} <output data-out="prevalence"></output>'
        f'</label><input id="evaluation-prevalence" type="range" min="1" max="{HIGHEST_PREVALENCE}" value="{first}">'
        f"<p>{presets}</p></div>"
    )


def _women_answer(words: Words) -> str:
    """How often an alert is right, and the four kinds of women, counted."""
    kinds = "".join(
        f'<li class="{kind}"><svg viewBox="0 0 16 16" aria-hidden="true"><path/></svg><span>'
        f'{escape(words(f"evaluation.women_kind_{kind}"))}</span><b data-out="{kind}"></b></li>'
        for kind in ("found", "missed", "alarmed", "reassured")
    )
    only_alerts = escape(words("evaluation.women_only_alerts"))
    return (
        '<p class="answer" role="status"><b data-out="right"></b> <span data-out="right_of"></span></p>'
        f'<p data-out="range"></p><p>{rich(words("evaluation.women_ppv"))}</p><ul class="kinds">{kinds}</ul>'
        f'<button type="button" class="plain" data-alerts aria-pressed="false">{only_alerts}</button>'
        '<p data-out="reassured_reading"></p>'
    )
