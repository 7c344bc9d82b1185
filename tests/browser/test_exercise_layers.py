"""The exercise on layers: from the guess over layers and filters to the solution."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_fits, open_exercise

pytestmark = pytest.mark.browser


def test_layers_images_and_filters_are_chosen_and_compared(page, words):
    open_exercise(page, "layers")
    bench = page.locator(".layers-bench")
    page.locator("#layers-bench").scroll_into_view_if_needed()
    expect(bench).to_have_attribute("data-layer", "relu1", timeout=60_000)
    size = "img => [img.naturalWidth, img.naturalHeight]"
    assert bench.locator("img.map").first.evaluate(size) == [64, 64]
    late = bench.locator("[data-choose-layer=conv5a_project]")
    late.click()
    expect(bench).to_have_attribute("data-layer", "conv5a_project", timeout=20_000)
    expect(late).to_have_attribute("aria-pressed", "true")
    assert bench.locator("img.map").first.evaluate(size) == [8, 8]
    expect(late).to_contain_text(words("exercise_layers.size", side=8, maps=80))

    strongest = bench.locator("[data-filter]").evaluate_all("all => all.map((one) => one.dataset.filter)")
    bench.locator("[data-differ]").check()
    expect(bench).to_have_attribute("data-differing", "true", timeout=20_000)
    assert bench.locator("[data-filter]").evaluate_all("all => all.map((one) => one.dataset.filter)") != strongest
    other = bench.locator("[data-side=right]").first.get_attribute("data-example")
    bench.locator("[data-side=right]").first.click()
    expect(bench).to_have_attribute("data-right", other, timeout=20_000)
    expect(bench.locator(".trap")).to_have_text(words("exercise_layers.same"))
    expect(bench.locator("[data-differ]")).to_be_checked()

    bench.locator(".case-open").first.click()
    expect(page.locator("dialog.enlarged .facts")).to_contain_text("8 × 8")
    page.keyboard.press("Escape")
    card = page.locator('[data-question="layers.bright"]')
    card.locator("input[value=clue]").check()
    card.locator("[data-answer]").click()
    expect(card.locator(".verdict-of")).to_have_text(f"✓ {words('exercises.right')}")
    page.locator(".exercise_layers .solution button").click()
    expect(page.locator(".exercise_layers .solution h3").first).to_be_visible()
    assert_fits(page)
