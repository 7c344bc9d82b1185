"""nginx with the repository's own configuration, before two small servers that stand in for copies of the workshop."""

import http.client
import socket
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tests.support.copies import started_nginx


class Copy(ThreadingHTTPServer):
    """Answers everything with `status`, and keeps what it was asked; `waits` holds an answer back."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.asked: list[tuple[str, str, Counter, dict[str, str]]] = []
        self.waits = threading.Event()
        self.waits.set()
        self.address = f"127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    server: Copy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        names = Counter(name.lower() for name in self.headers)
        self.server.asked.append((self.command, self.path, names, {n.lower(): v for n, v in self.headers.items()}))
        self.server.waits.wait(20)
        answer = f"{self.server.address} {len(body)}".encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET

    def log_message(self, *args: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def copies():
    both = (Copy(), Copy())
    yield both
    for copy in both:
        copy.waits.set()
        copy.shutdown()
        copy.server_close()


@pytest.fixture
def started(copies, tmp_path):
    """Starts nginx before both copies, and forgets what it asked them to find out whether it is there."""
    opened = []

    def start(**changed: str) -> str:
        running = started_nginx([copy.address for copy in copies], tmp_path, **changed)
        opened.append(running)
        url = running.__enter__()
        for copy in copies:
            copy.asked.clear()
        return url

    yield start
    for running in opened:
        running.__exit__(None, None, None)


def ask(
    url: str, path: str = "/", body: bytes | None = None, **headers: str
) -> tuple[int, str, http.client.HTTPMessage]:
    """One request in a connection of its own: status, text and headers of the answer."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request(
        "GET" if body is None else "POST", path, body, {k.replace("_", "-"): v for k, v in headers.items()}
    )
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, answer.headers


def seconds_until_closed(url: str, *pieces: bytes, pause: float = 0.4) -> float:
    """How long nginx keeps a connection on which these pieces come, one after each pause, and then nothing."""
    where = urlsplit(url)
    begun = time.monotonic()
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:
                return time.monotonic() - begun
            time.sleep(pause)
        try:
            while connection.recv(4096):
                pass
        except ConnectionResetError:
            pass
        return time.monotonic() - begun


@pytest.mark.parametrize("body", [None, b"x" * 300_000])
def test_the_next_copy_answers_for_one_that_cannot_work_any_more(started, copies, body):
    url = started()
    copies[0].status = 503
    for number in range(12):  # about half of these visitors belong to the first copy
        status, text, _ = ask(url, "/gradio_api/queue/join", body, Cookie=f"atelier=visitor{number}")
        assert (status, text) == (200, f"{copies[1].address} {len(body or b'')}")
    assert copies[0].asked, "the first copy was asked at least once"


def test_where_no_copy_can_work_the_visitor_is_told(started, copies):
    url = started()
    for copy in copies:
        copy.status = 503
    assert ask(url)[0] == 503


def test_a_full_queue_is_told_by_the_visitors_own_copy(started, copies):
    url = started()
    for copy in copies:
        copy.status = 429
    status, _, headers = ask(url, "/gradio_api/queue/join", b"{}")
    assert status == 429 and headers["Retry-After"] == "7"
    assert sum(len(copy.asked) for copy in copies) == 1


def test_a_connection_without_a_whole_head_is_closed(started):
    url = started(client_header_timeout="2s")
    assert 1.5 < seconds_until_closed(url) < 5
    head = [b"GET / HTTP/1.1\r\n", *[b"X-Slow: 1\r\n"] * 20]
    assert 1.5 < seconds_until_closed(url, *head) < 5, "a head that trickles in has no more time"


def test_a_body_that_stops_is_given_up_on_before_any_copy_hears_of_it(started, copies):
    url = started(client_body_timeout="1s")
    head = b"POST /gradio_api/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + b"x" * 1000
    assert seconds_until_closed(url, head) < 5
    assert not any(copy.asked for copy in copies)


def test_a_body_that_is_too_large_is_refused(started, copies):
    url = started()
    assert ask(url, "/gradio_api/upload", b"x" * 10_500_000)[0] == 200
    head = b"POST /gradio_api/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 12000000\r\n\r\n"
    before = sum(len(copy.asked) for copy in copies)
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.sendall(head)
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")
    assert sum(len(copy.asked) for copy in copies) == before


def test_one_address_has_so_many_requests_at_once(started, copies, tmp_path):
    url = started(**{"limit_conn address": "8"})
    for copy in copies:
        copy.waits.clear()
    answers = []
    askers = [threading.Thread(target=lambda: answers.append(ask(url)[0])) for _ in range(12)]
    for asker in askers:
        asker.start()
    deadline = time.monotonic() + 10
    while len(answers) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert answers == [503] * 4, "four more than eight are refused while eight are being answered"
    for copy in copies:
        copy.waits.set()
    for asker in askers:
        asker.join(20)
    assert sorted(answers) == [200] * 8 + [503] * 4
    assert "limiting connections" not in (tmp_path / "error.log").read_text(), "a line for each refusal fills a disk"


def test_what_says_where_the_app_is_reached_comes_from_nginx_alone(started, copies):
    url = started()
    forged = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Port")
    forged += ("Forwarded", "X-Real-IP", "X-Gradio-Server")
    where = urlsplit(url)
    lines = [f"{name}: evil.example\r\n" * 2 for name in forged]
    with socket.create_connection((where.hostname, where.port), timeout=20) as connection:
        connection.sendall(f"GET /x HTTP/1.0\r\nHost: {where.netloc}\r\n{''.join(lines)}\r\n".encode())
        assert b" 200 " in connection.recv(4096)
    (_, _, names, headers) = next(copy.asked[-1] for copy in copies if copy.asked)
    assert "evil.example" not in headers.values() and max(names.values()) == 1
    assert headers["x-forwarded-host"] == headers["host"] == where.netloc
    assert headers["x-forwarded-for"] == "127.0.0.1" and headers["x-forwarded-proto"] == "http"
    assert not {"forwarded", "x-gradio-server", "x-real-ip", "x-forwarded-prefix", "x-forwarded-port"} & set(headers)
