"""The page's scripts: which modules there are, what loads them, and the line that mounts them on a component.

A script is an ES module beside the tab that it belongs to. It exports `mount`, which gets what Gradio gives to a
component's `js_on_load`: its element, its props, `watch` and `trigger`. What scripts share stands in `js/`, code of
others in `vendor/`.

    gr.HTML(markup, js_on_load=mount("tabs/evaluation/roc.js"))
"""

import json
import posixpath
import re
from collections.abc import Mapping
from functools import cache
from html import escape

from busi.server.scripts import address
from busi.web.files import WEB, read

PAGE = "js/page.js"
FONT = "vendor/figtree.woff2"
_FILES = ("js/*.js", "vendor/*.js", "parts/*.js", "frame/*.js", "tabs/*/*.js")
_MODULE = re.compile(r"^(import|export)\b", re.MULTILINE)  # what has neither is a classic script
_MOUNTABLE = re.compile(rb"^export const mount\b", re.MULTILINE)
_IMPORTED = re.compile(r"""\bfrom\s+["'](\.[^"']+)["']""")
_FIRST_SCREEN = re.compile(r"js/page\.js|parts/")  # whose modules are needed before a tab is opened


@cache
def modules() -> Mapping[str, bytes]:
    """The source of each module, by its path from `busi/web`, as "tabs/evaluation/roc.js"."""
    files = {path.relative_to(WEB).as_posix(): path for pattern in _FILES for path in sorted(WEB.glob(pattern))}
    sources = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
    return {name: source.encode() for name, source in sources.items() if _MODULE.search(source)}


def mount(*paths: str) -> str:
    """What a component's `js_on_load` is, for scripts that are mounted on it in this order.

    Args:
        paths: of modules that export `mount`, as "tabs/evaluation/roc.js".

    Raises:
        ValueError: if there is no such module, or it has no `mount`.
    """
    for path in paths:
        if not _MOUNTABLE.search(modules().get(path, b"")):
            raise ValueError(f"busi/web/{path} must be a module that exports `mount`")
    return f"atelier.mount({json.dumps(paths)}, {{ element, props, watch, trigger, server, upload }});\n"


def base() -> str:
    """The address that modules and the font are served under, from the page's own."""
    return f".{address(served())}"


@cache
def served() -> Mapping[str, bytes]:
    """All that is served beside Gradio's own files: the modules and the font, by their paths."""
    return {**modules(), FONT: (WEB / FONT).read_bytes()}


def loader() -> str:
    """What makes `window.atelier`, by which components get their scripts; it knows what each module imports."""
    imported = json.dumps({path: imports(path) for path in modules()}, separators=(",", ":"))
    return f'<script data-base="{base()}" data-imports="{escape(imported)}">{read("mount.js")}</script>'


def announced() -> str:
    """The page's own script, and every module of the first screen announced, so that none of them waits for another.

    Those of a tab are fetched when it is opened (mount.js).
    """
    links = "".join(f'<link rel="modulepreload" href="{base()}{path}">' for path in first_modules())
    return f'{links}<script type="module" src="{base()}{PAGE}"></script>'


def first_modules() -> list[str]:
    """The modules of the first screen, and those that they import, each once."""
    found: dict[str, None] = {}
    waiting = [path for path in modules() if _FIRST_SCREEN.match(path)]
    while waiting:
        path = waiting.pop(0)
        if path not in found:
            found[path] = None
            waiting += imports(path)
    return sorted(found)


def imports(path: str) -> list[str]:
    """The modules that a module imports.

    Args:
        path: of the module, as "tabs/evaluation/roc.js".
    """
    here = posixpath.dirname(path)
    return [posixpath.normpath(f"{here}/{found}") for found in _IMPORTED.findall(modules()[path].decode())]
