"""A visitor's way through the pages, in Chromium: both languages, a laptop and a phone, no console error."""

from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Page, expect

from busi.data.box import CREDIT, CREDIT_URL
from busi.data.simulated import draw, held_out_seeds
from busi.lessons.laboratory import PRESETS
from busi.web.way import PARTS
from busi.words.text import Words
from tests.browser.conftest import open_tab
from tests.browser.giving import Requests

pytestmark = pytest.mark.browser


def upload(page: Page, path: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(str(path))


def test_the_page_says_what_it_is_in_its_language_and_fits_the_screen(page, words):
    expect(page.locator("h1")).to_have_text(words("page.title"))
    expect(page.locator(".notice")).to_contain_text(words("page.notice_strong"))
    assert page.evaluate("document.documentElement.lang") == words.language
    links = [link for link in page.locator("nav.rail a").all() if link.is_visible()]
    assert [link.inner_text() for link in links] == [words(f"{name}.tab") for name in PARTS]
    assert not [tab for tab in page.get_by_role("tab").all() if tab.is_visible()], "Gradio's own row is not shown"
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_the_other_language_is_one_click_away(page, words):
    page.get_by_role("link", name=words("page.other_language")).click()
    other = Words("en" if words.language == "fr" else "fr")
    expect(page.locator(".notice")).to_contain_text(other("page.notice_strong"))
    assert page.evaluate("document.documentElement.lang") == other.language


def test_a_trap_is_answered_and_the_same_image_is_in_the_other_tab(page, words):
    open_tab(page, "prediction")
    page.get_by_role("button", name=words("picker.smiley")).click()
    outside = page.locator(".result .card.alert")
    expect(outside).to_contain_text(words("prediction.outside_title"), timeout=60_000)
    expect(page.locator(".result .verdict")).not_to_be_visible()
    page.get_by_text(words("prediction.outside_reveal")).click()
    expect(page.locator(".result .trap")).to_have_text(words("prediction.impostor"))
    expect(page.locator(".result .score-bar")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    open_tab(page, "preprocessing")
    expect(page.locator(".histogram")).to_have_count(2, timeout=10_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_an_upload_is_answered_then_a_damaged_one_by_a_sentence_then_again(page, words, tmp_path):
    open_tab(page, "prediction")
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    image = draw(held_out_seeds("test")[1]).image
    cv2.imwrite(str(good), image)
    bad.write_bytes(good.read_bytes()[:3000])
    upload(page, good)
    expect(page.locator(".verdict")).to_be_visible(timeout=60_000)
    height, width = image.shape
    detail = words("prediction.given_detail", width=width, height=height)
    expect(page.locator("figcaption small").first).to_have_text(detail)
    page.locator(".chosen button[aria-label]").first.click()  # the cross that empties the picker
    expect(page.locator(".invitation").first).to_be_visible()
    upload(page, bad)
    expect(page.locator(".card.alert").first).to_contain_text(words("refused.truncated"), timeout=20_000)
    expect(page.locator(".verdict")).to_have_count(0)


def test_a_file_that_is_no_picture_or_too_heavy_is_refused_in_the_page_s_language(page, words, tmp_path):
    open_tab(page, "prediction")
    notes, heavy = tmp_path / "notes.txt", tmp_path / "heavy.png"
    notes.write_text("no picture")
    heavy.write_bytes(bytes(11 * 1024 * 1024))
    for path, sentence in ((notes, words("refused.not_an_image")), (heavy, words("refused.too_heavy", limit=10))):
        upload(page, path)
        expect(page.locator(".picker .banner")).to_have_text(sentence)
    good = tmp_path / "good.png"
    cv2.imwrite(str(good), draw(held_out_seeds("test")[1]).image)
    upload(page, good)
    expect(page.locator(".verdict")).to_be_visible(timeout=60_000)
    expect(page.locator(".picker .banner")).to_be_hidden()


def test_turning_a_setting_changes_the_picture_and_reset_brings_it_back(page, words):
    open_tab(page, "preprocessing")
    page.get_by_role("button", name=words("picker.rings")).click()
    open_tab(page, "preprocessing")
    expect(page.locator(".histogram")).to_have_count(2, timeout=60_000)
    Requests(page).wait_for_rest(quiet=2000)  # until it is of the rings, and no more of the picture before
    after = page.locator(".histogram").nth(1)
    first = after.inner_html()
    page.locator("#tab-preprocessing .knobs input[type=range]").first.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text(words("preprocessing.same"))).to_have_count(0)
    page.wait_for_function(
        "([now, was]) => document.querySelectorAll('.histogram')[1].innerHTML !== was", arg=[0, first]
    )
    page.get_by_role("button", name=words("preprocessing.reset")).click()
    expect(page.get_by_text(words("preprocessing.same"))).to_have_count(1)
    page.wait_for_function("was => document.querySelectorAll('.histogram')[1].innerHTML === was", arg=first)


def test_an_example_can_be_chosen_by_keyboard_alone(page, words):
    open_tab(page, "prediction")
    button = page.get_by_role("button", name=words("picker.snow"))
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".result .card.alert")).to_contain_text(words("prediction.outside_title"), timeout=60_000)
    assert button.get_attribute("aria-pressed") == "true"


def test_every_picture_has_an_alternative_text_and_no_word_is_missing(page, words):
    open_tab(page, "prediction")
    page.get_by_role("button", name=words("picker.smiley")).click()
    expect(page.locator(".pair img")).to_have_count(2, timeout=60_000)
    for picture in page.locator(".pair img").all():
        assert len(picture.get_attribute("alt")) > 10
    assert "{" not in page.locator("main").inner_text()


def test_a_real_example_says_whose_it_is_and_what_is_known_of_it_waits_for_a_guess(page, words):
    open_tab(page, "prediction")
    page.get_by_role("button", name=words("picker.breast_name", number=1), exact=True).click()
    expect(page.locator(".result .badge a")).to_have_count(2, timeout=60_000)
    expect(page.locator(".result .badge a").first).to_have_attribute("href", CREDIT_URL)
    expect(page.locator(".picker .said-of a")).to_have_text(CREDIT)
    wrote = page.locator(".own-guess .radiologist")
    expect(wrote).to_be_hidden()
    page.locator(".own-guess button[data-guess=malignant]").click()
    expect(wrote).to_be_visible()
    expect(wrote).to_contain_text("BI-RADS")


def test_a_simulated_example_says_so_and_its_true_answer_waits(page, words):
    open_tab(page, "evaluation")
    page.locator("#tab-evaluation input[value=simulated]").first.check()
    page.locator("#tab-evaluation button[data-cell=tp]").click()
    page.locator("#tab-evaluation .cell-panel .case").first.click()
    expect(page.locator(".result .badge")).to_have_count(2, timeout=60_000)
    expect(page.locator(".result .badge").first).to_have_text(words("laboratory.simulated"))
    details = page.locator(".own-guess details")
    assert details.get_attribute("open") is None
    details.locator("summary").click()
    expect(details).to_contain_text(words("report.orientation_parallel").split()[-1])  # "skin": the description


def open_laboratory(page: Page, words: Words) -> None:
    open_tab(page, "laboratory")
    expect(page.locator(".lab-result")).to_be_visible(timeout=60_000)


def test_the_laboratory_follows_its_knobs_and_the_address_follows_too(page, words):
    open_laboratory(page, words)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    picture = page.locator(".lab-result img")
    expect(page.locator(".lab-result .badge")).to_have_text(words("laboratory.simulated"))
    assert words("report.posterior_enhancement") in picture.get_attribute("alt")
    before = picture.get_attribute("src")
    page.get_by_role("radio", name=words("laboratory.margin_spiculated")).check()
    page.wait_for_function("was => document.querySelector('.lab-result img').src !== was", arg=before)
    page.wait_for_function("location.search.includes('margin=spiculated')")
    assert words("report.margin_spiculated") in picture.get_attribute("alt")


def test_a_knob_s_number_is_written_as_the_page_s_language_writes_it(page, words):
    open_laboratory(page, words)
    for name, step in (("aspect", 2), ("size_mm", 0)):
        slider = page.locator(
            f"#tab-laboratory .block:has([data-testid=block-info]:text-is('{words(f'laboratory.{name}')}'))"
        )
        output = slider.locator("output")
        expect(output).to_have_text(words.number(float(slider.locator("input[type=range]").input_value()), step))
        expect(slider.locator("input[type=number]")).to_be_hidden()
    page.locator("button[data-preset=spiculated]").click()
    expect(page.locator("#tab-laboratory output").nth(1)).to_have_text(
        words.number(PRESETS["spiculated"].lesion.aspect, 2)
    )
    values = page.locator("#tab-laboratory input[type=range]").evaluate_all(
        "ranges => ranges.map(range => range.value)"
    )
    shown = page.locator("#tab-laboratory output").all_text_contents()
    assert [float(text.replace(",", ".").replace("\u2212", "-")) for text in shown] == [
        float(value) for value in values
    ]


def test_the_picture_stays_in_view_while_a_knob_far_below_is_turned(page, words):
    open_laboratory(page, words)
    page.get_by_text(words("laboratory.echo_db"), exact=True).first.scroll_into_view_if_needed()
    expect(page.locator(".lab-result img")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_shared_address_opens_the_laboratory_on_the_same_lesion(page, words):
    open_laboratory(page, words)
    page.locator("button[data-preset=spiculated]").click()
    page.wait_for_function("location.search.includes('spiculated')")
    shared, picture = page.url, page.locator(".lab-result img").get_attribute("src")
    same_picture = "was => document.querySelector('.lab-result img')?.src === was"
    guest = page.context.new_page()
    guest.goto(shared)
    guest.wait_for_function(same_picture, arg=picture)
    assert guest.get_by_role("radio", name=words("laboratory.margin_spiculated")).is_checked()
    guest.locator("header a.language").click()
    guest.wait_for_url("**/en?*" if words.language == "fr" else "**/?*")
    guest.wait_for_function(same_picture, arg=picture)


def test_the_curve_and_the_tipping_point_are_drawn_on_demand(page, words):
    open_laboratory(page, words)
    page.get_by_role("button", name=words("laboratory.curve_run")).click()
    expect(page.locator("figure.curve svg")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name=words("laboratory.tipping_run")).click()
    expect(page.locator(".tipping h3")).to_have_text(words("laboratory.tipping_title"), timeout=60_000)
    assert "{" not in page.locator("main").inner_text()


def test_an_answer_about_a_lesion_that_is_gone_is_not_shown(page, words):
    open_laboratory(page, words)
    with page.expect_response(lambda answer: "queue/join" in answer.url):
        page.get_by_role("button", name=words("laboratory.curve_run")).click()
    page.locator("button[data-preset=spiculated]").click()
    page.wait_for_function("location.search.includes('spiculated')")
    page.wait_for_timeout(5000)  # the curve of the lesion before takes some two seconds
    expect(page.locator("figure.curve")).to_have_count(0)
    page.get_by_role("button", name=words("laboratory.curve_run")).click()
    expect(page.locator("figure.curve svg")).to_be_visible(timeout=60_000)
