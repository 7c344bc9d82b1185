"""The way through the page: addresses, the way back, what is done, the keyboard, and what stays in view."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import PATHS, open_exercise, open_tab, wait_for_parts

pytestmark = pytest.mark.browser

# What comes by itself after a part was opened, as a picture does, may take its time on a busy machine.
SOON = 60_000


def link_to(page: Page, part: str):
    return page.locator(f'nav.rail a[data-part="{part}"]')


def opened_at(page: Page, address: str, visit: tuple[str, str], place: str) -> Page:
    """Opens an address in a page of its own, as if it had been sent by somebody."""
    other = page.context.new_page()
    other.goto(f"{address}{PATHS[visit[0]]}{place}")
    return other


def assert_open(page: Page, words, part: str) -> None:
    """One part is in view: its panel, its link, its title, its address all say so."""
    expect(page.locator(f"#tab-{part}")).to_be_visible(timeout=SOON)
    expect(link_to(page, part)).to_have_attribute("aria-current", "page")
    expect(page.locator("nav.rail a[aria-current=page]")).to_have_count(1)
    expect(page).to_have_title(f"{words(f'{part}.tab')} · {words('page.title')}")
    assert urlsplit(page.url).path == PATHS[words.language]
    assert urlsplit(page.url).fragment.removeprefix("tab-").split("/")[0] == part
    expect(page.locator("#first-screen")).to_be_hidden()


def place_at_rest(page: Page) -> int:
    """How far down the visitor is, once nothing above grows any more: what does takes the text in view along."""
    page.evaluate("window.rested = { since: performance.now() }")
    page.wait_for_function(
        """() => {
          const now = { top: scrollY, height: document.documentElement.scrollHeight };
          if (now.top !== rested.top || now.height !== rested.height) rested = { ...now, since: performance.now() };
          return performance.now() - rested.since > 1500;
        }"""
    )
    return page.evaluate("scrollY")


def assert_first_screen(page: Page, words) -> None:
    expect(page.locator("#first-screen")).to_be_visible()
    expect(link_to(page, "welcome")).to_have_attribute("aria-current", "page")
    expect(page).to_have_title(words("page.title"))
    assert [one for one in page.locator(".gradio-container [role=tabpanel]").all() if one.is_visible()] == []


@pytest.mark.parametrize(
    ("place", "part", "outer"),
    [
        ("#network", "network", "network"),
        ("#exercise_layers", "exercise_layers", "exercises"),
        ("#tab-network", "network", "network"),
        ("#further", "further", "further"),
    ],
)
def test_an_address_opens_its_part(page, words, address, visit, place, part, outer):
    page = opened_at(page, address, visit, place)
    assert_open(page, words, part)
    assert page.evaluate("document.documentElement.dataset.part") == outer
    if outer != part:
        expect(link_to(page, outer)).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("place", ["", "#nonsense", "#welcome", "#tab-nonsense/x", "#%22%3E", "#constructor"])
def test_an_address_that_leads_nowhere_opens_the_first_screen(page, words, address, visit, place):
    page = opened_at(page, address, visit, place)
    wait_for_parts(page)
    assert_first_screen(page, words)


def test_a_section_of_a_part_has_an_address(page, words, address, visit):
    """Whichever sections there are: each is found by its address, under the head."""
    open_tab(page, "network")
    names = page.locator("#tab-network [data-section]").evaluate_all("all => all.map(one => one.dataset.section)")
    if not names:
        pytest.skip("no part has sections yet")
    page = opened_at(page, address, visit, f"#network/{names[-1]}")
    assert_open(page, words, "network")
    section = page.locator(f'#tab-network [data-section="{names[-1]}"]')
    expect(section).to_be_in_viewport()
    expect(section).to_be_focused()


def test_back_and_forward_lead_where_the_visitor_was(page, words):
    open_tab(page, "data")
    expect(page.locator("#tab-data h2").first).to_be_visible()
    page.wait_for_function("document.documentElement.scrollHeight > innerHeight + 700")
    page.evaluate("scrollTo(0, 600)")
    left_at = place_at_rest(page)
    assert left_at >= 600
    open_tab(page, "training")
    assert_open(page, words, "training")
    page.wait_for_function("scrollY === 0")
    open_exercise(page, "layers")
    page.go_back()
    assert_open(page, words, "training")
    page.go_back()
    assert_open(page, words, "data")
    page.wait_for_function("left => Math.abs(scrollY - left) < 3", arg=left_at)
    page.go_back()
    assert_first_screen(page, words)
    page.go_forward()
    assert_open(page, words, "data")
    page.wait_for_function("left => Math.abs(scrollY - left) < 3", arg=left_at)


def test_a_part_that_is_asked_for_while_another_is_on_its_way_is_the_one_that_opens(page, words):
    link_to(page, "network").click()
    link_to(page, "evaluation").click()
    assert_open(page, words, "evaluation")
    page.wait_for_timeout(500)
    assert_open(page, words, "evaluation")


def test_what_was_read_to_its_end_is_marked_and_stays_so(page, words):
    link = link_to(page, "data")
    open_tab(page, "data")
    expect(page.locator("#tab-data h2").first).to_be_visible()
    expect(link).not_to_have_class(re.compile("is-done"))
    end = page.locator("#tab-data .next").last
    end.scroll_into_view_if_needed()
    expect(link).to_have_class(re.compile("is-done"))
    expect(link).to_have_attribute("aria-description", words("page.done"))
    page.reload()
    wait_for_parts(page)
    expect(link).to_have_class(re.compile("is-done"))
    expect(link_to(page, "training")).not_to_have_class(re.compile("is-done"))


def test_an_exercise_is_done_once_its_guess_is_answered(page):
    open_exercise(page, "layers")
    expect(link_to(page, "exercise_layers")).to_have_class(re.compile("is-done"))
    expect(link_to(page, "exercise_errors")).not_to_have_class(re.compile("is-done"))


def test_the_button_at_the_thumb_names_the_next_part_and_leads_there(page, words, visit):
    button = page.locator(".go-on")
    if visit[1] != "phone":
        return expect(button).to_be_hidden()
    expect(button).to_be_hidden()  # nothing outshines what the first screen asks
    open_tab(page, "data")
    expect(button).to_contain_text(words("preprocessing.tab"))
    button.click()
    assert_open(page, words, "preprocessing")
    expect(button).to_contain_text(words("network.tab"))
    box = button.bounding_box()
    assert box["height"] >= 44 and box["y"] + box["height"] >= page.viewport_size["height"] - 1
    link_to(page, "glossary").click()
    assert_open(page, words, "glossary")
    expect(button).to_be_hidden()


def test_by_keyboard_alone_from_the_head_to_a_part_and_into_it(page, words):
    page.keyboard.press("Tab")
    focused = "document.activeElement.closest('.head') !== null"
    assert page.evaluate(focused), "the head comes first"
    for _ in range(12):
        if page.evaluate("document.activeElement.dataset.part ?? ''") == "data":
            break
        page.keyboard.press("Tab")
    expect(link_to(page, "data")).to_be_focused()
    page.keyboard.press("Enter")
    assert_open(page, words, "data")
    expect(page.locator("#tab-data h2").first).to_be_focused()
    page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.closest('#tab-data') !== null")


def test_the_first_key_leads_past_the_head_and_the_rail(page, words):
    for part, place in (("welcome", "#first-screen .first-step:not([hidden]) h2"), ("data", "#tab-data h2")):
        if part != "welcome":
            open_tab(page, part)
        skip = page.get_by_role("button", name=words("page.skip"))
        assert not in_view(skip)
        skip.focus()
        assert in_view(skip)
        page.keyboard.press("Enter")
        expect(page.locator(place).first).to_be_focused()


def in_view(locator: Locator) -> bool:
    box = locator.bounding_box()
    return box is not None and box["y"] >= 0


def test_in_a_part_without_a_heading_its_panel_has_the_focus(page):
    open_tab(page, "prediction")
    page.wait_for_function("document.activeElement.closest('#tab-prediction') !== null")


def test_the_other_language_keeps_the_part(page, words, visit):
    open_tab(page, "training")
    page.locator("a.language").click()
    page.wait_for_url("**/en#training" if visit[0] == "fr" else "**/#training")
    expect(page.locator("html")).to_have_attribute("lang", "en" if visit[0] == "fr" else "fr")
    expect(page.locator("#tab-training")).to_be_visible(timeout=SOON)


def test_a_link_that_is_pressed_before_any_module_has_come_leads_to_its_part_in_the_same_language(
    chromium, address, visit, words
):
    context = chromium.new_context()
    page, waiting, held = context.new_page(), [], True

    def hold(route: Route) -> None:
        waiting.append(route) if held else route.continue_()

    page.route("**/modules/**/*.js", hold)
    page.goto(address + PATHS[visit[0]], wait_until="commit")
    link_to(page, "training").dispatch_event("click")
    assert urlsplit(page.url).path == PATHS[visit[0]] and urlsplit(page.url).fragment == "training"
    held = False
    for route in waiting:
        route.continue_()
    assert_open(page, words, "training")
    context.close()


def test_a_link_in_a_lesson_opens_its_part(page, words):
    page.locator('.way a[href="#evaluation"]').click()
    assert_open(page, words, "evaluation")
    page.locator(".head h1 a").click()
    assert_first_screen(page, words)


@pytest.mark.parametrize("width_height", [(1280, 768), (390, 844)], ids=["laptop", "phone"])
def test_the_head_stays_in_view_and_is_low(page, width_height):
    page.set_viewport_size({"width": width_height[0], "height": width_height[1]})
    open_tab(page, "data")
    page.wait_for_function("document.documentElement.scrollHeight > innerHeight + 1000")
    page.evaluate("scrollTo(0, 1000)")
    page.wait_for_function("scrollY > 900")
    box = page.locator("header.head").bounding_box()
    assert box["y"] == 0 and box["height"] <= 80
    expect(page.locator(".notice strong")).to_be_in_viewport(ratio=1)
    rail = page.locator("nav.rail").bounding_box()
    assert rail["y"] >= 0 and rail["y"] + rail["height"] <= width_height[1] + 1


@pytest.fixture
def enlarged(chromium: Browser, address: str, visit):
    """A laptop's page at 200 %."""
    context = chromium.new_context(viewport={"width": 640, "height": 384}, device_scale_factor=2, locale="fr-FR")
    page = context.new_page()
    page.goto(address + PATHS[visit[0]])
    wait_for_parts(page)
    yield page
    context.close()


def test_at_twice_the_size_everything_is_there(enlarged, words):
    page = enlarged
    fits = "document.documentElement.scrollWidth <= 640"
    assert page.evaluate(fits)
    for button in page.locator(".first-step:visible button[data-guess]").all():
        button.scroll_into_view_if_needed()
        expect(button).to_be_in_viewport(ratio=1)
        button.click(trial=True)  # nothing lies over it
    for part in ("data", "network"):
        link_to(page, part).scroll_into_view_if_needed()
        link_to(page, part).click()
        assert_open(page, words, part)
        assert page.evaluate(fits)
    place_at_rest(page)
    page.locator(".tools a.language").scroll_into_view_if_needed()
    expect(page.locator(".tools a.language")).to_be_in_viewport(ratio=1)


def test_the_address_of_the_invitation_opens_it(page, address, visit):
    page = opened_at(page, address, visit, "#room")
    expect(page.locator("dialog.room")).to_be_visible(timeout=SOON)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.room")).to_be_hidden()
    expect(page.locator("#first-screen")).to_be_visible()


def test_a_shared_lesion_opens_the_laboratory_and_the_way_back_leads_out_of_it(page, words, address, visit):
    page = opened_at(page, address, visit, "?lesion=1&margin=spiculated")
    expect(page.locator("#tab-laboratory")).to_be_visible(timeout=SOON)
    expect(link_to(page, "laboratory")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("radio", name=words("laboratory.margin_spiculated"))).to_be_checked(timeout=SOON)
    open_tab(page, "data")
    assert_open(page, words, "data")
    page.go_back()
    expect(link_to(page, "laboratory")).to_have_attribute("aria-current", "page")
    expect(page.locator("#tab-laboratory")).to_be_visible()


def test_without_scripts_the_notice_and_the_question_are_there(chromium, address, visit, words):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + PATHS[visit[0]])
    expect(page.locator(".notice")).to_be_visible()
    expect(page.locator(".notice strong")).to_have_text(words("page.notice_strong"))
    expect(page.locator("#first-screen h2").first).to_have_text(words("welcome.question"))
    context.close()


def test_without_a_stored_memory_the_way_works_all_the_same(chromium, address, visit, words):
    """As where a browser forbids a page to store anything."""
    context = chromium.new_context()
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } })")
    page.goto(address + PATHS[visit[0]])
    link_to(page, "data").click()
    assert_open(page, words, "data")
    assert not [error for error in errors if "forbidden" not in error]
    context.close()


FOCUSED = """() => {
  const here = document.activeElement;
  const seen = here.matches("input") && getComputedStyle(here).opacity === "0" ? here.nextElementSibling : here;
  return [here.tagName, here.type ?? "", getComputedStyle(seen ?? here).outlineStyle];
}"""


@pytest.mark.parametrize("part", ["data", "network", "evaluation", "laboratory"])
def test_what_the_keyboard_is_at_is_always_seen(page, part):
    """Fields, too: Gradio's have no outline of their own."""
    open_tab(page, part)
    expect(page.locator(f"#tab-{part} input:visible").first).to_be_visible(timeout=SOON)
    page.locator(f"#tab-{part} h2").first.focus()
    found = []
    for _ in range(40):
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUSED))
    assert any(tag == "INPUT" for tag, *_ in found), "else this shows nothing"
    assert [one for one in found if one[2] == "none" and one[0] not in ("BODY", "IFRAME")] == []
