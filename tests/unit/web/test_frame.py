"""The frame of both pages: every part has its tab and its link, and the first screen needs nothing but the page."""

import re
from collections import Counter
from dataclasses import replace
from html import escape
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from bs4 import BeautifulSoup

from busi.bundle.files import EMBEDDED, open_bundle
from busi.lessons.first_pair import thread
from busi.serving.gallery import open_gallery
from busi.serving.predict import ClassifierInBackground
from busi.serving.workshop import Workshop
from busi.web.files import FRAME_STYLES, WEB, style_sheets
from busi.web.frame.frame import frame_of
from busi.web.page import Page
from busi.web.pages import TABS, build_pages
from busi.web.tabs.welcome.tab import first_cases
from busi.web.way import GROUPS, LOOKING, MINUTES, PARTS, WITHIN
from tests.support.markup import data_of, parsed, text_of
from tests.support.pages import page_of as page_in


@pytest.fixture(scope="module")
def shipped() -> Workshop:
    """The workshop as a newcomer gets it; no network is opened."""
    bundle = open_bundle(EMBEDDED)
    return Workshop(bundle, ClassifierInBackground(bundle), open_gallery(bundle, None))


@pytest.fixture(scope="module", params=["fr", "en"])
def page(request, shipped) -> Page:
    return page_in(request.param, shipped)


@pytest.fixture(scope="module")
def tree(page) -> BeautifulSoup:
    frame = frame_of(page, "./other")
    markup = f"<html><head>{frame.head}</head><body>{frame.before}<gradio-app></gradio-app>{frame.after}</body></html>"
    return parsed(markup)


def linked(tree: BeautifulSoup) -> list[str]:
    return [link["data-part"] for link in tree.select("nav.rail a")]


@pytest.fixture(scope="module")
def tab_ids(shipped) -> list[str]:
    """The tabs that Gradio is given, French first, those of exercises among them."""
    blocks = build_pages(shipped).blocks.values()
    return [block.elem_id.removeprefix("tab-") for block in blocks if isinstance(block, gr.Tab)]


def test_every_part_is_one_of_the_pages_tabs_in_the_same_order_in_both_languages(tab_ids):
    half = len(tab_ids) // 2
    for ids in (tab_ids[:half], tab_ids[half:]):
        assert [name for name in ids if name in PARTS] == list(PARTS) and len(PARTS) == len(TABS)
        assert [name for name in ids if name not in PARTS] == [name for inner in WITHIN.values() for name in inner]


def test_the_rail_leads_to_every_part_and_every_exercise_by_its_name(tree, page):
    assert linked(tree) == [name for part in PARTS for name in (part, *WITHIN.get(part, ()))]
    for link in tree.select("nav.rail a"):
        assert link["href"] == f"#{link['data-part']}"
        assert text_of(link) == text_of(page.words(f"{link['data-part']}.tab"))
    assert [text_of(title) for title in tree.select("nav.rail h2")] == [page.words(f"page.group_{g}") for g in GROUPS]
    assert tree.select_one("nav.rail")["aria-label"] == page.words("page.way")


def test_parts_that_look_at_an_image_take_time_and_are_told_of_are_parts(page):
    assert set(LOOKING) <= set(PARTS) and set(MINUTES) <= set(PARTS)
    assert set(PARTS) - set(MINUTES) == {"glossary"}


def test_the_way_under_the_first_screen_leads_on_to_all_that_is_yet_to_come(tree, page):
    cards = tree.select(".way li")
    assert [card.a["href"].removeprefix("#") for card in cards] == [
        part for part in PARTS if part not in ("welcome", "glossary")
    ]
    for card, part in zip(cards, (part for part in PARTS if part in MINUTES and part != "welcome"), strict=True):
        assert re.findall(r"\d+", text_of(card.span)) == [str(MINUTES[part])]
    told = [int(number) for number in re.findall(r"\d+", text_of(tree.select_one(".way .lead")))]
    assert told == [sum(MINUTES.values()) - MINUTES["exercises"] - MINUTES["welcome"], MINUTES["exercises"]]


def test_there_is_one_head_one_footer_one_title_and_no_id_twice(tree, page):
    for kind in ("h1", "head > title"):
        (title,) = tree.select(kind)
        assert text_of(title) == page.words("page.title")
    assert len(tree.select("header")) == len(tree.select("footer")) == 1
    ids = Counter(element["id"] for element in tree.select("[id]"))
    assert [name for name, count in ids.items() if count > 1] == []
    assert text_of(tree.select_one(".notice strong")) == page.words("page.notice_strong")


def test_whoever_leads_a_room_and_whoever_reads_the_other_language_finds_the_way(tree, page):
    assert text_of(tree.select_one('.tools a[href="#room"]')) == page.words("room.tab")
    assert tree.select_one(".tools a.language")["href"] == "./other"
    assert text_of(tree.select_one(".tools button[data-stage]")) == page.words("page.stage")


def test_what_gradio_brings_stands_within_the_content(tree):
    assert [one["class"] for one in tree.select_one("gradio-app").parents if one.get("class")] == [
        ["content"],
        ["frame"],
    ]
    assert tree.select_one("gradio-app ~ footer") is not None
    assert tree.select_one(".frame dialog.glossary") is None and tree.select_one("dialog.glossary") is not None


def test_the_picture_that_stands_until_another_is_chosen_is_the_first_one_that_is_met(tree, page, shipped):
    key = thread(shipped.gallery, shipped.bundle).key
    frame = tree.select_one(".frame")
    assert frame["data-thread"] == key and frame["data-looking"].split() == list(LOOKING)
    np.testing.assert_array_equal(
        first_cases(page)[0].image, shipped.gallery.recognise(shipped.gallery.path(key)).image
    )


def test_the_first_screen_asks_for_nothing_that_is_not_in_the_page(tree):
    """Pictures are in it, and so are its scripts and looks."""
    first = tree.select_one("#first-screen")
    assert [image["src"][:11] for image in first.select("img")] == ["data:image/"] * len(first.select("img"))
    assert first.select("link, iframe, object, video") == []
    before = first.find_all_previous("script")
    assert [script.get("src") for script in before] == [None] * len(before)
    follows = first.find_next("script")
    assert follows.get("src") is None and follows.get("type") is None


def test_every_picture_has_an_alternative_text(tree):
    assert all(image["alt"].strip() for image in tree.select("#first-screen img"))


def test_each_guess_leads_to_who_was_right_and_only_one_step_is_in_view(tree, page, shipped):
    """Whether the verdict's two marks are right follows from the truth, the table's score and the threshold alone."""
    steps = tree.select(".first-step")
    assert [step["data-step"] for step in steps] == ["case_0", "case_1", "face", "women"]
    assert [step.has_attr("hidden") for step in steps] == [False, True, True, True]
    scores = shipped.bundle.predictions.set_index("image_id")["probability"]
    for step, case in zip(steps, first_cases(page), strict=False):
        says = "malignant" if case.answer.probability >= shipped.bundle.threshold else "benign"
        assert case.answer.probability in scores.to_list()
        after = step.select_one("[data-after]")
        assert (after["data-truth"], after["data-network"]) == (case.label, says)
        for guess in ("benign", "malignant"):
            verdict = {
                (True, True): "both_right",
                (True, False): "only_you",
                (False, True): "only_network",
                (False, False): "both_wrong",
            }[guess == case.label, says == case.label]
            answer = step.select_one(f"[data-answer={guess}]")
            assert answer.has_attr("hidden") and text_of(page.words(f"guess.{verdict}")) in text_of(answer.h2)
            assert [sign.get_text() for sign in answer.select(".answers-of .sign")].count("✓") == (
                (guess == case.label) + (says == case.label)
            )
            score, threshold = page.words.score_and_threshold(case.answer.probability, case.answer.threshold)
            assert text_of(escape(page.words("score.numbers", score=score, threshold=threshold))) in text_of(answer)
        assert [button["data-guess"] for button in step.select("button[data-guess]")] == ["benign", "malignant"]


def test_what_the_network_says_to_a_face_is_what_its_bundle_tells(tree, page, shipped):
    step = tree.select_one("[data-step=face]")
    score = shipped.bundle.info["impostors"]["smiley"]
    expected = "malignant" if score >= shipped.bundle.threshold else "benign"
    assert step.select_one("[data-after]")["data-truth"] == expected
    for answer in step.select("[data-answer]"):
        key = "guess.right" if answer["data-answer"] == expected else "guess.wrong"
        assert text_of(page.words(key)) in text_of(answer)
    assert [button["data-guess"] for button in step.select("button[data-guess]")] == ["benign", "malignant", "refuses"]


def test_a_bundle_that_does_not_tell_of_faces_has_no_step_for_one(shipped):
    info = {key: value for key, value in shipped.bundle.info.items() if key != "impostors"}
    silent = replace(shipped, bundle=replace(shipped.bundle, info=info))
    frame = frame_of(page_in("en", silent), "./")
    assert [step["data-step"] for step in parsed(frame.before).select(".first-step")] == ["case_0", "case_1", "women"]


def test_the_women_are_counted_from_the_table_of_answers(tree, shipped):
    """Both rates, counted anew."""
    rows = shipped.bundle.predictions
    test = rows[(rows["source"] == shipped.bundle.population) & (rows["split"] == "test")]
    alerts, ill = test["probability"] >= shipped.bundle.threshold, test["label"] == "malignant"
    rates = data_of(str(tree.select_one("[data-rates]")), "rates")
    assert rates["sensitivity"]["value"] == pytest.approx(alerts[ill].mean())
    assert rates["specificity"]["value"] == pytest.approx((~alerts[~ill]).mean())
    for rate in rates.values():
        assert rate["low"] < rate["value"] < rate["high"]


@pytest.fixture
def without_another_hospital(shipped) -> Workshop:
    rows = shipped.bundle.predictions
    return replace(shipped, bundle=replace(shipped.bundle, predictions=rows[rows["source"] != "breast"]))


def test_without_another_hospital_the_first_pictures_are_drawn_and_say_so(without_another_hospital):
    for language in ("fr", "en"):
        page = page_in(language, without_another_hospital)
        assert {case.label for case in first_cases(page)} == {"benign", "malignant"}
        for number in (0, 1):
            step = parsed(frame_of(page, "./").before).select_one(f"[data-step=case_{number}]")
            assert page.words("laboratory.simulated") in text_of(step.select_one("figure"))


def test_without_any_picture_that_the_network_was_asked_about_the_first_step_in_view_is_another(
    without_another_hospital,
):
    """A bundle whose table is of images that are not at hand."""
    bundle = without_another_hospital.bundle
    own = bundle.predictions[bundle.predictions["source"] == bundle.population]
    page = page_in("fr", replace(without_another_hospital, bundle=replace(bundle, predictions=own)))
    steps = parsed(frame_of(page, "./").before).select(".first-step")
    assert [step["data-step"] for step in steps] == ["face", "women"]
    assert [step.has_attr("hidden") for step in steps] == [False, True]


def test_each_style_sheet_is_brought_once_by_the_frame_or_by_gradio():
    framed, gradios = {WEB / name for name in FRAME_STYLES}, style_sheets()
    assert framed.isdisjoint(gradios) and len(gradios) == len(set(gradios))
    assert framed | set(gradios) == set(Path(WEB).rglob("*.css"))


def test_what_the_frame_opens_it_closes(page):
    frame = frame_of(page, "./")
    markup = str(frame.before) + str(frame.after)
    for kind in ("div", "section", "nav", "header", "details", "dialog", "figure"):
        assert len(re.findall(rf"<{kind}\b", markup)) == len(re.findall(rf"</{kind}>", markup)), kind
