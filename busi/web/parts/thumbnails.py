"""Pictures to choose: a click on one makes it the image that all tabs look at."""

from collections.abc import Iterable

import gradio as gr
from markupsafe import Markup

from busi.serving.gallery import IMPOSTOR, Example
from busi.web.events import Message, ask, message_of
from busi.web.page import Page
from busi.web.scripts import mount

PICK_JS = mount("parts/thumbnails.js")


class Choice(Message):
    """Which picture was clicked."""

    key: str


def thumbnail_row(page: Page, title: str, examples: Iterable[Example]) -> gr.HTML:
    """Lays out a row that can be filled anew with `thumbnails`.

    Args:
        page: that it stands on.
        title: over the row.
        examples: in order.
    """
    row = gr.HTML(thumbnails(page, title, examples), js_on_load=PICK_JS)
    let_choose(page, row)
    return row


def let_choose(page: Page, html: gr.HTML) -> None:
    """Makes the example of a clicked button, `<button data-key=...>`, the image that all tabs look at.

    With `data-then="prediction"` the click also opens that tab.

    Args:
        page: that the buttons stand on.
        html: holds them; made with `js_on_load=PICK_JS`.
    """

    def choose(event: gr.EventData) -> object:
        choice = message_of(event, Choice)
        gallery = page.workshop.gallery
        return str(gallery.path(choice.key)) if choice and choice.key in gallery.examples else gr.skip()

    # It arrives beside the picture, and becomes it unless something else has been chosen or given since.
    arrived = page.picture.arrived
    chosen = ask(html.click, choose, outputs=[arrived], trigger_mode="multiple", queue=False)
    accept = "(file) => atelier.picture.accept(file)"
    ask(chosen.success, None, [arrived], [page.picture], js=accept, trigger_mode="multiple")


def thumbnails(page: Page, title: str, examples: Iterable[Example]) -> Markup:
    """The small pictures of some examples under a title.

    Args:
        page: that they stand on.
        title: over the row.
        examples: in order.
    """
    named = [(example, _name(page, example)) for example in examples]
    return page.template("parts/thumbnails.html").thumbnails(title, named)


def _name(page: Page, example: Example) -> str:
    if example.source == IMPOSTOR:
        return page.words(f"picker.{example.label}")
    return page.words(f"picker.{example.source}_name", number=int(example.key.rsplit("-", 1)[1]))
