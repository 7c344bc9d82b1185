"""busi/server/scripts.py, alone and behind the guard and the asset cache, before a small app with one page."""

import gzip

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from busi.server.asset_cache import AssetCache
from busi.server.guard import Guard
from busi.server.scripts import Scripts, address
from tests.support.running import awaited

MODULES = {"js/page.js": b'import "./format.js";\n' * 40, "js/format.js": "export const minus = '−';\n".encode()}
HEAD = '<link rel="modulepreload" href="./modules/page.js">'
PAGE = '<html><head><meta charset="utf-8"><base href="./" /><title>é</title></head><body><base></body></html>'


@pytest.fixture
def app() -> Scripts:
    async def page(request):
        return HTMLResponse(PAGE)

    async def text(request):
        return PlainTextResponse(PAGE)

    async def lost(request):
        return HTMLResponse(PAGE, status_code=404)

    routes = [Route("/", page), Route("/other", page), Route("/text", text), Route("/lost", lost)]
    return Scripts(
        GZipMiddleware(Starlette(routes=routes), minimum_size=10), MODULES, HEAD, pages=("/", "/text", "/lost")
    )


@pytest.fixture
def whole(app) -> Guard:
    return Guard(AssetCache(app, pages=("/",)), largest_upload=1000, pages=("/",))


def get(app, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def once():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            return await client.request(method, path, headers={"accept-encoding": "identity", **headers})

    return awaited(once())


def test_each_module_is_served_as_javascript(app):
    for path, source in MODULES.items():
        answer = get(app, address(MODULES) + path)
        assert (answer.status_code, answer.content) == (200, source)
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert get(app, address(MODULES) + "js/page.js", "HEAD").content == b""


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


def test_a_page_gets_its_head_once_after_what_its_addresses_are_read_by(app):
    answer = get(app, "/", **{"accept-encoding": "gzip"})
    assert answer.text == PAGE.replace('<base href="./" />', f'<base href="./" />{HEAD}')
    assert answer.headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize("path", ["/other", "/text", "/lost"])
def test_what_is_no_page_stays_as_it_is(app, path):
    assert get(app, path).text == PAGE


def test_through_guard_and_asset_cache_a_module_is_compressed_and_the_browsers_for_good(whole):
    path = address(MODULES) + "js/page.js"
    answer = get(whole, path, **{"accept-encoding": "gzip"})
    assert answer.content == MODULES["js/page.js"] and answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) <= len(gzip.compress(MODULES["js/page.js"], 6))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-security-policy"]
    again = get(whole, path, **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_cached_page_has_its_head(whole):
    for _ in range(2):
        assert HEAD in get(whole, "/").text
