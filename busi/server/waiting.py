"""What a visitor is told when too many questions wait already: how many, and how long it may take, in their language.

Gradio answers 503 then, and its page shows a sentence of its own, in English, whatever that answer says. Of 429 ("too
many requests") it shows what the answer says, so that is what is sent.

    FullQueue(app)      an ASGI middleware
"""

import json
import math
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from gradio.queueing import Queue

from busi.text import Words

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

JOIN = "/gradio_api/queue/join"
SHORTEST, LONGEST = 5, 600  # seconds that are told, at least and at most
STEP = 5  # told in multiples of it: the estimate is no better


class FullQueue:
    """Middleware between the page and Gradio's queue."""

    def __init__(self, app: ASGIApp, english_path: str) -> None:
        """Wraps an app.

        Args:
            app: Gradio's.
            english_path: of the English page; every other one is French.
        """
        self.app = app
        self.english_path = english_path

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Passes everything on, but tells of a full queue in its own words."""
        if scope["type"] != "http" or scope["path"] != JOIN:
            return await self.app(scope, receive, send)
        asked, full = bytearray(), False

        async def hear() -> Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def answer(message: Message) -> None:
            nonlocal full
            if message["type"] == "http.response.start" and message["status"] == 503:
                queue = scope["app"].get_blocks()._queue
                full = not queue.stopped
            if not full:
                await send(message)
            elif message["type"] == "http.response.start":
                await self._tell(scope, queue, bytes(asked), send)

        return await self.app(scope, hear, answer)

    async def _tell(self, scope: MutableMapping[str, Any], queue: Queue, asked: bytes, send: Send) -> None:
        seconds = waiting_time(queue, _event(asked))
        words = _words(self._language(scope))
        detail = words("page.queue_full", waiting=words.number(len(queue)), seconds=words.number(seconds))
        body = json.dumps({"detail": detail}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"retry-after", str(seconds).encode()),
        ]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _language(self, scope: MutableMapping[str, Any]) -> str:
        """The language of the page that asks."""
        page = urlsplit(dict(scope["headers"]).get(b"referer", b"").decode("latin-1")).path
        return "en" if page.rstrip("/").endswith(f"/{self.english_path}") else "fr"


def waiting_time(queue: Queue, event: int | None) -> int:
    """Seconds until what waits for the same turn as an event has had it, as far as can be told.

    Args:
        queue: Gradio's, which keeps how long each kind of question took.
        event: the number of what was asked; None for any.

    Returns:
        A multiple of `STEP` from `SHORTEST` to `LONGEST`.
    """
    fn = queue.blocks.fns.get(event)
    turns = queue.event_queue_per_concurrency_id
    lines = [turns[fn.concurrency_id]] if fn and fn.concurrency_id in turns else turns.values()
    seconds = max((_seconds(queue, line) for line in lines), default=0.0)
    return int(min(max(math.ceil(seconds / STEP) * STEP, SHORTEST), LONGEST))


def _seconds(queue: Queue, line) -> float:
    took = queue.process_time_per_fn
    known = [took[event.fn].avg_time if event.fn in took else 1.0 for event in line.queue]
    return sum(known) / (line.concurrency_limit or len(known) or 1)


@cache
def _words(language: str) -> Words:
    return Words(language)


def _event(asked: bytes) -> int | None:
    try:
        number = json.loads(asked).get("fn_index")
    except (ValueError, AttributeError):
        return None
    return number if isinstance(number, int) else None
