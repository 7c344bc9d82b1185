"""The sections as an attendee goes through them: welcome, glossary, one image seen through each step, the network."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.box import CREDIT
from busi.images.steps import EQUALISED, steps_of
from busi.server.decoding import read_upload
from busi.serving.gallery import open_gallery
from busi.web.way import PARTS
from busi.words.text import Words
from tests.browser.conftest import PATHS, assert_fits, open_tab, serious_issues

pytestmark = pytest.mark.browser


def choose_first_example(page: Page, words: Words) -> None:
    page.get_by_role("button", name=words("picker.breast_name", number=1), exact=True).click()


def choose_smiley(page: Page, words: Words) -> None:
    page.get_by_role("button", name=words("picker.smiley")).click()


def test_a_term_opens_where_it_stands_and_the_whole_glossary_anywhere(page, words):
    page.locator('.way a[href="#term-pixel"]').click()
    box = page.locator("dialog.glossary")
    expect(box.locator("[data-term]:visible h3")).to_have_text([words("glossary.terms.pixel.title")])
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    open_tab(page, "glossary")
    assert page.locator("#tab-glossary [data-term]:visible").count() > 50
    field = page.locator("#tab-glossary input[type=search]")
    field.fill(words("glossary.terms.prevalence.title").upper().replace("É", "E"))
    shown = page.locator("#tab-glossary [data-term]:visible")
    assert words("glossary.terms.prevalence.title") in shown.locator("h3").all_inner_texts()
    assert shown.count() < 10
    field.fill("zzz")
    expect(page.locator("#tab-glossary [data-none]")).to_have_text(words("glossary.none"))


def test_the_chosen_image_travels_and_any_tab_can_change_it(page, words):
    open_tab(page, "preprocessing")
    choose_first_example(page, words)
    expect(page.locator(".steps img")).to_have_count(6, timeout=60_000)
    expect(page.locator(".steps .badge a").first).to_have_text(CREDIT)
    assert_fits(page)
    open_tab(page, "prediction")
    expect(page.locator(".result .badge")).to_have_count(2, timeout=60_000)
    open_tab(page, "network")
    badges = page.locator("#tab-network .badge:visible")
    # image and kernels, image and map of one's own kernel, the chain, how it draws
    expect(badges).to_have_count(5, timeout=60_000)
    expect(page.get_by_text(words("network.stand_in"))).to_have_count(0)
    choose_smiley(page, words)
    expect(badges).to_have_count(0)
    open_tab(page, "prediction")
    expect(page.locator(".result .trap")).to_have_text(words("prediction.impostor"))


def test_each_layer_of_the_network_opens_and_explains_itself(page, words):
    open_tab(page, "network")
    page.locator("#tab-network .curious > button").click()
    first = page.locator(".layer-view h4")
    expect(first).to_contain_text("relu1", timeout=60_000)
    expect(page.locator(".layer-view .badge a")).to_have_text(CREDIT, timeout=60_000)  # the picture that was met first
    expect(page.get_by_text(words("network.stand_in"))).to_have_count(0)
    assert page.locator("button[data-layer]").count() == 98
    button = page.locator('button[data-layer="conv5b_expand"]')
    button.focus()
    page.keyboard.press("Enter")
    expect(first).to_contain_text("conv5b_expand")
    expect(page.locator(".maps figure")).to_have_count(12)
    assert button.get_attribute("aria-pressed") == "true"
    page.locator('button[data-layer="average"]').click()
    expect(page.locator(".layer-view")).to_contain_text(words("network.no_maps", count=112))
    assert_fits(page)


def test_gradcam_is_asked_for_and_turned(page, words):
    open_tab(page, "prediction")
    ask = page.get_by_role("button", name=words("gradcam.ask"))
    choose_first_example(page, words)
    ask.click(timeout=60_000)
    veils = page.locator(".veil:visible")
    expect(veils).to_have_count(1, timeout=60_000)
    shown = veils.get_attribute("data-class")
    other = "benign" if shown == "malignant" else "malignant"
    page.locator(f".gradcam [data-show={other}]").click()
    expect(page.locator(".veil:visible")).to_have_attribute("data-class", other)
    expect(page.locator(".edge")).to_be_hidden()
    page.get_by_label(words("gradcam.outline")).check()
    expect(page.locator(".edge")).to_be_visible()
    page.get_by_label(words("gradcam.veil")).fill("0")
    assert float(page.locator(".veil:visible").evaluate("veil => getComputedStyle(veil).opacity")) == 0
    assert_fits(page)
    choose_smiley(page, words)
    expect(page.locator(".gradcam")).to_have_count(0)


def test_the_numbers_of_the_patch_are_those_of_the_image(page, words):
    bundle = open_bundle(EMBEDDED)
    gallery = open_gallery(bundle, None)
    steps = steps_of(read_upload(gallery.path("breast-001")), bundle.image)
    levels = next(step.array for step in steps if step.name == EQUALISED)
    open_tab(page, "preprocessing")
    choose_first_example(page, words)
    cells = page.locator('[data-patch="levels"] td')
    expect(cells).to_have_count(64, timeout=60_000)
    row, column = (
        int(page.get_by_label(words(f"preprocessing.patch_{name}")).input_value()) for name in ("row", "column")
    )
    expect(cells.first).to_have_text(str(levels[row, column]), timeout=60_000)  # another picture stood here before
    far = len(levels) - 8
    for row, column in ((far // 2, far // 2), (0, far), (37, 5)):
        page.get_by_label(words("preprocessing.patch_row")).fill(str(row))
        page.get_by_label(words("preprocessing.patch_column")).fill(str(column))
        shown = np.array(cells.all_inner_texts(), int).reshape(8, 8)
        np.testing.assert_array_equal(shown, levels[row : row + 8, column : column + 8])
        scaled = page.locator('[data-patch="scaled"] td').first.inner_text()
        assert scaled == words.number(levels[row, column] / 255, 2)
    assert words.number(levels[37, 5] / 255, 2) in page.locator('[data-patch="told"]').inner_text()


def test_numbers_written_by_the_browser_are_those_written_by_the_server(page, words):
    values = [0, 0.5, 1.5, 2.5, -8, -0.2, 1234567, 999.5, 50176]
    shown = page.evaluate("values => values.map((value) => atelier.number(value))", values)
    assert shown == [words.number(value) for value in values]
    decimals = [0.886, -0.25, 1234.5678, 0.005]
    assert page.evaluate("values => values.map((value) => atelier.number(value, 2))", decimals) == [
        words.number(value, 2) for value in decimals
    ]
    shares = [0, 0.004, 0.01, 0.125, 0.204, 0.99, 0.996, 1]
    assert page.evaluate("values => values.map(atelier.percent)", shares) == [words.percent(share) for share in shares]
    from busi.model.metrics import rate

    for successes, n in ((29, 31), (0, 7), (5, 5), (35, 65)):
        expected = rate(successes, n)
        found = page.evaluate("([k, n]) => atelier.rate(k, n)", [successes, n])
        assert [found["value"], found["low"], found["high"]] == pytest.approx(
            [expected.value, expected.low, expected.high], abs=1e-9
        )


def test_no_tab_has_a_serious_accessibility_issue(page, words, address, visit):
    theme = {"phone": "light", "laptop": "dark"}[visit[1]]
    page.goto(f"{address}{PATHS[words.language]}?__theme={theme}")
    open_tab(page, "prediction")
    choose_first_example(page, words)
    page.get_by_role("button", name=words("gradcam.ask")).click(timeout=60_000)
    expect(page.locator(".veil:visible")).to_have_count(1, timeout=60_000)
    issues = []
    for name in PARTS:
        open_tab(page, name)
        page.wait_for_timeout(700)
        assert_fits(page)
        issues += serious_issues(page, name)
    assert not issues, "\n".join(issues)
