"""The drawn outline in Prédiction: the sum adds up, a finger's path is scored as it was drawn, forged ones are not."""

import cv2
import numpy as np
import pytest

from busi.images import gray_levels, read_image
from busi.model.fusion import TERMS
from busi.model.shape import read_shape
from busi.serving.predict import Classifier
from busi.serving.workshop import open_workshop
from busi.web.pages import build_pages
from busi.web.parts.outlines import MOST_POINTS, STEP, edge_of, grown, polygon, words_for
from busi.web.pictures import edges_of
from busi.web.tabs.prediction.outline import Redrawing, redraw, redrawing_wanted, rows_of
from busi.words.text import Words
from tests.support.markup import parsed, text_of
from tests.support.pages import callbacks

CIRCLE = [[0.5 + 0.2 * np.cos(turn), 0.4 + 0.2 * np.sin(turn)] for turn in np.linspace(0, 6.2, 60)]


class Sent:
    """What Gradio hands to a callback when a script has sent something."""

    def __init__(self, data: object) -> None:
        self._data = data


@pytest.fixture(scope="module")
def drawing_workshop(drawing_bundle):
    return open_workshop(drawing_bundle.folder)


@pytest.fixture(scope="module")
def drawing_pages(drawing_workshop):
    return build_pages(drawing_workshop)


@pytest.fixture(scope="module")
def classifier(drawing_workshop) -> Classifier:
    return drawing_workshop.classifier.get()


@pytest.fixture(scope="module")
def example(drawing_workshop):
    return next(one for one in drawing_workshop.gallery.examples.values() if one.source == "breast")


@pytest.fixture(scope="module")
def prediction(classifier, example):
    return classifier.predict(example.image)


def test_a_path_encloses_what_it_goes_round():
    drawn = polygon(CIRCLE)
    assert drawn.shape == (128, 128) and drawn.sum() == pytest.approx(np.pi * 25.6**2, rel=0.03)
    rows, columns = np.nonzero(drawn > 0.5)
    assert rows.mean() == pytest.approx(0.4 * 127, abs=1) and columns.mean() == pytest.approx(0.5 * 127, abs=1)
    assert 0 < drawn[(drawn > 0) & (drawn < 1)].mean() < 1, "its edge is soft"


def test_an_outline_grows_and_shrinks_by_steps_on_all_sides():
    radius = 25.6
    for steps in (-3, 1, 4):
        area = grown(polygon(CIRCLE), steps).sum()
        assert area == pytest.approx(np.pi * (radius + steps * STEP * 128) ** 2, rel=0.04)
    assert not grown(np.zeros((64, 64)), 3).any()


def test_another_outline_is_scored_as_it_was_drawn_and_the_whole_stays(classifier, prediction):
    found = redraw(classifier, prediction, Redrawing(points=CIRCLE))
    shape = read_shape(polygon(CIRCLE), gray_levels(prediction.model_input), prediction.proportion)
    expected = classifier.bundle.fusion.terms(prediction.whole, shape)
    assert found.terms == expected and found.shape == shape
    assert found.probability == pytest.approx(1 / (1 + np.exp(-sum(expected.values()))))
    assert found.terms["whole"] == prediction.terms["whole"] and found.threshold == prediction.threshold
    assert redraw(classifier, prediction, Redrawing()) is prediction
    assert redraw(classifier, prediction, Redrawing(grow=2)).shape.size > prediction.shape.size
    assert redraw(classifier, prediction, Redrawing(points=[[0.5, 0.5], [0.5, 0.501], [0.501, 0.5]])) is None


def test_without_a_fusion_no_outline_counts(small_bundle, prediction):
    with pytest.raises(ValueError, match="no outline counts"):
        Classifier(small_bundle).redrawn(prediction, polygon(CIRCLE))


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"points": "M0 0"},
        {"points": [[0.5, 2.0]]},
        {"points": [[0.5]]},
        {"points": [[0.1, 0.1]] * (MOST_POINTS + 1)},
        {"points": [["0.1", "0.2"]]},
        {"points": [[float("nan"), 0.5]]},
        {"grow": 7},
        {"grow": 1.5},
    ],
)
def test_what_no_script_of_ours_sends_asks_for_the_networks_outline(data):
    assert redrawing_wanted(Sent(data)) == Redrawing()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_lines_of_the_sum_add_up_and_point_to_their_side(language, prediction):
    words = Words(language)
    rows = rows_of(words, prediction)
    assert [row.name for row in rows] == [words(f"outline.term_{name}") for name in (*TERMS, "total")]
    numbers = list(prediction.terms.values())
    for row, value in zip(rows, [*numbers, sum(numbers)], strict=True):
        assert row.label == ("malignant" if value > 0 else "benign") and 0 <= row.left <= 100
        end = row.left if value < 0 else row.left + row.width
        assert end - 50 == pytest.approx(50 * value / max(1, *map(abs, [*numbers, sum(numbers)])), abs=1e-6)
    assert all(row.width <= 50 for row in rows)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_form_has_the_word_that_a_report_has(language, classifier, prediction):
    words = Words(language)
    for half_height, half_width, name in ((0.1, 0.3, "low"), (0.3, 0.1, "high"), (0.2, 0.2, "middle")):
        tall = np.sqrt(prediction.proportion)
        path = [[0.5 + half_width * tall * x, 0.45 + half_height / tall * y] for x, y in _circle()]
        found = redraw(classifier, prediction, Redrawing(points=path))
        assert words_for(words, found.shape)[0] == words(f"outline.word_form_{name}")


def _circle() -> list[tuple[float, float]]:
    return [(float(np.cos(turn)), float(np.sin(turn))) for turn in np.linspace(0, 6.2, 80)]


@pytest.mark.parametrize(("language", "number"), [("fr", 0), ("en", 1)])
def test_the_answer_brings_the_outline_and_a_visitor_may_redraw_it(
    drawing_pages, drawing_workshop, example, language, number
):
    words, path = Words(language), str(drawing_workshop.gallery.path(example.key))
    answer, drawn = callbacks(drawing_pages, "show_answer")[number](path)
    tree = parsed(drawn)
    assert parsed(answer).select(".score-bar") and tree.select_one("path.network")["d"].startswith("M")
    assert len(tree.select("tbody tr")) == len(TERMS) + 1 and not tree.select("path.visitor")
    again = callbacks(drawing_pages, "redraw_outline")[number]
    redrawn = parsed(again(path, Sent({"points": CIRCLE})))
    assert redrawn.select("path.visitor") and redrawn.select("path.network") and redrawn.select("[data-back]")
    too_little = " ".join(words("outline.too_little").split())
    assert too_little in text_of(again(path, Sent({"points": [[0.5, 0.5]] * 9})))
    assert parsed(again(path, Sent({"grow": 3}))).select_one("figure")["data-grow"] == "3"
    assert again(None, Sent({})) == ""


def test_what_is_no_ultrasound_has_no_outline(drawing_pages, drawing_workshop, tmp_path):
    show = callbacks(drawing_pages, "show_answer")[0]
    assert show(str(drawing_workshop.gallery.path("smiley")))[1] == ""
    answer, drawn = show(None)
    assert parsed(answer).select(".invitation") and drawn == ""
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    answer, drawn = show(str(broken))
    assert parsed(answer).select(".alert") and drawn == ""


def test_where_nothing_is_drawn_the_page_says_so(drawing_pages, tmp_path):
    path = tmp_path / "white.png"
    cv2.imwrite(str(path), np.full((90, 120), 220, np.uint8))
    _, drawn = callbacks(drawing_pages, "show_answer")[1](str(path))
    assert Words("en")("outline.nothing") in text_of(drawn) or drawn == ""


def test_a_program_gets_outline_shape_and_terms(drawing_pages, drawing_workshop, example, classifier):
    path = str(drawing_workshop.gallery.path(example.key))
    told = callbacks(drawing_pages, "predict")[0](path)
    prediction = classifier.predict(read_image(path))
    odds = np.log(told["probabilities"]["malignant"] / told["probabilities"]["benign"])
    assert sum(told["terms"].values()) == pytest.approx(odds, abs=1e-6) and list(told["terms"]) == list(TERMS)
    assert told["shape"]["taller"] == prediction.shape.taller
    polygon_area = cv2.contourArea(np.float32(told["outline"][0]))
    assert np.log(polygon_area) == pytest.approx(prediction.shape.size, abs=0.15)
    assert edge_of(prediction).startswith("M")


def test_edges_are_shares_of_width_and_height():
    mask = np.zeros((20, 40), bool)
    mask[5:10, 10:30] = True
    (edge,) = edges_of(mask)
    assert edge.min(axis=0) == pytest.approx([10.5 / 40, 5.5 / 20])
    assert edge.max(axis=0) == pytest.approx([29.5 / 40, 9.5 / 20])
