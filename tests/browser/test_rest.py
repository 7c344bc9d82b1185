"""The page comes to rest, whatever an image was given by and in whatever order, and is about the last one."""

from functools import cache
from itertools import pairwise, product

import pytest
from playwright.sync_api import expect

from busi.bundle.files import EMBEDDED, open_bundle
from busi.serving.gallery import open_gallery
from tests.browser.conftest import open_tab
from tests.browser.giving import (
    HEIGHT,
    Requests,
    clear,
    drop,
    drop_from_desktop,
    expect_answer,
    expect_nothing_chosen,
    paste,
    picture,
    upload,
)

pytestmark = pytest.mark.browser

GIVEN = {"drop": drop, "paste": paste, "upload": upload}
ACTIONS = (*GIVEN, "pick", "clear")
TABS = ("prediction", "preprocessing", "network")
FILES = [picture(width) for width in (200, 210, 220)]


def every_order(names: tuple[str, ...]) -> list[str]:
    """A walk in which each name follows each, itself too, once: a a b a, then b b, then a."""
    walk = []
    for number, name in enumerate(names):
        walk.append(name)
        for other in names[number + 1 :]:
            walk += [name, other]
    return [*walk, names[0]]


def act(page, action: str, number: int) -> tuple[int, int] | None:
    """Does one thing; returns how wide and high the picture is that is chosen then."""
    if action in GIVEN:
        file = FILES[number % len(FILES)]
        GIVEN[action](page, file)
        return int(file.name.removeprefix("image-").removesuffix(".png")), HEIGHT
    return clear(page) if action == "clear" else pick(page, number % 4)


def pick(page, number: int = 0) -> tuple[int, int]:
    """Clicks an example; returns how wide and high it is."""
    button = page.locator(".picker button[data-key]").nth(number)
    button.click()
    return size_of(button.get_attribute("data-key"))


@cache
def size_of(key: str) -> tuple[int, int]:
    image = open_gallery(open_bundle(EMBEDDED), None).examples[key].image
    return image.shape[::-1]


def test_the_walk_goes_through_every_order():
    walk = every_order(ACTIONS)
    assert set(pairwise(walk)) == set(product(ACTIONS, ACTIONS)) and len(walk) == 26


def test_after_any_order_of_acts_the_page_rests_and_is_about_the_last(page, words, visit):
    requests = Requests(page)
    walk = every_order(ACTIONS)
    for number, action in enumerate(walk if words.language == "fr" else reversed(walk)):
        if number % 4 == 0:
            open_tab(page, TABS[number // 4 % len(TABS)])
        size = act(page, action, number)
        if size is None:
            expect_nothing_chosen(page)
        else:
            expect_answer(page, words, *size)
        requests.wait_for_rest(quiet=400)  # the answer is there; that nothing follows is asked at the end
    assert requests.in_six_seconds() == []


IN_A_HURRY = (
    ("upload", "drop", "pick"),
    ("pick", "drop", "upload"),
    ("drop", "drop", "drop"),
    ("upload", "pick", "clear"),
    ("pick", "pick", "pick"),
    ("clear", "pick", "drop"),
)


def test_acts_that_do_not_wait_for_the_answer_to_those_before(page, words):
    open_tab(page, "prediction")
    requests = Requests(page)
    for acts in IN_A_HURRY:
        drop(page, picture(240))
        expect_answer(page, words, 240)
        for number, action in enumerate(acts):
            size = act(page, action, number)
        requests.wait_for_rest()
        expect_answer(page, words, *size) if size else expect_nothing_chosen(page)


def test_a_picture_that_arrives_after_the_picker_was_emptied_is_gone_again(page, words):
    open_tab(page, "prediction")
    button, held = page.locator(".picker button[data-key]").first, []

    def hold_choices(route):
        held.append(route) if '"key":' in (route.request.post_data or "") else route.continue_()

    def choose():
        button.click()
        while not held:
            page.wait_for_timeout(50)

    page.route("**/gradio_api/**", hold_choices)
    drop(page, picture(240))
    expect_answer(page, words, 240)
    choose()
    clear(page)
    expect_nothing_chosen(page)
    held.pop().continue_()
    Requests(page).wait_for_rest()
    expect_nothing_chosen(page)
    choose()
    held.pop().continue_()
    expect_answer(page, words, *size_of(button.get_attribute("data-key")))


def test_an_example_that_arrives_after_a_file_was_given_does_not_take_its_place(page, words):
    """As the picture does that is chosen by itself, while the visitor already gives one."""
    open_tab(page, "prediction")
    button, held = page.locator(".picker button[data-key]").nth(2), []

    def hold_choices(route):
        held.append(route) if '"key":' in (route.request.post_data or "") else route.continue_()

    expect_answer(page, words, *size_of(page.locator(".frame").get_attribute("data-thread")))
    page.route("**/gradio_api/**", hold_choices)
    button.click()
    while not held:
        page.wait_for_timeout(50)
    drop(page, picture(240))
    expect_answer(page, words, 240)
    held.pop().continue_()
    Requests(page).wait_for_rest()
    expect_answer(page, words, 240)


def test_a_second_file_dropped_as_the_desktop_does_on_a_picture_that_is_shown(page, words, tmp_path):
    open_tab(page, "prediction")
    requests = Requests(page)
    for file in FILES[:2]:
        path = tmp_path / file.name
        path.write_bytes(file.content)
        drop_from_desktop(page, path)
        expect_answer(page, words, int(path.stem.removeprefix("image-")))
        requests.wait_for_rest()
    assert requests.in_six_seconds() == []


def test_a_file_that_has_not_changed_changes_nothing(page, words):
    open_tab(page, "prediction")
    upload(page, FILES[0])
    expect_answer(page, words, 200)
    requests = Requests(page)
    requests.wait_for_rest()
    asked = len(requests.asked)
    upload(page, FILES[0])
    requests.wait_for_rest()
    assert [url for url in requests.asked[asked:] if "/queue/" in url] == []
    expect_answer(page, words, *pick(page))
    requests.wait_for_rest()
    asked = len(requests.asked)
    page.locator(".picker button[data-key]").first.click()
    requests.wait_for_rest()
    assert [url for url in requests.asked[asked:] if "/queue/join" in url] == []


def test_the_last_of_two_quick_clicks_is_the_one_that_is_answered(page, words):
    open_tab(page, "evaluation")
    cells = page.locator("#tab-evaluation button[data-cell]")
    expect(cells).to_have_count(4)
    cells.nth(3).click()  # alone, to know what it shows
    shown = page.locator(".block.evaluation-cases")
    expect(shown.locator("h3, h4").first).to_be_visible(timeout=60_000)
    Requests(page).wait_for_rest()
    expected = shown.inner_text()
    cells.nth(0).click()
    Requests(page).wait_for_rest()
    assert shown.inner_text() != expected
    cells.nth(1).click()
    page.wait_for_timeout(100)
    cells.nth(3).click()
    Requests(page).wait_for_rest()
    assert shown.inner_text() == expected
