"""Where a visitor chooses the image that all tabs look at: upload, paste, or pick an example.

The image component is the state: it holds the file in the visitor's browser and hands its path to every callback.
"""

from pathlib import Path

import gradio as gr
from markupsafe import Markup

from busi.bundle.files import BREAST, BUSI, SIMULATED
from busi.images import ImageRefused
from busi.lessons.first_pair import thread
from busi.server.decoding import read_upload
from busi.serving.gallery import IMPOSTOR, Example
from busi.web.components import Picture
from busi.web.events import ask
from busi.web.page import Page
from busi.web.parts.thumbnails import thumbnail_row, thumbnails
from busi.web.refusals import refusal_sentence
from busi.web.scripts import mount
from busi.words.text import Words

MAX_MEGABYTES = 10
PREVIEW = 640  # pixels, twice as large as the picker shows a picture
# What every browser shows: how such a file begins, and how its name then ends, by which the server names its kind.
_SHOWN = {
    b"\x89PNG": (".png",),
    b"\xff\xd8\xff": (".jpg", ".jpeg"),
    b"GIF8": (".gif",),
    b"BM": (".bmp",),
    b"RIFF": (".webp",),
}

_TEMPLATE = "parts/picker.html"


def empty_picture(words: Words) -> Picture:
    """The component that will hold the chosen image; `image_picker` gives it its place.

    Args:
        words: of the page's language.
    """
    picture = Picture(
        label=words("picker.upload_label"),
        placeholder=words("picker.upload"),
        sources=["upload", "clipboard"],
        type="filepath",
        height=112,
        buttons=[],
        elem_classes="chosen",
        render=False,
    )
    picture.arrived = Picture(type="filepath", visible=False, render=False)
    return picture


def image_picker(page: Page) -> None:
    """Lays out the picker and wires it."""
    gallery = page.workshop.gallery
    with gr.Row(elem_classes="strip"):
        page.picture.render()
        page.picture.arrived.render()
        with gr.Row(elem_classes="choices"):
            for source in [one for one in (BREAST, BUSI) if one in gallery.sources] or [SIMULATED]:
                _ultrasound_examples(page, source)
            thumbnail_row(page, page.words("picker.impostors"), gallery.page(0, IMPOSTOR))
    with gr.Row(elem_classes="under"):
        note = gr.HTML("", js_on_load=mount("parts/picker_note.js"))
        gr.HTML(page.template(_TEMPLATE).no_patient())
        _let_give(page)
    _comment(page, note)


def _let_give(page: Page) -> None:
    """Lets a visitor give a file, and empty the picker; in the page's language it says what goes wrong."""
    given = gr.HTML(page.template(_TEMPLATE).messages(MAX_MEGABYTES), js_on_load=mount("parts/picker_upload.js"))
    given.upload(fn=None, js="() => atelier.picture.given", outputs=[page.picture], api_visibility="private")
    page.picture.announce_also_on(given.apply)
    page.picture.clear(fn=None, js="() => atelier.picture.empty()", api_visibility="private")


def _ultrasound_examples(page: Page, source: str) -> None:
    """A row of ultrasound images of one source, and a button for the next ones."""
    gallery = page.workshop.gallery
    title = page.words(f"picker.{source}")
    shown = gr.State(0)
    examples = thumbnail_row(page, title, _first(page, source))
    more = gr.Button(page.words("picker.more"), size="sm", elem_classes="quiet")

    def next_page(number: int) -> tuple[int, Markup]:
        return number + 1, thumbnails(page, title, gallery.page(number + 1, source))

    ask(more.click, next_page, [shown], [shown, examples])


def _first(page: Page, source: str) -> list[Example]:
    """The examples that are shown first: before all the picture that stands until another is chosen."""
    gallery = page.workshop.gallery
    begins_with, shown = thread(gallery, page.bundle), gallery.page(0, source)
    if begins_with.source != source:
        return shown
    return [begins_with, *(example for example in shown if example.key != begins_with.key)][: len(shown)]


def _comment(page: Page, note: gr.HTML) -> None:
    """A line under the chosen image: that it is simulated, or whose it is, or why it is refused."""
    markup = page.template(_TEMPLATE)

    def say(path: str | None) -> str:
        if path is None:
            return ""
        example = page.workshop.gallery.recognise(path)
        if example:
            return markup.said_of(example.source)
        return judged(path)

    def judged(path: str) -> str:
        try:
            image = read_upload(path).image
        except ImageRefused as error:
            return markup.refused(refusal_sentence(page.words, error))
        return "" if _browsers_show(Path(path)) else markup.preview(image, PREVIEW)

    ask(page.picture.on_new_file, say, [page.picture], [note])


def _browsers_show(path: Path) -> bool:
    """Whether every browser can show a file, unlike TIFF or DICOM: what it is by its content and by its name."""
    with path.open("rb") as file:
        start = file.read(4)
    return any(start.startswith(begins) and path.suffix.lower() in ends for begins, ends in _SHOWN.items())
