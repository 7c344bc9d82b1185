"""The queue in the place of Gradio's: what once ended it for everybody, and what is fair."""

import asyncio
import json
import threading
import uuid
from collections.abc import Callable, Coroutine

import gradio as gr
import httpx
import pytest
from gradio.routes import App
from starlette.middleware import Middleware

from busi.server import queue
from busi.server.questions import Questions
from busi.server.queue import BoundedQueue
from tests.support.running import awaited

API = "/gradio_api"


class Room:
    """An app with a function for pages and one for programs, that can be held up; and those who ask it."""

    def __init__(self, at_a_time: int = 4) -> None:
        self.asked: list[str] = []
        self.go_on = threading.Event()
        self.go_on.set()
        with gr.Blocks() as self.blocks:
            given, told, page, program = gr.Textbox(), gr.Textbox(), gr.Button(), gr.Button()
            shared = {"inputs": given, "outputs": told, "concurrency_limit": at_a_time}
            page.click(self.answer, api_visibility="private", api_name="page", **shared)
            program.click(self.answer, api_name="program", **shared)
        self.blocks._queue = self.queue = BoundedQueue(self.blocks)
        self.app = App.create_app(self.blocks, app_kwargs={"middleware": [Middleware(Questions, english_path="en")]})
        self.numbers = {fn.api_name: number for number, fn in self.blocks.fns.items()}

    def answer(self, text: str) -> str:
        self.asked.append(text)
        assert self.go_on.wait(20)
        return f"answer to {text}"

    def run(self, visit: Callable[[httpx.AsyncClient], Coroutine]):
        """Does something as visitors, with the queue at work."""

        async def visiting():
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here", timeout=30) as client:
                await client.get(f"{API}/startup-events")
                try:
                    return await visit(client)
                finally:
                    self.go_on.set()
                    self.queue.close()

        return awaited(visiting())

    async def join(self, client: httpx.AsyncClient, text: str, session: object, kind: str = "page") -> httpx.Response:
        body = {"data": [text], "fn_index": self.numbers[kind], "session_hash": session}
        return await client.post(f"{API}/queue/join", json=body)

    async def until(self, met: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not met():
                await asyncio.sleep(0.01)


async def hear(client: httpx.AsyncClient, session: str) -> list[dict]:
    answer = await client.get(f"{API}/queue/data", params={"session_hash": session})
    said = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    return [message for message in said if message["msg"] == "process_completed"]


def told(messages: list[dict]) -> list[str]:
    return [message["output"]["data"][0] for message in messages]


async def asks(room: Room, client: httpx.AsyncClient, text: str, kind: str = "page") -> str:
    session = uuid.uuid4().hex
    assert (await room.join(client, text, session, kind)).status_code == 200
    return told(await hear(client, session))[0]


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 65, "../x", "é", 7, {"a": 1}, ["a"]])
def test_a_session_has_a_name_or_is_refused_and_the_queue_goes_on(name):
    room = Room()

    async def visit(client):
        for _ in range(8):
            assert (await room.join(client, "x", name)).status_code in (400, 422)
            call = await client.post(f"{API}/call/program", json={"data": ["x"], "session_hash": name})
            assert call.status_code in (400, 422)
        return await asks(room, client, "innocent")

    assert room.run(visit) == "answer to innocent" and room.asked == ["innocent"]


def test_thousands_of_questions_that_nobody_listens_for_cost_nobody_an_answer(monkeypatch):
    monkeypatch.setattr(queue, "IN_LINE", 50)
    monkeypatch.setattr(queue, "IN_ALL", 80)
    room = Room()

    async def visit(client):
        for number in range(600):
            kind = "page" if number % 2 else "program"
            assert (await room.join(client, "unheard", uuid.uuid4().hex, kind)).status_code == 200
        answer = await asks(room, client, "innocent")
        return answer, len(room.queue), len(room.queue.event_ids_to_events)

    answer, waiting, known = room.run(visit)
    assert answer == "answer to innocent" and "unheard" not in room.asked
    assert waiting <= 80 and known <= 81


def test_sessions_that_nobody_listens_to_are_forgotten(monkeypatch):
    monkeypatch.setattr(queue, "UNHEARD", 0.2)
    monkeypatch.setattr(queue, "RETURNS_WITHIN", 0.2)
    monkeypatch.setattr(queue, "LOOKS", 0.1)
    room = Room()

    async def visit(client):
        for _ in range(20):
            await room.join(client, "unheard", uuid.uuid4().hex)
        assert await asks(room, client, "innocent") == "answer to innocent"
        await room.until(lambda: not room.queue.pending_messages_per_session)
        return len(room.queue), room.queue.pending_event_ids_session, room.queue.event_ids_to_events

    assert room.run(visit) == (0, {}, {})


def test_a_message_to_a_session_that_is_gone_is_dropped():
    room = Room()

    async def visit(client):
        room.go_on.clear()
        assert (await room.join(client, "gone", "gone")).status_code == 200
        with room.queue.listener("gone"):
            await room.until(lambda: bool(room.asked))
            room.queue.pending_messages_per_session.clear()
            room.go_on.set()
            return await asks(room, client, "innocent")

    assert room.run(visit) == "answer to innocent"


def test_an_error_while_work_is_handed_out_ends_nothing(capfd):
    room = Room()
    failing, right = [3], room.queue.get_events

    def get_events():
        if failing[0]:
            failing[0] -= 1
            raise KeyError("a session")
        return right()

    room.queue.get_events = get_events
    assert room.run(lambda client: asks(room, client, "innocent")) == "answer to innocent"
    assert not room.queue.died
    assert capfd.readouterr().err.count("error in the queue, which goes on") == 1


def test_the_newer_of_two_waiting_questions_takes_the_older_s_place_and_both_hear_the_answer():
    room = Room(at_a_time=1)

    async def visit(client):
        room.go_on.clear()
        await room.join(client, "first", "mine")
        hearing = asyncio.create_task(hear(client, "mine"))
        await room.until(lambda: room.asked == ["first"])
        await room.join(client, "other", "other")
        others = asyncio.create_task(hear(client, "other"))
        for text in ("second", "third", "fourth"):
            await room.join(client, text, "mine")
        assert len(room.queue) == 2
        room.go_on.set()
        return told(await hearing), told(await others)

    mine, others = room.run(visit)
    assert mine == ["answer to first"] + ["answer to fourth"] * 3 and others == ["answer to other"]
    assert sorted(room.asked) == ["first", "fourth", "other"]


def test_a_program_hears_the_answer_to_each_of_its_questions():
    room = Room(at_a_time=1)

    async def visit(client):
        for number in range(4):
            await room.join(client, str(number), "mine", "program")
        return told(await hear(client, "mine"))

    assert room.run(visit) == [f"answer to {number}" for number in range(4)]


def test_it_is_the_turn_of_whoever_had_theirs_longest_ago():
    room = Room(at_a_time=1)

    async def visit(client):
        room.go_on.clear()
        for number in range(6):
            await room.join(client, f"greedy {number}", "greedy", "program")
        greedy = asyncio.create_task(hear(client, "greedy"))
        await room.until(lambda: len(room.asked) == 1)
        for number in range(2):
            await room.join(client, f"modest {number}", "modest", "program")
        modest = asyncio.create_task(hear(client, "modest"))
        await room.until(lambda: room.queue.listening["modest"] == 1)
        room.go_on.set()
        await asyncio.gather(greedy, modest)

    room.run(visit)
    assert room.asked[:5] == ["greedy 0", "modest 0", "greedy 1", "modest 1", "greedy 2"]


def test_a_session_fills_neither_its_line_nor_another_s():
    room = Room(at_a_time=1)

    async def visit(client):
        room.go_on.clear()
        said = [(await room.join(client, "x", "greedy", "program")).status_code for _ in range(60)]
        other = (await room.join(client, "x", "modest", "program")).status_code
        return said.count(200), set(said[said.count(200) :]), other

    taken, refused, other = room.run(visit)
    assert taken == queue.OF_A_SESSION_IN_LINE and refused == {429} and other == 200


def test_a_full_line_keeps_nobody_from_another(monkeypatch):
    monkeypatch.setattr(queue, "IN_LINE", 3)
    room = Room(at_a_time=1)

    async def visit(client):
        room.go_on.clear()
        hearing = []
        for number in range(4):
            assert (await room.join(client, "x", f"s{number}", "program")).status_code == 200
            hearing.append(asyncio.create_task(hear(client, f"s{number}")))
            await room.until(lambda number=number: room.queue.listening[f"s{number}"] == 1)
            await room.until(lambda: len(room.asked) == 1)
        full = (await room.join(client, "x", "late", "program")).status_code
        open_ = (await room.join(client, "y", "late", "page")).status_code
        room.go_on.set()
        await asyncio.gather(*hearing)
        return full, open_, told(await hear(client, "late"))

    assert room.run(visit) == (429, 200, ["answer to y"])


def test_whoever_hangs_up_and_asks_again_under_the_same_name_is_answered():
    room = Room(at_a_time=1)

    async def visit(client):
        room.go_on.clear()
        await room.join(client, "first", "mine")
        with room.queue.listener("mine"):  # it is not noticed yet that she hung up
            await room.until(lambda: bool(room.asked))
            await room.join(client, "again", "mine")
            hearing = asyncio.create_task(hear(client, "mine"))
            await room.until(lambda: room.queue.listening["mine"] == 2)
            await room.queue.clean_events(session_hash="mine")
        room.go_on.set()
        return told(await hearing)

    assert room.run(visit)[-1] == "answer to again"


async def hang_up(client, session: str, room: Room) -> None:
    """Listens, and no longer: as a page does whose last answer has come, or that is closed."""
    hearing = asyncio.create_task(hear(client, session))
    await room.until(lambda: room.queue.listening[session] == 1)
    await asyncio.sleep(0.05)
    hearing.cancel()
    await room.until(lambda: room.queue.listening[session] == 0)


def test_what_is_asked_while_a_page_hangs_up_is_answered_when_it_listens_again(monkeypatch):
    """Both what waits and what is worked on by then; between the two the queue looks for what nobody listens for."""
    monkeypatch.setattr(queue, "LOOKS", 0.05)
    room = Room(at_a_time=1)

    async def visit(client):
        room.go_on.clear()
        await room.join(client, "worked on", "mine")
        await room.join(client, "waits", "mine", "program")
        await hang_up(client, "mine", room)
        room.go_on.set()
        await asyncio.sleep(0.3)
        return told(await hear(client, "mine"))

    assert set(room.run(visit)) == {"answer to worked on", "answer to waits"}


def test_who_does_not_listen_again_is_forgotten_and_what_is_worked_on_is_told_so(monkeypatch):
    monkeypatch.setattr(queue, "LOOKS", 0.05)
    monkeypatch.setattr(queue, "RETURNS_WITHIN", 0.2)
    room = Room(at_a_time=1)

    async def visit(client):
        room.go_on.clear()
        await room.join(client, "worked on", "mine")
        await hang_up(client, "mine", room)
        (job,) = [job for job in room.queue.active_jobs if job]
        assert job[0].alive
        await room.until(lambda: not job[0].alive)
        room.go_on.set()
        await room.until(lambda: not room.queue.pending_messages_per_session)
        return room.asked, len(room.queue), room.queue.event_ids_to_events

    assert room.run(visit) == (["worked on"], 0, {})


def test_a_large_question_is_not_waited_for_in_any_number(monkeypatch):
    monkeypatch.setattr(queue, "BYTES_IN_ALL", 100_000)
    room = Room()

    async def visit(client):
        said = [(await room.join(client, "x" * 30_000, f"s{number}")).status_code for number in range(6)]
        return said

    assert room.run(visit) == [200, 200, 200, 429, 429, 429]


def test_that_it_stopped_by_itself_is_known():
    queue = BoundedQueue(Room().blocks)
    assert not queue.died
    queue.stopped = True
    assert queue.died
    queue.close()
    assert not queue.died
