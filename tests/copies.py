"""Two copies of the workshop behind nginx, on loopback, with the repository's own nginx configuration."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import IN_CI
from tests.ports import free_port
from tests.running import ROOT, started_app, wait_for

NAMED = "server app:7860 max_fails=1 fail_timeout=10s;"
LISTENS = "listen 80;"
AROUND = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 512; }}
http {{
    log_format told '$request_method $uri $status $upstream_addr';
    access_log {folder}/access.log told;
    {temporary}
    include {folder}/workshop.conf;
}}
"""


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
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        if IN_CI:
            pytest.fail("nginx is missing, and CI must not skip the tests of several copies")
        pytest.skip("needs nginx on the PATH")
    with ExitStack() as stack:
        apps = [stack.enter_context(started_app(bundle)) for _ in range(count)]
        copies = {url.removeprefix("http://"): process for url, process in apps}
        port = free_port()
        (folder / "workshop.conf").write_text(_configured(copies, port))
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, temporary=temporary))
        command = [nginx, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}", server, seconds=20)
            yield Copies(f"http://127.0.0.1:{port}", copies, folder / "access.log")
        finally:
            server.terminate()
            server.wait(10)


def _configured(copies: dict[str, subprocess.Popen], port: int) -> str:
    """The repository's configuration, with these copies in place of Compose's and another port."""
    text = (ROOT / "deploy" / "workshop.conf").read_text(encoding="utf-8")
    assert text.count(NAMED) == 1 and text.count(LISTENS) == 1
    servers = " ".join(NAMED.replace("app:7860", address) for address in copies)
    return text.replace(NAMED, servers).replace(LISTENS, f"listen 127.0.0.1:{port};")
