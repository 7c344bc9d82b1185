"""An app in a process of its own, and visitors of it: raw HTTP as a browser speaks it, with little else."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2

from busi.data.simulated import draw, held_out_seeds

ROOT = Path(__file__).parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class App:
    """A running app.

    Attributes:
        port: on loopback.
        pid: of its process.
        first_page: seconds from its start to its first page.
    """

    port: int
    pid: int
    first_page: float

    def processor_seconds(self) -> float:
        """What its process has used of the processor."""
        return sum(_processor_seconds(one) for one in self.family())

    def family(self) -> list[int]:
        """It, and the processes that it started."""
        return [self.pid, *children_of(self.pid)]

    def memory(self) -> float:
        """Its memory and that of the processes that it started, in megabytes; what they share is counted once."""
        return sum(megabytes_of(one) for one in self.family())

    def descriptors(self) -> int:
        """Files and sockets that it holds open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def event(self, name: str) -> int:
        """The number of an event of the French page by the name of its function."""
        config = json.loads(urllib.request.urlopen(f"http://127.0.0.1:{self.port}/config").read())
        return next(one["id"] for one in config["dependencies"] if one["api_name"] == name)

    def used(self, work: Awaitable) -> tuple[float, Any]:
        """Seconds of processor that the app used while something was done, and its result."""
        before = self.processor_seconds()
        result = asyncio.run(work)
        time.sleep(0.3)
        return self.processor_seconds() - before, result


def _processor_seconds(process: int) -> float:
    """Of a process, and of those that it started and that have ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS


def children_of(process: int) -> list[int]:
    """The processes that a process has started, and theirs. Linux only."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                found += [int(child), *children_of(int(child))]
    return found


def megabytes_of(process: int) -> float:
    """Memory of a process; what it shares with others in parts, so that a sum counts it once. Linux only."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return 0.0


def files_in(folder: Path) -> list[Path]:
    """The files below a folder, which an app may be erasing meanwhile."""
    return [Path(place) / name for place, _, names in os.walk(folder) for name in names]


@contextmanager
def started(command: Sequence[str], **environment: str) -> Iterator[App]:
    """An app, from its start to its end.

    Args:
        command: that starts it; `--port` is added.
        environment: variables beside those that are set.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.monotonic()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env={**os.environ, **environment}, **quiet)
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).read()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() - began > 120:
                    raise SystemExit(f"error: {' '.join(command)} did not start") from None
                time.sleep(0.05)
        yield App(port, server.pid, time.monotonic() - began)
    finally:
        server.terminate()
        server.wait(60)


class Connection:
    """A connection that is kept open, with as little of HTTP as a measurement needs."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Use `open`."""
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """Connects."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**24))

    def close(self) -> None:
        """Hangs up."""
        self.writer.close()

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> bytes:
        """Asks and reads the whole answer.

        Args:
            method: GET or POST.
            path: with its query.
            body: of a POST.
            kind: its media type.
        """
        head = await self._send(method, path, body, kind)
        if b"content-length:" in head:
            return await self.reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        if b"chunked" not in head:
            return b""
        whole = b""
        while size := int(await self.reader.readline(), 16):
            whole += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return whole

    async def listen(self, path: str, heard: Callable[[dict], bool]) -> None:
        """Reads messages of a stream until one of them is enough.

        Args:
            path: with its query.
            heard: is given each message, and says whether that was enough.

        Raises:
            ConnectionError: if the app hangs up before.
        """
        await self._send("GET", path, b"", "")
        while line := await self.reader.readline():
            if line.startswith(b"data: ") and heard(json.loads(line[6:])):
                return
        raise ConnectionError("the app hung up")

    async def _send(self, method: str, path: str, body: bytes, kind: str) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip, br", "Accept: */*"]
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"] if body else []
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await self.writer.drain()
        return (await self.reader.readuntil(b"\r\n\r\n")).lower()


@dataclass(frozen=True)
class Question:
    """What a page sends when something is clicked.

    Attributes:
        event: the number of the event.
        data: the values of its inputs.
        more: what else the page sends of it.
    """

    event: int
    data: list = field(default_factory=list)
    more: dict = field(default_factory=dict)

    def body(self, session: str) -> bytes:
        """As the page sends it."""
        return json.dumps({**self.more, "data": self.data, "fn_index": self.event, "session_hash": session}).encode()


async def asked(port: int, questions: Sequence[Question], session: str = "", connection: Connection | None = None):
    """Asks some questions at the same moment, as one visitor, and waits for all answers.

    Args:
        port: of the app.
        questions: what one click makes the page ask.
        session: the visitor; without, a new one.
        connection: that is open already.

    Raises:
        ConnectionError: if the app hangs up before it has answered.
        RuntimeError: if an answer is not one.
    """
    session, own = session or uuid.uuid4().hex, connection is None
    connection = connection or await Connection.open(port)
    for question in questions:
        answer = await connection.ask("POST", "/gradio_api/queue/join", question.body(session))
        if b"event_id" not in answer:
            raise RuntimeError(f"the app answered {answer[:300]!r}")
    left = len(questions)

    def heard(message: dict) -> bool:
        nonlocal left
        if message["msg"] == "process_completed":
            if not message["success"]:
                raise RuntimeError(f"the app answered {str(message)[:500]}")
            left -= 1
        return left == 0

    stream = await Connection.open(port)
    await stream.listen(f"/gradio_api/queue/data?session_hash={session}", heard)
    stream.close()
    if own:
        connection.close()


async def upload(connection: Connection, picture: bytes) -> dict:
    """Sends a PNG file; what a page then gives as an image component's value."""
    edge = uuid.uuid4().hex
    form = (
        f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    ).encode()
    kind = f"multipart/form-data; boundary={edge}"
    body = form + picture + f"\r\n--{edge}--\r\n".encode()
    answer = await connection.ask("POST", "/gradio_api/upload", body, kind)
    return {"path": json.loads(answer)[0], "meta": {"_type": "gradio.FileData"}}


async def prediction(port: int, event: int, picture: bytes, session: str = "") -> float:
    """Upload, ask, wait for the answer: seconds.

    Args:
        port: of the app.
        event: whose answer is a prediction with its pictures.
        picture: a PNG file.
        session: the visitor; without, a new one.
    """
    began = time.monotonic()
    connection = await Connection.open(port)
    given = await upload(connection, picture)
    await asked(port, [Question(event, [given])], session, connection)
    connection.close()
    return time.monotonic() - began


def picture(number: int = 0) -> bytes:
    """A simulated image as a PNG file; another for each number."""
    return cv2.imencode(".png", draw(held_out_seeds("test")[number + 1]).image)[1].tobytes()


def browser(playwright):
    """Debian's Chromium, or what stands in for it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


def percentile(times: Sequence[float], share: float) -> float:
    """The time that this share of them does not exceed."""
    return sorted(times)[max(0, round(share * len(times)) - 1)]


def machine() -> dict[str, object]:
    """What a measurement was made on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"processor": name, "cores": os.cpu_count(), "memory_gigabytes": round(memory)}
