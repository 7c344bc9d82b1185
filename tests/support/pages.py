"""Pages without a browser: made of any bundle, their callbacks, and the pictures that they answer with."""

import base64

import gradio as gr
import numpy as np

from busi.bundle.files import Bundle
from busi.images import read_image
from busi.serving.gallery import Gallery
from busi.serving.predict import ClassifierInBackground
from busi.serving.workshop import Workshop
from busi.web.page import Page
from busi.web.parts.picker import empty_picture
from busi.words.text import Words


def page_of(language: str, workshop: Workshop) -> Page:
    """A page in a language, about a workshop."""
    words = Words(language)
    return Page(words, workshop, empty_picture(words))


def page_about(bundle: Bundle, language: str = "en", gallery: Gallery | None = None) -> Page:
    """A page about a bundle, with some pictures to choose from; none by default."""
    return page_of(language, Workshop(bundle, ClassifierInBackground(bundle), gallery or Gallery(())))


def callbacks(pages: gr.Blocks, name: str) -> list:
    """The callbacks of this name, each once however many events lead to it, French first."""
    return list(dict.fromkeys(function.fn for function in pages.fns.values() if function.name == name))


def decoded(data_uri: str) -> np.ndarray:
    return read_image(base64.b64decode(data_uri.split(",", 1)[1]))


def fetched(client, file: dict) -> np.ndarray:
    return read_image(client.get(f"/x/gradio_api/file={file['path']}").content)
