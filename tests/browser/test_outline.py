"""The drawn outline in Prédiction, of an app whose network draws: a finger redraws it, and keys grow it."""

import math
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import assert_fits, open_tab, serious_issues
from tests.support.places import ROOT
from tests.support.ports import free_port
from tests.support.running import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(drawing_bundle, tmp_path_factory) -> Iterator[str]:
    """The app with a bundle whose network draws."""
    port = free_port()
    command = [sys.executable, "app.py", "--port", str(port)]
    with (tmp_path_factory.mktemp("drawing-app") / "terminal.txt").open("wb") as out:
        env = {**os.environ, "BUSI_BUNDLE": str(drawing_bundle.folder)}
        server = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=env)
    url = f"http://127.0.0.1:{port}"
    wait_for(url, server)
    yield url
    server.terminate()
    server.wait(20)


def go_round(page: Page, plate: Locator) -> None:
    """A circle on the picture, in one stroke."""
    plate.scroll_into_view_if_needed()
    box = plate.bounding_box()
    x, y, radius = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.45, box["height"] / 5
    turns = [number * math.tau / 40 for number in range(41)]
    places = [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places:
        page.mouse.move(*place)
    page.mouse.up()


def test_the_outline_is_redrawn_with_a_finger_grown_by_keys_and_taken_back(page, words):
    open_tab(page, "prediction")
    page.locator('.picker button[data-key^="breast"]').first.click()
    panel = page.locator(".outline")
    expect(panel.locator("path.network")).to_have_count(1, timeout=60_000)
    expect(panel.locator("tbody tr")).to_have_count(9)
    own = panel.locator("path.visitor")
    panel.locator("[data-redraw]").click()
    expect(panel.locator("[data-hint]")).to_have_text(words("outline.hint"))
    go_round(page, panel.locator(".plate"))
    expect(own).to_have_count(1)
    expect(panel.locator("[role=status]")).to_contain_text("%")
    drawn = own.get_attribute("d")
    panel.locator("[data-step='1']").press("Enter")
    expect(panel.locator("figure")).to_have_attribute("data-grow", "1")
    assert own.get_attribute("d") != drawn
    panel.locator("[data-back]").press("Enter")
    expect(own).to_have_count(0)
    assert_fits(page)
    assert serious_issues(page, "outline") == []


def test_a_tap_is_no_outline(page):
    open_tab(page, "prediction")
    page.locator('.picker button[data-key^="breast"]').first.click()
    panel = page.locator(".outline")
    expect(panel.locator("path.network")).to_have_count(1, timeout=60_000)
    panel.locator("[data-redraw]").click()
    plate = panel.locator(".plate")
    plate.click(position={"x": 60, "y": 60})
    expect(panel.locator("figure[data-drawing]")).to_have_count(1)
    expect(panel.locator("path.visitor")).to_have_count(0)
