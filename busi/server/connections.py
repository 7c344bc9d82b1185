"""Connections: how many there may be, and how long one may keep us waiting.

A connection without a whole request costs a descriptor and says nothing of who is behind it. It is given 15 seconds,
and one more for each 50 kB that came in, so that a large picture has its time on a slow line. One that does not take
its answer is given 30 seconds. If there are as many as may be, one makes room for the newest: of those from which
nothing has come for a second, and that owe us a request, the one that has been silent for the longest; after those, the
streams by which pages only say that they are still open, which they open again; then the others that owe us a request,
those first that have sent nothing of it; then one that had its answer and may ask again.

Requests are read by httptools (the parser of Node.js), which costs a cold load of the page half of what uvicorn's other
one does. That other one bounds what stands around a body; here it is done by `HEAD`.

    with bounded_connections():
        app.launch(...)
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from busi.server import gradio_internals
from busi.server.log_throttle import reports

WHOLE_REQUEST = 15.0  # seconds until a request must be whole
SLOWEST = 50_000  # bytes a second, by which a longer request earns more time
SILENCE = 1.0  # seconds without a byte, after which a request is not on its way
HEAD = 65_536  # bytes of a request's address and headers, and of one piece of it that is not whole yet
ANSWER_TAKEN = 30.0  # seconds in which some of an answer must be taken
MOST = 2000  # a hundred browsers with eight connections each, twice and more
RESERVED = 128  # descriptors for everything else: files, libraries, what listens
HEARTBEAT = "/gradio_api/heartbeat/"


class Connection(HttpToolsProtocol):
    """Uvicorn's connection, with an end to waiting."""

    most = MOST

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begins the wait for a request, and makes room if this is one too many."""
        super().connection_made(transport)
        self._since = self._heard = self.loop.time()
        self._came = self._head = self._unread = 0
        self._timer: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._wait(self._since + WHOLE_REQUEST)
        if len(self.connections) > self.most:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the clocks."""
        for timer in (self._timer, self._stalled):
            if timer is not None:
                timer.cancel()
        self._timer = self._stalled = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Counts what comes; the time of a further request begins with its first byte."""
        self._heard = self.loop.time()
        if self.is_idle:
            self._since = self._heard
        self._came += len(data)
        self._unread += len(data)
        super().data_received(data)
        if self._unread > HEAD and not self.transport.is_closing():
            self.send_400_response("Invalid HTTP request received.")

    def on_message_begin(self) -> None:
        """Lets the app know its connection, so that it can end what gives way to others (`ledger`)."""
        super().on_message_begin()
        self._head = self._unread = 0
        scope: Any = self.scope  # whose extensions are dictionaries by ASGI; this one only `ledger` reads
        scope["extensions"] = {"workshop.connection": self}

    def on_url(self, url: bytes) -> None:
        """Takes a piece of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Takes a header, or what follows a body in pieces."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """Takes a piece of the body, which the app bounds (`guard`)."""
        self._unread = 0
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Waits for the next request."""
        self._since, self._came = self.loop.time(), 0
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The other side takes nothing for now."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(ANSWER_TAKEN, self.drop, "an answer that nobody takes")

    def resume_writing(self) -> None:
        """The other side takes what we send."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    @property
    def is_waiting(self) -> bool:
        """Whether a whole request has not come yet, or the next one has not."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    @property
    def is_heartbeat(self) -> bool:
        """Whether it only says that a page is still open."""
        return not self.is_waiting and HEARTBEAT in self.scope["path"]

    def drop(self, why: str) -> None:
        """Closes the connection at once, whatever is on its way.

        Args:
            why: what the log calls it.
        """
        if not self.transport.is_closing():
            reports.tell(why, f"closed a connection: {why}")
            self.transport.abort()

    def _count(self, size: int) -> None:
        """Counts what a request has beside its body; fails if it is too much, which is answered with 400."""
        self._head += size
        self._unread = 0
        if self._head > HEAD:
            raise ValueError("a request with too long a head")

    def _wait(self, until: float) -> None:
        self._timer = self.loop.call_at(until, self._look)

    def _look(self) -> None:
        """Closes the connection if its time is up; looks again later if it is not."""
        now, until = self.loop.time(), self._since + WHOLE_REQUEST + self._came / SLOWEST
        if not self.is_waiting or self.flow.read_paused:  # it is we who let it wait
            self._wait(now + WHOLE_REQUEST)
        elif now < until:
            self._wait(until)
        else:
            self.drop("no whole request in time")

    @property
    def is_idle(self) -> bool:
        """Whether it has had an answer, and has asked for nothing since."""
        return self.cycle is not None and self.cycle.response_complete and not self._came

    def _make_room(self) -> None:
        ours = [one for one in self.connections if isinstance(one, Connection)]  # as `Server` makes them all
        others = [one for one in ours if one is not self and not one.transport.is_closing()]
        if len(others) < self.most:
            return
        owing = [one for one in others if one.is_waiting and not one.is_idle]
        silent = [one for one in owing if self.loop.time() - one._heard > SILENCE]
        heartbeats = [one for one in others if one.is_heartbeat]
        if silent:
            victim = min(silent, key=lambda one: one._heard)
        elif heartbeats:
            victim = max(heartbeats, key=lambda one: one._since)  # those of a flood, rather than the room's
        elif owing:
            victim = min(owing, key=lambda one: (one._came > 0, one._heard))
        else:
            victim = min((one for one in others if one.is_idle), key=lambda one: one._since, default=self)
        victim.drop("too many connections")


class Server(gradio_internals.Server):
    """Gradio's server, with such connections."""

    def __init__(self, config: Config, *arguments: Any, **settings: Any) -> None:
        """Puts our connections in the place of uvicorn's, before it opens its door."""
        limit = raise_descriptor_limit()
        Connection.most = max(16, min(MOST, (limit - RESERVED) * 3 // 4))
        config.http, config.ws = Connection, "none"
        config.backlog = max(16, min(config.backlog, (limit - RESERVED) // 4))  # accepted before any is looked at
        super().__init__(config, *arguments, **settings)


@contextmanager
def bounded_connections() -> Iterator[None]:
    """Within it, what Gradio launches has bounded connections."""
    with gradio_internals.launching_with(Server):
        yield


def raise_descriptor_limit(wanted: int = 8192) -> int:
    """Raises the number of files and connections that this process may have open, as far as it may.

    Args:
        wanted: more than this is of no use.

    Returns:
        The number that holds now.
    """
    try:
        import resource  # here, because Windows has none
    except ImportError:
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    most = wanted if hard == unlimited else min(wanted, hard)
    if soft == unlimited or soft >= most:
        return wanted if soft == unlimited else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    except (ValueError, OSError):  # a system with a bound of its own
        return soft
    return most
