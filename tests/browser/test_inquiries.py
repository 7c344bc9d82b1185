"""The inquiries, from guess to result: what they tell is counted again here, and nothing opens before the guess."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from busi.bundle.files import EMBEDDED, open_bundle
from busi.model.metrics import rate
from busi.web.parts.cells import populations
from tests.browser.conftest import assert_fits, open_tab, serious_issues

pytestmark = pytest.mark.browser

BUNDLE = open_bundle(EMBEDDED)
ROWS = populations(BUNDLE)


def open_inquiry(page: Page, name: str) -> None:
    """Goes to an inquiry as a visitor does: by the list of all of them."""
    open_tab(page, "inquiries")
    page.locator(f".inquiry-list a[data-name={name}]").click()
    expect(page.locator(f"#tab-inquiry_{name} .inquiry")).to_be_visible()


def begin(page: Page, name: str, guess: str) -> None:
    """Opens an inquiry and makes a guess."""
    open_inquiry(page, name)
    section = page.locator(f"#tab-inquiry_{name} .inquiry")
    expect(section.locator("[data-after]")).to_be_hidden()
    section.locator(f"input[value={guess}]").check()
    section.locator("[data-show]").click()
    expect(section.locator("[data-after]")).to_be_visible()


def counted(name: str, cut: float) -> tuple[int, int, int, int]:
    """Referred, kept, missed and alarmed, by numpy."""
    labels, scores = (ROWS[name]["label"] == "malignant").to_numpy(), ROWS[name]["probability"].to_numpy()
    kept, called = sureness(scores) >= cut, scores >= BUNDLE.threshold
    return (
        int((~kept).sum()),
        int(kept.sum()),
        int((kept & labels & ~called).sum()),
        int((kept & ~labels & called).sum()),
    )


def sureness(scores: np.ndarray) -> np.ndarray:
    odds = [np.log(p / (1 - p)) for p in (np.clip(scores, 1e-6, 1 - 1e-6), BUNDLE.threshold)]
    return np.abs(odds[0] - odds[1])


def test_abstaining_refers_the_least_sure_and_keeps_the_errors_that_are_made_with_assurance(page, words):
    begin(page, "abstain", "half")
    tab, home = page.locator("#tab-inquiry_abstain"), ROWS["test"]["probability"].to_numpy()
    for share in (0.2, 0, 0.45, 0.9):
        tab.locator("#abstain-share").fill(str(share))
        cut = float(np.sort(sureness(home))[int(share * len(home) + 1e-9)])
        referred, kept, missed, alarms = counted("test", cut)
        told = words("inquiry_abstain.result", referred=referred, n=len(home), errors=missed + alarms, kept=kept)
        expect(tab.locator("[data-out=result]")).to_have_text(told)
        for row, name in zip(tab.locator("tbody tr").all()[:2], ("test", "breast"), strict=True):
            referred, kept, missed, alarms = counted(name, cut)
            found, cells = rate(missed + alarms, kept), row.locator("td").all_inner_texts()
            interval = words("inquiry_abstain.interval", low=words.percent(found.low), high=words.percent(found.high))
            assert cells[0].startswith(words("inquiry_abstain.of", part=referred, n=len(ROWS[name])))
            assert cells[1] == str(kept) and interval in cells[2]
            assert words("inquiry_abstain.errors_split", missed=missed, alarms=alarms) in cells[2]
    assert_fits(page)
    assert serious_issues(page, "inquiry_abstain") == []


def test_an_address_brings_the_setting_back_and_the_guess_stays_in_the_browser(page, words, address, visit):
    begin(page, "abstain", "fifth")
    tab = page.locator("#tab-inquiry_abstain")
    tab.locator("#abstain-share").fill("0.65")
    tab.locator("[data-copy]").click()
    assert re.search(r"\?inquiry=abstain&share=0.65#inquiry_abstain$", page.url)
    page.reload()
    expect(tab.locator("[data-after]")).to_be_visible()
    expect(tab.locator("#abstain-share")).to_have_value("0.65")
    expect(tab.locator("input[value=fifth]")).to_be_checked()
    expect(page.locator(".rail a[data-part=inquiry_abstain]")).to_have_class(re.compile("is-done"))


def test_without_a_choice_nothing_is_opened(page, words):
    open_inquiry(page, "abstain")
    tab = page.locator("#tab-inquiry_abstain")
    tab.locator("[data-show]").click()
    expect(tab.locator("[data-out=reply]")).to_have_text(words("inquiries.choose_first"))
    expect(tab.locator("[data-after]")).to_be_hidden()
