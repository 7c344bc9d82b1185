"""What somebody may try against the running app, over HTTP and without a browser."""

import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import cv2
import httpx
import pytest

from busi.web.parts.picker import MAX_MEGABYTES
from tests.support.drawings import drawn_ultrasound
from tests.support.places import ROOT

API = "/gradio_api"


@pytest.fixture(scope="module")
def temporary(running_app) -> Path:
    return running_app.temporary


@pytest.fixture(scope="module")
def visitor(running_app) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running_app.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def picture() -> bytes:
    return cv2.imencode(".png", drawn_ultrasound(3)[0])[1].tobytes()


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Another site on this machine, and what was asked of it."""
    asked: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/secret.png", asked
    server.shutdown()


def upload(visitor: httpx.Client, name: str, content: bytes) -> httpx.Response:
    return visitor.post(f"{API}/upload", files={"files": (name, content, "image/png")})


def predict(visitor: httpx.Client, path: object) -> httpx.Response:
    given = {"path": path, "meta": {"_type": "gradio.FileData"}}
    return visitor.post(f"{API}/run/predict", json={"data": [given]})


def assert_works(visitor: httpx.Client, picture: bytes) -> None:
    path = upload(visitor, "a.png", picture).json()[0]
    answer = predict(visitor, path)
    assert answer.status_code == 200 and 0 < answer.json()["data"][0]["probabilities"]["malignant"] < 1


@pytest.mark.parametrize(
    "name",
    ["../../app.py", "..\\..\\evil.png", "/etc/cron.d/evil", "🩺 sein.png", "a" * 400 + ".png", "\x00.png", ".."],
)
def test_a_name_leads_nowhere_else(visitor, temporary, picture, name):
    before = {path for path in ROOT.glob("*")}
    answer = upload(visitor, name, picture)
    if answer.status_code == 200:
        path = Path(answer.json()[0])
        assert temporary in path.resolve().parents and predict(visitor, str(path)).status_code == 200
    else:
        assert answer.status_code in (400, 422, 500)
    assert {path for path in ROOT.glob("*")} == before
    assert_works(visitor, picture)


def outside(temporary: Path) -> list[str]:
    return [
        "/etc/passwd",
        "../../../../../../etc/passwd",
        "..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "....//....//etc/passwd",
        "/proc/self/environ",
        str(ROOT / "app.py"),
        str(ROOT / "busi" / "default_bundle" / "model.keras"),
        str(temporary),
        f"{temporary}/../../etc/passwd",
        "~/.bashrc",
        "",
    ]


def test_no_file_is_served_from_outside_of_what_was_uploaded(visitor, temporary):
    for path in outside(temporary):
        for door in (f"{API}/file=", f"{API}/file/", "/file=", "/static/", "/assets/", "/svelte/"):
            answer = visitor.get(door + path)
            assert answer.status_code in (400, 403, 404, 405), (door, path, answer.status_code)
            assert "root:" not in answer.text


def test_no_file_is_read_that_was_not_uploaded(visitor, temporary, picture):
    (temporary / "private.png").write_bytes(picture)
    for path in [*outside(temporary), str(temporary / "private.png"), None, 7, {"path": "x"}, ["/etc/passwd"]]:
        answer = predict(visitor, path)
        assert answer.status_code != 200 and "probabilities" not in answer.text, path
    assert_works(visitor, picture)


def test_the_app_fetches_nothing_from_elsewhere(visitor, elsewhere, picture):
    url, asked = elsewhere
    for answer in (
        predict(visitor, url),
        visitor.get(f"{API}/file={url}"),
        visitor.get(f"{API}/proxy={url}"),
        visitor.post(
            f"{API}/run/predict", json={"data": [{"url": url, "path": url, "meta": {"_type": "gradio.FileData"}}]}
        ),
    ):
        assert answer.status_code != 200
    assert asked == []
    assert_works(visitor, picture)


def test_where_another_visitor_s_picture_lies_cannot_be_guessed(visitor, picture):
    first, second = (upload(visitor, "sein.png", content).json()[0] for content in (picture, picture + b"\0"))
    folder = Path(first).parent
    assert len(folder.name) >= 32 and folder.name != Path(second).parent.name
    assert visitor.get(f"{API}/file={folder.parent}").status_code == 403
    assert visitor.get(f"{API}/file={folder}").status_code == 403


def heard_by(visitor: httpx.Client, session: str) -> list[dict]:
    said = []
    try:
        with visitor.stream("GET", f"{API}/queue/data", params={"session_hash": session}) as heard:
            said += [json.loads(line[6:]) for line in heard.iter_lines() if line.startswith("data: ")]
    except httpx.RemoteProtocolError:  # Gradio hangs up on a session that it does not know
        pass
    return said


def test_a_session_hears_only_its_own_answers(visitor, picture):
    path = upload(visitor, "a.png", picture).json()[0]
    info = visitor.get("/config").json()
    number = next(d["id"] for d in info["dependencies"] if d["api_name"] == "predict")
    mine, other = uuid.uuid4().hex, uuid.uuid4().hex
    data = [{"path": path, "meta": {"_type": "gradio.FileData"}}]
    joined = visitor.post(f"{API}/queue/join", json={"data": data, "fn_index": number, "session_hash": mine})
    assert joined.status_code == 200
    assert heard_by(visitor, other) == []
    done = [message for message in heard_by(visitor, mine) if message["msg"] == "process_completed"]
    assert done[0]["success"] and "probabilities" in done[0]["output"]["data"][0]


def test_nothing_can_be_set_from_outside(visitor, picture):
    before = visitor.get("/config").json()
    doors = ("vibe-edit", "undo-vibe-edit/", "dev/reload", "process_recording", "deep_link", "startup-events", "reset")
    for path in doors:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            sent = {"prompt": "add a door", "event_id": "x", "hash": "y"}
            answer = visitor.request(method, f"{API}/{path}", json=sent)
            assert answer.status_code in (200, 404, 405, 422)
    assert visitor.post("/config", json={"title": "mine"}).status_code == 404
    assert visitor.get("/config").json() == before
    assert_works(visitor, picture)


def test_what_is_too_large_is_refused_and_leaves_nothing(visitor, temporary, picture):
    before = {path for path in temporary.rglob("*") if path.is_file()}
    answer = upload(visitor, "large.png", b"x" * 50_000_000)
    assert answer.status_code == 413
    assert upload(visitor, "just.png", b"x" * (MAX_MEGABYTES * 1024 * 1024 + 1)).status_code == 413
    note = "x" * 2_000_000
    assert visitor.post(f"{API}/queue/join", json={"data": [note], "fn_index": 0}).status_code == 413
    assert {path for path in temporary.rglob("*") if path.is_file()} == before
    assert_works(visitor, picture)


def test_no_other_site_s_script_may_read_the_answers(visitor):
    answer = visitor.get("/config", headers={"Origin": "https://evil.example"})
    assert answer.headers.get("access-control-allow-origin") is None
    assert "frame-ancestors 'self' https://huggingface.co" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"data": "x"}', b'{"data": [[[[[[[[]]]]]]]]}', b"\xff\xfe", b'{"data": [' + b"[" * 5000],
)
def test_nonsense_is_refused_and_the_next_visitor_is_served(visitor, picture, body):
    for door in ("run/predict", "queue/join", "run/simulate", "call/augment"):
        answer = visitor.post(f"{API}/{door}", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code >= 400 or "error" in answer.text or "event_id" in answer.text
    assert_works(visitor, picture)
