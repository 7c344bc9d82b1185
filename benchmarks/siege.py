"""What a room of strangers could do to the app, done to it, while somebody uses it.

    python -m benchmarks.siege attack NAME URL SECONDS      one kind, against an app that runs
    python -m benchmarks.siege each [--seconds 30]          one kind after the other, against an app of its own
    python -m benchmarks.siege all [--minutes 10]           every kind at once

The figures of the last two go to benchmarks/results/siege.json, from where docs/performance.md has them.

Each attack is bounded: so many connections, so many requests a second, from this machine, to this machine. They are the
ones that once stopped the app until somebody restarted it, filled its memory or its disk, or kept others waiting.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.visitor import children_of, megabytes_of
from tests.support.places import ROOT

API = "/gradio_api"
RESULTS = Path(__file__).parent / "results" / "siege.json"
LOOK = 5.0  # seconds between two looks at the app


@dataclass(frozen=True)
class Target:
    """The app, and what can be asked of it.

    Attributes:
        host: its address.
        port: its port.
        functions: the number of each function by its name.
    """

    host: str
    port: int
    functions: dict[str, int] = field(default_factory=dict)

    @classmethod
    def at(cls, url: str) -> "Target":
        """The app at an address, asked what it can do."""
        parts = urlsplit(url)
        asked = httpx.get(f"{url}/config", timeout=60).json()["dependencies"]
        return cls(parts.hostname, parts.port, {one["api_name"]: one["id"] for one in asked if one["api_name"]})


async def send(target: Target, sent: bytes, read: bool = True, seconds: float = 10) -> bytes:
    """Sends bytes on a connection of their own, and reads what comes back.

    Args:
        target: whom.
        sent: a request, whole or not.
        read: whether to read at all.
        seconds: after which the connection is let go.
    """
    writer = None
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(target.host, target.port)
            writer.write(sent)
            await writer.drain()
            return await reader.read(-1 if read else 1)
    except (OSError, TimeoutError):
        return b""
    finally:
        if writer is not None:
            writer.close()


def request(target: Target, method: str, path: str, body: bytes = b"", kind: str = "application/json", **headers: str):
    """A request as it goes over the line.

    Args:
        target: whom.
        method: of HTTP.
        path: with what follows the question mark.
        body: of the request.
        kind: its media type.
        headers: more of them, with _ for -.
    """
    lines = {"Host": f"{target.host}:{target.port}", "Connection": "close", "Content-Length": str(len(body))}
    lines |= {"Content-Type": kind} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def form(content: bytes, name: str = "a.png") -> tuple[bytes, str]:
    """A form with a file in it, and its media type."""
    edge = uuid.uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    return head.encode() + content + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def join(target: Target, function: str, session: object, data: list) -> bytes:
    """A question for the queue."""
    body = {"data": data, "fn_index": target.functions[function], "session_hash": session}
    return request(target, "POST", f"{API}/queue/join", json.dumps(body).encode())


async def keep_on(act: Callable[[int], Awaitable[object]], seconds: float, at_once: int, pause: float = 0.02) -> None:
    """Acts again and again, several at once, until the time is over."""
    until, numbers = time.monotonic() + seconds, itertools.count()

    async def one() -> None:
        while time.monotonic() < until:
            await act(next(numbers))
            await asyncio.sleep(pause)

    await asyncio.gather(*(one() for _ in range(at_once)))


async def odd_sessions(target: Target, seconds: float) -> None:
    """Eight at once under a name that is none: once, that ended the queue for everybody."""
    names = ["", " ", "a" * 5000, "../x", None, 7, {"a": 1}]

    async def act(number: int) -> None:
        for door in ("predict", "clahe"):
            body = json.dumps({"data": [None], "session_hash": names[number % len(names)]}).encode()
            await send(target, request(target, "POST", f"{API}/call/{door}", body))
        await send(target, join(target, "predict", names[number % len(names)], [None]))

    await keep_on(act, seconds, 8)


async def cheap_questions(target: Target, seconds: float) -> None:
    """Questions of thousands of sessions that nobody listens to, behind trainings that wait."""
    for _ in range(3):
        await send(target, join(target, "simulate", uuid.uuid4().hex, [None, None, 1]))

    async def act(_: int) -> None:
        await send(target, join(target, "simulate", uuid.uuid4().hex, [None, None, 1]))

    await keep_on(act, seconds, 8, 0.01)


async def full_lines(target: Target, seconds: float) -> None:
    """A line filled by sessions that do listen, with questions that take long."""

    async def act(_: int) -> None:
        session = uuid.uuid4().hex
        for seed in range(10):
            await send(target, join(target, "simulate", session, [None, {"rows": 512, "columns": 512}, seed]))
        await send(target, request(target, "GET", f"{API}/queue/data?session_hash={session}"), seconds=5)

    await keep_on(act, seconds, 20)


async def direct_questions(target: Target, seconds: float) -> None:
    """Questions past the queue, more at once than it would take."""

    async def act(number: int) -> None:
        body = json.dumps({"data": [None, None, number]}).encode()
        await send(target, request(target, "POST", f"{API}/run/simulate", body))

    await keep_on(act, seconds, 60)


async def other_functions(target: Target, seconds: float) -> None:
    """Functions of the pages, asked at the doors of programs."""

    async def act(number: int) -> None:
        body = json.dumps({"data": [], "fn_index": number % 300}).encode()
        await send(target, request(target, "POST", f"{API}/run/predict", body))

    await keep_on(act, seconds, 4)


async def silence(target: Target, seconds: float) -> None:
    """Connections that say nothing, half a request, or a body that does not come."""
    beginnings = [b"", b"GET / HTTP/1.1\r\nHost: a", request(target, "POST", f"{API}/queue/join", b"{}")[:-1]]

    async def act(number: int) -> None:
        await send(target, beginnings[number % len(beginnings)], seconds=20)

    await keep_on(act, seconds, 300, 0.1)


async def nobody_reads(target: Target, seconds: float) -> None:
    """Pages that are asked for and not taken."""

    async def act(_: int) -> None:
        await send(target, request(target, "GET", "/", Accept_Encoding="identity"), read=False, seconds=5)
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(10):
                _, writer = await asyncio.open_connection(target.host, target.port, limit=1024)
                writer.write(request(target, "GET", "/") * 20)
                await asyncio.sleep(8)
                writer.close()

    await keep_on(act, seconds, 60)


async def heartbeats(target: Target, seconds: float) -> None:
    """Pages that only say that they are open, by the hundred."""

    async def act(_: int) -> None:
        await send(target, request(target, "GET", f"{API}/heartbeat/{uuid.uuid4().hex}"), seconds=min(10, seconds))

    await keep_on(act, seconds, 300, 0.1)


async def bombs(target: Target, seconds: float) -> None:
    """Pictures that are small to send and large to open, each a little different from the last time."""
    from tests.support.bombs import FAMILY  # here, because it takes a while

    names, made = list(FAMILY), {}
    random.shuffle(names)

    async def act(number: int) -> None:
        name = names[number % len(names)]
        if name not in made:
            made[name] = await asyncio.to_thread(FAMILY[name])
        body, kind = form(made[name] + str(number).encode())
        answer = await send(target, request(target, "POST", f"{API}/upload", body, kind))
        with suppress(ValueError):
            path = json.loads(answer.partition(b"\r\n\r\n")[2])[0]
            session, given = uuid.uuid4().hex, {"path": path, "meta": {"_type": "gradio.FileData"}}
            await send(target, join(target, "predict", session, [given]))
            await send(target, request(target, "GET", f"{API}/queue/data?session_hash={session}"))

    await keep_on(act, seconds, 6)


async def half_uploads(target: Target, seconds: float) -> None:
    """Files that are begun, and given up or never ended."""
    body, kind = form(os.urandom(400_000))

    async def act(number: int) -> None:
        whole = request(target, "POST", f"{API}/upload?upload_id=u{number % 50}", body, kind)
        await send(target, whole[: 100_000 + number % 200_000], seconds=0.5 if number % 2 else 20)

    await keep_on(act, seconds, 100, 0.1)


async def many_uploads(target: Target, seconds: float) -> None:
    """Files, one after the other, as large as may be; and a form with many, and one with none."""

    async def act(number: int) -> None:
        content = number.to_bytes(8, "big") + bytes(9_000_000)
        body, kind = form(content)
        await send(target, request(target, "POST", f"{API}/upload", body, kind))
        part = b'--x\r\nContent-Disposition: form-data; name="other"; filename="b.png"\r\n\r\nabc\r\n'
        await send(
            target, request(target, "POST", f"{API}/upload", part * 500 + b"--x--", "multipart/form-data; boundary=x")
        )

    await keep_on(act, seconds, 2, 0.3)


async def fetching(target: Target, seconds: float) -> None:
    """The doors by which Gradio would fetch a file of another site."""
    paths = [
        "file/http://example.org/a",
        "file=http://example.org/a",
        "proxy=http://example.org/",
        "file=//example.org/a",
    ]

    async def act(number: int) -> None:
        await send(target, request(target, "GET", f"{API}/{paths[number % len(paths)]}"))

    await keep_on(act, seconds, 4)


async def foreign_sites(target: Target, seconds: float) -> None:
    """Another site's page asks, under a name of the app's that is not the loopback's."""

    async def act(_: int) -> None:
        body = json.dumps({"data": [None]}).encode()
        foreign = {"Host": "workshop.example", "Origin": "https://evil.example"}
        await send(target, request(target, "POST", f"{API}/run/predict", body, **foreign))
        await send(target, request(target, "OPTIONS", f"{API}/run/predict", **foreign))

    await keep_on(act, seconds, 4)


async def many_hosts(target: Target, seconds: float) -> None:
    """Pages under ever new names, under two at once, and what lies under them."""

    async def act(number: int) -> None:
        path = ("/", "/en", "/config", f"{API}/info")[number % 4]
        name = f"h{random.getrandbits(40):x}.example"
        await send(target, request(target, "GET", path, Host=name, Accept_Encoding="br"))
        doubled = request(target, "GET", path, X_Forwarded_Host="evil.example", x_forwarded_host="workshop.example")
        await send(target, doubled)

    await keep_on(act, seconds, 4, 0.1)


async def rubbish(target: Target, seconds: float) -> None:
    """What is no question, no JSON, no HTTP."""
    bodies = [
        b"",
        b"{",
        b"[]",
        b"[" * 5000,
        b"\xff",
        b'{"data": ' + b"[1," * 90_000,
        b'{"data": [{"path": "/etc/passwd"}]}',
    ]

    async def act(number: int) -> None:
        for door in ("run/predict", "queue/join", "call/augment", "cancel"):
            await send(target, request(target, "POST", f"{API}/{door}", bodies[number % len(bodies)]))
        await send(target, b"\x16\x03\x01" + os.urandom(200))

    await keep_on(act, seconds, 4)


ATTACKS: dict[str, Callable[[Target, float], Awaitable[None]]] = {
    attack.__name__: attack
    for attack in (
        odd_sessions,
        cheap_questions,
        full_lines,
        direct_questions,
        other_functions,
        silence,
        nobody_reads,
        heartbeats,
        bombs,
        half_uploads,
        many_uploads,
        fetching,
        foreign_sites,
        many_hosts,
        rubbish,
    )
}


class Innocent(threading.Thread):
    """Somebody who uses the app: once a second a picture of her own, and its prediction.

    Attributes:
        took: seconds of each that was answered.
        lost: what was said of each that was not.
    """

    def __init__(self, url: str, picture: bytes) -> None:
        """Args: url, of the app; picture, a PNG."""
        super().__init__(daemon=True)
        self.url, self.picture = url, picture
        self.took: list[float] = []
        self.lost: list[str] = []
        self._over = threading.Event()

    def run(self) -> None:
        """Asks until it is over."""
        with httpx.Client(base_url=self.url, timeout=30) as client:
            number = next(
                one["id"] for one in client.get("/config").json()["dependencies"] if one["api_name"] == "predict"
            )
            while not self._over.is_set():
                began = time.monotonic()
                try:
                    self._ask(client, number)
                    self.took.append(time.monotonic() - began)
                except (httpx.HTTPError, AssertionError, StopIteration, ValueError) as error:
                    self.lost.append(f"{type(error).__name__} {error}"[:200])
                self._over.wait(max(0.0, 1.0 - (time.monotonic() - began)))

    def end(self) -> None:
        """Stops asking."""
        self._over.set()
        self.join(60)

    @property
    def p95(self) -> float:
        """Seconds in which 95 of 100 answers were there."""
        return sorted(self.took)[int(0.95 * (len(self.took) - 1))] if self.took else float("inf")

    def _ask(self, client: httpx.Client, number: int) -> None:
        sent = client.post(f"{API}/upload", files={"files": ("a.png", self.picture, "image/png")})
        assert sent.status_code == 200, f"upload {sent.status_code} {sent.text}"
        session, given = uuid.uuid4().hex, {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
        joined = client.post(f"{API}/queue/join", json={"data": [given], "fn_index": number, "session_hash": session})
        assert joined.status_code == 200, f"join {joined.status_code} {joined.text}"
        with client.stream("GET", f"{API}/queue/data", params={"session_hash": session}) as heard:
            said = [json.loads(line[6:]) for line in heard.iter_lines() if line.startswith("data: ")]
        done = next(message for message in said if message["msg"] == "process_completed")
        assert done["success"], f"answer {done['output']}"


@contextmanager
def attacked(url: str, names: list[str], seconds: float) -> Iterator[list[subprocess.Popen]]:
    """Attacks that run beside, each in a process of its own.

    Args:
        url: of the app.
        names: of `ATTACKS`.
        seconds: for how long.
    """
    command = [sys.executable, "-m", "benchmarks.siege", "attack"]
    running = [subprocess.Popen([*command, name, url, str(seconds)], cwd=ROOT) for name in names]
    try:
        yield running
    finally:
        for process in running:
            process.terminate()
            process.wait(30)


@dataclass(frozen=True)
class Look:
    """The app at one moment.

    Attributes:
        second: since the siege began.
        megabytes: resident, of the process and those that it started.
        descriptors: that the process has open.
        files: bytes of visitors' files.
        log: bytes that it has written.
    """

    second: float
    megabytes: float
    descriptors: int
    files: int
    log: int


def look_at(process: int, folder: Path, log: Path, began: float) -> Look:
    """Looks at a running app. Linux only.

    Args:
        process: its number.
        folder: the temporary folder that it was given.
        log: the file that it writes to.
        began: when the siege did, by the clock that only grows.
    """
    family = [process, *children_of(process)]
    sizes = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            sizes += path.stat().st_size if path.is_file() else 0
    return Look(
        second=round(time.monotonic() - began, 1),
        megabytes=round(sum(megabytes_of(one) for one in family), 1),
        descriptors=len(os.listdir(f"/proc/{process}/fd")),
        files=sizes,
        log=log.stat().st_size,
    )


@contextmanager
def app_of_its_own() -> Iterator[dict]:
    """The app as a user starts it: its process and address, and where its log and its temporary files are."""
    from tests.support.ports import free_port
    from tests.support.running import wait_for

    with tempfile.TemporaryDirectory() as name:
        folder, log, port = Path(name) / "temporary", Path(name) / "log", free_port()
        folder.mkdir()
        with log.open("wb") as out:
            environment, command = (
                {**os.environ, "TMPDIR": str(folder)},
                [sys.executable, "app.py", "--port", str(port)],
            )
            server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
            try:
                wait_for(f"http://127.0.0.1:{port}", server)
                yield {"server": server, "url": f"http://127.0.0.1:{port}", "folder": folder, "log": log}
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(90)


def a_picture() -> bytes:
    """What the innocent visitor sends: a simulated image, as a PNG."""
    import cv2

    from tests.support.drawings import drawn_ultrasound

    return cv2.imencode(".png", drawn_ultrasound(3)[0])[1].tobytes()


def calm(url: str, picture: bytes, seconds: float) -> dict:
    """How somebody fares whom nobody disturbs."""
    alone = Innocent(url, picture)
    alone.start()
    time.sleep(seconds)
    alone.end()
    return fared(alone)


def fared(innocent: Innocent) -> dict:
    """How somebody fared."""
    p50 = round(statistics.median(innocent.took), 3) if innocent.took else None
    return {"answered": len(innocent.took), "lost": len(innocent.lost), "p50": p50, "p95": round(innocent.p95, 3)}


def each(seconds: float, names: list[str]) -> dict:
    """One attack after the other against an app of its own, beside somebody who uses it, and five seconds after.

    Args:
        seconds: of each.
        names: of `ATTACKS`.

    Returns:
        For each how she fared, during and after, and what the app held.
    """
    picture, seen = a_picture(), {}
    with app_of_its_own() as app:
        seen["nothing"] = {"during": (calm(app["url"], picture, 8), calm(app["url"], picture, seconds))[1]}
        for name in names:
            innocent = Innocent(app["url"], picture)
            innocent.start()
            with attacked(app["url"], [name], seconds) as running:
                for process in running:
                    process.wait(seconds + 60)
            held = look_at(app["server"].pid, app["folder"], app["log"], time.monotonic())
            innocent.end()
            time.sleep(5)
            after = calm(app["url"], picture, 5)
            seen[name] = {"during": fared(innocent), "after": after, "megabytes": held.megabytes, "log": held.log}
            print(name, json.dumps(seen[name]), innocent.lost[:3], flush=True)
    return seen


def siege(minutes: float, names: list[str]) -> dict:
    """Every attack at once against an app of its own, beside somebody who uses it.

    Args:
        minutes: how long.
        names: of `ATTACKS`.

    Returns:
        What was seen: the looks, and how the innocent visitor fared.
    """
    picture, looks = a_picture(), []
    with app_of_its_own() as app:
        calm(app["url"], picture, 8)
        before, innocent, began = calm(app["url"], picture, 8), Innocent(app["url"], picture), time.monotonic()
        innocent.start()
        with attacked(app["url"], names, minutes * 60):
            while time.monotonic() - began < minutes * 60 and app["server"].poll() is None:
                looks.append(look_at(app["server"].pid, app["folder"], app["log"], began))
                print(looks[-1], f"p95 {innocent.p95:.2f} s, lost {len(innocent.lost)}", flush=True)
                time.sleep(LOOK)
        innocent.end()
        time.sleep(5)
        after = calm(app["url"], picture, 8)
        looks.append(look_at(app["server"].pid, app["folder"], app["log"], began))
    return {
        "attacks": names,
        "minutes": minutes,
        "before": before,
        "during": fared(innocent) | {"said": innocent.lost[:20]},
        "after": after,
        "looks": [vars(one) for one in looks],
    }


def main() -> int:
    """Runs what the command line asks for; returns 0, or 1 if the innocent visitor lost an answer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    one = kinds.add_parser("attack", help="one kind, against an app that runs")
    one.add_argument("name", choices=sorted(ATTACKS))
    one.add_argument("url")
    one.add_argument("seconds", type=float)
    for kind, what, number in (("each", "--seconds", 30.0), ("all", "--minutes", 10.0)):
        several = kinds.add_parser(kind, help="against an app of its own")
        several.add_argument(what, type=float, default=number)
        several.add_argument("--only", nargs="*", choices=sorted(ATTACKS), default=list(ATTACKS))
    options = parser.parse_args()
    if options.kind == "attack":
        asyncio.run(ATTACKS[options.name](Target.at(options.url), options.seconds))
        return 0
    if options.kind == "each":
        seen = each(options.seconds, options.only)
        lost = sum(one["during"]["lost"] for one in seen.values())
    else:
        seen = siege(options.minutes, options.only)
        lost = seen["during"]["lost"]
        print(json.dumps({name: value for name, value in seen.items() if name != "looks"}, indent=1))
    if options.only == list(ATTACKS):
        known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        RESULTS.write_text(json.dumps(known | {options.kind: seen}, indent=1) + "\n", encoding="utf-8")
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
