"""L'évaluation as an attendee uses it: every number is the one that scikit-learn computes from predictions.csv."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from scipy.stats import binomtest
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.box import CREDIT
from busi.model.metrics import calibration_error_by_chance
from busi.words.text import Words
from tests.browser.conftest import assert_fits, open_tab

pytestmark = pytest.mark.browser

BUNDLE = open_bundle(EMBEDDED)
HELD = BUNDLE.predictions[BUNDLE.predictions["split"] == "test"]
SOURCES = {"test": "busi", "breast": "breast", "simulated": "simulated"}
ROWS = {name: HELD[HELD["source"] == SOURCES[name]] for name in SOURCES}


def arrays(population: str) -> tuple[np.ndarray, np.ndarray]:
    rows = ROWS[population]
    return (rows["label"] == "malignant").to_numpy(), rows["probability"].to_numpy()


def open_evaluation(page: Page) -> None:
    open_tab(page, "evaluation")
    expect(page.locator("[data-chart=women] svg")).to_be_attached()


def choose(page: Page, population: str | None = None, threshold: float | None = None) -> None:
    if population:  # on a phone this part of the bar scrolls away: a visitor goes back up for it
        page.locator("#tab-evaluation [data-section=guess]").evaluate("section => section.scrollIntoView()")
        page.locator(f".evaluation-bar input[value={population}]").check(force=True)
    if threshold is not None:
        page.locator("#evaluation-threshold").fill(str(threshold))


def shown(page: Page) -> dict[str, str]:
    """Everything that the tab writes, by its name."""
    return page.locator("#tab-evaluation [data-out]").evaluate_all(
        "places => Object.fromEntries(places.map(place => [place.dataset.out, place.textContent]))"
    )


def interval(words: Words, part: int, whole: int) -> str:
    wilson = binomtest(part, whole).proportion_ci(0.95, method="wilson")
    return words("evaluation.interval", low=words.percent(wilson.low), high=words.percent(wilson.high))


def at_threshold(words: Words, population: str, threshold: float) -> dict[str, str]:
    """What must be written of the answers at a threshold, by scikit-learn."""
    labels, probabilities = arrays(population)
    called = probabilities >= threshold
    (tn, fp), (fn, tp) = confusion_matrix(labels, called).tolist()
    rates = {
        "accuracy": (accuracy_score(labels, called), tp + tn, len(labels)),
        "sensitivity": (recall_score(labels, called), tp, tp + fn),
        "specificity": (recall_score(~labels, ~called), tn, tn + fp),
    }
    if tp + fp:
        rates["ppv"] = (precision_score(labels, called), tp, tp + fp)
    expected = {"tp": str(tp), "fn": str(fn), "fp": str(fp), "tn": str(tn)}
    for name, (value, part, whole) in rates.items():
        expected[name] = words.percent(value)
        expected[f"{name}_interval"] = interval(words, part, whole)
        expected[f"{name}_of"] = words("evaluation.share_of", part=part, n=whole)
    return expected


def whatever_the_threshold(words: Words, population: str) -> dict[str, str]:
    labels, probabilities = arrays(population)
    slice_of = np.minimum((probabilities * 10).astype(int), 9)
    gaps = [abs((labels - probabilities)[slice_of == number].sum()) for number in range(10)]
    numbers, share, n = BUNDLE.metrics(population), labels.mean(), len(labels)
    expected = {
        "auc": words.number(roc_auc_score(labels, probabilities), 2),
        "loss": words.number(log_loss(labels, probabilities), 2),
        "loss_reading": words(
            "evaluation.loss_reading",
            share=words.percent(share),
            baseline=words.number(log_loss(labels, np.full(n, share)), 2),
        ),
        "calibration_error": words("evaluation.error_points", points=words.number(100 * sum(gaps) / n, 1)),
        "calibration_error_reading": beside_chance(words, population, sum(gaps) / n),
    }
    for name in ("auc", "loss"):
        low, high = words.number(numbers[name].low, 2), words.number(numbers[name].high, 2)
        expected |= {
            f"{name}_interval": words("evaluation.interval", low=low, high=high),
            f"{name}_n": words("evaluation.n", n=n),
        }
    return expected


def beside_chance(words: Words, population: str, error: float) -> str:
    chance = calibration_error_by_chance(
        ROWS[population]["probability"].to_numpy(), ROWS[population]["group"].to_numpy()
    )
    mean, low, high = (words.number(100 * value, 1) for value in (chance.value, chance.low, chance.high))
    told = words("evaluation.error_chance", mean=mean, low=low, high=high, n=chance.n)
    verdict = words("evaluation.error_beyond" if error > chance.high else "evaluation.error_within")
    return f"{words('evaluation.error_reading')} {told} {verdict}"


# The same images, but with an error that chance explains badly.
BADLY_CALIBRATED = """() => {
  let state;
  document.addEventListener("evaluation-state", ({ detail }) => (state ??= detail));
  document.dispatchEvent(new CustomEvent("evaluation-ask"));
  const detail = { ...state, population: "another", above_chance: true };
  document.dispatchEvent(new CustomEvent("evaluation-state", { detail }));
}"""


def test_an_error_beyond_chance_is_told_so(page, words):
    open_evaluation(page)
    assert shown(page)["calibration_error_reading"] == beside_chance(words, "test", 0)
    page.evaluate(BADLY_CALIBRATED)
    assert shown(page)["calibration_error_reading"] == beside_chance(words, "test", 1)


def too_few(part: int, whole: int) -> bool:
    wilson = binomtest(part, whole).proportion_ci(0.95, method="wilson")
    return whole < 10 or wilson.high - wilson.low > 0.4


def drawn_curve(page: Page) -> np.ndarray:
    """The corners of the ROC curve on the screen, as shares: (N, 2) in [0, 1]."""
    points = page.locator("[data-chart=roc] .curve-line").get_attribute("d").removeprefix("M").split("L")
    corners = np.array([[float(number) for number in point.split(",")] for point in points])
    return (corners - corners[0]) / (corners[-1] - corners[0])


@pytest.mark.parametrize("population", ["test", "breast", "simulated"])
def test_every_number_is_the_one_that_scikit_learn_computes(page, words, population):
    open_evaluation(page)
    choose(page, population)
    for threshold in (BUNDLE.threshold, 0.0, 0.05, 0.35, 0.812, 1.0):
        choose(page, threshold=threshold)
        now = shown(page)
        expected = at_threshold(words, population, threshold)
        assert {name: now[name] for name in expected} == expected
        assert words.number(100 * threshold, 1) in now["threshold"]
    expected = whatever_the_threshold(words, population)
    assert {name: now[name] for name in expected} == expected
    name = words(f"evaluation.population_{SOURCES[population]}", n=len(ROWS[population]))
    assert set(page.locator("#tab-evaluation [data-out=population]").all_text_contents()) == {name}
    false_alarms, found, _ = roc_curve(*arrays(population), drop_intermediate=False)
    np.testing.assert_allclose(drawn_curve(page), np.column_stack([false_alarms, found]), atol=0.002)
    page.get_by_role("button", name=words("evaluation.threshold_back")).click()
    assert float(page.locator("[data-threshold]").get_attribute("data-threshold")) == BUNDLE.threshold
    assert_fits(page)


@pytest.mark.parametrize("population", ["test", "breast", "simulated"])
def test_each_slice_of_the_calibration_is_read_as_numpy_counts_it(page, words, population):
    open_evaluation(page)
    choose(page, population)
    labels, probabilities = arrays(population)
    for number in range(10):
        page.locator("#evaluation-slice").fill(str(number))
        inside = (probabilities >= number / 10) & (probabilities < (number + 1) / 10)
        n, malignant = int(inside.sum()), int(labels[inside].sum())
        bounds = {"low": 10 * number, "high": 10 * (number + 1)}
        expected = words("evaluation.slice_none", **bounds)
        if n:
            expected = words(
                "evaluation.slice_one" if n == 1 else "evaluation.slice_many",
                **bounds,
                n=n,
                malignant=malignant,
                mean=words.percent(probabilities[inside].mean()),
                share=words.percent(malignant / n),
                interval=interval(words, malignant, n),
            )
        reading = shown(page)["slice_reading"]
        assert reading.startswith(expected)
        assert (words("evaluation.slice_thin") in reading) == (n > 0 and too_few(malignant, n))


def cell_rows(population: str, cell: str, threshold: float) -> pd.DataFrame:
    rows = ROWS[population]
    true = "malignant" if cell in ("tp", "fn") else "benign"
    return rows[(rows["label"] == true) & ((rows["probability"] >= threshold) == (cell in ("tp", "fp")))]


def test_each_cell_opens_its_images_and_an_empty_one_says_what_to_do(page, words):
    open_evaluation(page)
    panel = page.locator(".cell-panel")
    for cell in ("tp", "fp", "tn", "fn"):
        page.locator(f"button[data-cell={cell}]").click()
        held = cell_rows("test", cell, BUNDLE.threshold)
        expect(panel.locator("h3")).to_have_text(words(f"evaluation.open_{cell}", n=len(held)))
        names = panel.locator("tbody td:first-child").all_text_contents()
        assert sorted(names) == sorted(held["image_id"])
        alike = cell_rows("breast", cell, BUNDLE.threshold)
        assert panel.locator(".case .badge").all_text_contents() == [CREDIT] * min(8, len(alike))
    assert_fits(page)
    low = 0.01
    assert cell_rows("test", "fn", low).empty
    choose(page, threshold=low)
    expect(panel.locator(".empty")).to_contain_text(words("evaluation.empty"))
    choose(page, "simulated")
    page.locator("button[data-cell=fp]").click()
    held = cell_rows("simulated", "fp", low)
    expect(panel.locator("h3")).to_have_text(words("evaluation.open_fp", n=len(held)))
    first = panel.locator(".case").first.get_attribute("data-key")
    panel.locator("button[data-question]").click()
    expect(panel.locator(".more span")).to_have_text(words("evaluation.shown", first=9, last=16, count=len(held)))
    assert panel.locator(".case").first.get_attribute("data-key") != first
    panel.locator(".case").first.click()
    expect(page.locator("#tab-prediction .result .badge").first).to_have_text(
        words("laboratory.simulated"), timeout=60_000
    )


def of_a_thousand(population: str, threshold: float, ill: int) -> dict[str, int]:
    labels, probabilities = arrays(population)
    called = probabilities >= threshold
    found = math.floor(ill * recall_score(labels, called) + 0.5)
    alarmed = math.floor((1000 - ill) * (1 - recall_score(~labels, ~called)) + 0.5)
    return {"found": found, "missed": ill - found, "alarmed": alarmed, "reassured": 1000 - ill - alarmed}


def test_a_thousand_women_are_counted_and_drawn_alike(page, words):
    open_evaluation(page)
    women = page.locator(".women")
    expect(women.locator("[data-out=right]")).to_be_hidden()
    women.locator("#evaluation-women-guess").fill("80")
    women.get_by_role("button", name=words("evaluation.women_show")).click()
    for population, threshold, ill in (
        ("test", BUNDLE.threshold, 100),
        ("test", 0.35, 7),
        ("simulated", BUNDLE.threshold, 300),
        ("simulated", 0.6, 1),
    ):
        choose(page, population, threshold)
        women.locator("#evaluation-prevalence").fill(str(ill))
        expected = of_a_thousand(population, threshold, ill)
        drawn = women.locator("[data-chart] path").evaluate_all(
            "paths => Object.fromEntries(paths.map(path => [path.getAttribute('class'), "
            "(path.getAttribute('d').match(/M/g) ?? []).length]))"
        )
        now = shown(page)
        assert drawn == expected and sum(drawn.values()) == 1000
        # Rounded to none, the missed are never said to be 0: the network does miss some.
        written = {kind: words.number(count) for kind, count in expected.items()}
        labels, probabilities = arrays(population)
        if not expected["missed"] and recall_score(labels, probabilities >= threshold) < 1:
            written["missed"] = "< 1"
        assert {kind: now[kind] for kind in expected} == written
        alt = women.locator("[data-chart] svg").get_attribute("aria-label")
        assert alt == words("evaluation.women_alt", ill=ill, **expected)
        right = words.percent(expected["found"] / (expected["found"] + expected["alarmed"]))
        assert now["right"] == right
        told = words("evaluation.women_guess_reply", guess=80, share=right)
        assert women.locator(".reply").inner_text() == f"✗ {words('guess.lower')} {told}"
    choose(page, "test", BUNDLE.threshold)
    women.locator("#evaluation-prevalence").fill("100")
    women.locator("#evaluation-women-guess").fill(re.sub(r"\D", "", shown(page)["right"]))
    women.get_by_role("button", name=words("evaluation.women_show")).click()
    assert women.locator(".reply").inner_text().startswith(f"✓ {words('guess.within')}")
    choose(page, threshold=1)
    assert shown(page)["right"] == words("evaluation.women_no_alert")
    women.locator("[data-out=caution]").scroll_into_view_if_needed()
    expect(page.locator("#evaluation-threshold")).to_be_in_viewport()
    assert_fits(page)


def test_an_accuracy_below_that_of_always_benign_is_told_with_its_reason(page, words):
    """Where everything raises an alarm there are more false alarms than lesions found; at one half there are not."""
    open_evaluation(page)
    labels, probabilities = arrays("test")
    benign, n = int((~labels).sum()), len(labels)
    for threshold, key in ((0.0, "better"), (0.5, "")):
        choose(page, "test", threshold)
        (_, fp), (_, tp) = confusion_matrix(labels, probabilities >= threshold).tolist()
        accuracy = accuracy_score(labels, probabilities >= threshold)
        assert (accuracy < benign / n) == (tp < fp) == bool(key)
        told = {"share": words.percent(benign / n), "benign": benign, "n": n}
        name = "evaluation.always_benign" + (f"_{key}" if key else "")
        sentence = words(name, **told, accuracy=words.percent(accuracy), tp=tp, fp=fp)
        expect(page.locator("[data-out=always_benign]")).to_have_text(sentence)
