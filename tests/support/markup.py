"""Markup as a tree, so that tests ask what stands in it and not how it is written."""

import json

from bs4 import BeautifulSoup, Tag


def parsed(html: str) -> BeautifulSoup:
    """The tree of a piece of a page."""
    return BeautifulSoup(html, "html.parser")


def text_of(html: str | Tag) -> str:
    """What a visitor reads, spaces as one."""
    tree = html if isinstance(html, Tag) else parsed(html)
    return " ".join(tree.get_text().split())


def data_of(html: str, name: str) -> object:
    """The JSON that the first element with this data attribute carries for a script."""
    return json.loads(parsed(html).select_one(f"[data-{name}]")[f"data-{name}"])
