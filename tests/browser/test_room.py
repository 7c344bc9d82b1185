"""The facilitator's panel in the page: the code that a phone would read off the screen."""

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATHS, PUBLIC_NAME, SCREENS, assert_fits, serious_issues, wait_for_parts
from tests.support.codes import read_qr


def open_panel(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).click()
    expect(page.locator("dialog.room")).to_be_visible()


def test_a_page_that_only_this_machine_opens_tells_how_to_invite_a_room(page, words):
    open_panel(page, words("room.tab"))
    panel = page.locator("dialog.room")
    expect(panel).to_contain_text(words("room.alone_title"))
    expect(panel).to_contain_text("python app.py --share")
    assert_fits(page)
    assert serious_issues(page, "room") == []
    page.get_by_role("button", name=words("room.close")).click()
    expect(panel).to_be_hidden()


@pytest.fixture
def under_a_public_name(chromium, address, visit):
    """The same page under a name that is not this machine's own, as a proxy in front of it would have."""
    page = chromium.new_page(viewport=SCREENS[visit[1]])
    page.goto(address.replace("127.0.0.1", PUBLIC_NAME) + PATHS[visit[0]])
    wait_for_parts(page)
    yield page
    page.close()


def test_seen_under_a_public_name_it_shows_a_code_that_can_be_read_off_the_screen(under_a_public_name, words, tmp_path):
    page = under_a_public_name
    open_panel(page, words("room.tab"))
    code = page.locator("dialog.room .qr")
    expect(code).to_be_visible()
    url = page.url
    assert PUBLIC_NAME in url
    expect(page.locator(".room-address a")).to_have_attribute("href", url)
    picture = cv2.imdecode(np.frombuffer(code.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert read_qr(picture) == url
    assert code.bounding_box()["width"] >= 0.45 * min(page.viewport_size.values())
    assert_fits(page)
