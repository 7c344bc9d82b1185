"""Rows of small pictures, each a button that makes its example the image that all tabs look at."""

from html import escape

import gradio as gr

from busi.serving.gallery import IMPOSTOR, Example, Gallery
from busi.web.components import Picture
from busi.web.figures import light_picture
from busi.web.scripts import mount
from busi.words.text import Words

THUMBNAIL = 120  # pixels

PICK_JS = mount("parts/thumbnails.js")


def thumbnail_row(words: Words, title: str, gallery: Gallery, examples: list[Example], picture: Picture) -> gr.HTML:
    """Lays out a row that can be filled anew with `thumbnails`.

    Args:
        words: of the page's language.
        title: over the row.
        gallery: that the examples are of.
        examples: in order.
        picture: the component that holds the chosen image.
    """
    row = gr.HTML(thumbnails(words, title, examples), js_on_load=PICK_JS)
    let_choose(row, gallery, picture)
    return row


def let_choose(html: gr.HTML, gallery: Gallery, picture: Picture) -> None:
    """Makes the example of a clicked button, `<button data-key=...>`, the image that all tabs look at.

    With `data-then="prediction"` the click also opens that tab.

    Args:
        html: holds the buttons; made with `js_on_load=PICK_JS`.
        gallery: that the keys are of.
        picture: the component that holds the chosen image.
    """

    def choose(event: gr.EventData) -> object:
        return str(gallery.path(event.key)) if event.key in gallery.examples else gr.skip()

    # Not in the queue: what is chosen or given afterwards must come afterwards.
    private = {"api_visibility": "private", "show_progress": "hidden"}
    html.click(fn=choose, outputs=[picture], trigger_mode="multiple", queue=False, **private)


def thumbnails(words: Words, title: str, examples: list[Example]) -> str:
    """The small pictures of some examples under a title, as HTML.

    Args:
        words: of the reader's language.
        title: over the row.
        examples: in order.
    """
    buttons = "".join(_thumbnail(words, example) for example in examples)
    return f'<div class="thumbnails"><h3>{escape(title)}</h3><div>{buttons}</div></div>'


def _thumbnail(words: Words, example: Example) -> str:
    name = words(f"picker.{example.label}") if example.source == IMPOSTOR else _ultrasound_name(words, example)
    return (
        f'<button type="button" data-key="{example.key}" aria-label="{escape(name)}" title="{escape(name)}">'
        f'<img src="{light_picture(example.image, THUMBNAIL)}" alt=""></button>'
    )


def _ultrasound_name(words: Words, example: Example) -> str:
    return words(f"picker.{example.source}_name", number=int(example.key.rsplit("-", 1)[1]))
