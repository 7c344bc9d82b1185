"""Answers that are the same for every visitor: asked of the app once, compressed once, then given from memory.

Opening the page takes some ninety requests. Gradio serves each script anew from the disk and compresses it each time,
and renders the page, with the whole workshop in it, for each visitor. Here the first answer is kept, in the
encodings that browsers ask for; the others get it without waking the app. Scripts whose name holds a hash of
their content are the browser's for good; everything else it asks for again with its tag, and mostly hears "unchanged".

Kept are only complete answers (status 200) of the paths named here, that set no cookie. A page names its own address,
so it is kept for each address under which it was asked for, and only so many of those; what follows a question mark in
its address is for the browser, and never reaches the app.

    KeptAnswers(app)      an ASGI middleware
"""

import asyncio
import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import brotli

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

FILES = re.compile(
    r"/(assets|static|svelte)/[\w./@-]+|(/gradio_api)?/theme\.css|/(favicon\.ico|manifest\.json|robots\.txt)"
)
HASHED = re.compile(r"/assets/.*[-.][\w-]{8}\.\w+")  # as Vite names what it builds
MOST_ADDRESSES, MOST_BYTES, LARGEST = 32, 64_000_000, 4_000_000
# What Gradio reads to find out under which address a page was asked for.
_ADDRESS = (b"host", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix", b"x-gradio-server")
_COMPRESSED = re.compile(r"text/|javascript|json|xml")
_FOR_GOOD, _ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"


@dataclass(frozen=True)
class Answer:
    """A kept answer.

    Attributes:
        kind: its media type.
        tag: of its content, as ETag.
        bodies: the content by encoding: "br", "gzip" and "" for neither; only "" where compressing is no use.
    """

    kind: bytes
    tag: bytes
    bodies: dict[str, bytes]

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return sum(len(body) for body in self.bodies.values())


class KeptAnswers:
    """Middleware that keeps answers. One event loop, no threads but for compressing."""

    def __init__(self, app: ASGIApp, pages: tuple[str, ...] = ()) -> None:
        """Wraps an app.

        Args:
            app: any ASGI app.
            pages: paths whose answer depends on nothing but the address they were asked for at.
        """
        self.app = app
        self.pages = pages
        self._kept: OrderedDict[tuple, Answer] = OrderedDict()
        self._asking: dict[tuple, asyncio.Lock] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers from memory where it can, else asks the app."""
        key = self._key(scope)
        if key is None:
            return await self.app(scope, receive, send)
        answer = self._kept.get(key)
        if answer is None:
            # A hundred browsers ask at once; one of them asks the app.
            async with self._asking.setdefault(key, asyncio.Lock()):
                try:
                    answer = self._kept.get(key) or await self._ask(key, scope, receive, send)
                finally:
                    self._asking.pop(key, None)
            if answer is None:
                return None
        else:
            self._kept.move_to_end(key)
        await _give(answer, scope, send)

    def _key(self, scope: Scope) -> tuple | None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        path = scope["path"]
        if path in self.pages:
            headers = dict(scope["headers"])
            return (path, scope.get("scheme"), scope.get("root_path"), *(headers.get(name) for name in _ADDRESS))
        asks_more = scope.get("query_string") or ".." in path
        return (path,) if FILES.fullmatch(path) and not asks_more else None

    async def _ask(self, key: tuple, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """Asks the app and keeps what it says; None if that cannot be kept, and was passed on as it is."""
        plain = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]
        asked = {**scope, "method": "GET", "headers": plain, "query_string": b""}
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self.app(asked, receive, collect)
        answer = await asyncio.to_thread(_answer, messages)
        if answer is None:
            for message in messages:
                if scope["method"] == "HEAD" and message["type"] == "http.response.body":
                    message = {**message, "body": b""}
                await send(message)
            return None
        self._kept[key] = answer
        self._make_room()
        return answer

    def _make_room(self) -> None:
        """Forgets what was asked for longest ago."""
        pages = [key for key in self._kept if len(key) > 1]
        for key in pages[: max(0, len(pages) - MOST_ADDRESSES)]:
            del self._kept[key]
        while sum(answer.size for answer in self._kept.values()) > MOST_BYTES:
            self._kept.popitem(last=False)


_CONDITIONS = (b"accept-encoding", b"range", b"if-none-match", b"if-modified-since", b"if-range")


def _answer(messages: list[Message]) -> Answer | None:
    """What can be kept of an answer: None unless it is whole, plain and not too large."""
    start, body = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
    headers = {name.lower(): value for name, value in start["headers"]}
    whole = start["status"] == 200 and not {b"set-cookie", b"content-encoding", b"content-range"} & set(headers)
    if not whole or len(body) > LARGEST:
        return None
    kind = headers.get(b"content-type", b"application/octet-stream")
    bodies = {"": body}
    if len(body) > 400 and _COMPRESSED.search(kind.decode("latin-1")):
        bodies["br"], bodies["gzip"] = brotli.compress(body, quality=5), gzip.compress(body, 6, mtime=0)
    return Answer(kind, b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"', bodies)


async def _give(answer: Answer, scope: Scope, send: Send) -> None:
    """Sends a kept answer, in the best encoding that the browser takes; or says that it has it already."""
    asked = dict(scope["headers"])
    accepted = {
        part.split(b";")[0].strip().decode("latin-1") for part in asked.get(b"accept-encoding", b"").split(b",")
    }
    encoding = next((name for name in ("br", "gzip") if name in accepted and name in answer.bodies), "")
    for_good = HASHED.fullmatch(scope["path"]) is not None
    headers = [
        (b"content-type", answer.kind),
        (b"etag", answer.tag),
        (b"cache-control", (_FOR_GOOD if for_good else _ASK_AGAIN).encode()),
        (b"vary", b"Accept-Encoding"),
    ]
    if answer.tag in [tag.strip() for tag in asked.get(b"if-none-match", b"").split(b",")]:
        await send({"type": "http.response.start", "status": 304, "headers": headers[1:]})
        await send({"type": "http.response.body", "body": b""})
        return
    body = answer.bodies[encoding]
    headers += [(b"content-length", str(len(body)).encode())]
    headers += [(b"content-encoding", encoding.encode())] if encoding else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
