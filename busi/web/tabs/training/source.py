"""The repository's own code in the page, read from its files as they stand."""

import ast
from html import escape
from importlib.util import find_spec
from pathlib import Path

from busi.system.places import repository
from busi.web.figures import rich
from busi.words.text import Words

NETWORKS = {"atelier": "_atelier", "atelier_deep": "_atelier_deep", "simple": "_simple"}  # functions, by architecture
SHOWN_CODE = (
    ("recipe", "busi.training.recipe", "Recipe"),
    ("network", "busi.model.network", "_atelier"),
    ("augmentation", "busi.model.augment", "augmentation"),
    ("batches", "busi.training.batches", "epoch_batches"),
    ("epoch", "busi.training.fit", "_run_epoch"),
    ("live", "busi.lessons.small_training", "_Learner"),
)


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


def code(words: Words, arch: str) -> str:
    """The code that trained, as it stands in the repository, each piece behind something to open, as HTML.

    Args:
        words: of the reader's language.
        arch: of the network, as its bundle tells.
    """
    pieces = "".join(
        _piece(words, name, module, NETWORKS.get(arch, "_published") if name == "network" else function)
        for name, module, function in SHOWN_CODE
    )
    title, intro = escape(words("training.code_title")), rich(words("training.code_intro"))
    return f'<section class="sources"><h3>{title}</h3><p class="note">{intro}</p>{pieces}</section>'


def _file_of(module: str) -> Path:
    spec = find_spec(module)
    if spec is None or not spec.origin:
        raise ModuleNotFoundError(f"there is no module {module!r}")
    return Path(spec.origin)


def _piece(words: Words, name: str, module: str, function: str) -> str:
    line, text = source_of(module, function)
    file = _file_of(module).relative_to(repository()).as_posix()
    place = escape(words("training.code_place", file=file, line=line))
    return (
        f"<details><summary>{escape(words(f'training.code_{name}'))}</summary>"
        f'<p class="aside">{place}</p><pre tabindex="0"><code>{escape(text)}</code></pre></details>'
    )
