"""What a visitor is told when too many questions wait already: how many, and how long it may take, in their language.

Gradio answers 503 then, and its page shows a sentence of its own, in English, whatever that answer says. Of 429 ("too
many requests") it shows what the answer says, so that is what is sent (by `questions`).
"""

import json
import math
from functools import cache
from urllib.parse import urlsplit

from busi.server.asgi import Scope, Send
from busi.server.gradio_internals import Queue
from busi.words.text import Words

SHORTEST, LONGEST = 5, 600  # seconds that are told, at least and at most
STEP = 5  # told in multiples of it: the estimate is no better


def language_of(scope: Scope, english_path: str) -> str:
    """The language of the page that asks.

    Args:
        scope: of the request.
        english_path: of the English page; every other one is French.
    """
    page = urlsplit(dict(scope["headers"]).get(b"referer", b"").decode("latin-1")).path
    return "en" if page.rstrip("/").endswith(f"/{english_path}") else "fr"


async def answer_queue_full(send: Send, language: str, waiting: int, seconds: int) -> None:
    """Answers that a line is full.

    Args:
        send: of the request.
        language: of whoever asks.
        waiting: how many questions wait.
        seconds: how long it may take until they have had their turn.
    """
    words = _words(language)
    detail = words("page.queue_full", waiting=words.number(waiting), seconds=words.number(seconds))
    body = json.dumps({"detail": detail}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(seconds).encode()),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def waiting_time(queue: Queue, event: int | None) -> int:
    """Seconds until what waits for the same turn as an event has had it, as far as can be told.

    Args:
        queue: Gradio's, which keeps how long each kind of question took.
        event: the number of what was asked; None for any.

    Returns:
        A multiple of `STEP` from `SHORTEST` to `LONGEST`.
    """
    fn = None if event is None else queue.blocks.fns.get(event)
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
