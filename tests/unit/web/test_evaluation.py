"""The tab L'évaluation without a browser: what is counted together, what a cell holds, and what a click may ask."""

import json
import re
from copy import deepcopy
from dataclasses import replace
from html import escape, unescape
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, log_loss, roc_auc_score

from busi.bundle.files import EMBEDDED, open_bundle
from busi.model.metrics import calibration_error_by_chance
from busi.serving.gallery import PAGE, Example, open_gallery
from busi.serving.workshop import open_workshop
from busi.web.pages import build_pages
from busi.web.parts.cells import CELLS, Question, cell_panel, populations, question_of, rows_of_cell
from busi.web.tabs.evaluation.tab import _bar
from busi.words.text import LANGUAGES, Words
from tests.support.drawings import drawn_ultrasound

THRESHOLDS = (0.0, 0.05, 0.112, 0.5, 0.9, 1.0)


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


@pytest.fixture(scope="module")
def gallery(bundle):
    return open_gallery(bundle, None)


def nothing_at_hand(image_id: str) -> None:
    return None


def sent_to_the_browser(bundle) -> dict:
    attribute = re.search(r'data-evaluation="([^"]*)"', _bar(Words("fr"), bundle)).group(1)
    return json.loads(unescape(attribute))


def test_populations_are_never_mixed(bundle, small_bundle):
    counted = populations(bundle)
    assert [(name, set(rows["source"]), len(rows)) for name, rows in counted.items()] == [
        ("test", {"busi"}, 96),
        ("simulated", {"simulated"}, 240),
    ]
    assert set(counted["test"]["split"]) == {"test"}
    assert [(name, len(rows)) for name, rows in populations(small_bundle).items()] == [("test", 20)]


def test_the_browser_gets_the_rows_without_names_and_the_numbers_of_scikit_learn(bundle):
    sent = sent_to_the_browser(bundle)
    assert sent["threshold"] == bundle.threshold
    assert "benign" not in json.dumps(sent) and "(" not in json.dumps(sent)
    for name, rows in populations(bundle).items():
        labels, probabilities = np.array(sent["populations"][name]["rows"]).T
        assert sorted(zip(labels, probabilities, strict=True)) == sorted(
            zip(rows["label"] == "malignant", rows["probability"], strict=True)
        )
        numbers = sent["populations"][name]["metrics"]
        assert numbers["auc"][0] == pytest.approx(roc_auc_score(labels, probabilities), abs=1e-6)
        assert numbers["loss"][0] == pytest.approx(log_loss(labels, probabilities), abs=1e-6)
        assert numbers["auc"][3] == len(rows)
        chance = calibration_error_by_chance(rows["probability"].to_numpy(), rows["group"].to_numpy())
        assert sent["populations"][name]["by_chance"] == [chance.value, chance.low, chance.high, len(rows)]


@pytest.mark.parametrize("above", [True, False])
def test_a_calibration_error_is_above_chance_when_it_is_beyond_what_chance_makes_of_right_answers(bundle, above):
    rows = populations(bundle)["test"]
    chance = calibration_error_by_chance(rows["probability"].to_numpy(), rows["group"].to_numpy())
    info = deepcopy(bundle.info)
    info["metrics"]["test"]["calibration_error"]["value"] = chance.high + (0.001 if above else -0.001)
    assert sent_to_the_browser(replace(bundle, info=info))["populations"]["test"]["above_chance"] == above


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("population", ["test", "simulated"])
def test_cells_hold_the_images_that_scikit_learn_counts(bundle, population, threshold):
    rows = populations(bundle)[population]
    expected = confusion_matrix(rows["label"] == "malignant", rows["probability"] >= threshold, labels=[False, True])
    held = {cell: rows_of_cell(bundle, Question(population, cell, threshold)) for cell in CELLS}
    assert [[len(held["tn"]), len(held["fp"])], [len(held["fn"]), len(held["tp"])]] == expected.tolist()
    assert sorted(image for cell in held.values() for image in cell["image_id"]) == sorted(rows["image_id"])
    for cell in held.values():
        distance = (cell["probability"] - threshold).abs()
        assert distance.is_monotonic_decreasing, "the clearest answers come first"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"cell": "xx"},
        {"cell": ["tp"]},
        {"cell": ""},
        {"population": "validation"},
        {"population": {}},
        {"threshold": -0.1},
        {"threshold": 1.01},
        {"threshold": float("nan")},
        {"threshold": "0.5"},
        {"threshold": True},
        {"threshold": None},
    ],
)
def test_a_click_that_asks_for_nothing_that_there_is_shows_nothing(small_bundle, asked):
    right = {"population": "test", "cell": "tp", "threshold": 0.4}
    event = SimpleNamespace(**{**right, **asked} if asked else {})
    assert question_of(small_bundle, event) is None


@pytest.mark.parametrize("page", [None, -3, "2", 1.5, float("nan"), True])
def test_a_page_that_is_none_is_the_first(small_bundle, page):
    event = SimpleNamespace(population="test", cell="tp", threshold=1, page=page)
    assert question_of(small_bundle, event) == Question("test", "tp", 1.0, 0)


def test_the_callback_answers_in_each_page_s_language_and_survives_nonsense(small_bundle):
    pages = build_pages(open_workshop(small_bundle.folder))
    callbacks = [function.fn for function in pages.fns.values() if function.name == "open_cell"]
    asked = Question("test", "fp", 0.4)
    count = len(rows_of_cell(small_bundle, asked))
    for words, open_cell in zip((Words("fr"), Words("en")), (callbacks[0], callbacks[-1]), strict=True):
        answer = open_cell(SimpleNamespace(population="test", cell="fp", threshold=0.4, page=10**9))
        assert escape(words("evaluation.open_fp", n=count)) in answer
        assert open_cell(SimpleNamespace(cell="nonsense")) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_busi_a_cell_names_its_images_and_shows_simulated_ones_in_their_place(bundle, gallery, language):
    words, question = Words(language), Question("test", "fn", bundle.threshold)
    html = cell_panel(words, bundle, question, gallery.of_image)
    names = rows_of_cell(bundle, question)["image_id"].tolist()
    assert len(names) == bundle.info["metrics"]["test"]["confusion"]["false_negatives"] > 0
    assert re.findall(r"<tr><td>([^<]+)</td>", html) == names
    alike = rows_of_cell(bundle, Question("simulated", "fn", bundle.threshold))
    keys = re.findall(r'data-key="([^"]+)" data-then="prediction"', html)
    assert [gallery.examples[key].image_id for key in keys] == alike["image_id"].tolist()
    assert html.count(f'class="badge">{words("laboratory.simulated")}') == len(keys) > 0
    assert escape(words("evaluation.instead", n=len(keys), total=240)) in html


def test_real_pictures_are_shown_eight_at_a_time_each_with_its_probability_and_truth(bundle):
    words, read = Words("en"), Example("image-01", "busi", "benign", bytes)
    read.__dict__["image"] = drawn_ultrasound(2)[0]
    rows = rows_of_cell(bundle, Question("test", "fp", bundle.threshold))
    pages = -(-len(rows) // PAGE)
    shown = []
    for page in range(pages + 1):
        html = cell_panel(words, bundle, Question("test", "fp", bundle.threshold, page), lambda image_id: read)
        assert "badge" not in html and html.count("●</span> benign") == html.count("<img")
        shown.append(re.findall(r"score: ([^<]+)<", html))
    assert shown[0] == shown[-1], "numbers past the end begin again"
    written = words.scores_and_threshold(rows["probability"].tolist(), bundle.threshold)[0]
    assert [unescape(score) for page in shown[:-1] for score in page] == written


@pytest.mark.parametrize(("cell", "threshold"), [("tp", 1.0), ("fn", 0.0), ("fp", 1.0), ("tn", 0.0)])
def test_an_empty_cell_says_where_to_move_the_threshold_and_is_right(bundle, cell, threshold):
    for population in populations(bundle):
        html = cell_panel(Words("en"), bundle, Question(population, cell, threshold), nothing_at_hand)
        assert escape(Words("en")("evaluation.empty")) in html and "<img" not in html
        there = float(re.search(r"at ([\d.]+)%, a first image", html).group(1)) / 100
        before = there + (0.011 if cell in ("tp", "fp") else -0.011)  # the percentage is a rounded one
        assert len(rows_of_cell(bundle, Question(population, cell, there))) in (1, 2)
        assert rows_of_cell(bundle, Question(population, cell, before)).empty
