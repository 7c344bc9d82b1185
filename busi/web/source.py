"""The repository's own code in the page, read from its files as they stand."""

import ast
from html import escape
from pathlib import Path

from busi.text import Words
from busi.ui.figures import rich

NETWORKS = {"atelier": "_atelier", "atelier_deep": "_atelier_deep", "simple": "_simple"}  # functions, by architecture
SHOWN_CODE = (
    ("recipe", "recipe.py", "Recipe"),
    ("network", "network.py", "_atelier"),
    ("augmentation", "augment.py", "augmentation"),
    ("batches", "batches.py", "epoch_batches"),
    ("epoch", "training.py", "_run_epoch"),
    ("live", "live.py", "_Learner"),
)

_HERE = Path(__file__).parent


def source_of(file: str, name: str) -> tuple[int, str]:
    """A function or class of this package, as it stands in its file.

    Args:
        file: of the package busi.
        name: of the function or class.

    Returns:
        The number of its first line, and its lines.

    Raises:
        KeyError: if the file has no such name.
    """
    text = (_HERE.parent / file).read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if getattr(node, "name", None) == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return first, "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    raise KeyError(f"{file} has no function or class {name!r}")


def code(words: Words, arch: str) -> str:
    """The code that trained, as it stands in the repository, each piece behind something to open, as HTML.

    Args:
        words: of the reader's language.
        arch: of the network, as its bundle tells.
    """
    pieces = "".join(
        _piece(words, name, file, NETWORKS.get(arch, "_published") if name == "network" else function)
        for name, file, function in SHOWN_CODE
    )
    title, intro = escape(words("training.code_title")), rich(words("training.code_intro"))
    return f'<section class="sources"><h3>{title}</h3><p class="note">{intro}</p>{pieces}</section>'


def _piece(words: Words, name: str, file: str, function: str) -> str:
    line, text = source_of(file, function)
    place = escape(words("training.code_place", file=f"busi/{file}", line=line))
    return (
        f"<details><summary>{escape(words(f'training.code_{name}'))}</summary>"
        f'<p class="aside">{place}</p><pre tabindex="0"><code>{escape(text)}</code></pre></details>'
    )
