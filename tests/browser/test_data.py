"""Les données as an attendee goes through it: guesses, outlines, another set of examples, twins."""

import pytest
from playwright.sync_api import expect

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.box import CREDIT
from busi.lessons.twins import round_of
from busi.serving.gallery import open_gallery
from tests.browser.conftest import assert_fits, open_tab

pytestmark = pytest.mark.browser


def test_a_guess_comes_before_the_answer(page, words):
    open_tab(page, "data")
    for question, share in (("majority", "68"), ("leak", "31")):
        card = page.locator(".data-guess").filter(has=page.locator(f"#data-{question}"))
        answer = card.locator("[data-answer]")
        expect(answer).to_be_empty()
        card.locator("input").fill("85")
        expect(card.locator("output")).to_have_text("85")
        card.get_by_role("button", name=words("data.guess_show")).click()
        expect(answer).to_contain_text("85")
        expect(answer).to_contain_text(share)
        expect(answer).to_contain_text(f"✗ {words('guess.lower')}")
        card.locator("input").fill(str(int(share) - 4))
        card.get_by_role("button", name=words("data.guess_show")).click()
        expect(answer).to_contain_text(f"✓ {words('guess.within')}")
    assert_fits(page)


def test_outlines_are_switched_on_and_stay_on_for_other_examples(page, words):
    open_tab(page, "data")
    edges = page.locator("#tab-data .edge:visible")
    expect(page.locator(".examples button")).to_have_count(8, timeout=60_000)
    expect(edges).to_have_count(0)
    page.get_by_label(words("data.outline_breast")).check()
    expect(edges).to_have_count(8)
    first = page.locator(".examples button").first.get_attribute("data-key")
    page.get_by_role("button", name=words("data.more")).click()
    expect(page.locator(f'.examples button[data-key="{first}"]')).to_have_count(0)
    expect(edges).to_have_count(8)
    page.locator(".examples button").last.click()
    expect(page.locator("#tab-prediction")).to_be_visible()
    expect(page.locator(".result .badge").first).to_have_text(CREDIT, timeout=60_000)


def test_the_twin_is_found_or_shown_and_another_round_begins(page, words):
    bundle = open_bundle(EMBEDDED)
    game = round_of(open_gallery(bundle, None), bundle, 0)
    open_tab(page, "data")
    choices = page.locator(".candidates button")
    expect(choices).to_have_count(6, timeout=60_000)
    choices.nth((game.answer + 1) % 6).click()
    expect(page.locator(".twins [role=status]")).to_contain_text(words("data.twins_wrong"))
    expect(page.locator(".twins figure")).to_have_count(3)
    page.get_by_role("button", name=words("data.twins_again")).click()
    expect(choices).to_have_count(6)
    following = round_of(open_gallery(bundle, None), bundle, 1)
    choices.nth(following.answer).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".twins [role=status]")).to_contain_text(words("data.twins_right"))
    assert_fits(page)
