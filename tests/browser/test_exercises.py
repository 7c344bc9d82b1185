"""The frame of the exercises: an answer is given once, explained, kept in the browser, and forgotten when asked."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from busi.lessons.architectures import architectures
from busi.words.exercises import exercises
from busi.words.text import Words
from tests.browser.conftest import PATHS, assert_fits, open_exercise, open_tab, serious_issues, wait_for_parts

pytestmark = pytest.mark.browser

FIRST = exercises()[0]
AFTER = next(question for question in FIRST.questions[1:] if question.right)


def card(page: Page, question: str) -> Locator:
    return page.locator(f'[data-question="{FIRST.name}.{question}"]')


def answer(page: Page, question: str, *choices: str) -> None:
    for choice in choices:
        card(page, question).locator(f"input[value={choice}]").check()
    card(page, question).locator("[data-answer]").click()


def test_an_answer_opens_the_bench_is_explained_kept_and_forgotten(page, words):
    open_tab(page, "exercises")
    guess = FIRST.questions[0]
    expect(page.locator(".after-guess").first).to_be_hidden()
    expect(card(page, guess.name).locator("[data-answer]")).to_be_disabled()
    answer(page, guess.name, guess.choices[0])
    expect(page.locator(".after-guess").first).to_be_visible()

    wrong = next(choice for choice in AFTER.choices if choice not in AFTER.right)
    answer(page, AFTER.name, wrong)
    expect(card(page, AFTER.name).locator(".verdict-of")).to_have_text(f"✗ {words('exercises.wrong')}")
    expect(card(page, AFTER.name).locator(".why:visible")).to_have_count(len(AFTER.choices))
    card(page, AFTER.name).locator("[data-again]").click()
    answer(page, AFTER.name, *AFTER.right)
    expect(card(page, AFTER.name).locator(".verdict-of")).to_have_text(f"✓ {words('exercises.right')}")
    assert_fits(page)

    # In the other language, on another visit of the page, the answers are still there. What the bench asked for must
    # have come before the page is left, or Gradio complains of it.
    page.locator(".augmentation-controls").scroll_into_view_if_needed()
    expect(page.locator(".augmentation-grid")).to_be_visible(timeout=60_000)
    other = Words("en" if words.language == "fr" else "fr")
    page.goto(re.split(r"[?#]", page.url)[0].removesuffix("en").rstrip("/") + PATHS[other.language])
    wait_for_parts(page)
    open_tab(page, "exercises")
    expect(card(page, AFTER.name).locator(".verdict-of")).to_have_text(f"✓ {other('exercises.right')}")
    total = sum(len(exercise.questions) for exercise in exercises())
    progress = other("exercises.progress", given=2, total=total, done=0, all=len(exercises()))
    expect(page.locator(".progress p")).to_have_text(progress)

    # Asked whether that is meant, a visitor may say no.
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name=other("exercises.forget")).click()
    expect(card(page, AFTER.name).locator(".verdict-of")).to_have_text(f"✓ {other('exercises.right')}")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=other("exercises.forget")).click()
    expect(page.locator(".after-guess").first).to_be_hidden()
    expect(card(page, AFTER.name).locator(".why:visible")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('atelier.')).length") == 0


def test_stored_answers_that_are_none_of_ours_do_no_harm(page, words):
    page.evaluate(
        'localStorage.setItem(\'atelier.answers\', \'{"augmentation.guess": "x", "augmentation.why": ["?"]}\')'
    )
    open_tab(page, "exercises")
    expect(page.locator(".after-guess").first).to_be_hidden()
    page.evaluate("localStorage.setItem('atelier.answers', 'not json')")
    answer(page, FIRST.questions[0].name, FIRST.questions[0].choices[-1])
    expect(page.locator(".after-guess").first).to_be_visible()


def test_links_lead_into_an_exercise_and_the_table_of_architectures_comes_after_a_guess(page, words):
    page.evaluate("atelier.openTab('exercise_groups')")
    expect(page.locator("#tab-exercise_groups")).to_be_visible()
    open_tab(page, "further")
    rows = architectures()
    expect(page.locator("#tab-further table")).to_be_hidden()
    page.locator(f"#tab-further [data-guess={rows[-1].arch}]").click()
    expect(page.locator("#tab-further tbody tr")).to_have_count(len(rows))
    expect(page.locator("#tab-further .reply")).to_contain_text(rows[-1].arch)
    assert_fits(page)


READY = {
    "augmentation": ".augmentation-grid .case-item",
    "layers": ".layers-bench .filter",
    "confidence": ".confidence-wall .case-item",
    "groups": ".groups-table tbody tr",
    "errors": "[data-error]",
}


def test_axe_finds_nothing_serious_on_any_open_bench(page, words, visit):
    theme = {"phone": "light", "laptop": "dark"}[visit[1]]
    page.goto(re.split(r"[?#]", page.url)[0] + f"?__theme={theme}")
    wait_for_parts(page)
    issues = []
    for exercise in exercises():
        open_exercise(page, exercise.name)
        bench = page.locator(f"#tab-exercise_{exercise.name}")
        bench.locator(".after-guess > *").first.scroll_into_view_if_needed()
        expect(bench.locator(READY[exercise.name]).first).to_be_visible(timeout=60_000)
        bench.locator(".hint summary").click()
        bench.locator(".solution button").click()
        issues += serious_issues(page, exercise.name)
    assert not issues, "\n".join(issues)
