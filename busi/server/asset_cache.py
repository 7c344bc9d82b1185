"""Answers that are the same for every visitor: asked of the app once, compressed once, then given from memory.

Opening the page takes some hundred and twenty requests. Gradio serves each script anew from the disk and compresses it
each time, and renders the page, with the whole workshop in it, for each visitor. Here the first answer is kept, in the
encodings that browsers ask for; the others get it without waking the app. Scripts whose name holds a hash of
their content are the browser's for good; everything else it asks for again with its tag, and mostly hears "unchanged".

Kept are only complete answers (status 200) of the paths named here, that set no cookie. A page names its own address,
which whoever asks may choose. So the app is asked for it under an address that is nobody's, once, and each visitor gets
it with theirs in its place. What follows a question mark in a page's address is for the browser, and never reaches the
app.

Behind `sites`, which makes sure that a request has one host. It knows no more of Gradio than how that reads it.

    AssetCache(app)      an ASGI middleware
"""

import asyncio
import gzip
import hashlib
import re
import time
from collections import OrderedDict
from dataclasses import dataclass

import brotli

from busi.server.asgi import ASGIApp, Message, Receive, Scope, Send
from busi.server.hosts import requested_host, requested_scheme

FILES = re.compile(
    r"/(assets|static|svelte|modules|pictures)/[\w./@-]+|(/gradio_api)?/theme\.css|/(favicon\.ico|manifest\.json|robots\.txt)"
)
HASHED = re.compile(
    r"/assets/.*[-.][\w-]{8}\.\w+"  # as Vite names what it builds
    r"|/modules/[0-9a-f]{16}/.+|/pictures/[0-9a-f]{16}\.\w+"  # see `scripts`
)
MOST_ADDRESSES, MOST_BYTES, LARGEST = 16, 64_000_000, 4_000_000
NOBODY = "http://address.of.nobody.invalid"  # RFC 2606: no host is ever called so
PIECE = 65_536  # bytes handed on at a time, so that a visitor who takes none costs no more
FEW_ADDRESSES = 6  # of pages under the names that they were first asked for, which are worth it at once
ADDRESS_EVERY = 0.5  # seconds between two addresses that are taken up
# What Gradio reads to find out under which address a page was asked for.
_ADDRESS = (b"host", b"x-forwarded-host", b"x-forwarded-proto")
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


class AssetCache:
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
        self._seen: OrderedDict[tuple, None] = OrderedDict()  # pages' addresses that were asked for once
        self._took_up = float("-inf")

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
        if scope["path"] in self.pages:
            answer = await self._addressed(key, answer, scope)
        await _give(answer, scope, send)

    def _key(self, scope: Scope) -> tuple | None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        path = scope["path"]
        if path in self.pages:
            return (path, scope.get("root_path"))
        asks_more = scope.get("query_string") or ".." in path
        return (path,) if FILES.fullmatch(path) and not asks_more else None

    async def _ask(self, key: tuple, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """Asks the app and keeps what it says; None if that cannot be kept, and was passed on as it is."""
        page = scope["path"] in self.pages
        plain = [(name, value) for name, value in scope["headers"] if name not in (*_CONDITIONS, *_ADDRESS)]
        plain += [(name, value) for name, value in scope["headers"] if name in _ADDRESS and not page]
        plain += [(b"host", NOBODY.removeprefix("http://").encode())] if page else []
        request = {**scope, "method": "GET", "headers": plain, "query_string": b""}
        if page:
            request["scheme"] = "http"
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self.app(request, receive, collect)
        answer = await asyncio.to_thread(_answer, messages, not page)
        if answer is None:
            for message in messages:
                if scope["method"] == "HEAD" and message["type"] == "http.response.body":
                    message = {**message, "body": b""}
                await send(message)
            return None
        self._kept[key] = answer
        self._make_room()
        return answer

    async def _addressed(self, key: tuple, page: Answer, scope: Scope) -> Answer:
        """A page under its visitor's address; kept, compressed, for addresses that are asked for again."""
        address = f"{requested_scheme(scope)}://{requested_host(scope)}"
        own, accepted = (*key, address), _accepted(scope)
        cached = self._kept.get(own)
        if cached is not None:
            self._kept.move_to_end(own)
            if accepted & set(cached.bodies) or "" in cached.bodies:
                return cached
        body = page.bodies[""].replace(NOBODY.encode(), address.encode())
        if not accepted & {"br", "gzip"}:
            return Answer(page.kind, cached.tag if cached else _tag(body), {"": body})
        if cached is None and not self._takes_up(own):
            return await asyncio.to_thread(_compressed, page.kind, body, quick=True)
        async with self._asking.setdefault(own, asyncio.Lock()):
            try:
                if own not in self._kept:
                    whole = await asyncio.to_thread(_compressed, page.kind, body)
                    self._kept[own] = Answer(whole.kind, whole.tag, _without_plain(whole.bodies))
                    self._make_room()
                return self._kept[own]
            finally:
                self._asking.pop(own, None)

    def _takes_up(self, own: tuple) -> bool:
        """Whether an address is worth the work of keeping it: it was asked for before, and not many are at once."""
        now, before = time.monotonic(), own in self._seen
        self._seen[own] = None
        while len(self._seen) > 8 * MOST_ADDRESSES:
            self._seen.popitem(last=False)
        few = sum(len(key) > 2 for key in self._kept) < FEW_ADDRESSES
        if not (before or few) or now - self._took_up < ADDRESS_EVERY:
            return False
        self._took_up = now
        return True

    def _make_room(self) -> None:
        """Forgets what was asked for longest ago."""
        addressed = [key for key in self._kept if len(key) > 2]
        for key in addressed[: max(0, len(addressed) - MOST_ADDRESSES)]:
            del self._kept[key]
        while sum(answer.size for answer in self._kept.values()) > MOST_BYTES:
            self._kept.popitem(last=False)


_CONDITIONS = (b"accept-encoding", b"range", b"if-none-match", b"if-modified-since", b"if-range")


def _answer(messages: list[Message], compress: bool) -> Answer | None:
    """What can be kept of an answer: None unless it is whole, plain and not too large."""
    start, body = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
    headers = {name.lower(): value for name, value in start["headers"]}
    whole = start["status"] == 200 and not {b"set-cookie", b"content-encoding", b"content-range"} & set(headers)
    if not whole or len(body) > LARGEST:
        return None
    kind = headers.get(b"content-type", b"application/octet-stream")
    return _compressed(kind, body) if compress else Answer(kind, b"", {"": body})


def _compressed(kind: bytes, body: bytes, quick: bool = False) -> Answer:
    """An answer in every encoding; quickly rather than small, if it will be given once."""
    bodies = {"": body}
    if len(body) > 400 and _COMPRESSED.search(kind.decode("latin-1")):
        bodies["br"] = brotli.compress(body, quality=1 if quick else 5)
        if not quick:
            bodies["gzip"] = gzip.compress(body, 6, mtime=0)
    return Answer(kind, _tag(body), bodies)


def _without_plain(bodies: dict[str, bytes]) -> dict[str, bytes]:
    """What is kept for one address: what it takes work to make."""
    return {name: body for name, body in bodies.items() if name} or bodies


def _tag(body: bytes) -> bytes:
    return b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'


def _accepted(scope: Scope) -> set[str]:
    """The encodings that a browser takes."""
    headers = dict(scope["headers"]).get(b"accept-encoding", b"")
    return {part.split(b";")[0].strip().decode("latin-1") for part in headers.split(b",")}


async def _give(answer: Answer, scope: Scope, send: Send) -> None:
    """Sends a kept answer, in the best encoding that the browser takes; or says that it has it already."""
    request_headers = dict(scope["headers"])
    accepted = _accepted(scope)
    encoding = next((name for name in ("br", "gzip") if name in accepted and name in answer.bodies), "")
    for_good = HASHED.fullmatch(scope["path"]) is not None
    headers = [
        (b"content-type", answer.kind),
        (b"etag", answer.tag),
        (b"cache-control", (_FOR_GOOD if for_good else _ASK_AGAIN).encode()),
        (b"vary", b"Accept-Encoding"),
    ]
    if answer.tag in [tag.strip() for tag in request_headers.get(b"if-none-match", b"").split(b",")]:
        await send({"type": "http.response.start", "status": 304, "headers": headers[1:]})
        await send({"type": "http.response.body", "body": b""})
        return
    body = answer.bodies[encoding]
    headers += [(b"content-length", str(len(body)).encode())]
    headers += [(b"content-encoding", encoding.encode())] if encoding else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    body = b"" if scope["method"] == "HEAD" else body
    if len(body) <= PIECE:
        return await send({"type": "http.response.body", "body": body})
    sent = memoryview(body)
    for start in range(0, max(1, len(sent)), PIECE):
        more = start + PIECE < len(sent)
        await send({"type": "http.response.body", "body": bytes(sent[start : start + PIECE]), "more_body": more})
