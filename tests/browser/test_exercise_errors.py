"""The exercise on errors: hypotheses stay in the browser, and leave it only as the visitor's own CSV."""

import csv
import io

import pytest
from playwright.sync_api import expect

from busi.bundle.files import EMBEDDED, open_bundle
from busi.web.tabs.exercise_errors.tab import EACH_PAGE, errors_of
from tests.browser.conftest import assert_fits, open_exercise, open_tab, wait_for_parts

pytestmark = pytest.mark.browser

BUNDLE = open_bundle(EMBEDDED)
NOTE = 'une ombre; "nette", <b>sous</b> la lésion\nligne deux & fin'
SECRET = "quelque chose que le serveur ne doit pas savoir"


def exported(page, words) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name=words("exercise_errors.export")).click()
    with open(download.value.path(), "rb") as file:
        content = file.read()
    assert download.value.suggested_filename.endswith(".csv") and content.startswith(b"\xef\xbb\xbf")
    delimiter = ";" if words.language == "fr" else ","
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_hypotheses_are_kept_counted_and_exported_and_never_sent(page, words):
    sent = []
    page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    open_exercise(page, "errors")
    missed, alarms = (errors_of(BUNDLE, "breast", kind) for kind in ("missed", "alarms"))
    reply = page.locator(".errors-bench .reply")
    verdict = f"✓ {words('guess.right')}" if len(missed) > len(alarms) else f"✗ {words('guess.wrong')}"
    expect(reply).to_contain_text(f"{verdict} {words('exercise_errors.guessed_missed')}")
    expect(reply).to_contain_text(str(len(alarms)))
    page.locator(".errors-bench").scroll_into_view_if_needed()
    errors = page.locator("[data-error]")
    expect(errors).to_have_count(min(EACH_PAGE, len(missed)), timeout=60_000)
    page.locator(".errors-bench [data-kind=alarms]").click()
    expect(errors.first).to_have_attribute("data-error", alarms["image_id"].iloc[0], timeout=20_000)
    expect(errors).to_have_count(EACH_PAGE)

    page.get_by_role("button", name=words("exercise_errors.export")).click()
    expect(page.locator("[data-out=exported]")).to_have_text(words("exercise_errors.nothing"))
    expect(errors.first.locator(".known")).to_be_hidden()
    errors.first.locator("[data-cause=shadow]").check()
    errors.first.locator("[data-cause=small]").check()
    expect(errors.first.locator(".known")).to_be_visible()
    errors.first.locator("[data-note]").fill(NOTE)
    errors.nth(1).locator("[data-note]").fill(SECRET + "é" * 9_950)
    errors.nth(2).locator("[data-note]").fill("=1+1")
    counted = words("exercise_errors.counted", noted=3, total=len(all_errors()))
    expect(page.locator("[data-out=counted]")).to_have_text(counted)

    # The next ones are empty; back again, the notes are there, and after a new visit too.
    page.locator("button[data-page]").last.click()
    expect(errors.first).to_have_attribute("data-error", alarms["image_id"].iloc[EACH_PAGE], timeout=20_000)
    expect(errors.first.locator("[data-note]")).to_have_value("")
    expect(errors.first.locator("[data-cause=shadow]")).not_to_be_checked()
    page.reload()
    wait_for_parts(page)
    open_tab(page, "exercises")
    page.evaluate("atelier.openTab('exercise_errors')")
    page.locator(".errors-bench").scroll_into_view_if_needed()
    expect(errors.first).to_have_attribute("data-error", missed["image_id"].iloc[0], timeout=60_000)
    page.locator(".errors-bench [data-kind=alarms]").click()
    expect(errors.first.locator("[data-note]")).to_have_value(NOTE, timeout=20_000)
    expect(errors.first.locator("[data-cause=shadow]")).to_be_checked()

    rows = exported(page, words)
    assert [row[words("exercise_errors.column_image")] for row in rows] == alarms["image_id"].tolist()[:3]
    causes = f"{words('exercise_errors.cause_shadow')} | {words('exercise_errors.cause_small')}"
    first, long, formula = (row[words("exercise_errors.column_note")] for row in rows)
    assert first == NOTE and rows[0][words("exercise_errors.column_causes")] == causes
    assert long == SECRET + "é" * 9_950 and formula == "'=1+1"
    probability = rows[0][words("exercise_errors.column_probability")].replace(",", ".")
    assert float(probability) == alarms["probability"].iloc[0]
    assert rows[0][words("exercise_errors.column_truth")] == words("class.benign")
    assert not [request for request in sent if "serveur" in request or "nette" in request]
    assert page.locator(".errors-summary b").count() == 0
    assert_fits(page)


def all_errors() -> set[str]:
    return {
        image_id
        for population in ("test", "breast", "simulated")
        for kind in ("missed", "alarms")
        for image_id in errors_of(BUNDLE, population, kind)["image_id"]
    }


def test_veil_outline_other_errors_and_the_solution(page, words):
    open_exercise(page, "errors")
    page.locator(".errors-bench").scroll_into_view_if_needed()
    errors = page.locator("[data-error]")
    missed = errors_of(BUNDLE, "breast", "missed")
    expect(errors).to_have_count(min(EACH_PAGE, len(missed)), timeout=60_000)
    expect(errors.first.locator(".veil")).to_be_hidden()
    page.locator(".errors-bench [data-veil]").check()
    page.locator(".errors-bench [data-edge]").check()
    expect(errors.first.locator(".veil")).to_be_visible()
    expect(errors.first.locator(".edge")).to_be_visible()
    page.locator(".errors-bench [data-kind=alarms]").click()
    alarms = errors_of(BUNDLE, "breast", "alarms")["image_id"]
    expect(errors.first).to_have_attribute("data-error", alarms.iloc[0], timeout=20_000)
    expect(errors.first.locator(".veil")).to_be_visible()
    errors.first.locator(".case-open").click()
    expect(page.locator("dialog.enlarged .facts")).to_contain_text(alarms.iloc[0])
    page.keyboard.press("Escape")
    page.locator("input[name=errors-population][value=test]").check()
    expect(errors.first.locator(".plate.absent")).to_be_visible(timeout=20_000)
    card = page.locator('[data-question="errors.check"]')
    card.locator("input[value=erase]").check()
    card.locator("[data-answer]").click()
    expect(card.locator(".verdict-of")).to_have_text(f"✓ {words('exercises.right')}")
    page.locator(".exercise_errors .solution button").click()
    expect(page.locator(".exercise_errors .solution table")).to_be_visible()
    assert_fits(page)
