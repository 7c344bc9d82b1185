"""Where a visitor chooses the image that all tabs look at: upload, paste, or pick an example.

The image component is the state: it holds the file in the visitor's browser and hands its path to every callback.
"""

from html import escape
from pathlib import Path

import gradio as gr

from busi.bundle import OWN, SIMULATED, Bundle
from busi.card import data_name
from busi.dataset import KAGGLE_PAGE
from busi.gallery import IMPOSTOR, Gallery
from busi.text import Words
from busi.ui.components import Picture
from busi.ui.thumbnails import thumbnail_row, thumbnails

MAX_MEGABYTES = 10

_UPLOAD_JS = (Path(__file__).parent / "upload.js").read_text(encoding="utf-8")


def image_picker(words: Words, gallery: Gallery, bundle: Bundle) -> Picture:
    """Lays out the picker.

    Args:
        words: of the page's language.
        gallery: the examples to pick from.
        bundle: whose network looks at them.

    Returns:
        The component that holds the chosen image; tabs listen to its `change`.
    """
    picture = Picture(
        label=words("picker.upload_label"),
        placeholder=words("picker.upload"),
        sources=["upload", "clipboard"],
        type="filepath",
        height=210,
        buttons=[],
        elem_classes="chosen",
    )
    gr.HTML(_upload_message(words), js_on_load=_UPLOAD_JS)
    note = gr.HTML("")
    _ultrasound_examples(words, gallery, picture)
    thumbnail_row(words, words("picker.impostors"), gallery, gallery.page(0, IMPOSTOR), picture)
    if gallery.ultrasound == SIMULATED and bundle.data_kind != SIMULATED:  # which has no other test images to show
        with gr.Accordion(words("picker.no_data_title"), open=False, elem_classes="aside"):
            gr.Markdown(_where_real_images_are(words, bundle))
    _say_if_simulated(words, gallery, picture, note)
    return picture


def _where_real_images_are(words: Words, bundle: Bundle) -> str:
    if bundle.data_kind == OWN:
        return words("picker.no_data_own", data=data_name(words, bundle.origin))
    return words("picker.no_data", url=KAGGLE_PAGE)


def _say_if_simulated(words: Words, gallery: Gallery, picture: Picture, note: gr.HTML) -> None:
    """A line under the chosen image, so that no simulated picture passes for a real one."""

    def say(path: str | None) -> str:
        example = gallery.recognise(path) if path else None
        simulated = example is not None and example.source == SIMULATED
        return f'<p class="simulated">{escape(words("laboratory.simulated"))}</p>' if simulated else ""

    picture.change(fn=say, inputs=[picture], outputs=[note], api_visibility="private", show_progress="hidden")


def _upload_message(words: Words) -> str:
    """A line that stays hidden until the browser refuses a file; it carries the sentences to say then."""
    large, kind = escape(words("refused.too_heavy", limit=MAX_MEGABYTES)), escape(words("refused.not_an_image"))
    limit = MAX_MEGABYTES * 1024 * 1024
    return f'<p class="banner" role="alert" data-limit="{limit}" data-large="{large}" data-kind="{kind}" hidden></p>'


def _ultrasound_examples(words: Words, gallery: Gallery, picture: Picture) -> None:
    title = words(f"picker.{gallery.ultrasound}")
    shown = gr.State(0)
    examples = thumbnail_row(words, title, gallery, gallery.page(0, gallery.ultrasound), picture)
    more = gr.Button(words("picker.more"), size="sm", elem_classes="quiet")

    def next_page(number: int) -> tuple[int, str]:
        return number + 1, thumbnails(words, title, gallery.page(number + 1, gallery.ultrasound))

    more.click(
        fn=next_page, inputs=[shown], outputs=[shown, examples], api_visibility="private", show_progress="hidden"
    )
