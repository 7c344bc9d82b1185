"""What is not public in Gradio is named in one module, and is still there in the Gradio that is installed."""

import ast
from importlib.metadata import version
from pathlib import Path

import gradio as gr
import pytest

from busi.server import gradio_internals
from busi.server.gradio_internals import launching_with, queue_of, replace_queue
from tests.support.places import ROOT

HERE = "busi/server/gradio_internals.py"
PUBLIC = {"gradio", "gradio.themes"}  # modules that Gradio documents
ATTRIBUTES = {
    "_queue",
    "_signals",
    "api_info",
    "file_upload_statuses",
    "http_server",
    "keep_in_cache",
    "middleware_stack",
    "queueing",
    "route_utils",
    "routes",
    "state_holder",
    "temp_file_sets",
}


def sources() -> dict[str, ast.Module]:
    files = [*ROOT.glob("busi/**/*.py"), ROOT / "app.py", ROOT / "train.py"]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in files}


def private_names(tree: ast.AST) -> set[str]:
    """What a module takes from inside Gradio: modules that it imports, names imported from these, and attributes."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("gradio", "gradio_client"):
            names = {alias.name for alias in node.names}
            if node.module not in PUBLIC or not all(hasattr(gr, name) and name[0].isupper() for name in names):
                found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "gradio"} - PUBLIC
        elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
            found.add(node.attr)
    return found


def test_one_module_knows_the_inside_of_gradio():
    found = {name: private_names(tree) for name, tree in sources().items()}
    known = found.pop(HERE)
    assert {name: names for name, names in found.items() if names} == {}
    assert {"_queue", "gradio.queueing", "gradio.state_holder"} <= known


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import gradio as gr\nfrom gradio import Blocks\ngr.Blocks()", set()),
        ("from gradio import routes", {"gradio"}),
        ("from gradio.queueing import Queue", {"gradio.queueing"}),
        ("import gradio.utils", {"gradio.utils"}),
        ("from gradio_client.utils import is_http_url_like", {"gradio_client.utils"}),
        ("app._queue.died", {"_queue"}),
    ],
)
def test_the_search_finds_what_it_looks_for(code, names):
    assert private_names(ast.parse(code)) == names


def test_it_is_written_for_the_gradio_that_is_asked_for():
    docstring = ast.get_docstring(ast.parse(Path(gradio_internals.__file__).read_text("utf-8")))
    assert f"{'.'.join(version('gradio').split('.')[:2])}." in docstring
    assert all(hasattr(gradio_internals, name) for name in gradio_internals.__all__)


def test_a_queue_takes_the_others_place():
    with gr.Blocks() as blocks:
        pass
    other = type(queue_of(blocks)).__new__(type(queue_of(blocks)))
    replace_queue(blocks, other)
    assert queue_of(blocks) is other


def test_the_web_server_is_replaced_for_a_while_only():
    from gradio import http_server

    class Mine(gradio_internals.Server):
        pass

    before = http_server.Server
    with pytest.raises(KeyError), launching_with(Mine):
        assert http_server.Server is Mine
        raise KeyError
    assert http_server.Server is before
