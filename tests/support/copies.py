"""Two copies of the workshop behind nginx, on loopback, with the repository's own nginx configuration."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.places import IN_CI, ROOT
from tests.support.ports import free_port
from tests.support.running import started_app, wait_for

NAMED = "server app:7860 max_fails=1 fail_timeout=10s;"
LISTENS = "listen 8080;"
LOG = "log_format told '$request_method $uri $status $upstream_addr'; access_log {folder}/access.log told;"


@dataclass(frozen=True)
class Copies:
    """nginx and what stands behind it.

    Attributes:
        url: where visitors come in.
        copies: the process of each copy, by its address.
        log: one line for each request: method, path, status, and the copies that were asked, the last one answered.
    """

    url: str
    copies: dict[str, subprocess.Popen]
    log: Path

    def answered(self) -> list[str]:
        """Which copy answered, for each request."""
        lines, before = self.log.read_text(), None
        while lines != before:  # nginx writes its log after it has answered
            time.sleep(0.3)
            lines, before = self.log.read_text(), lines
        return [line.split()[-1] for line in lines.splitlines()]


@contextmanager
def behind_nginx(bundle, folder: Path, count: int = 2) -> Iterator[Copies]:
    """Starts the copies and nginx; skips without nginx, but fails in CI.

    Args:
        bundle: that the copies open.
        folder: for nginx's files.
        count: of copies.
    """
    with ExitStack() as stack:
        apps = [stack.enter_context(started_app(bundle)) for _ in range(count)]
        copies = {url.removeprefix("http://"): process for url, process in apps}
        url = stack.enter_context(started_nginx(list(copies), folder))
        yield Copies(url, copies, folder / "access.log")


@contextmanager
def started_nginx(copies: Sequence[str], folder: Path, **changed: str) -> Iterator[str]:
    """nginx with the repository's two files before what listens at some addresses; skips without nginx, fails in CI.

    Args:
        copies: their addresses, HOST:PORT.
        folder: for nginx's files.
        changed: other values of directives, as client_header_timeout="1s".

    Yields:
        Where visitors come in.
    """
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        if IN_CI:
            pytest.fail("nginx is missing, and CI must not skip the tests of several copies")
        pytest.skip("needs nginx on the PATH")
    port = free_port()
    (folder / "workshop.conf").write_text(_with(changed, _workshop_conf(copies, port)))
    (folder / "nginx.conf").write_text(_with(changed, _nginx_conf(folder)))
    command = [nginx, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
    as_root = " user root;" if os.name == "posix" and os.geteuid() == 0 else ""  # who alone may write in the folder
    command += ["-g", "daemon off;" + as_root]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}", server, seconds=20)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _workshop_conf(copies: Sequence[str], port: int) -> str:
    """workshop.conf, with these copies in place of Compose's and another port."""
    servers = " ".join(NAMED.replace("app:7860", address) for address in copies)
    return _replaced(_deployed("workshop.conf"), {NAMED: servers, LISTENS: f"listen 127.0.0.1:{port};"})


def _nginx_conf(folder: Path) -> str:
    """nginx.conf, writing into a folder, and a line for each request, which visitors are spared."""
    places = {
        "/dev/stderr": f"{folder}/error.log",
        "access_log off;": LOG.format(folder=folder),
        "/etc/nginx/conf.d/default.conf": f"{folder}/workshop.conf",
    }
    return _replaced(_deployed("nginx.conf").replace(" /tmp/", f" {folder}/"), places)


def _deployed(name: str) -> str:
    return (ROOT / "deploy" / name).read_text(encoding="utf-8")


def _replaced(text: str, places: Mapping[str, str]) -> str:
    for before, after in places.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def _with(changed: Mapping[str, str], text: str) -> str:
    for name, value in changed.items():
        text = re.sub(rf"^(\s*{name}) [^;]+;", rf"\1 {value};", text, flags=re.MULTILINE)
    return text
