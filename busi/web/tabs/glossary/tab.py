"""The glossary: a tab with all its terms, and a box that shows one of them wherever a lesson names it."""

import unicodedata
from html import escape

import gradio as gr

from busi.web.figures import heading, rich
from busi.web.files import read
from busi.web.page import Page
from busi.words.text import Words

_SEARCH_JS = read("tabs/glossary/tab.js")


def glossary_tab(page: Page) -> None:
    """Lays out the tab: a field to search in, and the terms."""
    words = page.words
    with gr.Tab(words("glossary.tab"), id="glossary", elem_id="tab-glossary"):
        gr.HTML(heading(words, "glossary"))
        gr.HTML(_search(words) + f'<div class="terms">{entries(words)}</div>', js_on_load=_SEARCH_JS)


def glossary_box(words: Words) -> str:
    """The box that a link to a term opens, closed at first, as HTML.

    Args:
        words: of the page's language.
    """
    return (
        f'<dialog class="glossary" aria-label="{escape(words("glossary.tab"))}">{entries(words)}'
        f'<form method="dialog"><a href="#tab-glossary">{escape(words("glossary.all"))}</a>'
        f"<button>{escape(words('glossary.close'))}</button></form></dialog>"
    )


def terms(words: Words) -> list[str]:
    """The names of the entries in content/, in the alphabetical order of their titles."""
    names = {key.split(".")[2] for key in words.strings if key.startswith("glossary.terms.")}
    return sorted(names, key=lambda name: _plain(words(f"glossary.terms.{name}.title")))


def entries(words: Words) -> str:
    """All terms with what they mean, as HTML.

    Args:
        words: of the reader's language.
    """
    return "".join(_entry(words, name) for name in terms(words))


def _entry(words: Words, name: str) -> str:
    title, text = words(f"glossary.terms.{name}.title"), words(f"glossary.terms.{name}.text")
    return f'<article data-term="{name}"><h3>{escape(title)}</h3><p>{rich(text)}</p></article>'


def _search(words: Words) -> str:
    label, none = escape(words("glossary.search")), escape(words("glossary.none"))
    return (
        f'<p class="search"><label>{label} <input type="search" autocomplete="off"></label></p>'
        f'<p class="aside" role="status" data-none="{none}"></p>'
    )


def _plain(text: str) -> str:
    """Letters without accents or case, to sort and to search by."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
