"""The repository's own code in the page, read from its files as they stand."""

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from busi.system.places import repository
from busi.web.page import Page

NETWORKS = {"atelier": "_atelier", "atelier_deep": "_atelier_deep", "simple": "_simple"}  # functions, by architecture
SHOWN_CODE = (
    ("recipe", "busi.training.recipe", "Recipe"),
    ("network", "busi.model.network", "_atelier"),
    ("augmentation", "busi.model.augment", "augmentation"),
    ("batches", "busi.training.batches", "epoch_batches"),
    ("epoch", "busi.training.fit", "_run_epoch"),
    ("live", "busi.lessons.small_training", "_Learner"),
)


class Piece(NamedTuple):
    """Some lines of the repository.

    Attributes:
        name: which part of `SHOWN_CODE` they are.
        file: where they stand, from the repository's folder.
        line: the number of the first one.
        text: the lines.
    """

    name: str
    file: str
    line: int
    text: str


def source_of(module: str, name: str) -> tuple[int, str]:
    """A function or class, as it stands in its file.

    Args:
        module: its dotted name; it is not imported.
        name: of the function or class.

    Returns:
        The number of its first line, and its lines.

    Raises:
        KeyError: if the module has no such name.
    """
    text = _file_of(module).read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if getattr(node, "name", None) == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return first, "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    raise KeyError(f"{module} has no function or class {name!r}")


def code(page: Page, arch: str) -> Markup:
    """The code that trained, as it stands in the repository, each piece behind something to open.

    Args:
        page: that it stands on.
        arch: of the network, as its bundle tells.
    """
    function_of = {"network": NETWORKS.get(arch, "_published")}
    pieces = [_piece(name, module, function_of.get(name, function)) for name, module, function in SHOWN_CODE]
    return page.template("tabs/training/tab.html").sources(pieces)


def _file_of(module: str) -> Path:
    spec = find_spec(module)
    if spec is None or not spec.origin:
        raise ModuleNotFoundError(f"there is no module {module!r}")
    return Path(spec.origin)


def _piece(name: str, module: str, function: str) -> Piece:
    line, text = source_of(module, function)
    return Piece(name, _file_of(module).relative_to(repository()).as_posix(), line, text)
