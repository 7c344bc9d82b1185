"""The queue: what waits to be answered, so that nobody's waiting is everybody's.

Gradio keeps one line for each function, all of them under one bound, and messages for the 2,000 sessions that asked
last. A message to a session that is not among them (any longer, or under this name) ends its queue for good: from then
on everybody gets "Queue is stopped". `BoundedQueue` takes the place of that queue:

- messages to a session that is gone are dropped, and an error in the loop that hands out work does not end it;
- each line has its own bound, and so has each session;
- of two waiting questions of a page to the same function, the newer takes the older's place; both hear its answer;
- a question is worked on only while somebody listens for its answer, and forgotten after a while if nobody does;
- whoever hangs up and listens again within a moment, as a page does between two questions, has lost nothing;
- among those who wait in a line, it is first the turn of whoever had theirs longest ago.

It leans on the inside of Gradio 6.31 (`gradio/queueing.py`): `push`, `send_message`, `get_events`, `start_processing`,
`clean_events`, and what these keep. The tests of this module are what to look at when Gradio changes.
"""

import asyncio
import time
import traceback
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import gradio as gr

from busi.server.gradio_internals import (
    EstimationMessage,
    Event,
    EventMessage,
    EventQueue,
    ProcessCompletedMessage,
    Queue,
    queue_of,
    run_coro_in_background,
    set_task_name,
)
from busi.server.guard import NAME
from busi.server.log_throttle import reports

IN_LINE = 150  # questions that wait for one function: a room, and half of another
IN_ALL = 1000
# Of both, those that somebody listens for are counted apart from those that nobody does (yet): the former are refused
# when they are too many, of the latter the oldest is dropped. A page listens within a moment of its question.
OF_A_SESSION = 40  # in all lines; a page asks a dozen things at once
OF_A_SESSION_IN_LINE = 20
BYTES_IN_ALL = 50_000_000  # that the waiting questions came as; in memory they are several times larger
UNHEARD = 60.0  # seconds after which a question is forgotten that nobody listens for
LISTENS_WITHIN = 5.0  # seconds: whoever asks listens by then, or never will
RETURNS_WITHIN = 5.0  # seconds: whoever hangs up, and still asks, listens again by then
LOOKS = 1.0  # seconds between two looks for such questions
AT_A_TIME = 4  # questions of one function, unless it says otherwise

body_size: ContextVar[int] = ContextVar("body_size", default=0)  # bytes of the request that is being taken in


class Messages(dict[str, Any]):
    """What is to be said to each session; hanging up does not empty it."""

    def __delitem__(self, session: str) -> None:
        """Does nothing. Gradio deletes what a stream that is cut was about, and answers the next with "not found"."""


class BoundedQueue(Queue):
    """Gradio's queue, that cannot be stopped from outside nor filled by one."""

    def __init__(self, blocks: gr.Blocks) -> None:
        """Args: blocks, the app whose functions are asked."""
        super().__init__(
            live_updates=True,
            concurrency_count=blocks.max_threads,
            update_intervals=1,
            max_size=None,
            blocks=blocks,
            default_concurrency_limit=AT_A_TIME,
        )
        # All of them: what bounds them is that each has a question.
        self.pending_messages_per_session = Messages()  # pyright: ignore[reportAttributeAccessIssue]  Gradio's forgets
        self.ANALYTICS_MAX_EVENTS = 1  # nobody looks at them
        self.listening: Counter[str] = Counter()
        self._left: dict[str, float] = {}  # by session: when its last listener hung up
        self._had_turn: dict[str, OrderedDict[str, None]] = {}  # by line: sessions, the one served last at the end
        self._is_stopping = False
        self._news = asyncio.Event()

    @property
    def died(self) -> bool:
        """Whether it stopped without being asked to."""
        return self.stopped and not self._is_stopping

    def start(self) -> None:
        """Begins to hand out work, in the event loop that runs."""
        self._news, self._is_stopping = asyncio.Event(), False
        super().start()

    def close(self) -> None:
        """Stops, because the app does."""
        self._is_stopping = True
        super().close()

    @contextmanager
    def listener(self, session: str) -> Iterator[None]:
        """For as long as somebody listens to a session.

        Args:
            session: its name.
        """
        self.listening[session] += 1
        self._left.pop(session, None)
        self._news.set()
        for concurrency_id in self.event_queue_per_concurrency_id:
            self.broadcast_estimations(concurrency_id, to=session)
        try:
            yield
        finally:
            self.listening[session] -= 1
            if self.listening[session] <= 0:
                del self.listening[session]
                if session in self.pending_messages_per_session:
                    self._left[session] = time.monotonic()

    def waiting_to_be_heard(self) -> int:
        """How many questions wait that somebody listens for, or may be about to."""
        since = time.monotonic() - LISTENS_WITHIN
        return sum(
            1 for event in self._everywhere() if self.listening[event.session_hash] or event.enqueue_time > since
        )

    def session_of(self, event_id: str) -> str:
        """The session that a question belongs to: its own name if it came without one."""
        event = self.event_ids_to_events.get(event_id)
        if event is not None:
            return event.session_hash
        waiting = self.pending_event_ids_session.items()
        return next((session for session, events in waiting if event_id in events), event_id)

    def waiting_in(self, concurrency_id: str) -> list[Event]:
        """What waits in one line, the next first."""
        line = self.event_queue_per_concurrency_id.get(concurrency_id)
        return line.queue if line else []

    async def push(self, body: Any, request: Any, username: str | None) -> tuple:
        """Takes a question in, or says why not, as Gradio's does."""
        fn = self.blocks.fns.get(body.fn_index) if isinstance(body.fn_index, int) else None
        if fn is None:
            return False, "There is no such function.", "error"
        line, session = self.waiting_in(fn.concurrency_id), body.session_hash
        if session is not None and not NAME.fullmatch(session):
            return False, "A session's name is of 1 to 64 letters, digits, - and _.", "error"
        self._drop_unheard(line, IN_LINE)
        self._drop_unheard(self._everywhere(), IN_ALL)
        older = self._older(line, session, fn) if fn.api_visibility != "public" else None
        if older is None and self._is_full(line, session):
            return False, "Queue is full.", "queue_full"
        success, answer, state = await super().push(body=body, request=request, username=username)
        event = self.event_ids_to_events.get(answer) if success and isinstance(answer, str) else None
        if event is not None:
            event.size = body_size.get()  # pyright: ignore[reportAttributeAccessIssue]  ours, on Gradio's event
            if older is not None:
                self._replace(older, event)
        self._news.set()
        return success, answer, state

    def send_message(self, event: Event, event_message: EventMessage) -> None:
        """Leaves a message for a session, and the same for questions whose place the event took; none for the gone."""
        event_message.event_id = event._id
        self._leave(event, event_message)
        for one in getattr(event, "replaced", ()):
            self._leave(one, event_message.model_copy(update={"event_id": one._id}))

    def _leave(self, event: Event, message: EventMessage) -> None:
        messages = self.pending_messages_per_session.get(event.session_hash)
        if event.alive and messages is not None:
            messages.put_nowait(message)

    def broadcast_estimations(self, concurrency_id: str, after: int | None = None, to: str | None = None) -> None:
        """Tells those who listen their place in a line, among themselves, and how long it may take.

        Args:
            concurrency_id: of the line.
            after: the first of the line that is told; None for all. Who does not listen yet is told when they do.
            to: a session, if only its places are of interest.
        """
        line = self.event_queue_per_concurrency_id[concurrency_id]
        listened_to = [event for event in line.queue if self.listening[event.session_hash]]
        concerned = line.queue[after or 0 :]
        for rank, event in enumerate(listened_to):
            if to in (None, event.session_hash) and event in concerned:
                took = self.process_time_per_fn[event.fn].avg_time if event.fn in self.process_time_per_fn else None
                seconds = took * (1 + (1 + rank) / (line.concurrency_limit or 1)) if took is not None else None
                place = EstimationMessage(rank=rank, rank_eta=seconds, queue_size=len(listened_to))
                self.send_message(event, place)

    def get_events(self) -> tuple[list[Event], bool, str] | None:
        """The next question to work on, of those that somebody listens for."""
        for concurrency_id, line in list(self.event_queue_per_concurrency_id.items()):
            if line.concurrency_limit is not None and line.current_concurrency >= line.concurrency_limit:
                continue
            listened_to = [event for event in line.queue if self.listening[event.session_hash]]
            if listened_to:
                event = self._whose_turn(listened_to, concurrency_id)
                line.queue.remove(event)
                self.event_queue_per_concurrency_id[concurrency_id] = self.event_queue_per_concurrency_id.pop(
                    concurrency_id
                )  # the other lines first, next time
                return [event], False, concurrency_id
        return None

    async def start_processing(self) -> None:
        """Hands out work until the app stops; an error is told, and does not end it."""
        looked = time.monotonic()
        try:
            while not self.stopped:
                try:
                    while self._start_next():
                        pass
                    if time.monotonic() - looked > LOOKS:
                        looked = time.monotonic()
                        await self._forget_unheard(looked)
                    await self._wait_for_news()
                except Exception:
                    reports.tell("the queue", f"error in the queue, which goes on:\n{traceback.format_exc()}")
                    await asyncio.sleep(0.1)
        finally:
            self.stopped = True
            self._cancel_asyncio_tasks()

    async def process_events(self, *arguments: Any, **settings: Any) -> None:
        """Works on a question, and tells that there is room for the next."""
        try:
            await super().process_events(*arguments, **settings)
        finally:
            self._news.set()

    async def remove_from_queue(self, event_id: str) -> None:
        """Takes a question out; those whose place it had taken are told that they are over."""
        event = self.event_ids_to_events.get(event_id)
        await super().remove_from_queue(event_id)
        for one in getattr(event, "replaced", ()) if event_id not in self.event_ids_to_events else ():
            self.send_message(one, ProcessCompletedMessage(output={}, success=True))

    async def clean_events(self, *, session_hash: str | None = None, event_id: str | None = None) -> None:
        """Forgets a question; what a session waits for is forgotten later, if nobody listens to it again."""
        if event_id:
            await super().clean_events(event_id=event_id)

    def compute_analytics_summary(self, records: Any) -> dict:
        """Nothing: nobody looks at it, and it costs more than a prediction."""
        return self.cached_event_analytics_summary

    def _is_full(self, line: list[Event], session: str | None) -> bool:
        everywhere = self._everywhere()
        size = body_size.get() + sum(getattr(event, "size", 0) for event in everywhere)
        if self._heard(line) >= IN_LINE or self._heard(everywhere) >= IN_ALL or size > BYTES_IN_ALL:
            return True
        own = [event for event in everywhere if event.session_hash == session]
        return len(own) >= OF_A_SESSION or sum(event in line for event in own) >= OF_A_SESSION_IN_LINE

    def _everywhere(self) -> list[Event]:
        return [event for line in self.event_queue_per_concurrency_id.values() for event in line.queue]

    def _heard(self, events: list[Event]) -> int:
        return sum(1 for event in events if self.listening[event.session_hash])

    def _drop_unheard(self, events: list[Event], most: int) -> None:
        """Makes room for one more that nobody listens for yet."""
        unheard = [event for event in events if not self.listening[event.session_hash]]
        for event in sorted(unheard, key=lambda event: event.enqueue_time)[: max(0, len(unheard) - most + 1)]:
            self._drop(event)

    def _older(self, line: list[Event], session: str | None, fn: Any) -> Event | None:
        return next((event for event in line if event.session_hash == session and event.fn is fn), None)

    def _replace(self, older: Event, newer: Event) -> None:
        """Gives a question the place of an older one, which will hear its answer."""
        line = self.waiting_in(older.concurrency_id)
        if older in line and newer in line:
            line.remove(newer)
            line[line.index(older)] = newer
            replaced = [*getattr(older, "replaced", ()), older]
            newer.replaced = replaced  # pyright: ignore[reportAttributeAccessIssue]  ours, on Gradio's event
            self.event_ids_to_events.pop(older._id, None)

    def _whose_turn(self, heard: list[Event], concurrency_id: str) -> Event:
        """The first question of whoever had their last turn in this line longest ago."""
        had = self._had_turn.setdefault(concurrency_id, OrderedDict())
        places = {session: place for place, session in enumerate(had, 1)}
        event = min(heard, key=lambda event: places.get(event.session_hash, 0))
        had[event.session_hash] = None
        had.move_to_end(event.session_hash)
        if len(had) > 2 * IN_LINE:
            had.popitem(last=False)
        return event

    def _start_next(self) -> bool:
        """Begins to work on one question; False if there is none, or nobody to do it."""
        if None not in self.active_jobs:
            return False
        found = self.get_events()
        if found is None:
            return False
        events, batch, concurrency_id = found
        self.active_jobs[self.active_jobs.index(None)] = events
        line: EventQueue = self.event_queue_per_concurrency_id[concurrency_id]
        line.current_concurrency += 1
        began, fn = time.time(), events[0].fn
        line.start_times_per_fn[fn].add(began)
        task = run_coro_in_background(self.process_events, events, batch, began, fn)
        set_task_name(task, events[0].session_hash, fn._id, events[0]._id, batch)
        self._asyncio_tasks.add(task)
        task.add_done_callback(self._asyncio_tasks.discard)
        self.broadcast_estimations(concurrency_id)
        return True

    async def _wait_for_news(self) -> None:
        try:
            await asyncio.wait_for(self._news.wait(), LOOKS)
        except TimeoutError:
            return
        self._news.clear()

    async def _forget_unheard(self, now: float) -> None:
        """Forgets questions that nobody listens for, and sessions that hung up or wait for nothing."""
        for line in self.event_queue_per_concurrency_id.values():
            for event in list(line.queue):
                if not self.listening[event.session_hash] and now - event.enqueue_time > UNHEARD:
                    self._drop(event)
        for session in [session for session, since in self._left.items() if now - since > RETURNS_WITHIN]:
            del self._left[session]
            await super().clean_events(session_hash=session)
        running = {event.session_hash for job in self.active_jobs if job for event in job}
        waiting = {event.session_hash for line in self.event_queue_per_concurrency_id.values() for event in line.queue}
        expected = running | waiting | set(self.listening) | set(self._left)
        for session in set(self.pending_messages_per_session) - expected:
            self.pending_messages_per_session.pop(session, None)
            for event_id in self.pending_event_ids_session.pop(session, ()):
                self.event_ids_to_events.pop(event_id, None)

    def _drop(self, event: Event) -> None:
        self.event_queue_per_concurrency_id[event.concurrency_id].queue.remove(event)
        for one in (event, *getattr(event, "replaced", ())):
            self.event_ids_to_events.pop(one._id, None)
            self.pending_event_ids_session.get(one.session_hash, set()).discard(one._id)


def bounded_queue_of(blocks: gr.Blocks) -> BoundedQueue:
    """The queue of an app that was given one of ours.

    Raises:
        TypeError: if it has another.
    """
    queue = queue_of(blocks)
    if not isinstance(queue, BoundedQueue):
        raise TypeError(f"the app's queue is a {type(queue).__name__}, not a BoundedQueue")
    return queue
