"""The pages without a browser: their callbacks, and the pictures that they answer with."""

import base64

import gradio as gr
import numpy as np

from busi.images import read_image


def callbacks(pages: gr.Blocks, name: str) -> list:
    """The callbacks of this name, French first."""
    return [function.fn for function in pages.fns.values() if function.name == name]


def decoded(data_uri: str) -> np.ndarray:
    return read_image(base64.b64decode(data_uri.split(",", 1)[1]))


def fetched(client, file: dict) -> np.ndarray:
    return read_image(client.get(f"/x/gradio_api/file={file['path']}").content)
