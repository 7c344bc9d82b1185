"""The inquiry on abstaining: a slider refers the least sure share of the images to a person.

Errors kept against work given away: on the network's own images, in another hospital, and on pictures that are no
ultrasound at all, of which it may be sure. Everything is computed in the browser (abstention.js).
"""

from typing import Any

import gradio as gr
from markupsafe import Markup

from busi.bundle.files import BREAST, Bundle
from busi.data.split import TEST
from busi.web.page import Page
from busi.web.parts.cells import populations
from busi.web.scripts import mount
from busi.words.classes import MALIGNANT

CHOICES = ("fifth", "half", "nearly_all")
SHARE = 0.2  # that the guess is about

_TEMPLATE = "tabs/inquiry_abstain/tab.html"


def abstain_bench(page: Page) -> None:
    """Lays out the bench."""
    gr.HTML(bench_of(page), js_on_load=mount("tabs/inquiry_abstain/tab.js"))


def bench_of(page: Page) -> Markup:
    """The guess, the slider, and what becomes of errors and of work.

    Args:
        page: that it stands on.
    """
    return page.template(_TEMPLATE).bench(CHOICES, data_of(page.bundle), SHARE)


def data_of(bundle: Bundle) -> dict[str, Any]:
    """What the browser computes from: labels and scores of each population, and scores of what is no ultrasound.

    Args:
        bundle: whose network is asked.
    """
    counted = populations(bundle)
    rows = {
        name: [
            [int(label == MALIGNANT), float(probability)]
            for label, probability in zip(some["label"], some["probability"], strict=True)
        ]
        for name, some in counted.items()
        if name in (TEST, BREAST)
    }
    return {"threshold": bundle.threshold, "share": SHARE, "rows": rows, "impostors": bundle.info.get("impostors", {})}
