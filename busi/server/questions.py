"""What is asked of the app: only what a page or a program may ask, under a name that is one, a few at a time.

Gradio lets every function be asked at four doors. Here programs ask the public ones, by their name; pages ask the
others in line, or directly those that are said to be so quick that they need none. A direct question ignores Gradio's
limits, so it waits for its turn here. Whoever cannot be taken in hears how many wait and how long it may take, in their
language (`waiting`).

    Questions(app, english_path)      an ASGI middleware
"""

import asyncio
import re
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qs

import gradio as gr
import orjson

from busi.server.asgi import ASGIApp, Message, Receive, Scope, Send
from busi.server.asset_cache import NOBODY
from busi.server.gradio_internals import is_described, queue_of
from busi.server.guard import API, NAME
from busi.server.hosts import say
from busi.server.ledger import TOO_MUCH, CutOff, Ledger
from busi.server.queue import OF_A_SESSION_IN_LINE, BoundedQueue, body_size
from busi.server.waiting import answer_queue_full, language_of, waiting_time

Refusal = tuple[int, str]  # status and sentence
DIRECT = re.compile(rf"{API}/(?:run|api)/(?P<name>[^/]+)/?")
CALL = re.compile(rf"{API}/call/(?:v2/)?(?P<name>[^/]+)/?")
ANSWER = re.compile(rf"{API}/call/(?:v2/)?[^/]+/(?P<event>[^/]+)")
NAMED, INFO = f"{API}/call/v2/", f"{API}/info"
JOIN, LISTEN, CANCEL = f"{API}/queue/join", f"{API}/queue/data", f"{API}/cancel"
MOST_PARTS = 50_000  # lists, objects and their members in a question: what makes it large in memory
AT_A_TIME, IN_LINE = 2, 40  # direct questions
MOST_BYTES = 50_000_000  # of questions that are being taken in


class Questions:
    """Middleware before Gradio's doors for questions."""

    def __init__(self, app: ASGIApp, english_path: str) -> None:
        """Wraps an app.

        Args:
            app: Gradio's.
            english_path: of the English page; every other one is French.
        """
        self.app = app
        self.english_path = english_path
        self._direct = Turns(AT_A_TIME, IN_LINE)
        self._coming = Ledger(MOST_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what may be asked."""
        if scope["type"] != "http" or not scope["path"].startswith(f"{API}/"):
            return await self.app(scope, receive, send)
        if scope["method"] == "GET":
            return await self._listen(scope, receive, send)
        asks = DIRECT.fullmatch(scope["path"]) or CALL.fullmatch(scope["path"]) or scope["path"] in (JOIN, CANCEL)
        if scope["method"] != "POST" or not asks:
            return await self.app(scope, receive, send)
        with self._coming.entry(scope) as entry:
            try:
                body = await _whole(receive, entry)
            except CutOff:
                return await say(send, *TOO_MUCH)
            if body is None:
                return None
            question, refusal = _read(body)
            if refusal := refusal or self._refusal(scope, question):
                return await say(send, *refusal)
            token = body_size.set(len(body))
            try:
                return await self._ask(scope, body, question, receive, send)
            finally:
                body_size.reset(token)

    async def _listen(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Notes who listens for as long as they do."""
        queue, answer = queue_of(scope["app"].get_blocks()), ANSWER.fullmatch(scope["path"])
        if scope["path"] == LISTEN:
            session = (parse_qs(scope.get("query_string", b"").decode("latin-1")).get("session_hash") or [""])[-1]
        else:
            session = queue.session_of(answer["event"]) if answer and isinstance(queue, BoundedQueue) else ""
        with ExitStack() as listening:
            if session and isinstance(queue, BoundedQueue):
                listening.enter_context(queue.listener(session))
            return await self.app(scope, receive, send)

    def _refusal(self, scope: Scope, question: dict[str, Any]) -> Refusal | None:
        """Why a question is not passed on."""
        for name in ("session_hash", "event_id"):
            value = question.get(name)
            if value is not None and not (isinstance(value, str) and NAME.fullmatch(value)):
                return 400, f"{name} must be of 1 to 64 letters, digits, - and _"
        found = DIRECT.fullmatch(scope["path"]) or CALL.fullmatch(scope["path"])
        if found and not _may_ask(scope["app"].get_blocks(), found["name"], question.get("fn_index"), scope["path"]):
            return 404, "There is no such endpoint"
        return None

    async def _ask(self, scope: Scope, asked: bytes, question: dict[str, Any], receive: Receive, send: Send) -> None:
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": asked, "more_body": False}

        if scope["path"].startswith(NAMED) and not is_described(scope["app"]):
            await self._describe(scope)
        if not DIRECT.fullmatch(scope["path"]):
            return await self.app(scope, again, self._telling_full(scope, question, send))
        try:
            async with self._direct.turn(question.get("session_hash")):
                if not await _has_hung_up(receive):
                    await self.app(scope, again, send)
        except Full:
            await answer_queue_full(send, language_of(scope, self.english_path), len(self._direct), 5)

    async def _describe(self, scope: Scope) -> None:
        """Lets Gradio describe its endpoints under nobody's name, before it does so under the first asker's for all."""

        async def drop(_: Message) -> None:
            """Only that it is asked matters."""

        headers = [(b"host", NOBODY.removeprefix("http://").encode())]
        request = {"method": "GET", "path": INFO, "raw_path": INFO.encode(), "query_string": b"", "headers": headers}
        await self.app({**scope, **request, "scheme": "http"}, _nothing, drop)

    def _telling_full(self, scope: Scope, question: dict[str, Any], send: Send) -> Send:
        """What Gradio answers, but that the line is full: that is told in our own words."""
        full = False

        async def answer(message: Message) -> None:
            nonlocal full
            if message["type"] == "http.response.start" and message["status"] == 503:
                full = not queue_of(scope["app"].get_blocks()).stopped
            if not full:
                await send(message)
            elif message["type"] == "http.response.start":
                queue: Any = queue_of(scope["app"].get_blocks())
                number = question.get("fn_index")
                fn = queue.blocks.fns.get(number) if isinstance(number, int) else None
                line = queue.event_queue_per_concurrency_id.get(fn.concurrency_id) if fn else None
                waiting = len(line.queue) if line else len(queue)
                seconds = waiting_time(queue, number if isinstance(number, int) else None)
                await answer_queue_full(send, language_of(scope, self.english_path), waiting, seconds)

        return answer


class Full(Exception):
    """No turn can be had."""


class Turns:
    """A few at a time, some more that wait, and of one session not many."""

    def __init__(self, at_a_time: int, in_line: int) -> None:
        """Args: at_a_time, how many have their turn; in_line, how many may wait for it."""
        self._turns, self._most = asyncio.Semaphore(at_a_time), at_a_time + in_line
        self._there: list[str | None] = []

    def __len__(self) -> int:
        """How many have their turn or wait for it."""
        return len(self._there)

    def turn(self, session: str | None) -> "_Turn":
        """A turn, as an asynchronous context; entering it raises `Full` if there are too many.

        Args:
            session: the name of who asks; None for nobody in particular.
        """
        return _Turn(self, session)


class _Turn:
    def __init__(self, turns: Turns, session: str | None) -> None:
        self.turns, self.session = turns, session

    async def __aenter__(self) -> None:
        there = self.turns._there
        if len(there) >= self.turns._most:
            raise Full
        if self.session is not None and there.count(self.session) >= OF_A_SESSION_IN_LINE:
            raise Full
        there.append(self.session)
        try:
            await self.turns._turns.acquire()
        except BaseException:
            there.remove(self.session)
            raise

    async def __aexit__(self, *_: object) -> None:
        self.turns._turns.release()
        self.turns._there.remove(self.session)


def _may_ask(blocks: gr.Blocks, name: str, number: Any, path: str) -> bool:
    """Whether a function may be asked at this door: a public one by its name, or directly one that needs no line."""
    if number is None:
        return any(fn.api_name == name and fn.api_visibility == "public" for fn in blocks.fns.values())
    fn = blocks.fns.get(number) if isinstance(number, int) and not isinstance(number, bool) else None
    if fn is None or not DIRECT.fullmatch(path):
        return False
    return not fn.queue or (fn.api_visibility == "public" and fn.api_name == name)


def _read(asked: bytes) -> tuple[dict[str, Any], Refusal | None]:
    """A question, and why it is none."""
    if asked.count(b",") + asked.count(b"[") + asked.count(b"{") > MOST_PARTS:
        return {}, (413, f"A question may have {MOST_PARTS} parts")
    try:
        question = orjson.loads(asked)
    except ValueError:
        return {}, (422, "The question is no JSON")
    return (question, None) if isinstance(question, dict) else ({}, (422, "The question is no JSON object"))


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _has_hung_up(receive: Receive) -> bool:
    """Whether whoever asked is gone, once the whole question has come: then the next thing to hear is that."""
    next_message = asyncio.ensure_future(receive())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    if not next_message.done():
        next_message.cancel()
        return False
    return not next_message.exception() and next_message.result()["type"] == "http.disconnect"


async def _whole(receive: Receive, entry: Any) -> bytes | None:
    """The whole request; None if who sends it hangs up."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        entry.add(len(parts[-1]))
        if not message.get("more_body"):
            return b"".join(parts)
