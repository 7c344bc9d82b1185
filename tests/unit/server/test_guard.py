"""busi/server/guard.py before a small app that answers everything."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from busi.server.guard import HEADERS, LARGEST_REQUEST, UPLOAD, Guard
from tests.support.running import awaited

LARGEST = 2_000_000


@pytest.fixture
def app() -> Guard:
    async def answer(request):
        body = await request.body()
        return PlainTextResponse(f"came in: {len(body)}")

    anything = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    return Guard(anything, largest_upload=LARGEST, pages=("/", "/en"))


def ask(app, method: str, path: str, content=None) -> httpx.Response:
    async def once():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            return await client.request(method, path, content=content)

    return awaited(once())


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/proxy=https://example.org/",
        "/gradio_api/file=https://example.org/a.png",
        "/gradio_api/file=HTTP://example.org/a.png",
        "/gradio_api/file=ftp://example.org/a.png",
        "/gradio_api/file=file:/etc/passwd",
        "/file=http://example.org/",
        "/gradio_api/vibe-edit",
        "/gradio_api/vibe-code/",
        "/gradio_api/undo-vibe-edit/",
        "/gradio_api/process_recording",
        "/gradio_api/stream/an-event",
        "/gradio_api/custom_component/a/client/b/c.js",
        "/gradio_api/deep_link",
        "/gradio_api/runs",
        "/gradio_api/run-history/records",
        "/gradio_api/dev/reload",
        "/gradio_api/openapi.json",
        "/monitoring",
        "/monitoring/summary",
        "/login",
        "/gradio_api/file/http://example.org/a.png",
        "/gradio_api/file/tmp/a.png",
        "/gradio_api/file= http://example.org/a.png",
        "/gradio_api/file=%09https:example.org",
        "/gradio_api/file=//example.org/share/a.png",
        "/gradio_api/component_server",
        "/gradio_api/queue/data/more",
        "/gradio_api/heartbeat/a b",
        "/fr",
        "/docs",
    ],
)
def test_unused_doors_are_closed(app, path):
    for method in ("GET", "POST"):
        answer = ask(app, method, path)
        assert answer.status_code == 404 and answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/en"),
        ("GET", "/gradio_api/file=/tmp/x/a.png"),
        ("GET", "/gradio_api/file=C:\\Temp\\x\\a.png"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/queue/data?session_hash=abc-1_2"),
        ("GET", "/gradio_api/heartbeat/abc123"),
        ("GET", "/gradio_api/call/predict/0a1b2c"),
        ("HEAD", "/assets/index-12345678.js"),
        ("POST", "/gradio_api/run/predict"),
        ("POST", "/gradio_api/call/v2/predict"),
        ("POST", "/gradio_api/queue/join"),
    ],
)
def test_those_in_use_are_open_and_every_answer_has_the_headers(app, method, path):
    answer = ask(app, method, path)
    assert answer.status_code == 200 and (method == "HEAD" or answer.text == "came in: 0")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "é", "../x", "a%00"])
def test_a_session_s_name_is_one_name_of_letters_and_digits(app, name):
    assert ask(app, "GET", f"/gradio_api/queue/data?session_hash={name}").status_code == 400
    assert ask(app, "POST", f"{UPLOAD}?upload_id={name}").status_code == 400


@pytest.mark.parametrize("path", ["/atelier/gradio_api/proxy=https://example.org/", "/atelier/gradio_api/vibe-edit"])
def test_a_sub_path_opens_no_closed_door(path):
    async def answer(request):
        return PlainTextResponse("open")

    anything = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    guarded = Guard(anything, largest_upload=LARGEST)

    async def under(scope, receive, send):
        await guarded({**scope, "root_path": "/atelier"}, receive, send)

    assert ask(under, "GET", path).status_code == 404
    assert ask(under, "GET", "/atelier/gradio_api/info").text == "open"
    assert ask(under, "GET", "/gradio_api/info").text == "open"


def test_what_is_sent_in_has_a_largest_size(app):
    assert ask(app, "POST", UPLOAD, b"x" * LARGEST).text == f"came in: {LARGEST}"
    assert ask(app, "POST", UPLOAD, b"x" * (LARGEST + 50_000)).status_code == 413
    assert ask(app, "POST", "/gradio_api/queue/join", b"x" * LARGEST_REQUEST).status_code == 200
    assert ask(app, "POST", "/gradio_api/queue/join", b"x" * (LARGEST_REQUEST + 1)).status_code == 413


def test_a_request_that_does_not_say_how_long_it_is_is_counted(app):
    sent = []

    async def without_end():
        for number in range(1000):
            sent.append(number)
            yield b"x" * 100_000

    answer = ask(app, "POST", "/gradio_api/queue/join", without_end())
    assert answer.status_code == 413 and len(sent) < 30
