"""The page's scripts as the browser gets them: native ES modules, each a file of its own, which import each other.

Gradio knows scripts as text only. Here `GET /modules/<digest>/<path>` answers from a table that is made when the app
starts, so that no path can lead anywhere else. The digest is of the content of all modules: imports between them stay
within one state of the code, and browsers may cache each for good (see `asset_cache`). What loads them stands in the
page's head: Gradio would add a head of ours only after its own scripts have run.

    Scripts(app, modules, head, pages)      an ASGI middleware
"""

import hashlib
import re
from collections.abc import Collection, Mapping

from busi.server.asgi import ASGIApp, Message, Receive, Scope, Send
from busi.server.hosts import say

FOLDER = "/modules/"
_BASE = re.compile(rb"<base\b[^>]*>")  # by which the addresses in the head are read, so they come after it
_JAVASCRIPT = b"text/javascript; charset=utf-8"


class Scripts:
    """Middleware that answers for modules, and writes what loads them into the head of pages."""

    def __init__(self, app: ASGIApp, modules: Mapping[str, bytes], head: str, pages: Collection[str] = ()) -> None:
        """Wraps an app.

        Args:
            app: any ASGI app.
            modules: the source of each, by its path, as "js/page.js".
            head: markup for the head of pages.
            pages: their paths.
        """
        self.app = app
        self.answers = {f"{address(modules)}{path}": source for path, source in modules.items()}
        self.head = head.encode()
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with a module, or with the app's page and its head."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if scope["path"].startswith(FOLDER):
            source = self.answers.get(scope["path"])
            return await (say(send, 404, "Not found") if source is None else _give(source, scope, send))
        if scope["path"] in self.pages:
            # Compressed, it could not be written into; whoever keeps the page compresses it (see `asset_cache`).
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            return await self.app({**scope, "headers": plain}, receive, _WithHead(send, self.head))
        return await self.app(scope, receive, send)


def address(modules: Mapping[str, bytes]) -> str:
    """The path under which modules are served; another one as soon as any of them has another content."""
    digest = hashlib.sha256()
    for path, source in sorted(modules.items()):
        digest.update(path.encode() + b"\0" + source + b"\0")
    return f"{FOLDER}{digest.hexdigest()[:16]}/"


async def _give(source: bytes, scope: Scope, send: Send) -> None:
    headers = [(b"content-type", _JAVASCRIPT), (b"content-length", str(len(source)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else source})


class _WithHead:
    """Holds a page back until it is whole, and sends it with more in its head. Other answers pass as they are."""

    def __init__(self, send: Send, head: bytes) -> None:
        self.send = send
        self.head = head
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self.start = message
        elif self.start is None or message["type"] != "http.response.body":
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        # An answer to HEAD has no body; its length is left out rather than guessed.
        body = _BASE.sub(lambda base: base.group() + self.head, self.body, count=1)
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        headers += [(b"content-length", str(len(body)).encode())] if body else []
        await self.send({**start, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    return start["status"] == 200 and headers.get(b"content-type", b"").startswith(b"text/html")
