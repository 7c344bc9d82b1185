"""The outline by three hands, without a browser: whose words, scores and overlaps they are, and who has none."""

import dataclasses

import cv2
import gradio as gr
import numpy as np
import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.bundle.measured import measured
from busi.data.box import outline
from busi.lessons.elsewhere import hesitated_most, visible_lesions
from busi.serving.gallery import open_gallery
from busi.web.parts.outlines import polygon, words_for
from busi.web.tabs.inquiry_outline.tab import Drawn, bench_of, cases_of, compared, outline_bench, rows_of
from busi.words.text import LANGUAGES
from tests.support.markup import data_of, parsed, text_of
from tests.support.pages import page_about
from tests.support.scratch import scratch_bundle

CIRCLE = [[0.5 + 0.2 * np.cos(turn), 0.4 + 0.2 * np.sin(turn)] for turn in np.linspace(0, 6.2, 60)]


@pytest.fixture(scope="module")
def page():
    bundle = open_bundle(EMBEDDED)
    return page_about(bundle, "en", open_gallery(bundle, None))


def plain(written: str) -> str:
    """As `text_of` has it: without spaces that do not break."""
    return " ".join(written.split())


def dice(one: np.ndarray, other: np.ndarray) -> float:
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def test_the_pictures_are_those_over_which_the_network_hesitates_most(page):
    rows = page.bundle.predictions.query("source == 'breast'").set_index("image_id")
    threshold = page.bundle.threshold
    odds = np.log(rows["probability"] / (1 - rows["probability"])) - np.log(threshold / (1 - threshold))
    assert hesitated_most(page.bundle) == odds.abs().sort_values(kind="stable").index.tolist()
    cases = cases_of(page)
    assert [case.label for case in cases] == ["benign", "malignant"] * 3
    distances = [abs(odds[case.image_id]) for case in cases]
    assert distances[0] <= distances[2] <= distances[4] and distances[1] <= distances[3] <= distances[5]
    assert all(0.04 <= outline(case.image_id).mean() <= 0.18 for case in cases)
    skipped = [name for name in rows.index[rows["label"] == "benign"] if abs(odds[name]) < distances[0]]
    assert not [name for name in skipped if 0.04 <= outline(name).mean() <= 0.18]


def test_lesions_are_taken_in_the_order_asked_for():
    names = ["case010", "case001", "case002", "case003", "case004", "case005", "case006", "case007", "case008"]
    forth, back = (visible_lesions(some, 1) for some in (names, names[::-1]))
    assert len(forth) == len(back) == 2 and forth != back


def test_three_rows_with_the_networks_own_scores_and_dice_beside_the_radiologist(page):
    classifier, case = page.workshop.classifier.get(), cases_of(page)[1]
    drawn = polygon(CIRCLE)
    rows = {row.whose: row for row in rows_of(page, classifier, case, drawn)}
    assert list(rows) == ["you", "network", "radiologist"] and rows["radiologist"].overlap is None
    own = classifier.predict(case.image)
    assert rows["network"].probability == own.probability
    again = classifier.redrawn(own, drawn)
    assert rows["you"].probability == again.probability != own.probability
    assert rows["you"].words == words_for(page.words, again.shape)
    truth = outline(case.image_id)
    circle = cv2.fillPoly(
        np.zeros(truth.shape, np.uint8), [np.int32(np.array(CIRCLE) * np.array(truth.shape[::-1]))], 1
    ).astype(bool)
    assert rows["you"].overlap == pytest.approx(dice(circle, truth), abs=0.02)
    fine = cv2.resize(own.outline, truth.shape[::-1]) >= 0.5
    assert rows["network"].overlap == pytest.approx(dice(fine, truth), abs=0.03)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_panel_tells_how_far_scores_are_apart_and_a_stroke_that_surrounds_nothing_is_told_so(page, language):
    page = page_about(page.bundle, language, open_gallery(page.bundle, None))
    case = cases_of(page)[0]
    tree = parsed(compared(page, Drawn(case=0, points=CIRCLE)))
    rows = rows_of(page, page.workshop.classifier.get(), case, polygon(CIRCLE))
    scores = sorted(row.probability for row in rows)
    written, _ = page.words.scores_and_threshold([scores[0], scores[-1]], page.bundle.threshold)
    large = text_of(tree.select_one(".large"))
    assert all(plain(one) in large for one in (page.words.percent(rows[0].overlap), *written))
    assert len(tree.select("tbody tr")) == len(tree.select("svg path")) == len(rows) == 3
    line = Drawn(case=0, points=[[0.1, 0.1], [0.2, 0.1], [0.3, 0.1]])
    assert plain(page.words("inquiry_outline.too_little")) in text_of(parsed(compared(page, line)))


@pytest.mark.parametrize("wrong", [None, Drawn(case=6, points=CIRCLE), Drawn(case=0, points=[])])
def test_what_is_not_offered_is_not_compared(page, wrong):
    assert compared(page, wrong) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_hangs_on_the_outline_is_told_with_interval_and_n(page, language):
    page, found = page_about(page.bundle, language, open_gallery(page.bundle, None)), measured()
    html = bench_of(page, cases_of(page))
    assert data_of(html, "data") == {"share": found.moved["larger"].value, "n": 126}
    told = [text_of(row) for row in parsed(html).select(".remains li")]
    for row, name in zip(told, ("smaller", "larger", "radiologist"), strict=True):
        one = found.moved[name]
        assert all(plain(page.words.percent(value)) in row for value in (one.value, one.low, one.high))
        assert "n = 126" in row
    assert page.words("inquiry_outline.shipped") not in text_of(parsed(html))


def test_a_network_that_does_not_draw_has_nothing_to_compare(page):
    never_asked = page.bundle.predictions.query("source != 'breast'")
    for other in (scratch_bundle(), dataclasses.replace(page.bundle, predictions=never_asked)):
        with gr.Blocks() as blocks:
            outline_bench(page_about(other, "en", open_gallery(page.bundle, None)))
        shown = " ".join(block.value for block in blocks.blocks.values())
        assert page.words("inquiry_outline.none_title") in shown and "data-data" not in shown
