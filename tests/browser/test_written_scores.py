"""What the page's scripts write of scores and guesses is what the server writes."""

from playwright.sync_api import expect

from tests.browser.conftest import open_tab
from tests.support.score_cases import CASES


def test_scores_beside_the_threshold_are_written_as_on_the_server(page, words):
    for score, threshold, *_ in CASES:
        written = page.evaluate("([score, at]) => atelier.scoreAndThreshold(score, at)", [score, threshold])
        assert written == list(words.score_and_threshold(score, threshold))
    scores, threshold = [score for score, *_ in CASES], CASES[0][1]
    together = page.evaluate("([scores, at]) => atelier.scoresAndThreshold(scores, at)", [scores, threshold])
    assert together == list(words.scores_and_threshold(scores, threshold))


def test_a_guess_on_an_example_is_told_who_was_right(page, words):
    open_tab(page, "prediction")
    page.locator(".thumbnails button").first.click()
    own = page.locator(".own-guess")
    expect(own).to_be_visible(timeout=60_000)
    expect(own.locator("[data-guessed]:visible")).to_have_count(0)
    expect(own.locator("details > p")).not_to_be_visible()
    told = {}
    for guess in ("benign", "malignant"):
        own.locator(f"button[data-guess={guess}]").click()
        expect(own.locator("details > p")).to_be_visible()
        told[guess] = own.locator("[data-guessed]:visible").inner_text()
    marks = {text[0] for text in told.values()}
    assert marks == {"✓", "✗"}, "one of two opposite guesses was right"
    right, wrong = sorted(told.values(), key=lambda text: text[0])
    assert any(words(f"guess.{key}") in right for key in ("both_right", "only_you"))
    assert any(words(f"guess.{key}") in wrong for key in ("both_wrong", "only_network"))
