"""Hide the lesion, without a browser: what is offered, what is answered, and what another network is told."""

import dataclasses

import gradio as gr
import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.box import lesions, outline
from busi.lessons.hidden import hide, recorded, worth
from busi.serving.gallery import Gallery, open_gallery
from busi.web.tabs.inquiry_hidden.tab import Chosen, answered, bench_of, cases_of, hidden_bench, patch_of
from busi.words.text import LANGUAGES
from tests.support.markup import data_of, parsed, text_of
from tests.support.pages import page_about


@pytest.fixture(scope="module")
def page():
    bundle = open_bundle(EMBEDDED)
    return page_about(bundle, "en", open_gallery(bundle, None))


def chosen(case=0, way="lesion", top=0.0, left=0.0) -> Chosen:
    return Chosen(case=case, way=way, top=top, left=left)


def test_the_pictures_are_of_both_classes_and_their_lesions_neither_tiny_nor_all_of_it(page):
    cases = cases_of(page)
    assert [case.label for case in cases] == ["benign", "malignant"] * 3
    assert all(0.04 <= outline(case.image_id).mean() <= 0.18 for case in cases)
    assert {case.image_id for case in cases} <= set(lesions()["image_id"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bench_tells_what_is_left_with_interval_and_n(page, language):
    page = page_about(page.bundle, language, open_gallery(page.bundle, None))
    html, found = bench_of(page, cases_of(page)), worth(recorded()["answers"])
    data = data_of(html, "data")
    assert (data["whole"], data["hidden"]) == (found["nothing"].value, found["lesion"].value)
    tree, two = parsed(html), lambda value: page.words.number(value, 2)
    rows = [text_of(row) for row in tree.select(".remains li")]
    assert len(rows) == 5
    for row, one in zip(
        rows, (found[name] for name in ("nothing", "lesion", "rest", "elsewhere", "size")), strict=True
    ):
        assert all(two(value) in row for value in (one.value, one.low, one.high)) and "n = 252" in row
    assert page.words("inquiry_hidden.shipped") not in text_of(tree)


def test_both_scores_are_those_of_the_network_for_what_is_seen(page):
    case = cases_of(page)[1]
    classifier = page.workshop.classifier.get()
    for way in ("nothing", "lesion", "rest", "elsewhere"):
        panel = parsed(answered(page, chosen(1, way)))
        seen = hide(case.image, patch_of(case.image_id), way)
        expected = classifier.probabilities([case.image, seen])
        written = [page.words.score_and_threshold(float(score), page.bundle.threshold)[0] for score in expected]
        assert [bar.b.text for bar in panel.select(".score-bar")] == written
    where = chosen(1, "own", top=5.0, left=-3.0)  # as far as it goes, and no farther
    patch = patch_of(case.image_id)
    corner = case.image.copy()
    rows, columns = dataclasses.replace(patch, top=1 - patch.height, left=0.0).pixels(case.image.shape)
    corner[rows, columns] = np.median(case.image)
    score = float(classifier.probabilities([corner])[0])
    assert (
        parsed(answered(page, where)).select(".score-bar b")[1].text
        == (page.words.score_and_threshold(score, page.bundle.threshold)[0])
    )


@pytest.mark.parametrize("wrong", [None, chosen(6), chosen(-1), chosen(0, "everything")])
def test_what_is_not_offered_is_not_answered(page, wrong):
    assert answered(page, wrong) is None


def test_another_network_is_told_whose_numbers_these_are_and_without_pictures_there_is_a_sentence(page, small_bundle):
    other = page_about(small_bundle, "en", open_gallery(page.bundle, None))
    assert other.words("inquiry_hidden.shipped") in text_of(parsed(bench_of(other, cases_of(other))))
    empty = page_about(page.bundle, "en", Gallery(()))
    with gr.Blocks() as blocks:
        hidden_bench(empty)
    shown = " ".join(block.value for block in blocks.blocks.values())
    assert empty.words("inquiry_hidden.none_title") in shown and "data-data" not in shown
