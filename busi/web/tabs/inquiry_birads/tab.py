"""The BI-RADS desk: twelve real cases, a category and a decision for each, and what they would have cost.

A seed draws the cases in the browser (desk.js), so that a room can share them; the server is asked for their pictures.
At the end the visitor's decisions stand beside the radiologist's and the network's.
"""

from typing import Any

import gradio as gr
from markupsafe import Markup

from busi.bundle.files import BREAST
from busi.bundle.measured import measured
from busi.data.birads import CATEGORIES
from busi.lessons.elsewhere import knows_the_lesions, with_properties
from busi.web.events import EACH, ask, message_of
from busi.web.page import Page
from busi.web.parts.cases import WantedCases, wanted_cases
from busi.web.parts.cells import populations
from busi.web.scripts import mount
from busi.words.classes import MALIGNANT

CASES = 12  # half of them malignant
ACTIONS = ("nothing", "watch", "biopsy")
CHOICES = ("six", "nine", "twelve")
FEWEST_BIOPSIES = 0.02  # the chance of a cancer from which on BI-RADS advises one

_TEMPLATE = "tabs/inquiry_birads/tab.html"


def birads_bench(page: Page) -> None:
    """Lays out the bench and wires it; nothing where the network was not asked on the radiologist's lesions."""
    if not knows_the_lesions(page.bundle):
        gr.HTML(page.macros.card(page.words("inquiry_birads.none_title"), page.words("inquiry_birads.none")))
        return
    bench = gr.HTML(bench_of(page), js_on_load=mount("tabs/inquiry_birads/tab.js"))
    pictures = gr.HTML("", js_on_load=mount("tabs/inquiry_birads/pictures.js"), elem_classes="birads-pictures")

    def show_pictures(event: gr.EventData) -> object:
        cases = wanted_cases(page.bundle, message_of(event, WantedCases), CASES)
        if cases is None:
            return gr.skip()
        examples = [page.workshop.find(case.image_id) for case in cases]
        return page.template(_TEMPLATE).pictures([example for example in examples if example])

    ask(bench.apply, show_pictures, outputs=[pictures], **EACH)


def bench_of(page: Page) -> Markup:
    """The guess, and the desk.

    Args:
        page: that it stands on.
    """
    return page.template(_TEMPLATE).bench(CHOICES, data_of(page), CATEGORIES, ACTIONS)


def data_of(page: Page) -> dict[str, Any]:
    """What the browser needs: of each lesion its truth, the radiologist's category, and the network's score.

    Args:
        page: about the bundle whose network answered.
    """
    rows = with_properties(populations(page.bundle)[BREAST])
    lesions = [
        [int(label == MALIGNANT), category, float(probability)]
        for label, category, probability in zip(rows["label"], rows["birads"], rows["probability"], strict=True)
    ]
    benign = 1 - measured().radiologist.at("4a").specificity().value
    biopsies = CASES / 2 * (measured().radiologist.at("4a").sensitivity().value + benign)
    return {
        "population": BREAST,
        "cases": CASES,
        "lesions": lesions,
        "threshold": page.bundle.threshold,
        "advised": FEWEST_BIOPSIES,
        "biopsies": round(biopsies, 1),
    }
