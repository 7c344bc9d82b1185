"""Where a visitor chooses the image that all tabs look at: upload, paste, or pick an example.

The image component is the state: it holds the file in the visitor's browser and hands its path to every callback.
"""

import re
from html import escape
from pathlib import Path

import gradio as gr

from busi.bundle.card import data_name
from busi.bundle.files import OWN, SIMULATED, Bundle
from busi.data.dataset import KAGGLE_PAGE
from busi.images import ImageRefused
from busi.server.decoding import read_upload
from busi.serving.gallery import IMPOSTOR, Example, Gallery
from busi.web.components import Picture
from busi.web.figures import light_picture
from busi.web.files import read
from busi.web.page import Page
from busi.web.parts.thumbnails import thumbnail_row, thumbnails
from busi.web.refusals import refusal_sentence
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

_UPLOAD_JS = read("parts/picker_upload.js")
_NOTE_JS = read("parts/picker_note.js")


def empty_picture(words: Words) -> Picture:
    """The component that will hold the chosen image; `image_picker` gives it its place.

    Args:
        words: of the page's language.
    """
    return Picture(
        label=words("picker.upload_label"),
        placeholder=words("picker.upload"),
        sources=["upload", "clipboard"],
        type="filepath",
        height=210,
        buttons=[],
        elem_classes="chosen",
        render=False,
    )


def image_picker(page: Page) -> None:
    """Lays out the picker and wires it."""
    words, gallery, bundle, picture = page.words, page.workshop.gallery, page.bundle, page.picture
    gr.HTML(_no_patient(words))
    picture.render()
    _let_give(words, picture)
    note = gr.HTML("", js_on_load=_NOTE_JS)
    _ultrasound_examples(words, gallery, picture)
    thumbnail_row(words, words("picker.impostors"), gallery, gallery.page(0, IMPOSTOR), picture)
    if gallery.ultrasound == SIMULATED and bundle.data_kind != SIMULATED:  # which has no other test images to show
        with gr.Accordion(words("picker.no_data_title"), open=False, elem_classes="aside"):
            gr.Markdown(_where_real_images_are(words, bundle))
    _comment(words, gallery, picture, note)


def _where_real_images_are(words: Words, bundle: Bundle) -> str:
    if bundle.data_kind == OWN:
        return words("picker.no_data_own", data=_literal(data_name(words, bundle.origin)))
    return words("picker.no_data", url=KAGGLE_PAGE)


def _literal(text: str) -> str:
    """A text of a bundle, so that Markdown shows it as it is: no link, no picture, no tag."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def _no_patient(words: Words) -> str:
    """What not to send, where it would be sent."""
    said = escape(words("picker.no_patient")), escape(words("picker.no_patient_why"))
    return '<p class="no-patient"><strong>{}</strong> {}</p>'.format(*said)


def _let_give(words: Words, picture: Picture) -> None:
    """Lets a visitor give a file, and empty the picker; what goes wrong is told in the page's language."""
    given = gr.HTML(_messages(words), js_on_load=_UPLOAD_JS)
    given.upload(fn=None, js="() => atelier.picture.given", outputs=[picture], api_visibility="private")
    emptied = "() => { atelier.picture.takeTurn(); atelier.unpress(); return []; }"
    picture.clear(fn=None, js=emptied, api_visibility="private")


def _messages(words: Words) -> str:
    """Two lines that stay hidden until there is something to tell, and the sentences that the browser tells then."""
    sentences = {
        "large": words("refused.too_heavy", limit=MAX_MEGABYTES),
        "kind": words("refused.not_an_image"),
        "empty": words("refused.empty"),
        "lost": words("picker.lost"),
        "first": words("picker.first"),
        "paste": words("picker.paste_failed"),
        "remove": words("picker.remove"),
        "browse": words("picker.browse"),
        "clipboard": words("picker.paste"),
    }
    data = "".join(f' data-{name}="{escape(sentence)}"' for name, sentence in sentences.items())
    return (
        f'<div data-words data-limit="{MAX_MEGABYTES * 1024 * 1024}"{data}><p class="banner" role="alert" hidden></p>'
        f'<p class="aside" role="status" hidden>{escape(words("picker.sending"))}</p></div>'
    )


def _comment(words: Words, gallery: Gallery, picture: Picture, note: gr.HTML) -> None:
    """A line under the chosen image: that it is simulated, so that none passes for a real one, or why it is refused."""

    def say(path: str | None) -> str:
        if path is None:
            return ""
        example = gallery.recognise(path)
        try:
            return _simulated(words) if _is_simulated(example) else "" if example else _preview(path)
        except ImageRefused as error:
            return f'<i hidden data-refused="{escape(refusal_sentence(words, error))}"></i>'

    private = {"api_visibility": "private", "show_progress": "hidden"}
    picture.on_new_file(fn=say, inputs=[picture], outputs=[note], **private)


def _is_simulated(example: Example | None) -> bool:
    return example is not None and example.source == SIMULATED


def _simulated(words: Words) -> str:
    return f'<p class="simulated">{escape(words("laboratory.simulated"))}</p>'


def _preview(path: str) -> str:
    """What the picker shows of a file that not every browser can show, such as TIFF or DICOM.

    Raises:
        ImageRefused: if the file is no picture that can be used.
    """
    image = read_upload(path).image
    return "" if _browsers_show(Path(path)) else f'<i hidden data-preview="{light_picture(image, PREVIEW)}"></i>'


def _browsers_show(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(4)
    return any(start.startswith(begins) and path.suffix.lower() in ends for begins, ends in _SHOWN.items())


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
