"""Too many questions at once: the page says so, how long it may take, and goes on."""

import uuid

import httpx
import pytest
from playwright.sync_api import expect

from busi.server import queue
from busi.serving.workshop import open_workshop
from busi.web.pages import build_pages, launch_settings
from tests.browser.conftest import PATHS, SCREENS, open_tab, wait_for_parts

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def crowded():
    """The app, in this process so that its queue can be filled and emptied."""
    app = build_pages(open_workshop())
    app.launch(prevent_thread_lock=True, quiet=True, **launch_settings(app))
    yield app
    app.close()


def test_a_full_queue_is_told_in_the_visitor_s_language_and_passes(chromium, crowded, visit, words, monkeypatch):
    context = chromium.new_context(viewport=SCREENS[visit[1]], locale="fr-FR", reduced_motion="reduce")
    page = context.new_page()
    page.goto(crowded.local_url.rstrip("/") + PATHS[words.language])
    wait_for_parts(page)
    open_tab(page, "prediction")
    wait_until_answered(page, crowded)
    another, third = (page.locator(".picker button[data-key]").nth(place) for place in (1, 2))  # the first is there
    monkeypatch.setattr(queue, "IN_LINE", 0)
    another.click()
    told = words("page.queue_full", waiting="0", seconds="5")
    expect(page.get_by_text(told).first).to_be_visible(timeout=20_000)
    monkeypatch.undo()
    with page.expect_response(lambda answer: "/queue/join" in answer.url and answer.status == 200):
        third.click()
    wait_until_answered(page, crowded)
    context.close()


def test_whoever_waits_is_told_how_many_are_before(chromium, crowded, visit, words):
    context = chromium.new_context(viewport=SCREENS[visit[1]], locale="fr-FR", reduced_motion="reduce")
    page = context.new_page()
    page.goto(crowded.local_url.rstrip("/") + PATHS[words.language])
    wait_for_parts(page)
    open_tab(page, "prediction")
    wait_until_answered(page, crowded)
    note = page.locator(".place-in-line")
    expect(note).to_be_hidden()
    set_busy(crowded, True)
    others = [asked for _ in range(3) for asked in ask_as_others(crowded)]
    page.locator(".picker button[data-key]").nth(1).click()
    expect(note).to_have_text(words("page.place_many", count="3"), timeout=20_000)
    expect(note).to_be_visible()
    box = note.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
    set_busy(crowded, False)
    expect(note).to_be_hidden(timeout=20_000)
    expect(page.locator(".result")).to_be_visible(timeout=60_000)
    assert all(asked.status_code == 200 for asked in others)
    context.close()


def wait_until_answered(page, app) -> None:
    """Until the page shows an answer and has no question left, those for its first picture among them."""
    expect(page.locator(".result")).to_be_visible(timeout=60_000)
    expect(page.locator("html:not([data-picture-comes])")).to_be_attached(timeout=60_000)
    while len(app._queue) or any(app._queue.active_jobs):
        page.wait_for_timeout(50)


def answering(app) -> list[int]:
    """The functions that answer for a chosen image, on both pages."""
    return [number for number, fn in app.fns.items() if (fn.api_name or "").startswith("show_answer")]


def set_busy(app, busy: bool) -> None:
    """Lets nobody have a turn with these functions, as if others took long."""
    for number in answering(app):
        app._queue.create_event_queue_for_fn(app.fns[number])
        app._queue.event_queue_per_concurrency_id[app.fns[number].concurrency_id].current_concurrency += 9 * (
            busy or -1
        )


def ask_as_others(app) -> list[httpx.Response]:
    """One more visitor in each of their lines, who waits for an answer."""
    bodies = [{"data": [None], "fn_index": number, "session_hash": uuid.uuid4().hex} for number in answering(app)]
    app._queue.listening.update(body["session_hash"] for body in bodies)
    return [httpx.post(f"{app.local_url}gradio_api/queue/join", json=body, timeout=30) for body in bodies]
