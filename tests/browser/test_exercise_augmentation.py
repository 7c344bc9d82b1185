"""The exercise on augmentation, from the guess to the solution."""

import pytest
from playwright.sync_api import expect

from busi.web.tabs.exercise_augmentation.tab import COUNT, KNOBS
from tests.browser.conftest import assert_fits, open_exercise

pytestmark = pytest.mark.browser


def test_variants_are_drawn_compared_with_the_guess_and_drawn_again(page, words):
    open_exercise(page, "augmentation")
    grid = page.locator(".augmentation-grid")
    page.locator(".augmentation-controls").scroll_into_view_if_needed()
    expect(grid.locator(".case-item")).to_have_count(COUNT + 1 + 5, timeout=60_000)
    expect(grid.locator(".told")).to_contain_text(words("exercise_augmentation.guessed_same"))
    pictures = "all => all.map((picture) => picture.src)"
    first = grid.locator(".case-item img").evaluate_all(pictures)

    page.get_by_role("button", name=words("exercise_augmentation.again")).click()
    expect(grid.locator(".case-item img").nth(1)).not_to_have_attribute("src", first[1], timeout=20_000)
    second = grid.locator(".case-item img").evaluate_all(pictures)
    assert second[0] == first[0] and not set(second[1 : COUNT + 1]) & set(first)

    page.get_by_role("button", name=words("exercise_augmentation.preset_off")).click()
    expect(grid.locator(".told")).to_have_text(words("exercise_augmentation.unchanged"), timeout=20_000)
    assert page.locator("[data-knob]").evaluate_all("all => all.map((knob) => knob.value)") == ["0"] * len(KNOBS)
    page.locator("[data-image]").nth(2).click()
    expect(grid.locator(".case-item img").first).not_to_have_attribute("src", first[0], timeout=20_000)
    grid.locator(".case-open").first.click()
    expect(page.locator("dialog.enlarged .facts")).to_contain_text(words("exercise_augmentation.original"))
    page.keyboard.press("Escape")
    assert_fits(page)


def test_the_questions_lead_to_the_solution(page, words):
    open_exercise(page, "augmentation")
    card = page.locator('[data-question="augmentation.wrong"]')
    card.locator("input[value=upside_down]").check()
    card.locator("[data-answer]").click()
    expect(card.locator(".verdict-of")).to_have_text(f"✗ {words('exercises.wrong')}")
    card.locator("[data-again]").click()
    for choice in ("half_turn", "upside_down"):
        card.locator(f"input[value={choice}]").check()
    card.locator("[data-answer]").click()
    expect(card.locator(".verdict-of")).to_have_text(f"✓ {words('exercises.right')}")
    page.locator(".exercise_augmentation .hint summary").click()
    page.locator(".exercise_augmentation .solution button").click()
    expect(page.locator(".exercise_augmentation .solution h3").first).to_be_visible()
    assert_fits(page)
