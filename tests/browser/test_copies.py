"""Several copies behind nginx: an exercise is finished through it, though the copy that began it is killed midway."""

import urllib.request

import pytest
from playwright.sync_api import expect

from busi.bundle.files import EMBEDDED, open_bundle
from busi.words.exercises import exercises
from busi.words.text import Words
from tests.browser.conftest import SCREENS, open_exercise, wait_for_parts
from tests.support.copies import behind_nginx

pytestmark = pytest.mark.browser

EXERCISE = next(exercise for exercise in exercises() if exercise.name == "groups")
WORDS = Words("fr")


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    with behind_nginx(open_bundle(EMBEDDED), tmp_path_factory.mktemp("nginx")) as behind:
        yield behind


@pytest.fixture
def page(chromium, copies):
    context = chromium.new_context(viewport=SCREENS["laptop"], locale="fr-FR", reduced_motion="reduce")
    page = context.new_page()
    page.goto(copies.url)
    wait_for_parts(page)
    yield page
    context.close()


def change_many(page, way: str) -> None:
    """Asks the app to spoil many images, and waits for its table."""
    page.locator(f"[data-many={way}]").click()
    expect(page.locator(f"[data-many={way}]")).to_have_attribute("aria-pressed", "true", timeout=60_000)
    expect(page.locator("table.many").first.locator("tr")).to_have_count(5, timeout=60_000)


def finish(page) -> None:
    """Answers the exercise's questions and opens its solution."""
    for question in EXERCISE.questions[1:]:
        card = page.locator(f'[data-question="{EXERCISE.name}.{question.name}"]')
        for choice in question.right:
            card.locator(f"input[value={choice}]").check()
        card.locator("[data-answer]").click()
        expect(card.locator(".verdict-of")).to_have_text(f"✓ {WORDS('exercises.right')}")
    page.locator(f".exercise_{EXERCISE.name} .solution button").click()
    expect(page.locator(f".exercise_{EXERCISE.name} .solution h3").first).to_be_visible()


def test_an_exercise_is_finished_by_a_visitor_who_always_meets_the_same_copy(page, copies):
    before = len(copies.answered())
    open_exercise(page, EXERCISE.name)
    change_many(page, "contrast")
    change_many(page, "blur")
    finish(page)
    assert len(set(copies.answered()[before:])) == 1


def test_visitors_are_shared_out_over_the_copies(copies):
    before = len(copies.answered())
    for _ in range(24):
        urllib.request.urlopen(copies.url, timeout=20).read()
    assert set(copies.answered()[before:]) == set(copies.copies)


def test_an_exercise_goes_on_where_it_was_when_its_copy_is_killed(page, copies):
    open_exercise(page, EXERCISE.name)
    change_many(page, "contrast")
    mine = copies.answered()[-1]
    copies.copies[mine].kill()
    copies.copies[mine].wait(10)
    change_many(page, "darker")
    finish(page)
    assert copies.answered()[-1] != mine
