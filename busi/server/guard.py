"""What stands at the door of the app: what may not come in, and what browsers are told to refuse.

Gradio serves more than the workshop uses: doors that fetch other sites' files for whoever asks, an editor of the
app's own code, recordings, monitoring. What is not used answers "not found" here. What is sent in has a largest size.
And every page goes out with a policy that lets it load scripts, styles and pictures from the app alone, and be framed
by Hugging Face's site and nobody else. Scripts written into the page, and code made from text, must be allowed: Gradio
works by them.

    Guard(app, largest_upload=...)      an ASGI middleware
"""

import errno
import re
from collections.abc import Iterable
from urllib.parse import parse_qs, quote

from busi.server.asgi import ASGIApp, Message, Receive, Scope, Send
from busi.server.hosts import say
from busi.server.log_throttle import reports

API = "/gradio_api"
UPLOAD = f"{API}/upload"
LARGEST_REQUEST = 1_000_000  # bytes: notes, answers, a lesion's settings
_ROUND_A_FILE = 20_000  # bytes that a form adds to the file in it
# What the pages and their scripts ask for, and the five endpoints. `file=` is followed by the path of an uploaded file;
# Gradio would fetch an address for whoever asks, so nothing with a scheme may stand there (C: on Windows is none).
OPEN = {
    "GET": re.compile(
        r"/(config|favicon\.ico|manifest\.json|robots\.txt|theme\.css)/?"
        r"|/(assets|static|svelte|modules|pictures)/.+"
        rf"|{API}/(info/?|theme\.css|startup-events|queue/(data|status)|upload_progress|heartbeat/[\w-]{{1,64}})"
        rf"|{API}/call/(v2/)?\w+/[\w-]{{1,64}}"
        rf"|{API}/file=(?!\s*[a-zA-Z][a-zA-Z0-9+.-]+:|\s*[/\\]{{2}}).+",
        re.DOTALL | re.ASCII,
    ),
    "POST": re.compile(rf"{API}/(upload|queue/join|cancel|reset/?|(run|api|call|call/v2)/\w+/?)", re.ASCII),
}
_NAMED = ("session_hash", "upload_id")  # in what follows a question mark
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


NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # of a session, an upload, a question
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


class _TooLarge(Exception):
    pass


class Guard:
    """Middleware that closes doors, bounds what is sent in, and adds the headers."""

    def __init__(self, app: ASGIApp, largest_upload: int, pages: Iterable[str] = ("/",)) -> None:
        """Wraps an app.

        Args:
            app: any ASGI app.
            largest_upload: bytes of an uploaded file.
            pages: the paths of the pages.
        """
        self.app = app
        self.largest_upload = largest_upload
        self.pages = {path.rstrip("/") for path in pages}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scope = _from_the_root(scope)
        if not self._is_open(scope):
            return await say(send, 404, "Not found", _HEADERS)
        if not _are_names(scope):
            return await say(send, 400, "A name is of 1 to 64 letters, digits, - and _", _HEADERS)
        limit = self.largest_upload + _ROUND_A_FILE if scope["path"] == UPLOAD else LARGEST_REQUEST
        if _announced(scope) > limit:
            return await say(send, 413, f"At most {limit} bytes", _HEADERS)
        started = refused = False  # refused as too large: whatever the app makes of being cut off is not sent
        counting = _Bounded(receive, limit)

        async def send_with_headers(message: Message) -> None:
            nonlocal started, refused
            if counting.exceeded and not started and not refused:
                refused = True
                await say(send, 413, f"At most {limit} bytes", _HEADERS)
            if refused:
                return
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message["headers"], *_HEADERS]}
            await send(message)

        try:
            await self.app(scope, counting, send_with_headers)
        except _TooLarge:
            if not started and not refused:
                await say(send, 413, f"At most {limit} bytes", _HEADERS)
        except OSError as error:
            if started or error.errno not in _NO_ROOM:
                raise
            reports.tell("no room", f"error: nothing can be written: {error.strerror}")
            await say(send, 507, "The server has no room left for files; please tell whoever runs it", _HEADERS)

    def _is_open(self, scope: Scope) -> bool:
        method, path = scope["method"], scope["path"]
        reading = method in ("GET", "HEAD")
        if reading and path.rstrip("/") in self.pages:
            return True
        door = OPEN.get("GET" if reading else method)
        return door is not None and door.fullmatch(path) is not None


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


def _from_the_root(scope: Scope) -> Scope:
    """The request with its path as the app knows it, where a proxy passes on the sub-path that the app stands under."""
    root = scope.get("root_path", "").rstrip("/")
    if not root or "://" in root or not scope["path"].startswith(f"{root}/"):
        return scope
    raw = scope.get("raw_path", b"")
    start = quote(root).encode()
    plain = raw[len(start) :] if raw.startswith(start + b"/") else quote(scope["path"][len(root) :]).encode()
    return {**scope, "path": scope["path"][len(root) :], "raw_path": plain}


def _are_names(scope: Scope) -> bool:
    if not scope.get("query_string"):
        return True
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return all(
        len(query.get(name, ())) <= 1 and all(NAME.fullmatch(one) for one in query.get(name, ())) for name in _NAMED
    )


def _announced(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0
