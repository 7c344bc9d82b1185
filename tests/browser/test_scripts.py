"""The page's modules in a browser: under a sub-path, late, and when the network fails."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from busi.bundle.files import EMBEDDED, open_bundle
from tests.browser.conftest import SCREENS, open_tab, wait_for_parts
from tests.support.running import started_app

pytestmark = pytest.mark.browser
SUB_PATH = "/atelier"
CASES = "tabs/evaluation/cases.js"
# A component that is mounted by hand, with a way to change its value.
COMPONENT = """(path) => {
  window.watchers = [];
  window.heard = [];
  const watch = (names, act) => window.watchers.push(act);
  atelier.mount([path], { element: document.body, trigger: () => {}, props: {}, watch });
}"""
CHANGE = "window.watchers.forEach((act) => act())"
MODULE = """export const mount = ({ watch }) => {
  window.heard.push("mounted");
  watch("value", () => window.heard.push("changed"));
};"""


@pytest.fixture
def fresh(chromium: Browser, address: str):
    """A page that is not open yet, and what its console says of errors."""
    context = chromium.new_context(viewport=SCREENS["phone"], reduced_motion="reduce")
    page, errors = context.new_page(), []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page, errors
    context.close()


def hold(page: Page, *paths: str) -> list[Route]:
    """Holds back what is asked for under these paths; the list fills with what waits."""
    waiting: list[Route] = []

    def wait(route: Route) -> None:
        waiting.append(route)

    for path in paths:
        page.route(f"**/modules/*/{path}*", wait)
    return waiting


def opened(page: Page, url: str) -> None:
    page.goto(url)
    wait_for_parts(page)


def test_scripts_that_come_after_their_component_find_all_that_happened(fresh, address):
    page, errors = fresh
    waiting = hold(page, "tabs/evaluation/bar.js", "tabs/evaluation/roc.js")
    opened(page, address)
    open_tab(page, "evaluation")
    expect(page.locator("#tab-evaluation .confusion")).to_be_visible()
    assert page.locator("[data-chart=strip] svg").count() == 0  # the bar, which owns the choices, is not there yet
    page.wait_for_timeout(300)
    for route in waiting:
        route.continue_()
    expect(page.locator("[data-out=tp]")).not_to_be_empty()
    expect(page.locator("[data-chart=strip] svg")).to_be_visible()
    expect(page.locator("[data-chart=roc] .curve-line")).to_have_count(1)
    assert errors == []


def test_a_value_that_changed_meanwhile_is_told_once_when_the_module_is_there(fresh, address):
    page, _ = fresh
    waiting = hold(page, CASES)
    opened(page, address)
    page.evaluate(COMPONENT, CASES)
    page.wait_for_timeout(500)  # until it is asked for
    page.evaluate(CHANGE)
    page.evaluate(CHANGE)
    for route in waiting:
        route.fulfill(body=MODULE, content_type="text/javascript")
    page.wait_for_function("window.heard.length === 2")
    assert page.evaluate("window.heard") == ["mounted", "changed"]
    page.evaluate(CHANGE)
    assert page.evaluate("window.heard") == ["mounted", "changed", "changed"]


def test_a_button_that_is_pressed_too_early_does_what_it_should_once_the_module_is_there(fresh, address):
    page, errors = fresh
    waiting = hold(page, "tabs/network/concepts.js")
    opened(page, address)
    open_tab(page, "network")
    button = page.locator("[data-concept]").nth(2)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    for route in waiting:
        route.continue_()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert errors == []


def test_a_setting_that_is_moved_too_early_counts_once_the_module_is_there(fresh, address):
    page, errors = fresh
    waiting = hold(page, "tabs/data/guess.js")
    opened(page, address)
    open_tab(page, "data")
    card = page.locator(".data-guess").first
    card.locator("input").fill("85")
    card.locator("[data-reveal]").click()
    expect(card.locator("output")).to_have_text("50")
    for route in waiting:
        route.continue_()
    expect(card.locator("output")).to_have_text("85")
    expect(card.locator("[data-answer]")).to_contain_text("85")
    assert errors == []


def test_a_module_that_is_there_is_mounted_at_once(fresh, address):
    page, _ = fresh
    page.route(f"**/modules/*/{CASES}", lambda route: route.fulfill(body=MODULE, content_type="text/javascript"))
    opened(page, address)
    page.evaluate(COMPONENT, CASES)
    page.wait_for_function("window.heard.length === 1")
    assert page.evaluate(f"() => {{ ({COMPONENT})('{CASES}'); return window.heard; }}") == ["mounted"]


def test_a_module_that_was_lost_is_told_once_breaks_nothing_and_is_tried_again(fresh, address):
    page, errors = fresh
    page.route(f"**/modules/*/{CASES}*", lambda route: route.abort())
    opened(page, address)
    open_tab(page, "evaluation")
    expect(page.locator("[data-out=tp]")).not_to_be_empty()
    page.evaluate(COMPONENT, CASES)
    page.wait_for_timeout(500)
    assert len([error for error in errors if f"The script {CASES} could not be loaded" in error]) == 1
    page.unroute(f"**/modules/*/{CASES}*")
    page.route(f"**/modules/*/{CASES}*", lambda route: route.fulfill(body=MODULE, content_type="text/javascript"))
    page.evaluate(COMPONENT, CASES)
    page.wait_for_function("window.heard.length === 1")


def test_a_tab_s_modules_are_all_asked_for_at_once_and_only_when_it_is_opened(fresh, address):
    page, errors = fresh
    opened(page, address)
    page.wait_for_timeout(1000)
    asked = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    waiting = hold(page, "*.js", "*/*.js", "*/*/*.js")
    page.locator(".rail a[data-part=evaluation]").dispatch_event("pointerdown")
    page.wait_for_timeout(1000)  # nothing that is asked for is answered
    found = {path.split("/", 3)[3] for path in asked if path.startswith("/modules/")}
    assert {"tabs/evaluation/bar.js", "tabs/evaluation/roc.js", "js/charts.js", "vendor/d3.js"} <= found
    assert not [path for path in found if path.startswith("tabs/") and not path.startswith("tabs/evaluation/")]
    for route in waiting:
        route.continue_()
    open_tab(page, "evaluation")
    expect(page.locator("[data-chart=roc] .curve-line")).to_have_count(1)
    assert errors == []


@pytest.fixture(scope="module")
def under_a_sub_path():
    with started_app(open_bundle(EMBEDDED), GRADIO_ROOT_PATH=SUB_PATH) as (url, _):
        yield url


@pytest.mark.parametrize("path", ["/", "/en"])
def test_scripts_are_found_under_a_sub_path(fresh, under_a_sub_path, path):
    """As behind a proxy that takes the sub-path off before it asks the app."""
    page, errors = fresh
    asked = []

    def strip(route: Route) -> None:
        asked.append(urlsplit(route.request.url).path)
        route.continue_(url=route.request.url.replace(SUB_PATH, "", 1))

    page.route(f"{under_a_sub_path}{SUB_PATH}/**", strip)
    opened(page, f"{under_a_sub_path}{SUB_PATH}{path}")
    open_tab(page, "evaluation")
    expect(page.locator("[data-out=tp]")).not_to_be_empty()
    modules = [one for one in asked if "/modules/" in one]
    assert modules and all(one.startswith(f"{SUB_PATH}/modules/") for one in modules)
    assert errors == []
