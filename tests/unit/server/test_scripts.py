"""busi/server/scripts.py, alone and behind the guard and the asset cache, before a small app with one page."""

import gzip

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Route

from busi.server.asset_cache import AssetCache
from busi.server.guard import Guard
from busi.server.scripts import Scripts, address
from tests.support.running import awaited

FONT = bytes(range(256)) * 8
MODULES = {
    "js/page.js": b'import "./format.js";\n' * 40,
    "js/format.js": "export const minus = '−';\n".encode(),
    "vendor/font.woff2": FONT,
}
PICTURES = {"/pictures/0123456789abcdef.jpeg": b"a picture"}
KINDS = {"js": "text/javascript; charset=utf-8", "woff2": "font/woff2"}


@pytest.fixture
def app() -> Scripts:
    async def page(request):
        return HTMLResponse("<html><body>é</body></html>")

    return Scripts(GZipMiddleware(Starlette(routes=[Route("/", page)]), minimum_size=10), MODULES, PICTURES)


@pytest.fixture
def whole(app) -> Guard:
    return Guard(AssetCache(app, pages=("/",)), largest_upload=1000, pages=("/",))


def get(app, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def once():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            return await client.request(method, path, headers={"accept-encoding": "identity", **headers})

    return awaited(once())


def test_each_module_is_served_as_javascript_and_the_font_as_a_font(app):
    for path, source in MODULES.items():
        answer = get(app, address(MODULES) + path)
        assert (answer.status_code, answer.content) == (200, source)
        assert answer.headers["content-type"] == KINDS[path.rsplit(".", 1)[1]]
    assert get(app, address(MODULES) + "js/page.js", "HEAD").content == b""


def test_a_picture_is_served_by_its_address_and_kept_by_browsers_and_no_other_is_found(whole):
    (path,), (content,) = PICTURES, PICTURES.values()
    answer = get(whole, path)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, content, "image/jpeg")
    assert "immutable" in answer.headers["cache-control"]
    for other in (path.replace("0", "1"), "/pictures/", "/pictures/../modules/js/page.js", path + "/"):
        assert get(whole, other).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["js/none.js", "", "js/", "js/page.js/", "../page.py", "js%2f..%2fjs/page.js", "js/page%2ejs%00", "JS/page.js"],
)
def test_what_is_no_module_is_not_found(app, whole, path):
    for door in (app, whole):
        assert get(door, address(MODULES) + path).status_code == 404


def test_an_older_state_of_the_code_is_not_found(app):
    assert get(app, "/modules/0123456789abcdef/js/page.js").status_code == 404
    assert get(app, "/modules/js/page.js").status_code == 404


def test_the_address_changes_with_content_names_and_number_of_modules():
    content = MODULES | {"js/format.js": b"export const minus = '-';\n"}
    more = MODULES | {"js/more.js": b""}
    renamed = {f"tabs/{name}": source for name, source in MODULES.items()}
    addresses = [address(modules) for modules in (MODULES, content, more, renamed)]
    assert len(set(addresses)) == 4
    assert address(dict(reversed(MODULES.items()))) == addresses[0]


def test_every_other_address_is_the_apps(app):
    assert get(app, "/").text == "<html><body>é</body></html>"
    assert get(app, "/none").status_code == 404


def test_through_guard_and_asset_cache_a_module_is_compressed_and_the_browsers_for_good(whole):
    path = address(MODULES) + "js/page.js"
    answer = get(whole, path, **{"accept-encoding": "gzip"})
    assert answer.content == MODULES["js/page.js"] and answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) <= len(gzip.compress(MODULES["js/page.js"], 6))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-security-policy"]
    again = get(whole, path, **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
