"""A full queue says how long, in the visitor's language."""

from types import SimpleNamespace

import gradio as gr
import pytest
from fastapi.testclient import TestClient
from gradio.routes import App
from starlette.middleware import Middleware

from busi.server import queue
from busi.server.questions import Questions
from busi.server.queue import BoundedQueue
from busi.server.waiting import LONGEST, waiting_time
from busi.words.text import Words

PAGES = {"fr": "http://testserver/", "en": "http://testserver/atelier/en/"}


@pytest.fixture
def client_of(monkeypatch):
    def made(in_line: int) -> tuple[TestClient, gr.Blocks]:
        monkeypatch.setattr(queue, "IN_LINE", in_line)
        with gr.Blocks() as blocks:
            told, button = gr.HTML(), gr.Button()
            button.click(lambda: "done", None, told)
        blocks._queue = BoundedQueue(blocks)
        app = App.create_app(blocks, app_kwargs={"middleware": [Middleware(Questions, english_path="en")]})
        return TestClient(app), blocks

    return made


def join(client: TestClient, session: str = "one", **more):
    body = {"data": [], "fn_index": 0, "session_hash": session}
    return client.post("/gradio_api/queue/join", json=body, **more)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_full_queue_says_how_long_in_the_language_of_the_page(client_of, language):
    client, _ = client_of(0)
    answer = join(client, headers={"Referer": PAGES[language]})
    assert answer.status_code == 429, "Gradio's page shows its own words for a 503"
    assert answer.json()["detail"] == Words(language)("page.queue_full", waiting="0", seconds="5")
    assert answer.headers["retry-after"] == "5"


def test_with_room_in_the_queue_nothing_is_changed(client_of):
    client, blocks = client_of(1)
    answer = join(client)
    assert answer.status_code == 200 and "event_id" in answer.json()
    assert len(blocks._queue) == 1
    with blocks._queue.listener("one"):
        assert join(client, "two").status_code == 429


def test_other_refusals_are_passed_on(client_of):
    client, blocks = client_of(1)
    assert client.post("/gradio_api/queue/join", content=b"{").status_code == 422
    blocks._queue.stopped = True
    assert join(client).status_code == 503


def queue_of(seconds: dict[str, float], waiting: dict[str, list[str]], limit: int = 4):
    """A queue in which some kinds of question took so long, and others of these kinds wait for their turns."""
    took = {name: SimpleNamespace(avg_time=value) for name, value in seconds.items()}
    lines = {
        turn: SimpleNamespace(queue=[SimpleNamespace(fn=name) for name in names], concurrency_limit=limit)
        for turn, names in waiting.items()
    }
    fns = {number: SimpleNamespace(concurrency_id=turn) for number, turn in enumerate(waiting)}
    return SimpleNamespace(
        process_time_per_fn=took, event_queue_per_concurrency_id=lines, blocks=SimpleNamespace(fns=fns)
    )


def test_the_time_is_that_of_what_waits_for_the_same_turn():
    queue = queue_of({"quick": 0.5, "slow": 30.0}, {"default": ["quick"] * 100, "training": ["slow"] * 6})
    assert waiting_time(queue, 0) == 15  # 100 x 0.5 s, four at a time: 12.5 s
    assert waiting_time(queue, 1) == 45
    assert waiting_time(queue, None) == 45
    assert waiting_time(queue, 99) == 45


def test_the_time_is_never_endless_and_what_was_never_asked_before_counts_a_second():
    assert waiting_time(queue_of({"slow": 3600.0}, {"training": ["slow"] * 6}), 0) == LONGEST
    assert waiting_time(queue_of({}, {"default": ["new"] * 100}), 0) == 25
