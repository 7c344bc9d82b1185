"""The tab L'évaluation: what the network is worth on images that it did not learn from.

A bar that stays in view holds two choices, which images and which threshold; everything under it follows in the
browser, from the table of predictions (bar.js owns the two choices, and each widget has a file of its own). The
server is asked for one thing, the pictures of a cell of the confusion matrix. Populations are never mixed.
"""

from typing import Any

import gradio as gr
import pandas as pd
from markupsafe import Markup

from busi.bundle.files import Bundle
from busi.bundle.measured import Measured, judged_before, measured
from busi.data.split import TEST
from busi.model.metrics import Estimate, calibration_error_by_chance
from busi.web.page import Page
from busi.web.parts.cells import let_open_cells, population_name, populations, source_of, threshold_text
from busi.web.parts.medicine import third_answer
from busi.web.parts.thread import thread_step
from busi.web.parts.thumbnails import PICK_JS
from busi.web.scripts import mount
from busi.web.sentences import interval
from busi.web.tabs.evaluation.elsewhere import another_hospital
from busi.words.classes import MALIGNANT
from busi.words.text import Words

# Per 1,000 women. Screening: cancers that France's programme found among the women who came, 2004-2014 (Santé publique
# France): detection, not prevalence. Lump: about one in ten (K. Kerlikowske et al., Ann Intern Med 139 (2003) 274).
PREVALENCES = {"screening": 7, "lump": 100}
HIGHEST_PREVALENCE = 300

_TEMPLATE = "tabs/evaluation/tab.html"
_THRESHOLD_FREE = ("auc", "loss", "calibration_error")


def evaluation_tab(page: Page) -> None:
    """Lays out the tab and wires it."""
    markup = page.template(_TEMPLATE)
    with gr.Tab(page.words("evaluation.tab"), id="evaluation", elem_id="tab-evaluation"):
        gr.HTML(page.macros.heading("evaluation"))
        gr.HTML(markup.first_guess(), js_on_load=_script("guess"))
        gr.HTML(choices(page), js_on_load=_script("bar"), elem_classes="evaluation-bar")
        bench = gr.HTML(markup.bench(), js_on_load=_script("confusion") + _script("rates"))
        cases = gr.HTML("", js_on_load=PICK_JS + _script("cases"), elem_classes="evaluation-cases")
        gr.HTML(markup.numbers(_stories(page), luck(page)), js_on_load=_script("rates"))
        gr.HTML(markup.roc(), js_on_load=_script("roc"))
        gr.HTML(markup.calibration(), js_on_load=_script("calibration"))
        another_hospital(page)
        gr.HTML(markup.women(PREVALENCES, HIGHEST_PREVALENCE), js_on_load=_script("women"))
        gr.HTML(third_answer(page))
        gr.Markdown(page.words.lesson("evaluation"), elem_classes="lesson")
        gr.HTML(thread_step(page, "evaluation"))
        gr.HTML(page.macros.next_tab("prediction"))

    let_open_cells(page, bench, cases)


def choices(page: Page) -> Markup:
    """The bar: which images, and from which probability on an alert is raised."""
    threshold = page.bundle.threshold
    names = {name: population_name(page.words, rows) for name, rows in populations(page.bundle).items()}
    written = threshold_text(page.words, threshold)
    return page.template(_TEMPLATE).bar(_data(page.bundle), names, TEST, threshold, written)


def elsewhere(words: Words, bundle: Bundle, found: Measured) -> str:
    """The sensitivity at the chosen threshold, compared with what the same recipe reached on other splits.

    Args:
        words: of the reader's language.
        bundle: whose network was trained by that recipe.
        found: the numbers.
    """
    here, counts = bundle.metrics()["sensitivity"], bundle.confusion()
    grouped, official = found.grouped.sensitivity, found.official.sensitivity
    both = words(
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
    return f"{both} {words(f'evaluation.elsewhere_{luck}', share=words.percent(here.value))}"


def luck(page: Page) -> str:
    """One sentence on how much luck is in the sensitivity that stands here in large type; empty where nobody measured.

    Args:
        page: that it stands on.
    """
    words, bundle, found = page.words, page.bundle, measured()
    if not judged_before(bundle.info) or not found.is_of(bundle.info.get("training", {}).get("recipe", {})):
        return ""
    here, grouped = bundle.metrics()["sensitivity"], found.grouped.sensitivity
    if grouped.low <= here.value <= grouped.high:
        return ""
    kind = "luck_good" if here.value > grouped.high else "luck_bad"
    values = {"share": words.percent(here.value), "grouped": words.percent(grouped.value), "n": grouped.n}
    return words(f"evaluation.{kind}", interval=interval(words, grouped, words.percent), **values)


def _script(name: str) -> str:
    """What mounts a module of this tab."""
    return mount(f"tabs/evaluation/{name}.js")


def _data(bundle: Bundle) -> dict[str, Any]:
    """What the browser computes from: labels and probabilities, and the numbers that it takes as they are."""
    by_name = {name: _population(bundle, name, rows) for name, rows in populations(bundle).items()}
    return {"threshold": bundle.threshold, "populations": by_name}


def _population(bundle: Bundle, name: str, rows: pd.DataFrame) -> dict[str, Any]:
    """Labels and probabilities of some images, without their names, and the numbers that need no threshold."""
    metrics, ordered = bundle.metrics(name), rows.sort_values("probability", kind="stable")
    malignant = (ordered["label"] == MALIGNANT).astype(int)
    return {
        "source": source_of(rows),
        "rows": [list(pair) for pair in zip(malignant.tolist(), ordered["probability"].tolist(), strict=True)],
        "metrics": {metric: _plain(metrics[metric]) for metric in metrics if metric in _THRESHOLD_FREE},
        **_by_chance(metrics["calibration_error"], rows),
    }


def _by_chance(error: Estimate, rows: pd.DataFrame) -> dict[str, Any]:
    """What chance alone would make of the calibration error on these images, and whether it is beyond that."""
    chance = calibration_error_by_chance(rows["probability"].to_numpy(), rows["group"].to_numpy())
    return {"by_chance": _plain(chance), "above_chance": error.value > chance.high}


def _plain(estimate: Estimate) -> list[float]:
    return [estimate.value, estimate.low, estimate.high, estimate.n]


def _stories(page: Page) -> list[str]:
    """How the threshold was chosen, and how far the numbers of BUSI's test images are to be believed."""
    words, bundle = page.words, page.bundle
    chosen = words(
        "evaluation.threshold_story",
        threshold=threshold_text(words, bundle.threshold),
        target=words.percent(bundle.info["target_sensitivity"]),
    )
    if not judged_before(bundle.info):
        return [chosen]
    found = measured()
    is_measured = found.is_of(bundle.info.get("training", {}).get("recipe", {}))
    on_other_splits = [elsewhere(words, bundle, found)] if is_measured else []
    return [chosen, *on_other_splits, words("evaluation.seen_before")]
