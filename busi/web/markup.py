"""Markup: Jinja2 templates beside the modules that fill them. Whatever is filled in is escaped, unless it is markup.

A template is a file of macros, one for each piece of a page; Python calls them by their names:

    tab = template("tabs/welcome/tab.html", words)
    tab.question()  ->  Markup("<h3>...</h3>")

In each, `words` are those of the page's language, and `{% from "macros.html" import figure with context %}` brings
what several templates share. Four filters: `{{ sentence | rich }}` makes links and bold words of its marks,
`{{ values | json }}` writes what a script will read, `{{ image | light_picture(side) }}` is the source of an <img>, and
so is, for the workshop's own pictures, `{{ image | picture_address(side) }}`.
"""

import json
import re
from collections.abc import Iterable
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.environment import TemplateModule
from markupsafe import Markup, escape

from busi.bundle.files import BREAST, SIMULATED
from busi.data.box import CREDIT, CREDIT_URL
from busi.web.files import WEB
from busi.web.pictures import light_picture, picture_address
from busi.web.signs import ALERTS, MARKS, SHAPES
from busi.words.classes import CLASSES, MALIGNANT
from busi.words.text import Words


def rich(text: str, **values: object) -> Markup:
    """A sentence of content/ as HTML: **bold**, links to a term `[pooling](#term-pooling)`, a tab, an article's DOI.

    Args:
        text: the sentence; from `Words.unfilled` if there are values.
        **values: for its placeholders, filled in last, so that no mark or bracket in them is read as one. Markup is
            taken as it is.
    """
    html = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", str(escape(text)))
    html = re.sub(r"\[([^\]]+)\]\((#(?:term|tab)-[\w-]+)\)", r'<a href="\2">\1</a>', html)
    article = r'<a href="\2" target="_blank" rel="noopener">\1</a>'
    html = Markup(re.sub(r"\[([^\]]+)\]\((https://doi\.org/10\.[\w./%-]+)\)", article, html))
    return html.format(**values) if values else html


def sentences(words: Words, keys: Iterable[str]) -> dict[str, str]:
    """Sentences that a script is to fill in, by the last part of their keys.

    Args:
        words: of the reader's language.
        keys: of the sentences, as "evaluation.interval", which a script calls "interval".
    """
    return {key.rsplit(".", 1)[1]: words.unfilled(key) for key in keys}


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters.update(rich=rich, json=json.dumps, light_picture=light_picture, picture_address=picture_address)
_ENVIRONMENT.globals.update(sentences=sentences, SHAPES=SHAPES, ALERTS=ALERTS, MARKS=MARKS)
_ENVIRONMENT.globals.update(CLASSES=CLASSES, MALIGNANT=MALIGNANT, SIMULATED=SIMULATED, BREAST=BREAST)
_ENVIRONMENT.globals.update(CREDIT=CREDIT, CREDIT_URL=CREDIT_URL)


@cache
def template(name: str, words: Words) -> TemplateModule:
    """The macros of a template, in a language.

    Args:
        name: the template's way from `busi/web`, as "tabs/welcome/tab.html".
        words: of the reader's language.

    Raises:
        jinja2.TemplateNotFound: if there is no such file.
    """
    return _ENVIRONMENT.get_template(name).make_module({"words": words})
