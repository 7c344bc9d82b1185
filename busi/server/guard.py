"""What stands at the door of the app: what may not come in, and what browsers are told to refuse.

Gradio serves more than the workshop uses: doors that fetch other sites' files for whoever asks, an editor of the
app's own code, recordings, monitoring. All of that answers "not found" here. What is sent in has a largest size. And
every page goes out with a policy that lets it load scripts, styles and pictures from the app alone, and be framed by
Hugging Face's site and nobody else. Scripts written into the page, and code made from text, must be allowed: Gradio
works by them.

    Guard(app, largest_upload=...)      an ASGI middleware
"""

import errno
import re
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

UPLOAD = "/gradio_api/upload"
LARGEST_REQUEST = 1_000_000  # bytes: notes, answers, a lesion's settings
_ROUND_A_FILE = 20_000  # bytes that a form adds to the file in it
# Opened by nothing in the workshop: /gradio_api/file= is, with the path of an uploaded file and not with an address.
CLOSED = re.compile(
    r"(/gradio_api)?/(proxy=|stream/|process_recording|vibe|undo-vibe|custom_component|deep_link|run-history|runs\b"
    r"|monitoring|dev/|login|logout|token|app_id|user\b|openapi\.json|docs\b|redoc\b|pwa_icon)"
    r"|(/gradio_api)?/file=\s*[a-zA-Z][a-zA-Z0-9+.-]*:/"
)
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self' https://huggingface.co https://*.hf.space",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


class _TooLarge(Exception):
    pass


class Guard:
    """Middleware that closes doors, bounds what is sent in, and adds the headers."""

    def __init__(self, app: ASGIApp, largest_upload: int) -> None:
        """Wraps an app.

        Args:
            app: any ASGI app.
            largest_upload: bytes of an uploaded file.
        """
        self.app = app
        self.largest_upload = largest_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if CLOSED.match(scope["path"]):
            return await _say(send, 404, "Not found")
        limit = self.largest_upload + _ROUND_A_FILE if scope["path"] == UPLOAD else LARGEST_REQUEST
        if _announced(scope) > limit:
            return await _say(send, 413, f"At most {limit} bytes")
        started = told = False  # told that it is too large: whatever the app makes of being cut off is not sent
        counting = _Bounded(receive, limit)

        async def send_with_headers(message: Message) -> None:
            nonlocal started, told
            if counting.exceeded and not started and not told:
                told = True
                await _say(send, 413, f"At most {limit} bytes")
            if told:
                return
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message["headers"], *_HEADERS]}
            await send(message)

        try:
            await self.app(scope, counting, send_with_headers)
        except _TooLarge:
            if not started and not told:
                await _say(send, 413, f"At most {limit} bytes")
        except OSError as error:
            if started or error.errno not in _NO_ROOM:
                raise
            print(f"error: nothing can be written: {error.strerror}", file=sys.stderr, flush=True)
            await _say(send, 507, "The server has no room left for files; please tell whoever runs it")


class _Bounded:
    """Counts what comes, for a request that did not say how long it is, or lied."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self.receive = receive
        self.limit = limit
        self.came = 0

    @property
    def exceeded(self) -> bool:
        return self.came > self.limit

    async def __call__(self) -> Message:
        message = await self.receive()
        self.came += len(message.get("body", b""))
        if self.exceeded:
            raise _TooLarge
        return message


def _announced(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


async def _say(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
