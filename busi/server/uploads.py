"""Visitors' files: as they come in, while they stay, and that none stays behind.

Gradio writes what is sent into a file as it comes, and forgets that file when the sending breaks off, is too large, or
is no picture's form. Here a request that does not end well leaves nothing. What comes in well stays for its time, by a
clock that only grows; all together may fill so much, and then the oldest goes first.

    TidyUploads(app, ...)      an ASGI middleware
    Keeper(folder).watch()     in the app's event loop, for as long as it runs
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from busi.server.asgi import ASGIApp, Message, Receive, Scope, Send
from busi.server.gradio_internals import GradioMultiPartParser, end_upload, forget_upload
from busi.server.guard import UPLOAD
from busi.server.hosts import say
from busi.server.ledger import TOO_MUCH, CutOff, Ledger
from busi.server.log_throttle import reports
from busi.server.temporary_folder import LOCK

STAYS, LOOKS = 3000.0, 600.0  # seconds: "within an hour", as the page promises
MOST_BYTES = 256_000_000  # of all files that stay: a room with three large pictures each, half of it
MOST_STAYING = 5000  # files that stay
MOST_COMING = 128_000_000  # of all that are coming in
MOST_FILES = 8  # in one request: the page sends one

_written: ContextVar[list[str] | None] = ContextVar("written", default=None)


class TidyParser(GradioMultiPartParser):
    """Gradio's reader of forms, that notes which files it writes and does not write many."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        """As Gradio's, with a bound of ours."""
        super().__init__(*arguments, **{**settings, "max_files": MOST_FILES, "max_fields": MOST_FILES})

    def on_headers_finished(self) -> None:
        """Notes the file that a part is written to."""
        super().on_headers_finished()
        written, file = _written.get(), self._current_part.file
        if written is not None and file is not None:
            written.append(file.file.name)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Takes data in; of a part that is no file, no progress is told."""
        callback, self.upload_progress = self.upload_progress, self.upload_progress if self._current_part.file else None
        try:
            super().on_part_data(data, start, end)
        finally:
            self.upload_progress = callback


class TidyUploads:
    """Middleware before Gradio's door for files."""

    def __init__(self, app: ASGIApp) -> None:
        """Args: app, Gradio's; the keeper in its state, if there is one, is told when a file has come in."""
        self.app = app
        self._coming = Ledger(MOST_COMING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a file on, and takes away what is left of one that did not come in well."""
        if scope["type"] != "http" or scope["path"] != UPLOAD or scope["method"] != "POST":
            return await self.app(scope, receive, send)
        written: list[str] = []
        token, has_answered = _written.set(written), False

        async def counted() -> Message:
            message = await receive()
            entry.add(len(message.get("body", b"")))
            return message

        async def answer(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        with self._coming.entry(scope) as entry:
            try:
                await self.app(scope, counted, answer)
            except CutOff:
                if not has_answered:
                    await say(send, *TOO_MUCH)
            finally:
                _written.reset(token)
                await asyncio.to_thread(_take_away, written)
                _forget_progress(scope)
        if keeper := getattr(scope["app"].state, "keeper", None):
            keeper.came_in()


class Keeper:
    """Looks after the folder of visitors' files."""

    def __init__(
        self,
        folder: str | os.PathLike,
        stays: float = STAYS,
        looks: float = LOOKS,
        most: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
        forget: Callable[[Iterable[str]], None] = lambda _: None,
        spared: Iterable[str] = (),
    ) -> None:
        """Begins with nothing seen.

        Args:
            folder: where the files are, in folders of their own.
            stays: seconds that a file stays.
            looks: seconds between two looks.
            most: bytes of all files.
            clock: seconds, that only grow.
            forget: told which files were erased.
            spared: paths of files that the pages themselves show, which stay.
        """
        self.folder, self.stays, self.looks, self.most = Path(folder), stays, looks, most
        self._clock, self._forget = clock, forget
        self._spared = {os.path.abspath(path) for path in spared}
        self._seen: dict[str, tuple[tuple, float]] = {}  # by path: which file it is, and when that was seen first
        self._came = asyncio.Event()

    def came_in(self) -> None:
        """A file has come in: time to look whether it is too much."""
        self._came.set()

    async def watch(self) -> None:
        """Looks again and again, until it is cancelled; when files come in at once, but once a second at most."""
        self._came = asyncio.Event()
        while True:
            try:
                await asyncio.to_thread(self.look)
            except OSError as error:
                reports.tell("visitors' files", f"error: visitors' files cannot be looked after: {error}")
            await asyncio.sleep(min(1.0, self.looks))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait(), max(0.0, self.looks - 1.0))
            self._came.clear()

    def look(self) -> None:
        """Erases what has stayed for its time, and the oldest of what is too much."""
        now, found = self._clock(), self._files()
        for path, about in found.items():
            if path not in self._seen or self._seen[path][0] != _which(about):
                self._seen[path] = _which(about), now
        self._seen = {path: self._seen[path] for path in found}
        total, left, erased = sum(about.st_size for about in found.values()), len(found), []
        for path in sorted(found, key=lambda path: self._seen[path][1]):
            in_time = now - self._seen[path][1] <= self.stays
            if in_time and total <= self.most and left <= MOST_STAYING:
                break
            if in_time:
                reports.tell("visitors' files", "visitors' files were too much together: the oldest are erased early")
            total, left = total - found[path].st_size, left - 1
            erased.append(path)
        _take_away(erased)
        for path in erased:
            del self._seen[path]
            with suppress(OSError):  # another file is in it, or has just come in
                Path(path).parent.rmdir()
        self._forget(erased)

    def _files(self) -> dict[str, os.stat_result]:
        """The files that are not the pages' own, by path."""
        found: dict[str, os.stat_result] = {}
        for entry in self.folder.iterdir() if self.folder.is_dir() else ():
            for path in entry.iterdir() if entry.is_dir() else (entry,):
                if not path.name.startswith(LOCK) and str(path) not in self._spared:
                    with suppress(OSError):  # gone by now
                        found[str(path)] = path.stat()
        return found


def _which(about: os.stat_result) -> tuple:
    """What changes when another file takes the name, or the same one comes in again. Not read as a time."""
    return about.st_ino, about.st_mtime_ns


def _take_away(paths: Iterable[str]) -> None:
    for path in paths:
        with suppress(OSError):
            os.unlink(path)


def _forget_progress(scope: Scope) -> None:
    """An upload whose progress is asked for has come to its end, whichever it is."""
    upload_ids = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("upload_id")
    if upload_ids:
        end_upload(upload_ids[-1])
        asyncio.get_running_loop().call_later(30, forget_upload, upload_ids[-1])
