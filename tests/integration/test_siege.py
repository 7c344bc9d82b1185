"""What a room of strangers could do to the running app, and what happens now.

How long it takes is for benchmarks.siege. Each attack is bounded, from this machine to this machine.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import httpx
import pytest

from benchmarks.siege import ATTACKS, Innocent, attacked, form, look_at
from tests.support.drawings import drawn_ultrasound
from tests.support.running import started_app

API = "/gradio_api"
LINUX = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="what a process holds is read from /proc")


@pytest.fixture(scope="module")
def picture() -> bytes:
    return cv2.imencode(".png", drawn_ultrasound(3)[0])[1].tobytes()


@contextmanager
def watched_app(bundle, folder: Path, **settings) -> Iterator[dict]:
    """A running app with a temporary folder and a log of its own: its address, process, log and temporary folder."""
    temporary, log = folder / "temporary", folder / "log"
    temporary.mkdir()
    with log.open("wb") as out, started_app(bundle, output=out, TMPDIR=str(temporary), **settings) as (url, server):
        yield {"url": url, "server": server, "log": log, "temporary": temporary}


@pytest.fixture(scope="module")
def app(small_bundle, tmp_path_factory) -> Iterator[dict]:
    """The app with 256 descriptors, as some machines give: its address, process, log and temporary folder."""

    def few_descriptors() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    pytest.importorskip("resource")
    with watched_app(small_bundle, tmp_path_factory.mktemp("siege"), preexec_fn=few_descriptors) as running:
        yield running


@pytest.fixture
def visitor(app) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app["url"], timeout=60) as client:
        yield client


def upload(visitor: httpx.Client, picture: bytes) -> str:
    sent = visitor.post(f"{API}/upload", files={"files": ("a.png", picture, "image/png")})
    assert sent.status_code == 200, sent.text
    return sent.json()[0]


def predicted(visitor: httpx.Client, picture: bytes) -> dict:
    given = {"path": upload(visitor, picture), "meta": {"_type": "gradio.FileData"}}
    answer = visitor.post(f"{API}/run/predict", json={"data": [given]})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"][0]["probabilities"]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]


@pytest.fixture(scope="module")
def warm(app, picture) -> None:
    with httpx.Client(base_url=app["url"], timeout=60) as client:
        assert set(predicted(client, picture)) == {"benign", "malignant"}


@LINUX
@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_while_it_is_attacked_an_innocent_visitor_loses_nothing(app, warm, visitor, picture, name):
    innocent = Innocent(app["url"], picture)
    innocent.start()
    with attacked(app["url"], [name], 3) as running:
        for process in running:
            assert process.wait(60) == 0, "the attack itself"
    innocent.end()
    assert innocent.lost == [] and len(innocent.took) >= 2
    assert visitor.get("/health").text == "ok"
    assert set(predicted(visitor, picture)) == {"benign", "malignant"}
    seen = look_at(app["server"].pid, app["temporary"], app["log"], time.monotonic())
    assert seen.megabytes < 1300 and seen.log < 100_000 and seen.files < 400_000_000 and seen.descriptors < 256


@LINUX
def test_more_silent_connections_than_descriptors_lock_nobody_out(app, warm, visitor, picture):
    port = int(app["url"].rsplit(":", 1)[1])
    beginnings = (
        b"",
        b"GET / HTTP/1.1\r\nHost: a",
        b"POST /gradio_api/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n",
    )
    began, silent = time.monotonic(), []
    for number in range(300):
        silent.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        silent[-1].sendall(beginnings[number % 3])
    for _ in range(3):
        assert predicted(visitor, picture)
    for opened in silent:
        opened.settimeout(30)
        try:
            while opened.recv(4096):
                pass
        except ConnectionResetError:
            pass
    assert 14 < time.monotonic() - began < 25, "the last of them 15 seconds after they came"
    assert app["log"].stat().st_size < 100_000


def test_uploads_that_break_off_or_are_refused_leave_nothing(app, warm, visitor, picture):
    kept = set(files_in(app["temporary"]))
    port = int(app["url"].rsplit(":", 1)[1])
    body, kind = form(os.urandom(300_000))
    head = (
        f"POST {API}/upload HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )
    half = []
    for _ in range(40):
        half.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        half[-1].sendall(head + body[:200_000])
    time.sleep(0.5)
    assert len(set(files_in(app["temporary"])) - kept) > 10, "they are being written"
    for opened in half:
        opened.close()
    odd = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\nabc\r\n'
    for part in (odd % (b"other", b"a.png"), odd % (b"files", b".."), odd % (b"files", b"a.png") * 100):
        content = part + b"--x--"
        visitor.post(f"{API}/upload", content=content, headers={"Content-Type": "multipart/form-data; boundary=x"})
    large = visitor.post(f"{API}/upload", files={"files": ("a.png", bytes(10_500_000), "image/png")})
    assert large.status_code == 413
    deadline = time.monotonic() + 10
    while set(files_in(app["temporary"])) - kept and time.monotonic() < deadline:
        time.sleep(0.2)
    assert set(files_in(app["temporary"])) - kept == set()
    assert predicted(visitor, picture)


@pytest.mark.parametrize("door", ["run", "api", "call", "call/v2"])
def test_programs_ask_the_public_endpoints_by_their_name_and_nothing_else(app, warm, visitor, door):
    functions = {one["api_name"]: one for one in visitor.get("/config").json()["dependencies"] if one["api_name"]}
    public = {name for name, one in functions.items() if one["api_visibility"] == "public"}
    assert public == {"predict", "clahe", "augment", "activations", "simulate"}
    for name, one in functions.items():
        if name not in public:
            answer = visitor.post(f"{API}/{door}/{name}", json={"data": []})
            assert answer.status_code == 404, name
            if one["queue"]:
                sent = {"data": [], "fn_index": one["id"]}
                assert visitor.post(f"{API}/{door}/predict", json=sent).status_code == 404, name


def test_no_site_can_be_put_into_the_page_of_others(app, warm, visitor):
    port = app["url"].rsplit(":", 1)[1]
    host = f"127.0.0.1:{port}"
    for doubled in (
        [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Host", host)],
        [("X-Forwarded-Host", f"evil.example, {host}")],
        [("X-Gradio-Server", "http://evil.example/")],
        [("X-Forwarded-Prefix", "//evil.example")],
        [("X-Forwarded-Host", 'evil.example"><script>')],
    ):
        for path in ("/", "/en", "/config", f"{API}/info"):
            visitor.get(path, headers=[("Host", host), *doubled])
            mine = visitor.get(path)
            assert mine.status_code == 200 and "evil.example" not in mine.text
            assert path == f"{API}/info" or f"http://{host}" in mine.text


def test_another_site_reads_and_sends_nothing_under_a_name_that_is_not_the_loopback_s(app, warm, visitor):
    foreign = {"Host": "workshop.example", "Origin": "https://evil.example"}
    for path in ("/", "/config", f"{API}/info"):
        answer = visitor.get(path, headers=foreign)
        assert not [name for name in answer.headers if name.startswith("access-control")]
    for path in (f"{API}/run/predict", f"{API}/queue/join", f"{API}/upload", f"{API}/cancel"):
        assert visitor.post(path, headers=foreign, json={"data": [None]}).status_code == 403
        preflight = {**foreign, "Access-Control-Request-Method": "POST"}
        answer = visitor.request("OPTIONS", path, headers=preflight)
        assert answer.status_code == 403 and "access-control-allow-origin" not in answer.headers


# The app on a machine whose names lead to public addresses, as names do; nothing is sent to them.
NAMED = """
import socket, sys
right = socket.getaddrinfo
def lookup(host, *arguments, **settings):
    if isinstance(host, str) and host.endswith("public.example"):
        print("asked for", host, file=sys.stderr, flush=True)
        host = "93.184.215.14"
    return right(host, *arguments, **settings)
socket.getaddrinfo = lookup
import app
sys.exit(app.main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def named(small_bundle, tmp_path_factory) -> Iterator[dict]:
    """Such an app, and nobody has asked it anything yet: its address, process, log and temporary folder."""
    command = (sys.executable, "-c", NAMED)
    with watched_app(small_bundle, tmp_path_factory.mktemp("named"), command=command) as running:
        yield running


@pytest.fixture
def stranger(named) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=named["url"], timeout=60) as client:
        yield client


def test_no_site_gets_into_what_is_said_of_the_endpoints_by_asking_one_first(named, stranger):
    first = stranger.post(f"{API}/call/v2/clahe", json={"image": None}, headers={"Host": "evil.example"})
    assert first.status_code == 200
    said = stranger.get(f"{API}/info").text
    assert "evil.example" not in said and named["url"] in said and "nobody" not in said


def test_nothing_is_fetched_from_a_name_with_a_public_address(named, stranger):
    for door in ("file=", "file/", "proxy=", "file%3D", "file= ", "file=%20", "file=//", "file=%5C%5C"):
        for scheme in ("http://", "https://", "HTTP://", "ftp://", "http:", ""):
            answer = stranger.get(f"{API}/{door}{scheme}public.example/a.png")
            assert answer.status_code in (400, 403, 404), (door, scheme, answer.status_code)
    url = "http://public.example/a.png"
    for given in (url, {"path": url, "url": url, "meta": {"_type": "gradio.FileData"}}):
        answer = stranger.post(f"{API}/run/predict", json={"data": [given]})
        assert answer.status_code >= 400
    assert "asked for" not in named["log"].read_text()


# The app, whose queue is ended from inside two seconds after the first question.
ENDING = """
import sys, threading, time
from busi.server import queue as queues
right = queues.BoundedQueue.push
def end(queue):
    time.sleep(2)
    queue.stopped = True
async def push(self, **settings):
    threading.Thread(target=end, args=[self], daemon=True).start()
    return await right(self, **settings)
queues.BoundedQueue.push = push
import app
sys.exit(app.main(sys.argv[1:]))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL there")
def test_a_killed_app_started_again_has_no_visitor_s_file_and_one_whose_queue_has_stopped_is_not_well_and_ends(
    named, stranger, small_bundle, picture
):
    """The last one of the app named above; the next one, in the same temporary folder, ends by itself."""
    path = Path(upload(stranger, picture))
    assert predicted(stranger, picture + b"\0")
    named["server"].kill()
    named["server"].wait(30)
    assert path.read_bytes() == picture, "it is there after the kill"
    again = {"command": (sys.executable, "-c", ENDING), "TMPDIR": str(named["temporary"])}
    with started_app(small_bundle, **again) as (url, server):
        left = files_in(named["temporary"])
        assert picture not in [file.read_bytes() for file in left]
        assert path not in left and len(list(named["temporary"].glob("demystifions-*"))) == 1
        with httpx.Client(base_url=url, timeout=30) as client:
            assert_it_ends(client, server)


def assert_it_ends(client: httpx.Client, server: subprocess.Popen) -> None:
    """Asked one question, the app stops being well, and ends with the status of one that is to be started anew."""
    assert client.get("/health").status_code == 200
    number = next(one["id"] for one in client.get("/config").json()["dependencies"] if one["api_name"] == "clahe")
    body = {"data": [None], "fn_index": number, "session_hash": uuid.uuid4().hex}
    assert client.post(f"{API}/queue/join", json=body).status_code == 200
    said = set()
    while server.poll() is None:
        try:
            said.add(client.get("/health").status_code)
        except httpx.HTTPError:  # it has ended
            break
        time.sleep(0.02)
    assert said <= {200, 503} and server.wait(30) == 3


def test_a_question_in_line_hears_its_place(app, warm, visitor):
    """What Gradio's page shows of it: how many are before, and how long it may take."""
    number = next(one["id"] for one in visitor.get("/config").json()["dependencies"] if one["api_name"] == "simulate")
    sessions, said = [uuid.uuid4().hex for _ in range(8)], {}

    def listen(session: str) -> None:
        with (
            httpx.Client(base_url=app["url"], timeout=60) as own,
            own.stream("GET", f"{API}/queue/data", params={"session_hash": session}) as heard,
        ):
            said[session] = [json.loads(line[6:]) for line in heard.iter_lines() if line.startswith("data: ")]

    for session in sessions:
        scene = {"rows": 512, "columns": 512}
        body = {"data": [None, scene, 1], "fn_index": number, "session_hash": session}
        assert visitor.post(f"{API}/queue/join", json=body).status_code == 200
    listeners = [threading.Thread(target=listen, args=[session]) for session in sessions]
    for listener in listeners:
        listener.start()
    for listener in listeners:
        listener.join(60)
    ranks = [max(one["rank"] for one in said[session] if one["msg"] == "estimation") for session in sessions]
    assert max(ranks) >= 1 and min(ranks) == 0
    assert all(messages[-1]["msg"] == "close_stream" for messages in said.values())
