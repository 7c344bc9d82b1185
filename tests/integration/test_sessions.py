"""Visitors' sessions: values kept apart and between questions, without a description of the page."""

from collections.abc import Iterator

import gradio as gr
import pytest
from fastapi.testclient import TestClient
from gradio.routes import App
from gradio.state_holder import SessionState

from busi.server.lifespan import lifespan
from busi.server.sessions import Session


def counting_app() -> gr.Blocks:
    with gr.Blocks() as app:
        number = gr.State(0)
        choice, told, button = gr.Radio(["a"], value="a"), gr.HTML("before"), gr.Button()

        def count(before: int, chosen: str) -> tuple[int, dict, str]:
            return before + 1, gr.update(choices=["a", f"b{before}"]), f"{before} {chosen}"

        button.click(count, [number, choice], [number, choice, told], api_name="count")
    app.state_session_capacity = 3
    return app


@pytest.fixture
def app() -> Iterator[App]:
    app = App.create_app(counting_app(), app_kwargs={"lifespan": lifespan()})
    with TestClient(app) as client:
        app.client = client
        yield app


def ask(app: App, visitor: str, chosen: str = "a") -> str:
    answer = app.client.post("/gradio_api/run/count", json={"data": [None, chosen], "session_hash": visitor})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"][-1]


def test_a_visitor_s_values_are_kept_from_one_question_to_the_next(app):
    assert [ask(app, "one"), ask(app, "one"), ask(app, "one")] == ["0 a", "1 a", "2 a"]


def test_a_visitor_does_not_get_another_s_values(app):
    ask(app, "one")
    assert ask(app, "two") == "0 a"
    assert ask(app, "one") == "1 a"


def test_choices_given_to_one_visitor_are_taken_from_that_one_alone(app):
    ask(app, "one")
    assert ask(app, "one", "b0") == "1 b0"
    refused = app.client.post("/gradio_api/run/count", json={"data": [None, "b0"], "session_hash": "two"})
    assert refused.status_code != 200


def test_no_page_is_described_in_a_session_nor_kept_as_it_stands(app):
    ask(app, "one")
    ordinary = SessionState(app.get_blocks())
    kept = app.state_holder.session_data["one"]
    assert isinstance(kept, Session)
    assert len(ordinary.config_values) > 4
    # Only the two components that were set for this visitor, so that the next answers know of it.
    assert {described["type"] for described in kept.config_values.values()} == {"state", "radio"}
    assert vars(ordinary).keys() == vars(kept).keys()


def test_the_visitor_heard_from_longest_ago_is_forgotten_first(app):
    for visitor in ("one", "two", "three", "one", "four"):
        ask(app, visitor)
    assert list(app.state_holder.session_data) == ["three", "one", "four"]
    assert set(app.state_holder.time_last_used) == {"three", "one", "four"}
    assert ask(app, "one") == "2 a"
