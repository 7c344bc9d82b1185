"""The exercise on confidence: what follows the threshold is what scikit-learn and numpy compute."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, roc_curve

from busi.bundle.files import EMBEDDED, open_bundle
from busi.web.parts.cells import populations
from busi.web.tabs.exercise_confidence.tab import FEW_ALARMS, SHOWN
from busi.words.text import Words
from tests.browser.conftest import assert_fits, open_exercise

pytestmark = pytest.mark.browser

BUNDLE = open_bundle(EMBEDDED)
ROWS = populations(BUNDLE)
THRESHOLDS = (0, 0.02, 0.056, BUNDLE.threshold, 0.2, 0.35, 0.5, 0.731, 0.9, 1)


def arrays(population: str) -> tuple[np.ndarray, np.ndarray]:
    rows = ROWS[population]
    return (rows["label"] == "malignant").to_numpy(), rows["probability"].to_numpy()


def counts(population: str, threshold: float) -> dict[str, int]:
    labels, probabilities = arrays(population)
    (tn, fp), (fn, tp) = confusion_matrix(labels, probabilities >= threshold, labels=[False, True]).tolist()
    return {"tp": tp, "fn": fn, "fp": fp, "tn": tn}


def shown(page: Page) -> dict[str, str]:
    return page.locator(".confidence-bench [data-out]").evaluate_all(
        "places => Object.fromEntries(places.map(place => [place.dataset.out, place.textContent]))"
    )


def to(page: Page, threshold: float) -> None:
    page.locator("#confidence-threshold").fill(str(threshold))


def rate(words: Words, part: int, n: int) -> str:
    interval = binomtest(part, n).proportion_ci(0.95, method="wilson")
    range_ = words("exercise_confidence.interval", low=words.percent(interval.low), high=words.percent(interval.high))
    return f"{range_} {words('exercise_confidence.share_of', part=part, n=n)}"


def test_counts_and_rates_at_ten_thresholds_are_those_of_scikit_learn(page, words):
    open_exercise(page, "confidence")
    for population in ROWS:
        page.locator(f"input[name=confidence-population][value={population}]").check()
        for threshold in THRESHOLDS:
            rounded = round(threshold, 3)
            to(page, rounded)
            now, expected = shown(page), counts(population, rounded)
            assert {cell: int(now[cell]) for cell in expected} == expected
            tp, fn, fp, tn = expected.values()
            for name, part, n in (
                ("sensitivity", tp, tp + fn),
                ("specificity", tn, tn + fp),
                ("accuracy", tp + tn, tp + tn + fp + fn),
            ):
                assert now[name] == words.percent(part / n)
                assert now[f"{name}_interval"] == rate(words, part, n)
            circle = page.locator(".confidence-bench circle.here")
            curve = page.locator(".confidence-bench .curve-line").get_attribute("d").removeprefix("M").split("L")
            left, right = (float(curve[corner].split(",")[0]) for corner in (0, -1))
            across = (float(circle.get_attribute("cx")) - left) / (right - left)
            assert across == pytest.approx(fp / (fp + tn), abs=0.002)
    to(page, 0)
    assert shown(page)["extreme"] == words("exercise_confidence.all_malignant")
    to(page, 1)
    assert shown(page)["extreme"] == words("exercise_confidence.all_benign")
    assert_fits(page)


def test_the_least_sure_come_first_and_mark_themselves_and_errors_are_errors(page, words):
    open_exercise(page, "confidence")
    labels, probabilities = arrays("breast")
    names, threshold = ROWS["breast"]["image_id"].to_numpy(), 0.4
    to(page, threshold)

    def odds(p):
        return np.log(p / (1 - p))

    distance = np.abs(odds(probabilities) - odds(threshold))
    order = np.argsort(distance, kind="stable")
    cards = page.locator(".confidence-wall .case-item")
    expect(cards.first).to_have_attribute("data-image", names[order[0]], timeout=20_000)
    assert cards.evaluate_all("all => all.map(card => card.dataset.image)") == names[order[:SHOWN]].tolist()
    says = cards.first.locator("[data-says]:visible")
    expect(says).to_have_attribute("data-says", "malignant" if probabilities[order[0]] >= threshold else "benign")
    cards.first.locator(".case-open").click()
    facts = page.locator("dialog.enlarged .facts")
    expect(facts).to_contain_text(names[order[0]])
    score, at = words.score_and_threshold(probabilities[order[0]], threshold)
    alert = words("score.alert" if probabilities[order[0]] >= threshold else "score.no_alert")
    answer = words("score.answer", score=score, threshold=at, alert=alert)
    expect(facts.locator("[data-fact=network]")).to_have_text(answer)  # at the slider's threshold, not the network's
    page.get_by_role("button", name=words("enlarge.close")).click()

    page.get_by_role("button", name=words("exercise_confidence.order_errors")).click()
    wrong = np.flatnonzero((probabilities >= threshold) != labels)
    surest = wrong[np.argsort(-distance[wrong], kind="stable")]
    expect(cards.first).to_have_attribute("data-image", names[surest[0]], timeout=20_000)
    assert cards.evaluate_all("all => all.map(card => card.dataset.image)") == names[surest[:SHOWN]].tolist()


def test_missions_are_fulfilled_where_they_are_and_the_guess_is_answered_to_the_solution(page, words):
    open_exercise(page, "confidence")
    labels, probabilities = arrays("breast")
    before, after = counts("breast", BUNDLE.threshold), counts("breast", BUNDLE.threshold / 2)
    reply = page.locator(".confidence-bench .reply").inner_text()
    more = after["fn"] + after["fp"] > before["fn"] + before["fp"]
    verdict = f"✓ {words('guess.right')}" if more else f"✗ {words('guess.wrong')}"
    assert reply.startswith(f"{verdict} {words('exercise_confidence.guessed_more')}")
    assert all(str(number) in reply for number in (before["fn"], after["fn"], before["fp"], after["fp"]))

    done = page.locator(".missions li.done")
    lowest = float(np.floor(1000 * probabilities[labels].min()) / 1000)
    to(page, lowest)
    expect(page.locator("[data-mission=none_missed]")).to_have_class("done")
    to(page, lowest + 0.002)
    expect(page.locator("[data-mission=none_missed] [role=status]")).to_be_empty()
    expect(page.locator("[data-mission=none_missed]")).to_have_class("done")  # it stays ticked
    false_rate, true_rate, stops = roc_curve(labels, probabilities, drop_intermediate=False)
    few = float(np.ceil(1000 * stops[np.flatnonzero(false_rate <= FEW_ALARMS)[-1]]) / 1000)
    to(page, few)
    expect(page.locator("[data-mission=few_alarms]")).to_have_class("done")
    best = stops[np.argmax(true_rate - false_rate)]
    to(page, float(np.floor(1000 * best) / 1000))
    expect(page.locator("[data-mission=balance]")).to_have_class("done")
    expect(done).not_to_have_count(0)

    card = page.locator('[data-question="confidence.best"]')
    card.locator("input[value=other_images]").check()
    card.locator("[data-answer]").click()
    expect(card.locator(".verdict-of")).to_have_text(f"✓ {words('exercises.right')}")
    page.locator(".exercise_confidence .solution button").click()
    expect(page.locator(".exercise_confidence .solution h3").first).to_be_visible()
    assert_fits(page)
