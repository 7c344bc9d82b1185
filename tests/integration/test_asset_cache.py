"""busi/server/asset_cache.py before a small app that counts how often it is asked."""

import asyncio
import gzip

import brotli
import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from busi.server import asset_cache
from busi.server.asset_cache import AssetCache
from tests.support.running import awaited

SCRIPT = "export const answer = 42;\n" * 100
HASHED, UNHASHED = "/assets/Blocks-0aNuD791.js", "/assets/gradio.js"


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def app(asked) -> AssetCache:
    async def script(request):
        asked.append(request.url.path)
        await asyncio.sleep(0.01)
        return Response(SCRIPT, media_type="text/javascript")

    async def page(request):
        asked.append(str(request.url))
        return PlainTextResponse(f"I am {str(request.url).split('?')[0].rstrip('/')} " + "x" * 1000)

    async def picture(request):
        asked.append("picture")
        return Response(bytes(range(256)) * 4, media_type="image/png")

    async def signed_in(request):
        asked.append("signed in")
        answer = PlainTextResponse("hello")
        answer.set_cookie("who", "me")
        return answer

    routes = [
        Route("/", page),
        Route("/en", page),
        Route("/static/logo.png", picture),
        Route("/static/me.txt", signed_in),
        Route(HASHED, script),
        Route(UNHASHED, script),
    ]
    return AssetCache(Starlette(routes=routes), pages=("/",))


def get(app, path: str, method: str = "GET", host: str = "here", **headers: str) -> httpx.Response:
    return gather(app, [(path, method, host, headers)])[0]


def gather(app, requests) -> list[httpx.Response]:
    async def ask():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            return await asyncio.gather(
                *(
                    client.request(method, path, headers={"Host": host, "Accept-Encoding": "identity", **headers})
                    for path, method, host, headers in requests
                )
            )

    return awaited(ask())


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity", "deflate", "gzip;q=0.5, br;q=1"])
def test_a_script_is_the_same_in_every_encoding(app, encoding):
    answer = get(app, HASHED, **{"Accept-Encoding": encoding})
    assert answer.text == SCRIPT and answer.headers["content-type"].startswith("text/javascript")
    expected = "br" if "br" in encoding else "gzip" if "gzip" in encoding else None
    assert answer.headers.get("content-encoding") == expected
    sizes = {None: len(SCRIPT), "br": len(brotli.compress(SCRIPT.encode(), quality=5))}
    sizes["gzip"] = len(gzip.compress(SCRIPT.encode(), 6, mtime=0))
    assert int(answer.headers["content-length"]) == sizes[expected]


def test_a_hundred_at_once_ask_the_app_once(app, asked):
    answers = gather(app, [(HASHED, "GET", "here", {"Accept-Encoding": "br"})] * 100)
    assert {answer.text for answer in answers} == {SCRIPT} and asked == [HASHED]


def test_what_is_named_by_its_content_is_the_browsers_for_good_and_the_rest_has_a_tag(app):
    assert "immutable" in get(app, HASHED).headers["cache-control"]
    first = get(app, UNHASHED)
    assert first.headers["cache-control"] == "no-cache"
    again = get(app, UNHASHED, **{"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == first.headers["etag"]
    assert get(app, UNHASHED, **{"If-None-Match": '"another"'}).status_code == 200


def test_a_page_is_rendered_once_and_names_the_address_of_whoever_asks(app, asked):
    for _ in range(3):
        for host, scheme in (("one", "http"), ("two:8080", "http"), ("one", "https")):
            for encoding in ("br", "gzip", "identity"):
                headers = {"X-Forwarded-Proto": scheme, "Accept-Encoding": encoding}
                answer = get(app, "/?lesion=x&__theme=dark", host=host, **headers)
                assert answer.text == f"I am {scheme}://{host} " + "x" * 1000
    assert get(app, "/", host="inside", **{"X-Forwarded-Host": "one"}).text.startswith("I am http://one ")
    assert asked == [asset_cache.NOBODY + "/"]


def test_a_page_that_is_asked_for_again_has_the_same_tag_however_it_is_sent(app):
    asked_for = [get(app, "/", **{"Accept-Encoding": encoding}) for encoding in ("identity", "br", "br", "gzip", "br")]
    assert len({answer.headers["etag"] for answer in asked_for}) == 1
    again = get(app, "/", **{"If-None-Match": asked_for[0].headers["etag"], "Accept-Encoding": "br"})
    assert again.status_code == 304
    assert get(app, "/", host="other", **{"If-None-Match": asked_for[0].headers["etag"]}).status_code == 200


def test_a_stranger_cannot_fill_the_memory_with_addresses(app, asked, monkeypatch):
    monkeypatch.setattr(asset_cache, "ADDRESS_EVERY", 0.0)
    for number in range(20 * asset_cache.MOST_ADDRESSES):
        for _ in range(2):
            assert f"host-{number} " in get(app, "/", host=f"host-{number}", **{"Accept-Encoding": "br"}).text
    assert len(app._kept) == asset_cache.MOST_ADDRESSES + 1 and not app._asking
    assert len(app._seen) <= 8 * asset_cache.MOST_ADDRESSES and len(asked) == 1
    for number in range(50):
        assert get(app, f"/assets/none-{number}.js").status_code == 404
    assert len(app._kept) == asset_cache.MOST_ADDRESSES + 1 and not app._asking


def test_addresses_that_come_all_at_once_are_not_worked_on_all_at_once(app):
    for number in range(40):
        for _ in range(2):
            get(app, "/", host=f"host-{number}", **{"Accept-Encoding": "br"})
    assert len(app._kept) < 10


def test_the_largest_amount_is_held(app, monkeypatch):
    monkeypatch.setattr(asset_cache, "MOST_BYTES", 4_000)
    get(app, "/static/logo.png")
    get(app, HASHED)
    assert sum(answer.size for answer in app._kept.values()) <= 4_000
    assert get(app, HASHED).text == SCRIPT


def test_what_is_for_one_visitor_or_is_no_page_is_never_kept(app, asked):
    for _ in range(2):
        assert get(app, "/static/me.txt").headers["set-cookie"].startswith("who=me")
        assert get(app, "/en").status_code == 200  # not named as a page here
        assert get(app, HASHED, method="POST").status_code == 405
        assert get(app, f"{HASHED}?v=1").text == SCRIPT
    assert asked.count("signed in") == 2 and asked.count(HASHED) == 2


def test_head_tells_the_length_and_sends_nothing(app, asked):
    for _ in range(2):
        answer = get(app, HASHED, method="HEAD")
        assert answer.headers["content-length"] == str(len(SCRIPT)) and answer.content == b""
    assert asked == [HASHED]
    assert get(app, "/static/me.txt", method="HEAD").content == b""


def test_pictures_are_not_compressed_again(app):
    answer = get(app, "/static/logo.png", **{"Accept-Encoding": "br, gzip"})
    assert "content-encoding" not in answer.headers and len(answer.content) == 1024
