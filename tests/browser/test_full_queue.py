"""Too many questions at once: the page says so, how long it may take, and goes on."""

import pytest
from playwright.sync_api import expect

from busi.ui.page import build_pages, launch_settings
from busi.workshop import open_workshop
from tests.browser.conftest import PATHS, SCREENS

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def crowded():
    """The app, in this process so that its queue can be filled and emptied."""
    app = build_pages(open_workshop())
    app.launch(prevent_thread_lock=True, quiet=True, **launch_settings())
    yield app
    app.close()


def test_a_full_queue_is_told_in_the_visitor_s_language_and_passes(chromium, crowded, visit, words):
    context = chromium.new_context(viewport=SCREENS[visit[1]], locale="fr-FR", reduced_motion="reduce")
    page = context.new_page()
    page.goto(crowded.local_url.rstrip("/") + PATHS[words.language])
    page.wait_for_selector("#tab-welcome-button")
    page.locator("#tab-prediction-button").click()
    room, crowded._queue.max_size = crowded._queue.max_size, 0
    page.locator(".picker button[data-key]").first.click()
    told = words("page.queue_full", waiting="0", seconds="5")
    expect(page.get_by_text(told).first).to_be_visible(timeout=20_000)
    crowded._queue.max_size = room
    page.locator(".picker button[data-key]").first.click()
    expect(page.locator(".result")).to_be_visible(timeout=60_000)
    context.close()
