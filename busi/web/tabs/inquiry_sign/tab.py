"""To sign or to refuse: the file of a machine that does not exist, and the line that each of its sheets lacks.

Which line it is, is said here; what each choice leads to, with its source, is in content/<language>/inquiry_sign.toml.
Everything happens in the browser.
"""

import gradio as gr
from markupsafe import Markup

from busi.web.page import Page
from busi.web.scripts import mount

CHOICES = ("sign", "ask", "refuse")
LINES = ("first", "second", "third")  # that may be missing from a sheet
# Of each sheet the line that must be asked for.
SHEETS = {
    "use": "second",
    "data": "third",
    "test": "first",
    "groups": "second",
    "watch": "first",
    "law": "third",
}

_TEMPLATE = "tabs/inquiry_sign/tab.html"


def sign_bench(page: Page) -> None:
    """Lays out the bench."""
    gr.HTML(bench_of(page), js_on_load=mount("tabs/inquiry_sign/tab.js"))


def bench_of(page: Page) -> Markup:
    """The guess, the six sheets, and the decision.

    Args:
        page: that it stands on.
    """
    return page.template(_TEMPLATE).bench(CHOICES, {"sheets": SHEETS}, LINES)
