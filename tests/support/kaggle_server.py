"""A small Kaggle on this machine, over plain http, for the real client to talk to: one data set, one version."""

import hashlib
import io
import json
import threading
import zipfile
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT = 7777  # where kagglehub looks under KAGGLE_API_ENVIRONMENT=TEST
SERVICE = "/api/v1/datasets.DatasetApiService/"


class Kaggle(ThreadingHTTPServer):
    """The server; `asked` are the calls so far, `truncate` cuts the archive in half on its way."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path) -> None:
        """Listens; what is in the folder is the data set."""
        super().__init__(("127.0.0.1", PORT), _Handler)
        self.archive = _zipped(folder)
        self.asked: list[tuple[str, dict]] = []
        self.truncate = False
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    server: Kaggle

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        name = self.path.removeprefix(SERVICE)
        self.server.asked.append((name, asked))
        if name != "DownloadDataset":
            return self._send(b'{"code": 404, "message": "no such thing"}', 404)
        self._send(self.server.archive)

    def _send(self, content: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/zip" if status == 200 else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Goog-Hash", f"md5={b64encode(hashlib.md5(content).digest()).decode()}")
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if self.server.truncate else content)

    def log_message(self, *args: object) -> None:
        """Nothing is printed."""


def _zipped(folder: Path) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for path in sorted(folder.rglob("*.png")):
            archive.write(path, path.relative_to(folder))
    return memory.getvalue()
