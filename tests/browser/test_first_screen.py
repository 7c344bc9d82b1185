"""The first two minutes: they need nothing but the page itself, and what they tell is what the bundle tells."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from busi.data.box import CREDIT
from busi.lessons.first_pair import first_pair, thread
from busi.words.text import Words
from tests.browser.conftest import PATHS, open_tab, serious_issues
from tests.browser.giving import Requests

pytestmark = pytest.mark.browser

SMALLEST = {"width": 360, "height": 640}
ILL = 7  # of a thousand women who are screened


@pytest.fixture(scope="module")
def cases(bundle, gallery) -> list[tuple[str, str]]:
    """Of both pictures what is true and what the network says, from the table of answers and the threshold alone."""
    scores = bundle.predictions.set_index("image_id")["probability"]
    said = {True: "malignant", False: "benign"}
    return [(one.label, said[bool(scores[one.image_id] >= bundle.threshold)]) for one in first_pair(gallery, bundle)]


@pytest.fixture
def alone(chromium: Browser, address: str, visit):
    """The page with every other request refused, as on a train; and what was asked for all the same."""
    sizes = {"phone": {"width": 390, "height": 844}, "laptop": {"width": 1280, "height": 768}}
    context = chromium.new_context(viewport=sizes[visit[1]], locale="fr-FR", reduced_motion="reduce")
    page, url = context.new_page(), address + PATHS[visit[0]]

    def refuse(route: Route) -> None:
        route.continue_() if route.request.url == url else route.abort()

    page.route("**/*", refuse)
    page.goto(url)
    yield page
    context.close()


def verdict(words: Words, guess: str, truth: str, network: str) -> str:
    """Who was right."""
    keys = {(True, True): "both_right", (True, False): "only_you", (False, True): "only_network"}
    return words(f"guess.{keys.get((guess == truth, network == truth), 'both_wrong')}")


def step(page: Page, name: str):
    return page.locator(f'.first-step[data-step="{name}"]')


def choose(page: Page, name: str, guess: str) -> None:
    step(page, name).locator(f"button[data-guess={guess}]").click()


def go_on(page: Page, name: str) -> None:
    step(page, name).locator("button[data-next]").click()


@pytest.mark.parametrize("guess", ["benign", "malignant"])
def test_the_page_alone_asks_and_answers_and_says_who_was_right(alone, words, cases, guess):
    page = alone
    (truth, network), _ = cases
    first = step(page, "case_0")
    expect(first.locator("h2:visible")).to_have_text(words("welcome.question"))
    assert first.locator("img").first.evaluate("picture => picture.complete && picture.naturalWidth > 200")
    choose(page, "case_0", guess)
    expect(first.locator("h2:visible")).to_contain_text(verdict(words, guess, truth, network))
    expect(first.locator("h2:visible")).to_be_focused()
    signs = first.locator(".answers-of:visible .sign").all_inner_texts()
    assert signs.count("✓") == (guess == truth) + (network == truth)
    expect(first.locator("[data-guess]:visible")).to_have_count(0)
    expect(first.locator("[data-after]")).to_contain_text(words(f"class.{truth}"))


def test_the_page_alone_looks_as_it_should(alone):
    """Its looks come with it: the head stays above, the rail is where it belongs, nothing is wider than the screen."""
    page = alone
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("header.head").bounding_box()["y"] == 0
    rail = page.locator("nav.rail").bounding_box()
    if width > 900:
        assert rail["x"] + rail["width"] <= page.locator(".content").bounding_box()["x"] + 1
    else:
        assert rail["y"] + rail["height"] >= height - 1


def test_the_page_alone_goes_on_to_the_second_case_and_the_face(alone, words, cases, bundle):
    page = alone
    choose(page, "case_0", "benign")
    go_on(page, "case_0")
    expect(step(page, "case_0")).to_be_hidden()
    expect(step(page, "case_1").locator("h2:visible")).to_be_focused()
    choose(page, "case_1", "benign")
    expect(step(page, "case_1").locator("h2:visible")).to_contain_text(verdict(words, "benign", *cases[1]))
    go_on(page, "case_1")
    face = step(page, "face")
    expect(face.locator("h2:visible")).to_have_text(words("welcome.face_question"))
    choose(page, "face", "refuses")
    expect(face.locator("h2:visible")).to_contain_text(words("guess.wrong"))
    score = bundle.info["impostors"]["smiley"]
    kind = "alerts" if score >= bundle.threshold else "calm"
    shown, threshold = words.score_and_threshold(score, bundle.threshold)
    expect(face).to_contain_text(words(f"welcome.face_answer_{kind}", score=shown, threshold=threshold))


@pytest.mark.parametrize("screen", [None, SMALLEST], ids=["usual", "small"])
def test_picture_and_both_answers_are_in_the_first_screen(alone, visit, screen):
    if screen and visit[1] != "phone":
        pytest.skip("a phone's screen")
    if screen:
        alone.set_viewport_size(screen)
    bar = alone.locator("nav.rail").bounding_box()
    bottom = bar["y"] if visit[1] == "phone" else alone.viewport_size["height"]
    for name in (".plate img", "[data-guess=benign]", "[data-guess=malignant]"):
        part = step(alone, "case_0").locator(name).first
        expect(part).to_be_in_viewport(ratio=1)
        box = part.bounding_box()
        assert box["y"] + box["height"] <= bottom, name
        if "guess" in name:
            assert box["height"] >= 40 and box["width"] >= 40


def test_from_the_first_guess_to_the_way(page, words, cases, bundle):
    """With all of Gradio there. The share of alerts that are right is computed from the table of answers."""
    expect(step(page, "case_0").locator(".badge a")).to_have_text(CREDIT)
    for number, (truth, network) in enumerate(cases):
        expect(step(page, f"case_{number}").locator(".radiologist")).to_be_hidden()
        choose(page, f"case_{number}", "malignant")
        shown = step(page, f"case_{number}")
        expect(shown.locator("h2:visible")).to_contain_text(verdict(words, "malignant", truth, network))
        shown.get_by_text(words("welcome.radiologist")).click()
        expect(shown.locator(".radiologist blockquote")).to_be_visible()
        go_on(page, f"case_{number}")
    choose(page, "face", "benign")
    go_on(page, "face")
    women = step(page, "women")
    expect(women.locator(".thousand svg")).to_be_visible()
    women.locator("input[type=range]").fill("60")
    expect(women.locator("output")).to_have_text("60")
    women.locator("[data-show]").click()

    rows = bundle.predictions
    rows = rows[(rows["source"] == bundle.population) & (rows["split"] == "test")]
    alerts, ill = rows["probability"] >= bundle.threshold, rows["label"] == "malignant"
    found = round(ILL * alerts[ill].mean())
    alarmed = round((1000 - ILL) * alerts[~ill].mean())
    expect(women.locator("[data-out=right]")).to_have_text(words.percent(found / (found + alarmed)))
    expect(women.locator("[data-out=reply]")).to_contain_text("60")
    expect(women.locator("[data-out=reply]")).to_be_focused()
    counts = women.locator("[data-out=counts]").inner_text()
    assert {str(found), str(ILL), str(alarmed)} <= set(re.findall(r"\d+", counts))
    drawn = {name: int(women.locator(f"path.{name}").get_attribute("data-count")) for name in ("found", "alarmed")}
    assert drawn == {"found": found, "alarmed": alarmed}
    marks = women.locator("path[data-count]").evaluate_all("all => all.map(one => +one.dataset.count)")
    assert sum(marks) == 1000
    expect(page.locator('nav.rail a[data-part="welcome"]')).to_have_class(re.compile("is-done"))
    women.get_by_role("link", name=words("welcome.begin")).click()
    expect(page.locator("#tab-data")).to_be_visible()


def choices(page: Page):
    return page.locator(".picker .thumbnails button[data-key]")


def test_the_first_picture_goes_along_until_another_is_chosen(page, words, bundle, gallery):
    key = thread(gallery, bundle).key
    open_tab(page, "prediction")
    pressed = page.locator(".picker .thumbnails button[aria-pressed=true]")
    expect(pressed).to_have_attribute("data-key", key, timeout=60_000)
    expect(page.locator(".result .badge a").first).to_have_text(CREDIT, timeout=60_000)
    page.get_by_role("button", name=words("picker.smiley")).click()
    expect(page.locator(".result .card.alert")).to_be_visible(timeout=60_000)
    open_tab(page, "data")
    open_tab(page, "prediction")
    page.wait_for_timeout(1000)
    expect(pressed).to_have_count(1)
    assert pressed.get_attribute("data-key") != key


def test_another_picture_that_is_chosen_before_the_first_has_come_counts(page, words):
    open_tab(page, "prediction")
    page.get_by_role("button", name=words("picker.smiley")).click()
    expect(page.locator(".result .card.alert")).to_be_visible(timeout=60_000)
    page.wait_for_timeout(1500)
    expect(page.locator(".result .card.alert")).to_be_visible()
    expect(page.get_by_role("button", name=words("picker.smiley"))).to_have_attribute("aria-pressed", "true")


def test_an_emptied_picker_stays_empty(page, words):
    open_tab(page, "prediction")
    expect(page.locator(".result .badge a").first).to_have_text(CREDIT, timeout=60_000)
    page.get_by_role("button", name=words("picker.remove")).click()
    expect(page.locator("#tab-prediction .invitation")).to_be_visible(timeout=60_000)
    for part in ("network", "prediction"):
        open_tab(page, part)
    page.wait_for_timeout(1500)
    expect(page.locator("#tab-prediction .invitation")).to_be_visible()
    expect(page.locator(".picker .thumbnails button[aria-pressed=true]")).to_have_count(0)


def on_stage(page: Page) -> bool:
    return page.evaluate("'stage' in document.documentElement.dataset")


def steps_in_view(page: Page) -> list[str]:
    """What is in view of the open part, one entry for each of its steps."""
    return page.evaluate(
        """() => {
          const panel = [...document.querySelectorAll(".gradio-container [role=tabpanel]")]
            .filter((one) => one.offsetParent).at(-1);
          const column = panel.querySelector(":scope > .column, :scope > .gap") ?? panel;
          const shown = [...column.children].filter((one) => one.offsetParent && one.innerText.trim());
          return shown.map((one) => one.innerText.slice(0, 60));
        }"""
    )


def test_on_the_big_screen_the_arrow_keys_lead_from_step_to_step_and_from_part_to_part(page, words, visit):
    if visit[1] == "phone":
        return expect(page.locator("button[data-stage]")).to_be_hidden()
    open_tab(page, "data")
    expect(page.locator("#tab-data h2").first).to_be_visible()
    expect(page.get_by_text(words("data.to_come"))).to_have_count(0, timeout=60_000)
    Requests(page).wait_for_rest()
    all_steps = steps_in_view(page)
    assert len(all_steps) > 3
    page.locator("button[data-stage]").click()
    assert on_stage(page)
    expect(page.locator("nav.rail")).to_be_hidden()
    first = steps_in_view(page)
    assert 1 <= len(first) <= 2 and set(first) <= set(all_steps), "a heading and what follows it, no more"
    page.keyboard.press("ArrowRight")
    second = steps_in_view(page)
    expect(page.locator(".stage-hint")).to_have_text(words("page.stage_hint", number=2, count=len(all_steps) - 1))
    assert len(second) == 1 and second != first
    page.keyboard.press("PageUp")
    assert steps_in_view(page) == first
    for _ in range(len(all_steps) + 2):
        page.keyboard.press("PageDown")
        if page.evaluate("document.documentElement.dataset.part") != "data":
            break
    expect(page.locator("#tab-preprocessing")).to_be_visible()
    page.wait_for_timeout(800)
    assert 1 <= len(steps_in_view(page)) <= 2
    page.keyboard.press("Escape")
    assert not on_stage(page)
    expect(page.locator(".stage-hint")).to_be_hidden()
    expect(page.locator("nav.rail")).to_be_visible()
    assert len(steps_in_view(page)) > 2
    expect(page.locator("button[data-stage]")).to_have_attribute("aria-pressed", "false")


def test_the_big_screen_begins_on_the_first_screen_and_its_button_ends_it(page, visit):
    if visit[1] == "phone":
        pytest.skip("a phone has no big screen")
    button = page.locator("button[data-stage]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".first-step:visible")).to_have_count(1)
    for name in ("case_1", "face", "women"):
        page.keyboard.press("ArrowRight")
        expect(step(page, name)).to_be_visible()
        expect(page.locator(".first-step:visible")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    expect(step(page, "face")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-data")).to_be_visible()
    page.wait_for_timeout(800)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#first-screen")).to_be_visible()
    button.click()
    assert not on_stage(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_screen_has_no_serious_accessibility_issue(page, words, address, visit, theme):
    page.goto(f"{address}{PATHS[visit[0]]}?__theme={theme}")
    issues = serious_issues(page, "before")
    for name in ("case_0", "case_1", "face"):
        choose(page, name, "benign")
        issues += serious_issues(page, f"{name} answered")
        go_on(page, name)
        issues += serious_issues(page, f"after {name}")
    expect(step(page, "women").locator(".thousand svg")).to_be_visible()
    step(page, "women").locator("[data-show]").click()
    issues += serious_issues(page, "women answered")
    assert not issues, "\n".join(issues)
