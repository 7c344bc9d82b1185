"""For whom does it err: two groups of each property, and groups that chance alone makes.

Everything is computed in the browser (groups.js).
"""

from typing import Any

import gradio as gr
from markupsafe import Markup

from busi.lessons.elsewhere import LARGE, OLDER, knows_the_lesions
from busi.lessons.for_whom import DEEP, GROUPS, lesions_by_group
from busi.web.page import Page
from busi.web.scripts import mount

CHOICES = ("none", "one", "many")
SPLITS = 20  # by chance, at a time

_TEMPLATE = "tabs/inquiry_for_whom/tab.html"


def for_whom_bench(page: Page) -> None:
    """Lays out the bench; nothing where nothing is known of the images' groups."""
    gr.HTML(bench_of(page), js_on_load=mount("tabs/inquiry_for_whom/tab.js"))


def bench_of(page: Page) -> Markup:
    """The guess, the groups, and the splits by chance; a sentence where it was not asked on lesions of the box.

    Args:
        page: that it stands on.
    """
    words = page.words
    if not knows_the_lesions(page.bundle):
        return page.macros.card(words("inquiry_for_whom.no_lesions_title"), words("inquiry_for_whom.no_lesions"))
    return page.template(_TEMPLATE).bench(
        CHOICES, data_of(page), GROUPS, {"large": LARGE, "older": OLDER, "deep": DEEP}
    )


def data_of(page: Page) -> dict[str, Any]:
    """What the browser computes from.

    Args:
        page: about the bundle whose network answered.
    """
    groups = {name: list(order) for name, order in GROUPS.items()}
    lesions = lesions_by_group(page.bundle)
    return {"threshold": page.bundle.threshold, "lesions": lesions, "groups": groups, "splits": SPLITS}
