"""A network that a visitor taught, as a notebook that runs: its code, its weights, and a picture to try it on."""

import base64
import inspect
import json
from collections.abc import Sequence

import numpy as np

from busi.lessons import numpy_network
from busi.words.text import Words


def notebook(words: Words, weights: Sequence[np.ndarray], picture: np.ndarray) -> str:
    """The notebook, as text in the format of Jupyter (nbformat 4.5); it needs NumPy and nothing else.

    Args:
        words: of the reader's language.
        weights: of the network, as Keras gives them.
        picture: uint8 (H, W), simulated, to try it on.
    """
    shapes = json.dumps([list(one.shape) for one in weights])
    numbers = _base64(np.concatenate([one.ravel() for one in weights]).astype("<f4"))
    unpack = [
        "import base64",
        "",
        f"shapes = {shapes}",
        f'numbers = np.frombuffer(base64.b64decode("{numbers}"), "<f4")',
        "ends = np.cumsum([int(np.prod(shape)) for shape in shapes])",
        "weights = [part.reshape(shape) for part, shape in zip(np.split(numbers, ends[:-1]), shapes)]",
        f'picture = np.frombuffer(base64.b64decode("{_base64(picture)}"), np.uint8).reshape(64, 64)',
        "answer(picture, weights)",
    ]
    cells = [
        _cell("markdown", words("inquiry_teach.notebook_intro"), "intro"),
        _cell("code", inspect.getsource(numpy_network).strip(), "network"),
        _cell("markdown", words("inquiry_teach.notebook_weights"), "about"),
        _cell("code", "\n".join(unpack), "weights"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=False, indent=1)


def as_link(text: str) -> str:
    """The notebook as an address that a browser saves."""
    return f"data:application/x-ipynb+json;base64,{base64.b64encode(text.encode()).decode()}"


def _cell(kind: str, text: str, name: str) -> dict[str, object]:
    cell: dict[str, object] = {"cell_type": kind, "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}
    return {**cell, "execution_count": None, "outputs": []} if kind == "code" else cell


def _base64(numbers: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode()
