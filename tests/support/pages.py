"""Pages for tests of what tabs draw: of any bundle, without its network being loaded."""

import gradio as gr

from busi.bundle.files import Bundle
from busi.serving.gallery import Gallery
from busi.serving.predict import ClassifierInBackground
from busi.serving.workshop import Workshop
from busi.web.page import Page
from busi.web.parts.picker import empty_picture
from busi.words.text import Words


def page_of(language: str, workshop: Workshop) -> Page:
    """A page in a language, about a workshop."""
    words = Words(language)
    with gr.Blocks():
        return Page(words, workshop, empty_picture(words))


def page_about(bundle: Bundle, language: str = "en", gallery: Gallery | None = None) -> Page:
    """A page about a bundle, with some pictures to choose from; none by default."""
    return page_of(language, Workshop(bundle, ClassifierInBackground(bundle), gallery or Gallery(())))
