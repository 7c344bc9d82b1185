"""Connections that say nothing, that take nothing, and that are too many."""

import socket
import time
from collections.abc import Iterator

import gradio as gr
import httpx
import pytest

from busi.server import connections
from busi.server.connections import Connection, bounded_connections, raise_descriptor_limit
from busi.server.log_throttle import Reports
from tests.support.ports import free_port

LARGE = b"x" * 8_000_000


class Served:
    """A small app that is launched as ours is."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def connect(self, sent: bytes = b"") -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=15)
        opened.sendall(sent)
        return opened

    def works(self) -> bool:
        return httpx.get(f"{self.url}/robots.txt", timeout=10).status_code == 200


@pytest.fixture(scope="module")
def app() -> Iterator[Served]:
    with gr.Blocks() as blocks:
        gr.Markdown("hello")
    before = Connection.most
    with bounded_connections():
        blocks.launch(server_port=free_port(), prevent_thread_lock=True, quiet=True)

    @blocks.app.get("/large")
    def large():
        return gr.routes.Response(LARGE)

    try:
        yield Served(blocks.server_port)
    finally:
        blocks.close(verbose=False)
        Connection.most = before


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(connections, "WHOLE_REQUEST", 1.0)
    monkeypatch.setattr(connections, "ANSWER_TAKEN", 1.0)
    monkeypatch.setattr(connections, "reports", Reports())


def closed_after(opened: socket.socket, seconds: float = 10) -> float:
    """How long it took until the other side closed."""
    began = time.monotonic()
    opened.settimeout(seconds)
    try:
        while opened.recv(65_536):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - began


POST = (
    b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: a\r\n"
    b"Content-Type: application/json\r\nContent-Length: 900000\r\n\r\n"
)


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: a", b"GET", POST, POST + b"{"])
def test_a_connection_without_a_whole_request_is_closed(app, sent):
    assert 0.7 < closed_after(app.connect(sent)) < 4
    assert app.works()


def test_a_drop_now_and_then_earns_no_time(app):
    opened, began = app.connect(POST), time.monotonic()
    with pytest.raises(OSError):
        while time.monotonic() - began < 8:
            opened.sendall(b" ")
            time.sleep(0.2)
    assert time.monotonic() - began < 5


def test_what_comes_quickly_enough_has_its_time(app, monkeypatch):
    monkeypatch.setattr(connections, "SLOWEST", 10_000)
    opened = app.connect(POST)
    for _ in range(9):
        opened.sendall(b" " * 100_000)
        time.sleep(0.3)
    assert opened.recv(12).startswith(b"HTTP/1.1 4")  # whole, and no JSON


def test_a_second_request_on_the_same_connection_has_its_own_time(app):
    with httpx.Client(base_url=app.url) as client:
        for _ in range(4):
            assert client.get("/robots.txt").status_code == 200
            time.sleep(0.4)


def test_an_answer_that_nobody_takes_is_not_kept_for_long(app):
    opened = app.connect(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    time.sleep(4)
    opened.settimeout(5)
    came = 0
    try:
        while chunk := opened.recv(1_000_000):
            came += len(chunk)
    except ConnectionResetError:
        pass
    assert came < len(LARGE)
    assert httpx.get(f"{app.url}/large", timeout=20).content == LARGE


def test_of_too_many_the_one_that_was_silent_for_the_longest_makes_room(app, monkeypatch):
    monkeypatch.setattr(connections, "WHOLE_REQUEST", 30.0)
    monkeypatch.setattr(Connection, "most", 20)
    silent = [app.connect() for _ in range(60)]
    time.sleep(0.3)
    for _ in range(5):
        assert app.works()
    gone = []
    for opened in silent:
        opened.setblocking(False)
        try:
            gone.append(opened.recv(1) == b"")
        except BlockingIOError:
            gone.append(False)
        except ConnectionResetError:
            gone.append(True)
        opened.close()
    assert all(gone[:40]) and not gone[-1]


def test_pages_that_only_say_that_they_are_open_make_room_for_a_visitor(app, monkeypatch):
    monkeypatch.setattr(Connection, "most", 10)
    beats = [app.connect(f"GET /gradio_api/heartbeat/s{i} HTTP/1.1\r\nHost: a\r\n\r\n".encode()) for i in range(10)]
    for opened in beats:
        assert opened.recv(15).startswith(b"HTTP/1.1 200")
    assert app.works()
    for opened in beats:
        opened.close()


def answer(opened: socket.socket) -> bytes:
    """The whole answer to a request for robots.txt, which may come in pieces."""
    came = b""
    while b"Disallow" not in came:
        piece = opened.recv(65_536)
        assert piece, "closed"
        came += piece
    return came


def test_a_visitor_whose_next_request_is_on_its_way_makes_no_room(app, monkeypatch):
    """Not for pages that only say that they are open, and not for those that were silent since before."""
    monkeypatch.setattr(connections, "WHOLE_REQUEST", 30.0)
    monkeypatch.setattr(connections, "SILENCE", 2.0)
    monkeypatch.setattr(Connection, "most", 10)
    visitor = app.connect(b"GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer(visitor).startswith(b"HTTP/1.1 200")
    others = [app.connect() for _ in range(9)]
    time.sleep(2.3)
    visitor.sendall(b"GET /robots.txt HTTP/1.1\r\nHost")
    time.sleep(0.1)
    others += [app.connect(f"GET /gradio_api/heartbeat/t{i} HTTP/1.1\r\nHost: a\r\n\r\n".encode()) for i in range(30)]
    assert others[-1].recv(15).startswith(b"HTTP/1.1 200")
    visitor.sendall(b": a\r\n\r\n")
    assert answer(visitor).startswith(b"HTTP/1.1 200")
    for opened in [visitor, *others]:
        opened.close()


def test_what_is_no_http_is_refused_and_the_log_stays_small(app, capfd):
    for _ in range(200):
        opened = app.connect(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
        closed_after(opened)
        opened.close()
    assert app.works() and len(capfd.readouterr().err) < 5_000


ASKED = b"GET /robots.txt HTTP/1.1\r\nHost: a\r\n"
IN_PIECES = b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"


@pytest.mark.parametrize(
    "endless",
    [
        (b"GET /", b"a" * 8_000),
        (ASKED + b"X: ", b"a" * 8_000),
        (ASKED, b"X: " + b"a" * 4_000 + b"\r\n"),
        (IN_PIECES + b"0\r\n", b"X: " + b"a" * 4_000 + b"\r\n"),
        (IN_PIECES + b"1;", b"a" * 8_000),
    ],
    ids=["an address", "a header", "headers", "what follows a body", "what stands beside a piece's length"],
)
def test_what_stands_around_a_body_has_an_end(app, endless):
    """However quickly it comes, and so earns time."""
    begin, piece = endless
    opened = app.connect(begin)
    opened.settimeout(10)
    sent = 0
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        while sent < 2_000_000:
            opened.sendall(piece)
            sent += len(piece)
            time.sleep(0.005)
    assert sent < 500_000, "what the system takes in before it tells is some hundred kilobytes"
    assert app.works()


def test_a_request_that_can_be_read_as_two_is_refused(app):
    both = b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    opened = app.connect(both + b"0\r\n\r\n" + ASKED + b"\r\n")
    opened.settimeout(10)
    assert opened.recv(12) == b"HTTP/1.1 400" and b"Disallow" not in opened.recv(65_536)


def test_requests_that_come_at_once_are_answered_one_after_the_other(app):
    opened = app.connect(3 * (ASKED + b"\r\n"))
    opened.settimeout(10)
    came = b""
    while came.count(b"Disallow") < 3:
        piece = opened.recv(65_536)
        assert piece, "closed"
        came += piece
    assert came.count(b"HTTP/1.1 200") == 3


def test_who_wants_another_protocol_is_answered_in_this_one(app):
    opened = app.connect(ASKED + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n")
    opened.settimeout(10)
    assert answer(opened).startswith(b"HTTP/1.1 200")


def test_the_limit_of_descriptors_is_raised():
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(300, before[1]), before[1]))
        assert raise_descriptor_limit(400) == resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(400, before[1])
        assert raise_descriptor_limit(100) == min(400, before[1]), "it is never lowered"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
