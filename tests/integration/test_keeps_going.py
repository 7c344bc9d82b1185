"""The running app goes on: stopped while it predicts, out of room, after a prediction that failed."""

import json
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import cv2
import httpx
import pytest

from tests.support.drawings import drawn_ultrasound
from tests.support.places import ROOT
from tests.support.running import started_app

API = "/gradio_api"


@pytest.fixture(scope="module")
def picture() -> bytes:
    return cv2.imencode(".png", drawn_ultrasound(3)[0])[1].tobytes()


def upload(client: httpx.Client, content: bytes) -> httpx.Response:
    return client.post(f"{API}/upload", files={"files": ("a.png", content, "image/png")})


def join(client: httpx.Client, path: str) -> str:
    """Asks for a prediction in the queue, and does not wait for it."""
    number = next(one["id"] for one in client.get("/config").json()["dependencies"] if one["api_name"] == "predict")
    session, given = uuid.uuid4().hex, {"path": path, "meta": {"_type": "gradio.FileData"}}
    body = {"data": [given], "fn_index": number, "session_hash": session}
    assert client.post(f"{API}/queue/join", json=body).status_code == 200
    return session


def hear(client: httpx.Client, session: str) -> dict:
    """The last message of a prediction."""
    with client.stream("GET", f"{API}/queue/data", params={"session_hash": session}) as heard:
        said = [json.loads(line[6:]) for line in heard.iter_lines() if line.startswith("data: ")]
    return next(message for message in said if message["msg"] == "process_completed")


@pytest.fixture(scope="module")
def little_room(small_bundle):
    """The app and its process, for all tests up to the one that stops it.

    A limit on the size of any file that it writes stands in for a full disk.
    """
    resource = pytest.importorskip("resource")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    with started_app(small_bundle, preexec_fn=limit) as (url, server):
        yield url, server


@pytest.fixture
def client(little_room):
    with httpx.Client(base_url=little_room[0], timeout=60) as client:
        yield client


def test_without_room_for_a_file_it_says_so_and_goes_on(client, picture):
    refused = upload(client, picture + bytes(2_000_000))
    assert refused.status_code == 507 and "no room" in refused.text
    assert hear(client, join(client, upload(client, picture).json()[0]))["success"]


def test_a_prediction_that_fails_leaves_the_queue_working(client, picture):
    broken = upload(client, picture[:500]).json()[0]
    path = upload(client, picture).json()[0]
    for _ in range(6):
        failed = hear(client, join(client, broken))
        assert not failed["success"] and "Traceback" not in json.dumps(failed)
    assert hear(client, join(client, path))["success"]


def test_stopped_while_it_predicts_it_finishes_and_exits_with_0(little_room, client, picture):
    """The last one of this app."""
    url, server = little_room
    path = upload(client, picture).json()[0]
    sessions = [join(client, path) for _ in range(12)]
    heard: list[dict] = []

    def listen(session: str) -> None:
        with httpx.Client(base_url=url, timeout=60) as own:
            heard.append(hear(own, session))

    listeners = [threading.Thread(target=listen, args=[session]) for session in sessions]
    for listener in listeners:
        listener.start()
    server.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    server.send_signal(signal.SIGTERM)  # an impatient service manager
    for listener in listeners:
        listener.join(60)
    assert len(heard) == 12 and all(message["success"] for message in heard)
    assert server.wait(60) == 0


def test_a_temporary_folder_that_cannot_be_written_is_told(tmp_path):
    nowhere = tmp_path / "nowhere"
    code = f"import tempfile; tempfile.tempdir = {str(nowhere)!r}; import app; raise SystemExit(app.main([]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith("error: ") and "nowhere" in done.stderr


# The app with an hour made of three seconds.
HASTY = (
    "import functools, sys, app, busi.web.pages as page;"
    " page.lifespan = functools.partial(page.lifespan, stays=2, looks=1);"
    " sys.exit(app.main(sys.argv[1:]))"
)


def test_what_was_sent_is_erased_when_its_time_has_come_though_the_app_goes_on(small_bundle, picture, tmp_path):
    command = [sys.executable, "-c", HASTY]
    with (
        started_app(small_bundle, command=command, TMPDIR=str(tmp_path)) as (url, _),
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        path = Path(upload(client, picture).json()[0])
        assert path.read_bytes() == picture
        deadline = time.monotonic() + 30
        while path.exists() and time.monotonic() < deadline:
            time.sleep(0.5)
        assert not path.exists()
        again = (hear(client, join(client, upload(client, picture).json()[0])) for _ in range(10))
        assert any(answer["success"] for answer in again), "the first may be erased while the network is loading"
