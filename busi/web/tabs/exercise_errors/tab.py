"""The bench of the exercise on errors: every error looked at, one by one, and what the visitor makes of it.

The server gives the pictures with Grad-CAM. Hypotheses and notes stay in the visitor's browser, where gallery.js stores
them, and summary.js counts and exports them.
"""

from typing import Annotated

import cv2
import gradio as gr
import numpy as np
import pandas as pd
from markupsafe import Markup
from pydantic import Field

from busi.bundle.files import SIMULATED, Bundle
from busi.data.simulated import describe
from busi.model.activations import gradcam
from busi.serving.gallery import Example
from busi.serving.workshop import Workshop
from busi.web.events import EACH, Message, ask, message_of, or_else
from busi.web.markup import sentences
from busi.web.page import Page
from busi.web.parts.cases import MEASURES, Case, cases_of, first_population, population_names, predicted_class
from busi.web.parts.cells import populations, source_of
from busi.web.parts.enlarge import case_button
from busi.web.parts.radiologist import radiologist_panel
from busi.web.pictures import outline_path, veil_picture
from busi.web.report import report
from busi.web.scripts import mount
from busi.web.sentences import score_text
from busi.words.classes import BENIGN, MALIGNANT
from busi.words.text import Words

EACH_PAGE = 4
# A kind of error: what is true, and what the network answers.
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
COLUMNS = ("image", "source", "truth", "probability", "said", "causes", "note", *MEASURES)  # of the export

_TEMPLATE = "tabs/exercise_errors/tab.html"
_SUMMARY_SENTENCES = tuple(f"exercise_errors.{name}" for name in ("counted", "nothing", "exported", "bar", "of_kinds"))
_VEIL_SIDE = 112  # pixels: smooth enough for a map of 7 x 7, and light


class WantedErrors(Message):
    """Which errors a visitor wants to see.

    Attributes:
        population: a key of `populations`.
        kind: a key of `KINDS`.
        page: which four of them, from 0; numbers past the end begin again.
    """

    population: str
    kind: str
    page: Annotated[int, Field(ge=0, lt=10_000), or_else(0)] = 0


def errors_bench(page: Page) -> None:
    """Lays out the bench and wires it."""
    bench = gr.HTML(bench_of(page), js_on_load=mount("tabs/exercise_errors/tab.js"))
    gallery = gr.HTML("", js_on_load=mount("tabs/exercise_errors/gallery.js"), elem_id="errors-gallery")
    gr.HTML(summary_of(page), js_on_load=mount("tabs/exercise_errors/summary.js"))

    @page.or_refusal
    def show_errors(event: gr.EventData) -> object:
        wanted = wanted_errors(page.bundle, event)
        return gallery_of(page, wanted) if wanted else gr.skip()

    ask(bench.apply, show_errors, outputs=[gallery], **EACH)
    ask(gallery.apply, show_errors, outputs=[gallery], **EACH)


def wanted_errors(bundle: Bundle, event: gr.EventData) -> WantedErrors | None:
    """What a browser asks for; None if it asks for nothing that there is."""
    wanted = message_of(event, WantedErrors)
    return wanted if wanted and wanted.population in populations(bundle) and wanted.kind in KINDS else None


def errors_of(bundle: Bundle, population: str, kind: str) -> pd.DataFrame:
    """The errors of a kind at the bundle's threshold, those farthest from it first.

    Args:
        bundle: whose predictions are judged.
        population: a key of `populations`.
        kind: a key of `KINDS`.
    """
    rows = populations(bundle)[population]
    true, predicted = KINDS[kind]
    alerts = rows["probability"] >= bundle.threshold
    wrong = rows[(rows["label"] == true) & (alerts == (predicted == MALIGNANT))]
    return wrong.sort_values("probability", ascending=predicted == BENIGN, kind="stable")


def bench_of(page: Page) -> Markup:
    """Which errors to look at, and how they stand to what was guessed."""
    bench, target = page.template(_TEMPLATE).bench, page.words.percent(page.bundle.info["target_sensitivity"])
    names = population_names(page)
    counts = {name: _counts(page.bundle, name) for name in names}
    return bench(counts, target, names, first_population(page.workshop))


def gallery_of(page: Page, wanted: WantedErrors) -> Markup:
    """Four errors of a kind, each with what is known of it and room for a hypothesis.

    Args:
        page: that they stand on.
        wanted: which.

    Raises:
        BundleError: if the weights cannot be used.
    """
    rows, markup = errors_of(page.bundle, wanted.population, wanted.kind), page.template(_TEMPLATE)
    if rows.empty:
        return markup.no_errors(wanted.kind)
    pages = -(-len(rows) // EACH_PAGE)
    number = wanted.page % pages
    first = number * EACH_PAGE
    some = cases_of(rows.iloc[first : first + EACH_PAGE])
    all_rows = populations(page.bundle)[wanted.population]
    cards = [_error(page, case, all_rows) for case in some]
    shown = page.words("exercise_errors.shown", first=first + 1, last=first + len(some), count=len(rows))
    next_page = (number + 1) % pages if pages > 1 else None
    return markup.gallery(cards, shown, next_page, wanted.population, wanted.kind)


def summary_of(page: Page) -> Markup:
    """What the visitor noted, counted, and a button that exports it: the browser fills it in."""
    rows = {
        case.image_id: [source, kind, case.label, case.probability, *(getattr(case, name) for name in MEASURES)]
        for population, all_rows in populations(page.bundle).items()
        for source in [source_of(all_rows)]
        for kind in KINDS
        for case in cases_of(errors_of(page.bundle, population, kind))
    }
    return page.template(_TEMPLATE).summary(rows, _summary_texts(page.words))


def _summary_texts(words: Words) -> dict[str, object]:
    """What the browser writes into the summary and its export."""
    return {
        "causes": {cause: words(f"exercise_errors.cause_{cause}") for cause in CAUSES},
        "labels": {label: words(f"class.{label}") for label in (BENIGN, MALIGNANT)},
        "answers": {"missed": words("score.no_alert"), "alarms": words("score.alert")},
        "columns": [words(f"exercise_errors.column_{name}") for name in COLUMNS],
        **sentences(words, _SUMMARY_SENTENCES),
    }


def _counts(bundle: Bundle, population: str) -> dict[str, dict[str, int]]:
    rows = populations(bundle)[population]
    return {
        kind: {"n": len(errors_of(bundle, population, kind)), "of": int((rows["label"] == true).sum())}
        for kind, (true, _) in KINDS.items()
    }


def _error(page: Page, case: Case, rows: pd.DataFrame) -> Markup:
    """One error: the picture with its veil, the measures, and what the visitor thinks of it."""
    markup, threshold = page.template(_TEMPLATE), page.bundle.threshold
    example = page.workshop.find(case.image_id)
    over = _veils(page, case, example) if example else Markup()
    under = markup.under(case, score_text(page.words, case.probability, threshold), case.probability >= threshold)
    picture = case_button(page, case, example, under, over)
    return markup.error(case, picture, _ranks(page.words, case, rows), CAUSES, _known(page, example))


def _veils(page: Page, case: Case, example: Example) -> Markup:
    """Grad-CAM for the class that the network named, and the outline where it is known; hidden until asked for."""
    heat = _heat(page.workshop, case, example)
    if example.mask is None or not example.mask.any():
        return page.template(_TEMPLATE).veils(heat, "", 1)
    edge = outline_path(_small(np.float32(example.mask)) > 0.5)
    height, width = example.mask.shape
    return page.template(_TEMPLATE).veils(heat, edge, width / height)


def _heat(workshop: Workshop, case: Case, example: Example) -> str:
    """Where the network looked, as a data URI; empty if it has no maps."""
    classifier = workshop.classifier.get()
    if not classifier.inside.with_maps:
        return ""
    seen = classifier.predict(example.image).model_input
    label = predicted_class(case.probability, workshop.bundle.threshold)
    heat = gradcam(classifier.inside.evidence(seen), label, len(seen))
    # As large as the picture on the page, whose sides may differ.
    return veil_picture(_small(cv2.resize(heat, example.image.shape[::-1], interpolation=cv2.INTER_LINEAR)))


def _small(values: np.ndarray) -> np.ndarray:
    """A map at a size that a page has room for: float32 (H, W)."""
    scale = min(1.0, _VEIL_SIDE / max(values.shape))
    size = [max(1, round(side * scale)) for side in values.shape[::-1]]
    return cv2.resize(values, size, interpolation=cv2.INTER_AREA)


def _ranks(words: Words, case: Case, rows: pd.DataFrame) -> list[tuple[str, float, str]]:
    """Of each measure its name, the share of images that have less of it, and both in a sentence."""

    def rank(name: str) -> tuple[str, float, str]:
        below = float((rows[name] < getattr(case, name)).mean())
        value, share = words.number(getattr(case, name)), words.percent(below)
        return name, below, words("exercise_errors.higher_than", value=value, share=share)

    return [rank(name) for name in MEASURES]


def _known(page: Page, example: Example | None) -> Markup:
    """What was really drawn, for a simulated image, or what the radiologist wrote of a real one; else empty."""
    markup = page.template(_TEMPLATE)
    if example is not None and example.source == SIMULATED and example.seed is not None:
        return markup.drawn(report(page.words, describe(example.seed)[0]))
    panel = radiologist_panel(page, example) if example else Markup()
    return markup.written(panel) if panel else Markup()
