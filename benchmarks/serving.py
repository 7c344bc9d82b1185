"""What serving the workshop costs, beside the same page written the ordinary way (benchmarks/plain_app.py).

    python -m benchmarks.serving [--visitors 100] [--rounds 3]

Both are started fresh, one after the other, and asked over raw HTTP what a browser asks: what a cold load of the page
takes is first recorded in Chromium. Server time is what the server's process used of the processor, so the weight of
the client, which shares the machine, does not count in it; wall time does hold it. Ratios are ours over the plain
app's. Everything is written to benchmarks/results/serving.json.
"""

import argparse
import asyncio
import json
import os
import platform
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2

from benchmarks.plain_app import ORDINARY
from busi.simulated import draw, held_out_seeds

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results" / "serving.json"
COMMANDS = {"ours": [sys.executable, "app.py"], "plain": [sys.executable, "-m", "benchmarks.plain_app"]}
ASKED = {"ours": "show_answer", "plain": ORDINARY}  # the event whose answer is a prediction with its pictures
CONNECTIONS = 6  # of a browser to one server, over HTTP/1.1
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measures both, prints the table and writes it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    runs = {name: [] for name in COMMANDS}
    for _ in range(options.rounds):
        for name in COMMANDS:
            runs[name].append(measured(name, options.visitors))
    found = {name: {key: statistics.median(run[key] for run in of) for key in of[0]} for name, of in runs.items()}
    ratio = {key: round(found["ours"][key] / found["plain"][key], 3) for key in found["ours"] if found["plain"][key]}
    machine = {"processor": _processor(), "cores": os.cpu_count(), "python": platform.python_version()}
    kept = {"machine": machine, "visitors": options.visitors, "rounds": options.rounds, "ratio": ratio, **found}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    for key, value in ratio.items():
        print(f"{key:<34}{found['ours'][key]:>12.3f}{found['plain'][key]:>12.3f}{value:>9.3f}")


def measured(name: str, visitors: int) -> dict[str, float]:
    """All numbers of one app, started fresh.

    Args:
        name: of `COMMANDS`.
        visitors: at once.
    """
    imported = _seconds([sys.executable, "-c", "import gradio"])
    with started(name) as (port, server, first_page):
        found = {"start_seconds_over_import_gradio": first_page - imported}
        wait_until_ready(port, name)
        found["memory_megabytes_ready"] = _memory(server.pid)
        urls = recorded(port)
        found["requests_per_cold_load"] = float(len(urls))
        asyncio.run(cold_loads(port, urls, 1))  # whatever is made once has been made
        for count in (1, 30, visitors):
            used, (seconds, times, received) = _used(server.pid, cold_loads(port, urls, count))
            found[f"cold_loads_{count}"] = used
            found[f"cold_loads_{count}_seconds"] = seconds
            found[f"cold_loads_{count}_p95_seconds"] = _p95(times)
            found[f"cold_loads_{count}_megabytes"] = received / 1e6
        picture = cv2.imencode(".png", draw(held_out_seeds("test")[0]).image)[1].tobytes()
        number = _event(port, ASKED[name])
        asyncio.run(predictions(port, number, picture, 5))
        alone = [asyncio.run(predictions(port, number, picture, 1))[0] for _ in range(10)]
        found["prediction_alone_seconds"] = statistics.median(alone)
        used, (seconds, times, _) = _used(server.pid, predictions_at_once(port, number, picture, visitors))
        found["predictions_per_second"] = visitors / seconds
        found["predictions_p50_seconds"], found["predictions_p95_seconds"] = statistics.median(times), _p95(times)
        found["predictions_server_seconds"] = used
        found["memory_megabytes_after"] = _memory(server.pid)
    return found


@contextmanager
def started(name: str) -> Iterator[tuple[int, subprocess.Popen, float]]:
    """An app in a process of its own: its port, its process, and how long its first page took."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.monotonic()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([*COMMANDS[name], "--port", str(port)], cwd=ROOT, **quiet)
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).read()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() - began > 120:
                    raise SystemExit(f"error: {' '.join(COMMANDS[name])} did not start") from None
                time.sleep(0.05)
        yield port, server, time.monotonic() - began
    finally:
        server.terminate()
        server.wait(30)


def wait_until_ready(port: int, name: str) -> None:
    """Asks once, so that TensorFlow is loaded and compiled."""
    picture = cv2.imencode(".png", draw(held_out_seeds("test")[1]).image)[1].tobytes()
    asyncio.run(predictions(port, _event(port, ASKED[name]), picture, 1))


def recorded(port: int) -> list[str]:
    """What a browser without anything in its cache asks for when the page opens."""
    from playwright.sync_api import sync_playwright

    paths: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda asked: paths.append(asked.url) if asked.method == "GET" else None)
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("header h1")
        page.wait_for_timeout(3000)
        browser.close()
    here = f"http://127.0.0.1:{port}"
    own = [url.removeprefix(here) for url in paths if url.startswith(here)]
    # Streams that stay open for as long as the visitor stays belong to the visit, not to the load.
    return list(dict.fromkeys(path for path in own if "/heartbeat/" not in path and "/queue/data" not in path))


async def cold_loads(port: int, paths: list[str], count: int) -> tuple[float, list[float], int]:
    """Visitors who open the page at the same moment: seconds in all, of each, and bytes received."""
    received = 0

    async def visitor() -> float:
        nonlocal received
        began, left = time.monotonic(), list(reversed(paths[1:]))
        first = await Connection.open(port)
        size = len(await first.ask("GET", paths[0]))
        received += size

        async def fetch(connection: Connection) -> None:
            nonlocal received
            while left:
                size = len(await connection.ask("GET", left.pop()))
                received += size  # not in one with the waiting: others add to it meanwhile
            connection.close()

        others = [await Connection.open(port) for _ in range(CONNECTIONS - 1)]
        await asyncio.gather(*(fetch(connection) for connection in (first, *others)))
        return time.monotonic() - began

    began = time.monotonic()
    times = list(await asyncio.gather(*(visitor() for _ in range(count))))
    return time.monotonic() - began, times, received


async def predictions(port: int, event: int, picture: bytes, count: int) -> list[float]:
    """One after the other: upload, ask, wait for the answer; seconds of each."""
    return [await _prediction(port, event, picture) for _ in range(count)]


async def predictions_at_once(port: int, event: int, picture: bytes, count: int) -> tuple[float, list[float], int]:
    """All at the same moment."""
    began = time.monotonic()
    times = list(await asyncio.gather(*(_prediction(port, event, picture) for _ in range(count))))
    return time.monotonic() - began, times, 0


async def _prediction(port: int, event: int, picture: bytes) -> float:
    began, session, edge = time.monotonic(), uuid.uuid4().hex, uuid.uuid4().hex
    form = (
        f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    ).encode()
    connection = await Connection.open(port)
    kind = f"multipart/form-data; boundary={edge}"
    answer = await connection.ask("POST", "/gradio_api/upload", form + picture + f"\r\n--{edge}--\r\n".encode(), kind)
    given = {"path": json.loads(answer)[0], "meta": {"_type": "gradio.FileData"}}
    body = json.dumps({"data": [given], "fn_index": event, "session_hash": session}).encode()
    await connection.ask("POST", "/gradio_api/queue/join", body, "application/json")
    heard = await connection.ask("GET", f"/gradio_api/queue/data?session_hash={session}", until=b"process_completed")
    if b'"success":true' not in heard.replace(b" ", b""):
        raise SystemExit(f"error: the app answered {heard[-300:]!r}")
    connection.close()
    return time.monotonic() - began


class Connection:
    """A connection that is kept open, with as little of HTTP as the measurement needs."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Use `open`."""
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """Connects."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**22))

    def close(self) -> None:
        """Hangs up."""
        self.writer.close()

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "", until: bytes | None = None) -> bytes:
        """Asks and reads the answer; of a stream that stays open, until a word comes.

        Args:
            method: GET or POST.
            path: with its query.
            body: of a POST.
            kind: its media type.
            until: the word.
        """
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip, br", "Accept: */*"]
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"] if body else []
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await self.writer.drain()
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        if until:
            heard = b""
            while until not in heard:
                heard += await self.reader.readline()
            return heard
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


def _used(pid: int, work: Awaitable) -> tuple[float, object]:
    """Seconds of processor that a process used while something was done, and its result."""
    before = _processor_seconds(pid)
    result = asyncio.run(work)
    time.sleep(0.3)
    return _processor_seconds(pid) - before, result


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _event(port: int, name: str) -> int:
    config = json.loads(urllib.request.urlopen(f"http://127.0.0.1:{port}/config").read())
    return next(one["id"] for one in config["dependencies"] if one["api_name"] == name)


def _seconds(command: list[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - began


def _p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(0.95 * len(times)) - 1)]


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    main()
