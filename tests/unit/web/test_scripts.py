"""busi/web/scripts.py, and what must hold of every module."""

import json
import re

import pytest

from busi.server.asset_cache import FILES, HASHED
from busi.server.scripts import address
from busi.web.files import WEB
from busi.web.scripts import FONT, PAGE, announced, base, first_modules, imports, loader, modules, mount, served
from tests.support.markup import parsed


def test_every_import_leads_to_a_module():
    for path in modules():
        assert set(imports(path)) <= set(modules()), path


def test_every_import_is_one_that_is_followed():
    """A form of import that `imports` does not read would be loaded late."""
    for path, source in modules().items():
        found = re.findall(r"^import\b|\bimport\(|^export\b.*\bfrom\b *[\"']", source.decode(), re.MULTILINE)
        assert len(found) == len(imports(path)), path


def test_mounting_names_the_modules_and_hands_over_what_gradio_gives():
    line = mount("parts/thumbnails.js", "tabs/evaluation/cases.js")
    paths, names = re.fullmatch(r"atelier\.mount\((\[.*\]), \{ (.*) \}\);\n", line).groups()
    assert json.loads(paths) == ["parts/thumbnails.js", "tabs/evaluation/cases.js"]
    assert set(names.split(", ")) == {"element", "props", "watch", "trigger", "server", "upload"}


@pytest.mark.parametrize("path", ["tabs/evaluation/none.js", "js/format.js", "../web/parts/thumbnails.js"])
def test_what_cannot_be_mounted_fails_when_the_page_is_built(path):
    with pytest.raises(ValueError, match="exports `mount`"):
        mount(path)


def test_the_page_announces_whatever_the_first_screen_imports_and_no_more():
    tree = parsed(announced())
    assert [link["href"] for link in tree.select("link[rel=modulepreload]")] == [
        f".{address(served())}{path}" for path in first_modules()
    ]
    assert [script["src"] for script in tree.select("script[type=module]")] == [base() + PAGE]
    assert {PAGE, *imports(PAGE)} <= set(first_modules())
    assert all(set(imports(path)) <= set(first_modules()) for path in first_modules())
    assert not [path for path in first_modules() if path.startswith(("tabs/evaluation/", "vendor/"))]


def test_the_loader_says_what_each_module_imports():
    """So that a tab's modules are asked for at once, and none waits for another."""
    said = json.loads(parsed(loader()).script["data-imports"])
    assert parsed(loader()).script["data-base"] == base()
    assert said == {path: imports(path) for path in modules()}
    assert "js/charts.js" in said["tabs/evaluation/roc.js"] or "js/roc_curve.js" in said["tabs/evaluation/roc.js"]


def test_the_asset_cache_takes_every_file_and_the_browser_may_keep_it():
    assert FONT in served()
    for path in served():
        assert FILES.fullmatch(address(served()) + path) and HASHED.fullmatch(address(served()) + path)


@pytest.mark.parametrize("name", ["mount.js", "frame/early.js", "tabs/welcome/first_screen.js"])
def test_a_script_that_stands_in_the_page_ends_where_it_should(name):
    assert "</script" not in (WEB / name).read_text("utf-8")
    assert name not in modules(), "what stands in the page is no module"


def test_every_script_of_the_page_is_closed():
    for markup in (loader(), announced()):
        assert markup.count("<script") == markup.count("</script>") == 1
