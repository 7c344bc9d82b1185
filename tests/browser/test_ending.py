"""The ending: guesses stand beside the truth in either language, on paper and as a picture, until forgotten."""

import json
import re
import struct

import pytest
from playwright.sync_api import Locator, Page, expect

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.box import lesions
from busi.data.split import TEST
from busi.words.text import Words
from tests.browser.conftest import PATHS, assert_fits, open_tab, serious_issues

pytestmark = pytest.mark.browser

FIRST = lesions().set_index("image_id").loc[open_bundle(EMBEDDED).first_pair[0]]  # of the two that are met first
# Each of another kind, as a script would leave it.
SEEDED = {
    "welcome.0": {"guess": "malignant", "truth": "benign", "network": "malignant"},
    "welcome.women": {"guess": 90, "truth": 16, "low": 12, "high": 20, "ill": 100},
    "data.twins": {"guess": 3, "truth": 5, "verdict": "wrong", "gap": 0.5},
    "exercises.groups": {"guess": "blurred", "truth": "open", "verdict": "open", "gap": 0},
}


def row(page: Page, name: str) -> Locator:
    return page.locator(f'#tab-ending [data-guess="{name}"]')


def open_ending(page: Page) -> Locator:
    open_tab(page, "ending")
    ending = page.locator("#tab-ending .ending")
    expect(ending.locator("[data-out=missing]")).not_to_be_empty()
    return ending


def seed(page: Page, guesses: dict) -> None:
    page.evaluate("(text) => localStorage.setItem('atelier.guesses', text)", json.dumps(guesses))


def guess_sensitivity(page: Page, value: int) -> None:
    open_tab(page, "evaluation")
    page.locator("#evaluation-guess").fill(str(value))
    page.locator(".first-guess:has(#evaluation-guess) [data-show]").click()


def guess_majority(page: Page, value: int) -> None:
    open_tab(page, "data")
    page.locator("#data-majority").fill(str(value))
    page.locator(".data-guess:has(#data-majority) [data-reveal]").click()


def guess_layers(page: Page, choice: str) -> None:
    page.evaluate("atelier.openTab('exercise_layers')")
    card = page.locator('[data-question="layers.guess"]')
    card.locator(f"input[value={choice}]").check()
    card.locator("[data-answer]").click()
    # What the bench asked for must have come before the page is left, or Gradio complains of it.
    page.locator(".layers-bench").scroll_into_view_if_needed()
    expect(page.locator(".layers-bench .filter").first).to_be_visible(timeout=60_000)


def test_guesses_of_three_parts_stand_beside_the_truth_and_stay(page, words):
    counts = open_bundle(EMBEDDED).confusion(TEST)
    share = round(100 * counts.true_positives / (counts.true_positives + counts.false_negatives))
    guess_sensitivity(page, 20)
    guess_sensitivity(page, share)  # the answer is known by now: it does not count
    guess_majority(page, 68)
    guess_layers(page, "first")
    for language in (words.language, "en" if words.language == "fr" else "fr"):
        page.goto(re.split(r"[?#]", page.url)[0].removesuffix("en").rstrip("/") + PATHS[language])
        page.wait_for_selector("#tab-ending-button", state="attached")
        open_ending(page)
        read = Words(language)
        sensitivity, layers = row(page, "evaluation.sensitivity"), row(page, "exercises.layers")
        expect(sensitivity.locator("[data-out=you]")).to_have_text(read("ending.out_of_100", value=20))
        expect(sensitivity.locator("[data-out=truth]")).to_have_text(read("ending.out_of_100", value=share))
        expect(sensitivity.locator(".verdict-of")).to_have_text(f"✗ {read('ending.verdict_wrong')}")
        expect(sensitivity.locator("[data-out=told]")).to_contain_text(str(counts.true_positives))
        expect(sensitivity.locator("[role=img]")).to_have_attribute("aria-label", re.compile(rf"\b20\b.*\b{share}\b"))
        expect(layers.locator("[data-out=you]")).to_have_text(read("ending.of.exercises.layers.choices.first"))
        expect(layers.locator(".verdict-of")).to_have_text(f"✓ {read('ending.verdict_right')}")
        expect(row(page, "data.majority").locator(".verdict-of")).to_contain_text(read("ending.verdict_right"))
        expect(page.locator(".compared > li:visible")).to_have_count(3)
        expect(page.locator(".surprises li")).to_have_count(1)
        expect(page.locator(".surprises li")).to_contain_text("20")
        assert_fits(page)


def test_without_a_guess_there_is_an_invitation_and_the_questions(page, words):
    ending = open_ending(page)
    expect(ending.locator("[data-nothing]")).to_be_visible()
    expect(ending.locator("[data-after]:visible, .thread:visible, .compared > li:visible")).to_have_count(0)
    expect(ending.locator("[data-forget]")).to_be_hidden()
    expect(ending.locator(".asked li")).to_have_count(10)
    ending.locator(".missing summary").click()
    link = ending.locator('[data-missing="data.leak"] a')
    assert link.bounding_box()["height"] >= 40
    link.click()
    expect(page.locator("#tab-data")).to_be_visible()


def test_the_first_picture_waits_for_a_guess_of_it(page, words):
    open_ending(page)
    seed(page, SEEDED)
    page.reload()
    page.wait_for_selector("#tab-ending-button", state="attached")
    thread = open_ending(page).locator(".thread")
    expect(thread).to_be_visible()
    expect(thread.locator("[data-said-first]:visible")).to_contain_text(words("class.malignant"))
    expect(thread).to_contain_text(f"BI-RADS {FIRST.birads.upper()}")
    expect(thread.locator("dd").last).to_contain_text(words("class.benign"))
    expect(thread.locator(".badge")).to_contain_text("BrEaST")
    expect(page.locator(".surprises li").first).to_contain_text("90")  # the largest gap


def saved_picture(page: Page, words: Words) -> bytes:
    with page.expect_download() as download:
        page.locator("#tab-ending [data-save]").click()
    assert download.value.suggested_filename == words("ending.file")
    return download.value.path().read_bytes()


def test_it_can_be_saved_as_a_picture(page, words):
    open_ending(page)
    empty = saved_picture(page, words)
    seed(page, SEEDED)
    page.reload()
    page.wait_for_selector("#tab-ending-button", state="attached")
    open_ending(page)
    full = saved_picture(page, words)
    expect(page.locator("#tab-ending [data-out=done]")).to_contain_text(words("ending.file"))
    heights = []
    for picture in (empty, full):
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", picture[16:24])
        assert width == 1200
        heights.append(height)
    assert heights[1] > heights[0] + 400, "the guesses are on it"


def test_on_paper_it_stands_alone_in_black_on_white_on_two_pages_at_most(page, words):
    seed(page, SEEDED)
    page.goto(re.split(r"[?#]", page.url)[0] + "?__theme=dark")
    page.wait_for_selector("#tab-ending-button", state="attached")
    open_ending(page)
    pdf = page.pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2
    expect(page.locator(".print-sheet")).to_have_count(0)  # gone after printing
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    sheet = page.locator(".print-sheet")
    expect(sheet).to_contain_text(words("page.notice"))
    expect(sheet.locator(".asked li:visible")).to_have_count(10)
    expect(sheet.locator("button:visible")).to_have_count(0)
    credit, picture = (sheet.locator(f".thread {part}").bounding_box() for part in (".badge", "img"))
    assert credit["height"] > 5 and credit["y"] >= picture["y"] + picture["height"] - 1
    expect(page.locator("#tab-ending .ending")).to_be_hidden()
    assert sheet.evaluate("(one) => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"
    assert sheet.locator("h4").first.evaluate("(one) => getComputedStyle(one).color") == "rgb(0, 0, 0)"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#tab-ending .ending")).to_be_visible()
    open_tab(page, "data")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".print-sheet")).to_have_count(0)  # another part prints as it is


def test_it_is_forgotten_when_that_is_confirmed(page, words):
    seed(page, SEEDED)
    page.reload()
    page.wait_for_selector("#tab-ending-button", state="attached")
    ending = open_ending(page)
    expect(ending.locator(".compared > li:visible")).to_have_count(len(SEEDED))
    page.once("dialog", lambda dialog: dialog.dismiss())
    ending.locator("[data-forget]").click()
    expect(ending.locator(".compared > li:visible")).to_have_count(len(SEEDED))
    page.once("dialog", lambda dialog: dialog.accept())
    ending.locator("[data-forget]").click()
    expect(ending.locator("[data-nothing]")).to_be_visible()
    expect(ending.locator("[data-out=done]")).to_have_text(words("ending.forgotten"))
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('atelier.')).length") == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, words, theme):
    seed(page, SEEDED)
    page.goto(re.split(r"[?#]", page.url)[0] + f"?__theme={theme}")
    page.wait_for_selector("#tab-ending-button", state="attached")
    ending = open_ending(page)
    ending.locator(".missing summary").click()
    assert_fits(page)
    issues = serious_issues(page, theme)
    assert not issues, "\n".join(issues)
