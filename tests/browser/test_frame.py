"""The page in another site's frame: Hugging Face's may hold it, nobody else's."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OPTIONS
from tests.support.chromium import chromium_path

pytestmark = pytest.mark.browser
# Chromium itself keeps other sites from a server on loopback; a server on the Internet has the policy alone.
ALONE = "--disable-features=LocalNetworkAccessChecks"


@pytest.fixture
def page(chromium):
    browser = chromium.browser_type.launch(executable_path=chromium_path(), args=[*OPTIONS, ALONE])
    yield browser.new_page()
    browser.close()


@pytest.mark.parametrize(
    ("site", "shown"), [("https://huggingface.co/spaces/a/b", True), ("https://evil.example/", False)]
)
def test_hugging_face_may_frame_the_page_and_nobody_else(page, address, site, shown):
    refused = []
    frame = f'<!doctype html><iframe src="{address}/" width="900" height="700"></iframe>'
    page.route(site, lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.on("console", lambda message: refused.append(message.text) if "frame-ancestors" in message.text else None)
    page.goto(site)
    if shown:
        expect(page.frame_locator("iframe").locator("#first-screen h2").first).to_be_visible()
    else:
        page.wait_for_timeout(2000)
        assert page.frames[1].locator("#first-screen").count() == 0
    assert bool(refused) != shown
