"""The exercise on groups: rates and intervals are those of predictions.csv, chance is that of scipy."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy.stats import binomtest, permutation_test

from busi.bundle.files import EMBEDDED, open_bundle
from busi.serving.workshop import open_workshop
from busi.web.pages import build_pages, launch_settings
from busi.web.parts.cells import populations
from busi.web.tabs.exercise_groups.tab import MEASURES
from busi.words.text import Words
from tests.browser.conftest import PATHS, assert_fits, open_exercise, wait_for_parts

pytestmark = pytest.mark.browser

BUNDLE = open_bundle(EMBEDDED)
ROWS = populations(BUNDLE)


def choose(page: Page, **choices: str) -> None:
    for name, value in choices.items():
        page.locator(f"input[name=groups-{name}][value={value}]").check()


def shown(page: Page) -> list[list[str]]:
    return page.locator(".groups-table tbody tr").evaluate_all(
        "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )


def groups_of(population: str, measure: str, count: int, kind: str = "all"):
    """The rows, whether each is an error, and its group: by numpy's quantiles, equal values together."""
    rows = ROWS[population]
    rows = {"all": rows, "missed": rows[rows["label"] == "malignant"], "alarms": rows[rows["label"] == "benign"]}[kind]
    wrong = ((rows["probability"] >= BUNDLE.threshold) != (rows["label"] == "malignant")).to_numpy()
    values = rows[measure].to_numpy()
    edges = np.quantile(values, np.arange(1, count) / count)
    return rows, wrong, (values[:, np.newaxis] >= edges).sum(axis=1)


def expected(words: Words, population: str, measure: str, count: int, kind: str = "all") -> list[list[str]]:
    rows, wrong, group = groups_of(population, measure, count, kind)
    lines = []
    for number in range(count):
        inside = group == number
        n, errors = int(inside.sum()), int(wrong[inside].sum())
        interval = binomtest(errors, n).proportion_ci(0.95, method="wilson")
        values = rows[measure].to_numpy()[inside]
        malignant = float((rows["label"].to_numpy()[inside] == "malignant").mean())
        lines.append(
            [
                str(number + 1),
                words("exercise_groups.range", low=words.number(values.min()), high=words.number(values.max())),
                str(n),
                words("exercise_groups.rate", rate=words.percent(errors / n), errors=errors),
                words("exercise_groups.errors_of", low=words.percent(interval.low), high=words.percent(interval.high)),
                words("exercise_groups.malignant_of", share=words.percent(malignant)),
                words("exercise_groups.see"),
            ]
        )
    return lines


def test_rates_and_intervals_of_the_groups_are_those_of_predictions_csv(page, words):
    open_exercise(page, "groups")
    for population in ROWS:
        choose(page, population=population)
        for measure in MEASURES:
            for count in (2, 3, 6):
                choose(page, measure=measure)
                page.locator("#groups-count").fill(str(count))
                assert shown(page) == expected(words, population, measure, count)
        for kind in ("missed", "alarms"):
            choose(page, kind=kind)
            assert shown(page) == expected(words, population, "brightness", 6, kind)
        choose(page, kind="all")
    assert page.locator(".groups-bench circle.point").count() == 6
    assert_fits(page)


def test_chance_is_as_likely_as_scipy_says(page, words):
    open_exercise(page, "groups")
    choose(page, population="test", measure="contrast")
    page.locator("#groups-count").fill("4")
    page.get_by_role("button", name=words("exercise_groups.shuffle")).click()
    p = float(page.locator("[data-out=chance]").get_attribute("data-p"))
    _, wrong, group = groups_of("test", "contrast", 4)

    def unevenness(errors: np.ndarray, axis: int = -1) -> np.ndarray:
        rates = [errors[..., group == number].mean(axis=-1) for number in range(4)]
        sizes = np.bincount(group)
        return sum(size * (rate - wrong.mean()) ** 2 for size, rate in zip(sizes, rates, strict=True))

    reference = permutation_test(
        (wrong.astype(float),),
        unevenness,
        permutation_type="pairings",
        alternative="greater",
        n_resamples=2000,
        rng=np.random.default_rng(0),
        vectorized=True,
    )
    assert p == pytest.approx(reference.pvalue, abs=0.05)
    expect(page.locator("[data-chart=chance] svg")).to_be_visible()


def test_pictures_experiment_and_solution(page, words):
    open_exercise(page, "groups")
    expect(page.locator(".groups-bench .reply")).to_contain_text(words("exercise_groups.guessed_blurred"))
    page.locator("[data-group='0']").click()
    walls = page.locator(".groups-pictures .case-item")
    expect(walls).to_have_count(8, timeout=60_000)
    names = walls.evaluate_all("all => all.map((one) => one.dataset.image)")
    rows, wrong, group = groups_of("breast", "blur", 3)
    inside = dict(zip(rows["image_id"], zip(wrong, group, strict=True), strict=True))
    assert {inside[name][1] for name in names} == {0}
    assert [bool(inside[name][0]) for name in names] == [True] * 4 + [False] * 4

    page.locator("[data-try]").first.click()
    steps = page.locator(".groups-trial .steps-of .case-item")
    expect(steps).to_have_count(6, timeout=20_000)
    page.get_by_role("button", name=words("exercise_groups.way_darker")).first.click()
    expect(page.locator(".groups-trial")).to_have_attribute("data-way", "darker", timeout=20_000)
    steps.nth(3).locator(".case-open").click()
    expect(page.locator("dialog.enlarged .facts")).to_contain_text(words("exercise_groups.brightness"))
    page.keyboard.press("Escape")
    page.locator("[data-many=contrast]").click()
    expect(page.locator("table.many").first.locator("tr")).to_have_count(5, timeout=60_000)
    expect(page.locator("tr[data-strongest]")).to_have_count(4)
    card = page.locator('[data-question="groups.cause"]')
    card.locator("input[value=third_thing]").check()
    card.locator("[data-answer]").click()
    expect(card.locator(".verdict-of")).to_have_text(f"✓ {words('exercises.right')}")
    page.locator(".exercise_groups .solution button").click()
    expect(page.locator(".exercise_groups .solution h3").first).to_be_visible()
    assert_fits(page)


@pytest.fixture(scope="module")
def uniform() -> Iterator[str]:
    """The address of an app whose images are as bright as each other, and whose network is never wrong on one class."""
    workshop = open_workshop()
    rows = workshop.bundle.predictions.assign(brightness=100.0)
    rows.loc[rows["label"] == "benign", "probability"] = 0.0
    app = build_pages(replace(workshop, bundle=replace(workshop.bundle, predictions=rows)))
    app.launch(prevent_thread_lock=True, quiet=True, **launch_settings(app))
    yield app.local_url.rstrip("/")
    app.close()


def test_a_group_that_stays_empty_says_what_to_do_and_no_error_at_all_is_told(page, words, uniform):
    page.goto(uniform + PATHS[words.language])
    wait_for_parts(page)
    open_exercise(page, "groups")
    choose(page, measure="brightness")
    lines = shown(page)
    assert [line[2] for line in lines].count(words("exercise_groups.empty")) == 0
    assert [line[3] for line in lines].count(words("exercise_groups.empty")) == 2
    choose(page, kind="alarms")
    expect(page.locator("[data-out=chance]")).to_have_text(words("exercise_groups.no_errors"))
    page.get_by_role("button", name=words("exercise_groups.shuffle")).click()
    expect(page.locator("[data-out=chance]")).to_have_text(words("exercise_groups.no_errors"))
    assert_fits(page)
