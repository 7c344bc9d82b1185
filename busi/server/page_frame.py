"""The page around Gradio's: what a visitor sees and can use before any of Gradio's own files has come.

Gradio's page is an empty element, <gradio-app>, which its scripts fill after some hundred requests; and its style
sheet, in the head, keeps the browser from painting anything before it is there. Here the page is written anew on its
way out: first what a frame brings (looks, the first screen, where to go), then all that Gradio's page brings, then the
frame's end. The browser paints the first screen from the page itself.

    FramedPages(app, frames)      an ASGI middleware
    framed(page, frame)           what it does to a page: bytes -> bytes
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from busi.server.asgi import ASGIApp, Message, Receive, Scope, Send

_BASE = re.compile(rb"<base\b[^>]*>")  # by which the addresses in the head are read, so they come after it
_HEAD_END, _BODY = b"</head>", re.compile(rb"<body\b[^>]*>")
# From here to the end of its head Gradio's page has nothing that the first screen needs.
_CONFIGURATION = b"<script>window.gradio_config"
_LINK = re.compile(rb'<link rel="stylesheet"[^>]*>')
# Fetched without keeping the first screen from being painted; it stays in the head, so that our looks come after it.
_NOT_BLOCKING = (b'rel="stylesheet"', b'media="print" onload="this.media=\'all\'" rel="stylesheet"')
_APP_END = b"</gradio-app>"


@dataclass(frozen=True)
class Frame:
    """Markup around Gradio's page.

    Attributes:
        head: for the head of the page, before anything of Gradio's.
        before: for the body, before Gradio's element.
        after: for the body, after it.
    """

    head: str
    before: str = ""
    after: str = ""


class FramedPages:
    """Middleware that writes frames around pages."""

    def __init__(self, app: ASGIApp, frames: Mapping[str, Frame]) -> None:
        """Wraps an app.

        Args:
            app: any ASGI app.
            frames: for each page's path its frame.
        """
        self.app = app
        self.frames = frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with the app's page and its frame."""
        frame = self.frames.get(scope["path"]) if scope["type"] == "http" else None
        if frame is None:
            return await self.app(scope, receive, send)
        # Compressed, it could not be written into; whoever keeps the page compresses it (see `asset_cache`).
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        return await self.app({**scope, "headers": plain}, receive, _Rewritten(send, frame))


def framed(page: bytes, frame: Frame) -> bytes:
    """Gradio's page with a frame around it.

    Args:
        page: as Gradio renders it, UTF-8.
        frame: its frame.

    Returns:
        The page. Where it is not built as Gradio 6.31 builds it, nothing is moved; the frame is there all the same.
    """
    page = _BASE.sub(lambda base: base.group() + frame.head.encode(), page, count=1)
    start, end, body = page.find(_CONFIGURATION), page.find(_HEAD_END), _BODY.search(page)
    if body is None:
        return page
    head, moved = page[: body.end()], b""
    if 0 <= start < end < body.start():
        styles = b"".join(_LINK.findall(page, start, end)).replace(*_NOT_BLOCKING)
        head = page[:start] + styles + page[end : body.end()]
        moved = _LINK.sub(b"", page[start:end])
    rest = moved + page[body.end() :]
    # The app's element stays within what `before` opens and `after` closes.
    rest = rest.replace(_APP_END, _APP_END + frame.after.encode(), 1)
    return head + frame.before.encode() + rest


class _Rewritten:
    """Holds a page back until it is whole, and sends it with its frame. Other answers pass as they are."""

    def __init__(self, send: Send, frame: Frame) -> None:
        self.send = send
        self.frame = frame
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
        body = framed(self.body, self.frame) if self.body else b""
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        headers += [(b"content-length", str(len(body)).encode())] if body else []
        await self.send({**start, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    return start["status"] == 200 and headers.get(b"content-type", b"").startswith(b"text/html")
