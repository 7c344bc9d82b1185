"""The app in a process of its own, as a user starts it; and coroutines, wherever a test runs."""

import asyncio
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO

from tests.support.places import ROOT
from tests.support.ports import free_port


@contextmanager
def started_app(
    bundle,
    preexec_fn: Callable[[], None] | None = None,
    command: Sequence[str] = (sys.executable, "app.py"),
    output: IO[bytes] | int = subprocess.DEVNULL,
    **environment: str,
) -> Iterator[tuple[str, subprocess.Popen]]:
    """The app, started as a user starts it: its address and its process."""
    port = free_port()
    command = [*command, "--bundle", str(bundle.folder), "--port", str(port)]
    settings = {"stdout": output, "stderr": output, "env": {**os.environ, **environment}}
    server = subprocess.Popen(command, cwd=ROOT, preexec_fn=preexec_fn, **settings)
    try:
        wait_for(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.terminate()
        server.wait(60)


@contextmanager
def killed_after(seconds: float, process: subprocess.Popen) -> Iterator[None]:
    """Ends a process that takes longer than it may, so that what reads from it does not wait for ever."""
    limit = threading.Timer(seconds, process.kill)
    limit.start()
    try:
        yield
    except BaseException:
        process.kill()
        raise
    finally:
        limit.cancel()


def wait_for(url: str, server: subprocess.Popen, seconds: float = 240) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert server.poll() is None, "the app stopped"
        try:
            return urllib.request.urlopen(url, timeout=5).read().decode()
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"{url} did not answer in {seconds} s")


def awaited(coroutine: Coroutine):
    """The result of a coroutine, in a thread of its own: Playwright keeps a loop running in the tests' thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
