"""busi/server/page_frame.py: what becomes of a page like Gradio's, of others, and of the answers around them."""

import httpx
import pytest
from bs4 import BeautifulSoup
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from busi.server.asset_cache import AssetCache
from busi.server.guard import Guard
from busi.server.page_frame import Frame, FramedPages, framed
from tests.support.running import awaited

FRAME = Frame(
    head="<style>.frame { color: red }</style>",
    before='<div class="frame"><section id="first">é</section><script>first();</script>',
    after="<footer>end</footer></div>",
)
# As Gradio 6.31 writes its page, in short.
PAGE = """<!doctype html><html><head><meta charset="utf-8"><base href="./" /><title>é</title>
<script>window.gradio_config = {"a": "<base>"};</script>
<link rel="stylesheet" href="./assets/index.css"><script type="module" src="./assets/index.js"></script>
<link rel="modulepreload" href="./assets/core.js"></head>
<body style="margin: 0"><gradio-app control_page_title="true"></gradio-app><script>last();</script></body></html>"""


def parsed(page: bytes) -> BeautifulSoup:
    return BeautifulSoup(page.decode(), "html.parser")


@pytest.fixture
def page() -> BeautifulSoup:
    return parsed(framed(PAGE.encode(), FRAME))


def places(page: BeautifulSoup, *selectors: str) -> list[int]:
    """Where elements stand in the page, in the order in which a browser meets them."""
    everything = page.find_all(True)
    return [next(at for at, one in enumerate(everything) if one is page.select_one(name)) for name in selectors]


def test_the_head_of_the_frame_comes_after_what_its_addresses_are_read_by_and_before_all_of_gradio_s(page):
    assert [one.name for one in page.head.find_all(["base", "style", "link"])] == ["base", "style", "link"]
    order = places(page, "base", ".frame, style", "link[rel=stylesheet]", "body")
    assert order == sorted(order)


def test_the_first_screen_comes_before_whatever_of_gradio_s_runs(page):
    assert page.head.find_all("script") == []
    scripts = [script.get("src") or script.get_text() for script in page.body.find_all("script")]
    assert scripts == ["first();", 'window.gradio_config = {"a": "<base>"};', "./assets/index.js", "last();"]
    order = places(page, "#first", "link[rel=modulepreload]", "gradio-app", "footer")
    assert order == sorted(order)


def test_gradio_s_element_stands_within_the_frame_which_is_closed_after_it(page):
    assert page.select_one(".frame > gradio-app + footer") is not None
    assert [one.name for one in page.body.find_all(recursive=False)] == ["div", "script"]


def test_the_style_sheet_stays_in_the_head_once_and_does_not_keep_the_page_from_being_painted(page):
    (link,) = page.select("link[rel=stylesheet]")
    assert link.parent.name == "head" and link["href"] == "./assets/index.css"
    assert link["media"] == "print" and link["onload"] == "this.media='all'"


def test_nothing_of_gradio_s_is_lost_and_nothing_is_there_twice(page):
    before = BeautifulSoup(PAGE, "html.parser")
    for kind in ("script", "link", "meta", "base", "title", "gradio-app"):
        added = len(BeautifulSoup(FRAME.before, "html.parser").find_all(kind))
        assert len(page.find_all(kind)) == len(before.find_all(kind)) + added, kind
    assert page.body["style"] == "margin: 0"


def test_a_page_that_is_built_otherwise_gets_its_frame_and_nothing_is_moved():
    odd = PAGE.replace("window.gradio_config", "window.other")
    page = parsed(framed(odd.encode(), FRAME))
    assert len(page.head.find_all("script")) == 2
    assert "media" not in page.select_one("link[rel=stylesheet]").attrs
    assert page.select_one(".frame > gradio-app + footer") is not None
    order = places(page, "base", "style", "#first", "gradio-app")
    assert order == sorted(order)


@pytest.mark.parametrize("odd", ["", "no markup", "<html><head></head></html>"])
def test_what_has_no_body_stays_as_it_is(odd):
    assert framed(odd.encode(), FRAME) == odd.encode()


@pytest.fixture
def app() -> FramedPages:
    async def page(request):
        return HTMLResponse(PAGE)

    async def text(request):
        return PlainTextResponse(PAGE)

    async def lost(request):
        return HTMLResponse(PAGE, status_code=404)

    async def pieces(request):
        content = PAGE.encode()
        return StreamingResponse((content[at : at + 50] for at in range(0, len(content), 50)), media_type="text/html")

    paths = {"/": page, "/en": page, "/other": page, "/text": text, "/lost": lost, "/pieces": pieces}
    routes = [Route(path, answer) for path, answer in paths.items()]
    inner = GZipMiddleware(Starlette(routes=routes), minimum_size=10)
    english = Frame(head=FRAME.head, before='<div class="frame"><i id="english"></i>', after="</div>")
    return FramedPages(inner, {"/": FRAME, "/en": english, "/text": FRAME, "/lost": FRAME, "/pieces": FRAME})


def get(app, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def once():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            return await client.request(method, path, headers={"accept-encoding": "identity", **headers})

    return awaited(once())


def test_each_page_gets_its_own_frame_and_the_length_that_it_then_has(app):
    french, english = get(app, "/"), get(app, "/en")
    assert french.content == framed(PAGE.encode(), FRAME)
    assert parsed(english.content).select_one("#english") and not parsed(english.content).select_one("#first")
    for answer in (french, english):
        assert answer.headers["content-length"] == str(len(answer.content))


def test_a_page_that_comes_in_pieces_is_framed_whole(app):
    assert get(app, "/pieces").content == framed(PAGE.encode(), FRAME)


def test_for_a_browser_that_takes_compressed_pages_it_is_written_before_it_is_compressed(app):
    answer = get(app, "/", **{"accept-encoding": "gzip"})
    assert answer.content == framed(PAGE.encode(), FRAME) and "content-encoding" not in answer.headers


def test_whoever_asks_for_the_head_alone_gets_no_length_that_is_wrong(app):
    answer = get(app, "/", "HEAD")
    assert answer.status_code == 200 and answer.content == b""
    length = answer.headers.get("content-length")
    assert length is None or int(length) == len(framed(PAGE.encode(), FRAME))


@pytest.mark.parametrize("path", ["/other", "/text", "/lost"])
def test_what_is_no_page_of_ours_stays_as_it_is(app, path):
    assert get(app, path).text == PAGE


def test_behind_guard_and_asset_cache_the_page_is_framed_each_time_and_compressed(app):
    whole = Guard(AssetCache(app, pages=("/", "/en")), largest_upload=1000, pages=("/", "/en"))
    for _ in range(2):
        answer = get(whole, "/", **{"accept-encoding": "gzip"})
        assert parsed(answer.content).select_one(".frame #first").get_text() == "é"
        assert answer.headers["content-encoding"] == "gzip"
