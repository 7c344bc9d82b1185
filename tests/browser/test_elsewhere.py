"""Another hospital, as an attendee goes through it: guesses, numbers, draws of local cases, groups."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sklearn.metrics import recall_score, roc_auc_score

from busi.bundle.files import EMBEDDED, open_bundle
from busi.lessons.elsewhere import groups_elsewhere
from busi.model.metrics import calibration_error_by_chance, expected_calibration_error
from busi.words.text import Words
from tests.browser.conftest import assert_fits, open_tab, serious_issues

pytestmark = pytest.mark.browser

BUNDLE = open_bundle(EMBEDDED)
AWAY = BUNDLE.predictions[BUNDLE.predictions["source"] == "breast"]
HOME = BUNDLE.test_images


def rates(rows) -> tuple[float, float, float]:
    """AUC, sensitivity and specificity by scikit-learn, at the network's threshold."""
    labels, probabilities = rows["label"] == "malignant", rows["probability"]
    called = probabilities >= BUNDLE.threshold
    return roc_auc_score(labels, probabilities), recall_score(labels, called), recall_score(~labels, ~called)


def open_part(page: Page) -> None:
    open_tab(page, "evaluation")
    expect(page.locator("[data-chart=women] svg")).to_be_attached()


def guess(page: Page, **guesses: str) -> None:
    for name, choice in guesses.items():
        page.locator(f"input[name=elsewhere-{name}][value={choice}]").check()
    page.locator(".elsewhere [data-show]").click()


def open_box(page: Page, title: str) -> None:
    """Opens a box for the curious by its title."""
    page.locator("#tab-evaluation details.curious > summary").filter(has_text=title).click()


def test_three_guesses_are_judged_by_what_scikit_learn_computes(page, words):
    open_part(page)
    truth, bench = page.locator("table.beside").first, page.locator(".local")
    expect(truth).to_be_hidden()
    expect(bench).to_be_hidden()
    guess(page, auc="lower", found="lower", alarms="higher")
    expect(bench).to_be_visible()
    expect(truth).to_be_hidden()
    open_box(page, words("elsewhere.truth_title"))
    expect(truth).to_be_visible()
    (home_auc, home_found, home_right), (away_auc, away_found, away_right) = rates(HOME), rates(AWAY)
    replies = {name: page.locator(f"[data-reply={name}]").inner_text() for name in ("auc", "found", "alarms")}
    two, percent = (lambda value: words.number(value, 2)), words.percent
    for name, guessed, write, home, away in (
        ("auc", "lower", two, home_auc, away_auc),
        ("found", "lower", percent, home_found, away_found),
        ("alarms", "higher", percent, 1 - home_right, 1 - away_right),
    ):
        kind = "right" if direction(away - home) == guessed else "wrong"
        mark = {"right": "✓", "wrong": "✗"}[kind]
        told = words(f"elsewhere.reply_{name}", home=write(home), away=write(away))
        assert replies[name].startswith(f"{mark} {words(f'guess.{kind}')} {told}"), replies[name]
    shown = truth.locator("tbody td b").all_text_contents()
    expected = [two(home_auc), two(away_auc), *map(percent, (home_found, away_found, home_right, away_right))]
    assert shown[:6] == expected
    chart = page.locator("[data-chart=elsewhere-roc] svg")
    assert words.number(BUNDLE.metrics("breast")["auc"].value, 2) in chart.get_attribute("aria-label")
    assert chart.locator("rect.radiologist").count() == 5
    assert_fits(page)
    page.reload()
    open_part(page)
    expect(page.locator("table.beside").first).to_be_visible()


def direction(change: float) -> str:
    """What a guess says of a change: within .05 it is "same"."""
    return "same" if abs(change) <= 0.05 else "lower" if change < 0 else "higher"


def drawn(page: Page) -> int:
    return page.locator("[data-chart=draws] path.draw").count()


def test_local_cases_are_drawn_once_and_a_hundred_times(page, words):
    open_part(page)
    guess(page)
    told = page.locator("[data-out=draws_told]")
    expect(told).to_have_text(words("elsewhere.local_empty"))
    page.locator("[data-draw='1']").click()
    assert drawn(page) == 2  # a draw is a mark in the row of the sensitivity and in that of the specificity
    expect(told).to_contain_text("242")
    page.locator("[data-draw='100']").click()
    assert drawn(page) == 200
    spreads = {}
    for cases in (10, 20, 50):
        page.locator(f"input[name=local-cases][value='{cases}']").check()
        expect(told).to_contain_text(beginning(words, "elsewhere.local_many_threshold", count=100, cases=cases))
        across = page.locator("[data-chart=draws] path.draw").evaluate_all(
            "paths => paths.slice(0, 100).map(path => path.getBBox().x)"
        )
        spreads[cases] = np.quantile(across, 0.95) - np.quantile(across, 0.05)
    assert spreads[10] > spreads[20] > spreads[50], "more cases, less luck"
    page.locator("input[name=local-what][value=calibration]").check()
    expect(told).to_contain_text(beginning(words, "elsewhere.local_many_calibration", count=100, cases=50))
    assert drawn(page) == 100
    expect(page.locator("[data-chart=local-calibration] svg")).to_be_visible()
    expect(page.locator("[data-out=draws_chance]")).to_have_text(chance(words))
    assert_fits(page)


def beginning(words: Words, key: str, **values: object) -> str:
    """The first sentence of some words."""
    return words.unfilled(key).split(".")[0].format(**values)


def chance(words: Words) -> str:
    labels, probabilities = (AWAY["label"] == "malignant").to_numpy(), AWAY["probability"].to_numpy()
    found = calibration_error_by_chance(probabilities, AWAY["group"].to_numpy())
    error = expected_calibration_error(labels, probabilities)
    numbers = {"error": error, "mean": found.value, "low": found.low, "high": found.high}
    written = {name: words.number(100 * value, 1) for name, value in numbers.items()}
    verdict = "beyond" if error > found.high else "within"
    return f"{words('elsewhere.local_chance', n=len(AWAY), **written)} {words(f'elsewhere.local_chance_{verdict}')}"


def test_each_group_is_told_and_nobody_left_out(page, words):
    open_part(page)
    guess(page)
    rows = page.locator("table.by-group tr[data-group]")
    expected = [group for some in groups_elsewhere(BUNDLE).values() for group in some]
    assert rows.evaluate_all("rows => rows.map(row => row.dataset.group)") == [group.name for group in expected]
    for at, group in enumerate(expected):
        counts = words("elsewhere.groups_counts", malignant=group.malignant, benign=group.benign)
        expect(rows.nth(at).locator("th small")).to_have_text(counts)
        first = rows.nth(at).locator("td").first
        if group.auc:
            expect(first.locator("b")).to_have_text(words.number(group.auc.value, 2))
        else:
            expect(first).to_have_text(words("elsewhere.groups_no_auc"))
    open_box(page, words("elsewhere.groups_more"))
    expect(rows.first).to_be_visible()
    assert_fits(page)
    page.locator("[data-draw='100']").click()
    assert serious_issues(page, "elsewhere") == []
