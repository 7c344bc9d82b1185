"""The glossary: a tab with all its terms, and a box that shows one of them wherever a lesson names it."""

import unicodedata

import gradio as gr
from markupsafe import Markup

from busi.web.page import Page
from busi.web.scripts import mount
from busi.words.text import Words

_TEMPLATE = "tabs/glossary/tab.html"


def glossary_tab(page: Page) -> None:
    """Lays out the tab: a field to search in, and the terms."""
    with gr.Tab(page.words("glossary.tab"), id="glossary", elem_id="tab-glossary"):
        gr.HTML(page.macros.heading("glossary"))
        search = page.template(_TEMPLATE).search(terms(page.words))
        gr.HTML(search, js_on_load=mount("tabs/glossary/tab.js"))


def glossary_box(page: Page) -> Markup:
    """The box that a link to a term opens, closed at first."""
    return page.template(_TEMPLATE).box(terms(page.words))


def terms(words: Words) -> list[str]:
    """The names of the entries in content/, in the alphabetical order of their titles."""
    names = {key.split(".")[2] for key in words.strings if key.startswith("glossary.terms.")}
    return sorted(names, key=lambda name: _plain(words(f"glossary.terms.{name}.title")))


def _plain(text: str) -> str:
    """Letters without accents or case, to sort and to search by."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
