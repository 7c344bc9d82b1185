"""The bench of the exercise on errors: every error looked at, one by one, and what the visitor makes of it.

The server gives the pictures with Grad-CAM. Hypotheses and notes stay in the visitor's browser, where
gallery.js keeps them, and summary.js counts and exports them.
"""

import json
from dataclasses import dataclass
from html import escape

import cv2
import gradio as gr
import numpy as np
import pandas as pd

from busi.bundle.files import SIMULATED, Bundle, BundleError
from busi.data.simulated import describe
from busi.model.activations import gradcam
from busi.serving.gallery import Example
from busi.serving.workshop import Workshop
from busi.web.components import EACH
from busi.web.figures import alert_word, card, class_word, outline_path, rich, veil_picture
from busi.web.files import read
from busi.web.page import Page
from busi.web.parts.cells import population_name, populations, source_of
from busi.web.parts.enlarge import case_button, says
from busi.web.report import report
from busi.words.classes import BENIGN, MALIGNANT
from busi.words.text import Words

EACH_PAGE = 4
# A kind of error: what is true, and what the network says.
KINDS = {"missed": (MALIGNANT, BENIGN), "alarms": (BENIGN, MALIGNANT)}
CAUSES = (
    "marks",
    "shadow",
    "enhancement",
    "small",
    "edge",
    "quality",
    "looks_benign",
    "looks_malignant",
    "label",
    "elsewhere",
)
MEASURES = ("blur", "contrast", "brightness")
COLUMNS = ("image", "source", "truth", "probability", "said", "causes", "note", *MEASURES)  # of the export
LONGEST_NOTE = 20_000  # characters

_VEIL_SIDE = 112  # pixels: smooth enough for a map of 7 x 7, and light

_JS, _GALLERY_JS, _SUMMARY_JS = (read(f"tabs/exercise_errors/{part}.js") for part in ("tab", "gallery", "summary"))


@dataclass(frozen=True)
class Asked:
    """Which errors a visitor asks to see.

    Attributes:
        population: a key of `populations`.
        kind: a key of `KINDS`.
        page: which four of them, from 0; numbers past the end begin again.
    """

    population: str
    kind: str
    page: int


def errors_bench(page: Page) -> None:
    """Lays out the bench and wires it."""
    words, workshop, _picture = page.words, page.workshop, page.picture
    bench = gr.HTML(bench_of(words, workshop), js_on_load=_JS)
    gallery = gr.HTML("", js_on_load=_GALLERY_JS, elem_id="errors-gallery")
    gr.HTML(summary_of(words, workshop), js_on_load=_SUMMARY_JS)

    def show_errors(event: gr.EventData) -> object:
        asked = asked_of(workshop.bundle, event)
        if asked is None:
            return gr.skip()
        try:
            return gallery_of(words, workshop, asked)
        except BundleError:
            return card(words("refused.network_title"), words("refused.network"), "alert")

    private = {"api_visibility": "private", "show_progress": "hidden", **EACH}
    bench.apply(fn=show_errors, outputs=[gallery], **private)
    gallery.apply(fn=show_errors, outputs=[gallery], **private)


def asked_of(bundle: Bundle, event: object) -> Asked | None:
    """What a browser asks for; None if it asks for nothing that there is.

    Args:
        bundle: whose errors are shown.
        event: has the attributes of `Asked`, of any type.
    """
    population, kind, page = (getattr(event, name, None) for name in ("population", "kind", "page"))
    if not isinstance(population, str) or population not in populations(bundle):
        return None
    if not isinstance(kind, str) or kind not in KINDS:
        return None
    return Asked(population, kind, page if type(page) is int and 0 <= page < 10_000 else 0)


def errors_of(bundle: Bundle, population: str, kind: str) -> pd.DataFrame:
    """The errors of a kind at the bundle's threshold, those farthest from it first.

    Args:
        bundle: whose predictions are judged.
        population: a key of `populations`.
        kind: a key of `KINDS`.
    """
    rows = populations(bundle)[population]
    true, said = KINDS[kind]
    called = rows["probability"] >= bundle.threshold
    wrong = rows[(rows["label"] == true) & (called == (said == MALIGNANT))]
    return wrong.sort_values("probability", ascending=said == BENIGN, kind="stable")


def bench_of(words: Words, workshop: Workshop) -> str:
    """Which errors to look at, and how they stand to what was guessed, as HTML.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
    """
    held = populations(workshop.bundle)
    first = next((name for name, rows in held.items() if workshop.find(rows["image_id"].iloc[0])), next(iter(held)))
    radios = "".join(
        f'<label><input type="radio" name="errors-population" value="{name}"{" checked" if name == first else ""}> '
        f"<span>{escape(population_name(words, rows))}</span></label>"
        for name, rows in held.items()
    )
    counts = {name: _counts(workshop.bundle, name) for name in held}
    said = {
        name: words.unfilled(f"exercise_errors.{name}")
        for name in ("kind_missed", "kind_alarms", "guessed_missed", "guessed_alarmed", "guessed_as_many", "guess_told")
    }
    said |= {name: words(f"guess.{name}") for name in ("right", "wrong")}
    said["target"] = words.percent(workshop.bundle.info["target_sensitivity"])
    kinds = "".join(f'<button type="button" class="plain" data-kind="{kind}"></button>' for kind in KINDS)
    return (
        f'<section class="errors-bench" data-counts="{escape(json.dumps(counts))}" data-said='
        f'"{escape(json.dumps(said))}"><p class="reply" role="status" data-out="reply"></p>'
        f"<fieldset><legend>{escape(words('exercise_errors.population'))}</legend>{radios}</fieldset>"
        f'<p class="kinds" role="group" aria-label="{escape(words("exercise_errors.which"))}">{kinds}</p>'
        f'<div class="veils"><label><input type="checkbox" data-veil> {escape(words("exercise_errors.veil"))}</label>'
        f'<label><input type="checkbox" data-edge> {escape(words("exercise_errors.outline"))}</label></div>'
        f'<p class="aside">{rich(words("exercise_errors.how"))}</p></section>'
    )


def gallery_of(words: Words, workshop: Workshop, asked: Asked) -> str:
    """Four errors of a kind, each with what is known of it and room for a hypothesis, as HTML.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
        asked: which.

    Raises:
        BundleError: if the weights cannot be used.
    """
    rows = errors_of(workshop.bundle, asked.population, asked.kind)
    if rows.empty:
        return f'<p class="empty">{rich(words(f"exercise_errors.none_{asked.kind}"))}</p>'
    pages = -(-len(rows) // EACH_PAGE)
    page = asked.page % pages
    some = rows.iloc[page * EACH_PAGE : (page + 1) * EACH_PAGE]
    held = populations(workshop.bundle)[asked.population]
    cards = "".join(_error(words, workshop, row, held) for row in some.itertuples())
    place = {"first": page * EACH_PAGE + 1, "last": page * EACH_PAGE + len(some), "count": len(rows)}
    more = (
        f'<button type="button" class="plain" data-page="{(page + 1) % pages}" data-population="{asked.population}" '
        f'data-kind="{asked.kind}">{escape(words("exercise_errors.more"))}</button>'
        if pages > 1
        else ""
    )
    shown = escape(words("exercise_errors.shown", **place))
    return f'<div class="errors">{cards}</div><p class="more"><span>{shown}</span> {more}</p>'


def summary_of(words: Words, workshop: Workshop) -> str:
    """What the visitor noted, counted, and a button that exports it, as HTML that the browser fills.

    Args:
        words: of the reader's language.
        workshop: what the pages work with.
    """
    rows = {
        row.image_id: [source, kind, row.label, row.probability, *(getattr(row, name) for name in MEASURES)]
        for population, held in populations(workshop.bundle).items()
        for source in [source_of(held)]
        for kind in KINDS
        for row in errors_of(workshop.bundle, population, kind).itertuples()
    }
    said = {
        "causes": {cause: words(f"exercise_errors.cause_{cause}") for cause in CAUSES},
        "labels": {label: words(f"class.{label}") for label in (BENIGN, MALIGNANT)},
        "answers": {"missed": words("score.no_alert"), "alarms": words("score.alert")},
        "columns": [words(f"exercise_errors.column_{name}") for name in COLUMNS],
        **{
            name: words.unfilled(f"exercise_errors.{name}")
            for name in ("counted", "nothing", "exported", "bar", "of_kinds")
        },
    }
    data = f'data-rows="{escape(json.dumps(rows))}" data-said="{escape(json.dumps(said))}"'
    return (
        f'<section class="errors-summary" {data}>'
        f"<h4>{escape(words('exercise_errors.summary'))}</h4><p role='status' data-out='counted'></p>"
        f'<ul class="causes-counted"></ul><p class="aside">{rich(words("exercise_errors.caution"))}</p>'
        f'<button type="button" class="solid" data-export>{escape(words("exercise_errors.export"))}</button>'
        f'<p role="status" data-out="exported"></p></section>'
    )


def _counts(bundle: Bundle, population: str) -> dict[str, dict[str, int]]:
    rows = populations(bundle)[population]
    return {
        kind: {"n": len(errors_of(bundle, population, kind)), "of": int((rows["label"] == true).sum())}
        for kind, (true, _) in KINDS.items()
    }


def _error(words: Words, workshop: Workshop, row: pd.Series, held: pd.DataFrame) -> str:
    """One error: the picture with its veil, the measures, and what the visitor thinks of it."""
    example = workshop.find(row.image_id)
    threshold = workshop.bundle.threshold
    over = "" if example is None else _veils(workshop, row, example)
    picture = case_button(words, row, example, threshold, _under(words, row, threshold), over)
    return (
        f'<article class="error" data-error="{escape(row.image_id)}"><div>{picture}{_measures(words, row, held)}</div>'
        f"<div>{_hypotheses(words, row)}{_truth(words, example)}</div></article>"
    )


def _under(words: Words, row: pd.Series, threshold: float) -> str:
    score = escape(words("score.short", score=words.score_and_threshold(row.probability, threshold)[0]))
    return (
        f"<span>{escape(words('exercise_errors.truly'))} {class_word(words, row.label)}</span>"
        f"<span>{alert_word(words, row.probability >= threshold)}, <b>{score}</b></span>"
    )


def _veils(workshop: Workshop, row: pd.Series, example: Example) -> str:
    """Grad-CAM for the class that the network named, and the outline where it is known; hidden until asked for."""
    classifier = workshop.classifier.get()
    veil = ""
    if classifier.inside.with_maps:
        seen = classifier.predict(example.image).model_input
        heat = gradcam(classifier.inside.evidence(seen), says(row.probability, workshop.bundle.threshold), len(seen))
        # As large as the picture on the page, whose sides may differ.
        heat = cv2.resize(heat, example.image.shape[::-1], interpolation=cv2.INTER_LINEAR)
        veil = f'<img class="veil" src="{veil_picture(_small(heat))}" alt="" hidden>'
    if example.mask is None or not example.mask.any():
        return veil
    path = outline_path(_small(np.float32(example.mask)) > 0.5)
    height, width = example.mask.shape
    return (
        f'{veil}<svg class="edge" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" hidden '
        f'style="--ratio:{width / height:.4f}"><path d="{path}"/></svg>'
    )


def _small(values: np.ndarray) -> np.ndarray:
    """A map at a size that a page has room for: float32 (H, W)."""
    scale = min(1.0, _VEIL_SIDE / max(values.shape))
    size = [max(1, round(side * scale)) for side in values.shape[::-1]]
    return cv2.resize(values, size, interpolation=cv2.INTER_AREA)


def _measures(words: Words, row: pd.Series, held: pd.DataFrame) -> str:
    """Each measure as a mark on a line from the lowest to the highest image of the population."""
    lines = ""
    for name in MEASURES:
        below = float((held[name] < getattr(row, name)).mean())
        value = words.number(getattr(row, name))
        told = words("exercise_errors.higher_than", value=value, share=words.percent(below))
        lines += (
            f"<div><dt>{escape(words(f'exercise_errors.{name}'))}</dt><dd><span class='rank' aria-hidden='true'>"
            f"<u style='left:{below:.1%}'></u></span><small>{escape(told)}</small></dd></div>"
        )
    return f'<dl class="measures">{lines}</dl>'


def _hypotheses(words: Words, row: pd.Series) -> str:
    """Causes to tick and a note to write; filled and kept by the browser."""
    boxes = "".join(
        f'<label><input type="checkbox" data-cause="{cause}"> {escape(words(f"exercise_errors.cause_{cause}"))}</label>'
        for cause in CAUSES
    )
    note = escape(words("exercise_errors.note"))
    return (
        f"<fieldset><legend>{escape(words('exercise_errors.hypotheses'))}</legend><div class='causes'>{boxes}</div>"
        f'</fieldset><label class="note">{note}'
        f'<textarea rows="3" maxlength="{LONGEST_NOTE}" data-note></textarea></label>'
    )


def _truth(words: Words, example: Example | None) -> str:
    """What was really drawn, for a simulated image: told once there is a hypothesis."""
    if example is None or example.source != SIMULATED or example.seed is None:
        return ""
    drawn = report(words, describe(example.seed)[0])
    return (
        f'<div class="drawn" hidden><h5>{escape(words("exercise_errors.drawn"))}</h5><p>{escape(drawn)}</p></div>'
        f'<p class="aside" data-before>{escape(words("exercise_errors.drawn_later"))}</p>'
    )
