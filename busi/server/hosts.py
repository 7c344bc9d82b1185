"""Which site a request is for, and which one it comes from. The outermost door: nothing of Gradio's stands before it.

A request says for which host it is, in headers that anybody may write; a page names the host that it was asked for.
Here a request has one host and one scheme, or is refused; where the hosts are known, others are too. What another
site's page sends is refused, and no answer tells a browser that another site may read it: in a Space's frame the page
asks its own site. A queue that has stopped answers for everything that the app is not well.

    Sites(app, hosts)      an ASGI middleware
"""

import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from busi.server.asgi import ASGIApp, Message, Receive, Scope, Send
from busi.server.log_throttle import reports

HEALTH = "/health"
HOST = re.compile(r"(?P<name>[a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?", re.IGNORECASE)
_NUMBERS = re.compile(r"[0-9.]+|\[.*\]")  # an address and no name: nobody can make one lead elsewhere
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_FORWARDED = (b"x-forwarded-host", b"x-forwarded-proto")
_ONCE = frozenset((b"host", b"origin", b"content-length", *_FORWARDED))
# Gradio believes the first: an address for the whole page, by which servers of its own talk to each other.
_NEVER = frozenset((b"x-gradio-server", b"x-forwarded-prefix"))
_CHANGES_NOTHING = ("GET", "HEAD")
_PERMISSION = b"access-control-"


class Sites:
    """Middleware that knows its own site."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Iterable[str] = (),
        healthy: Callable[[], bool] = lambda: True,
        shared: Callable[[], str] = str,
    ) -> None:
        """Wraps an app.

        Args:
            app: any ASGI app.
            hosts: the names, without port, under which it may be asked; none for any. Numbers and the
                loopback's names always may.
            healthy: whether the app can answer at all.
            shared: the host of a public link; empty as long as there is none.
        """
        self.app = app
        self.hosts = {host.lower() for host in hosts}
        self.healthy = healthy
        self.shared = shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if not self.healthy():
            return await say(send, 503, "The workshop has stopped answering and will be started again")
        if scope["path"] == HEALTH:
            return await say(send, 200, "ok")
        headers = _looked_for(scope)
        if refusal := self._refusal(scope, headers):
            return await say(send, *refusal)
        if _NEVER & headers.keys() or any(b"," in (headers.get(name) or b"") for name in _FORWARDED):
            scope = _plain(scope)
        # Without an origin, nothing gives any permission.
        return await self.app(scope, receive, _without_permissions(send) if b"origin" in headers else send)

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes | None]) -> tuple[int, str] | None:
        """Why a request is not let in."""
        if None in headers.values():
            doubled = next(name for name, value in headers.items() if value is None)
            return 400, f"The header {doubled.decode()} may be there once"
        host = requested_host(scope)
        found = HOST.fullmatch(host)
        if not found:
            return 400, "The request does not say for which host it is"
        name = found["name"].lower()
        if self.hosts and not self._is_known(name):
            return 421, f"This workshop is not known as {name}; whoever runs it may add that to BUSI_HOSTS"
        if scope["method"] not in _CHANGES_NOTHING and self._is_foreign(scope, host):
            return 403, "Another site's page may send nothing here; a proxy's name can be added to BUSI_HOSTS"
        return None

    def _is_known(self, name: str) -> bool:
        return name in self.hosts or name in LOOPBACK or name == self.shared().lower() or bool(_NUMBERS.fullmatch(name))

    def _is_foreign(self, scope: Scope, host: str) -> bool:
        """Whether a browser sends this for a page of another site."""
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        if not origin:  # no browser, or an old one
            return headers.get(b"sec-fetch-site", b"same-origin") in (b"cross-site", b"same-site")
        direct = headers.get(b"host", b"").decode("latin-1")
        own = {one.lower() for one in (host, direct, self.shared(), *self.hosts) if one}
        came_from = urlsplit(origin)
        usual = {"http": ":80", "https": ":443"}.get(came_from.scheme)
        return usual is None or came_from.netloc.removesuffix(usual) not in {one.removesuffix(usual) for one in own}


def requested_host(scope: Scope) -> str:
    """The host, with its port, that a request is for, as Gradio will read it: a proxy's word before the browser's."""
    headers = dict(scope["headers"])
    named = headers.get(b"x-forwarded-host") or headers.get(b"host", b"")
    return named.decode("latin-1").split(",")[0].strip()


def requested_scheme(scope: Scope) -> str:
    """The scheme, http or https, that a request came by, as Gradio will read it."""
    forwarded = dict(scope["headers"]).get(b"x-forwarded-proto", b"").decode("latin-1").split(",")[0].strip()
    return "https" if "https" in (forwarded, scope.get("scheme")) else "http"


async def say(send: Send, status: int, text: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Answers with a sentence; a refusal is told in the log, once a minute for each status.

    Args:
        send: of the request.
        status: of HTTP.
        text: the sentence.
        headers: more of them.
    """
    if status >= 400:
        reports.tell(f"refused {status}", f"refused: {status} {text}")
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


def _looked_for(scope: Scope) -> dict[bytes, bytes | None]:
    """The headers that matter here; None for one that may be there once and is there more often."""
    found: dict[bytes, bytes | None] = {}
    for name, value in scope["headers"]:
        if name in _ONCE:
            found[name] = None if name in found else value
        elif name in _NEVER:
            found[name] = value
    return found


def _plain(scope: Scope) -> Scope:
    """The request with one host and one scheme, and without the headers that only servers among themselves may send."""
    headers = [(name, value) for name, value in scope["headers"] if name not in _NEVER]
    first = [(name, value.split(b",")[0].strip() if name in _FORWARDED else value) for name, value in headers]
    return {**scope, "headers": first}


def _without_permissions(send: Send) -> Send:
    """Takes out of an answer whatever would let another site read it."""

    async def strict(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, value) for name, value in message["headers"] if not name.lower().startswith(_PERMISSION)]
            message = {**message, "headers": headers}
        await send(message)

    return strict
