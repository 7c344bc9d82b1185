"""How the pages' events hang together: none can set itself off, and none is lost that carries something."""

import inspect
from collections import Counter, defaultdict

import gradio as gr
import pytest

# Long work, which a second click must not begin again while it goes on, and what happens once.
ONCE = {"answer_guess", "more_examples", "play", "open_from_address", "try_many", "watch_run"}


@pytest.fixture(scope="module")
def events(pages) -> list[dict]:
    return pages.config["dependencies"]


def set_off_by(events: list[dict]) -> dict[int, set[int]]:
    """For each event those that may follow it: what listens to its end, and to a change of what it writes to."""
    listening = defaultdict(set)
    for event in events:
        for component, name in event["targets"]:
            if name == "change":
                listening[component].add(event["id"])
    follows = {event["id"]: set().union(*(listening[output] for output in event["outputs"])) for event in events}
    for event in events:
        if event["trigger_after"] is not None:
            follows[event["trigger_after"]].add(event["id"])
    return follows


def in_a_circle(follows: dict[int, set[int]]) -> set[int]:
    """The events that can come to set themselves off.

    Example:
        >>> in_a_circle({1: {2}, 2: {1}, 3: {1}})
        {1, 2}
    """
    reached = {one: set(after) for one, after in follows.items()}
    for _ in follows:
        reached = {one: after.union(*(follows[other] for other in after)) for one, after in reached.items()}
    return {one for one, after in reached.items() if one in after}


def test_a_circle_is_found():
    assert in_a_circle({1: {2}, 2: {1}, 3: {1}, 4: set()}) == {1, 2}
    two = [
        {"id": 0, "targets": [[7, "change"]], "outputs": [8], "trigger_after": None},
        {"id": 1, "targets": [[8, "change"]], "outputs": [7], "trigger_after": None},
        {"id": 2, "targets": [[9, "click"]], "outputs": [7], "trigger_after": None},
    ]
    assert in_a_circle(set_off_by(two)) == {0, 1}


def test_no_event_sets_itself_off_and_no_two_set_each_other_off(events):
    assert in_a_circle(set_off_by(events)) == set()


def test_what_is_asked_again_once_it_is_answered_listens_alone(events):
    """Gradio's page announces such an event anew to everyone who listens, and two of them never come to rest."""
    listeners = Counter((component, name) for event in events for component, name in event["targets"] if component)
    again = [event for event in events if event["trigger_mode"] == "always_last"]
    shared = {
        event["api_name"]
        for event in again
        for target in event["targets"]
        if target[0] and listeners[tuple(target)] > 1
    }
    assert again and shared == set()


def test_an_event_that_carries_something_is_heard_each_time(pages):
    carries = {
        function.name: function.trigger_mode
        for function in pages.fns.values()
        if function.fn
        and any(
            issubclass(one.annotation, gr.EventData)
            for one in inspect.signature(function.fn).parameters.values()
            if isinstance(one.annotation, type)
        )
    }
    assert {"choose", "open_cell", "choose_layer", "draw_variants"} <= set(carries)
    assert {name for name, mode in carries.items() if mode != "multiple"} <= ONCE
