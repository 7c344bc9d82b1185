"""The tab L'évaluation without a browser: what is counted together, what a cell holds, and what a click may ask."""

import json
import re
from copy import deepcopy
from dataclasses import replace

import cv2
import gradio as gr
import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, log_loss, roc_auc_score

from busi.bundle.measured import measured
from busi.data.box import CREDIT
from busi.model.metrics import calibration_error_by_chance
from busi.serving.gallery import PAGE, Example, Gallery
from busi.web.parts.cells import CELLS, Question, cell_panel, populations, question_of, rows_of_cell
from busi.web.sentences import interval
from busi.web.tabs.evaluation.tab import HIGHEST_PREVALENCE, PREVALENCES, choices, luck
from busi.words.text import LANGUAGES, Words
from tests.support.drawings import drawn_ultrasound
from tests.support.markup import data_of, parsed, text_of
from tests.support.pages import page_about

THRESHOLDS = (0.0, 0.05, 0.112, 0.5, 0.9, 1.0)


def question(population: str, cell: str, threshold: float, page: int = 0) -> Question:
    return Question(population=population, cell=cell, threshold=threshold, page=page)


def sent_to_the_browser(bundle) -> dict:
    return data_of(choices(page_about(bundle)), "evaluation")


def test_populations_are_never_mixed(bundle, small_bundle):
    counted = populations(bundle)
    assert [(name, set(rows["source"]), len(rows)) for name, rows in counted.items()] == [
        ("test", {"busi"}, 94),
        ("breast", {"breast"}, 252),
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


def test_intervals_and_what_they_rest_on_are_for_the_curious(bundle):
    template = page_about(bundle).template("tabs/evaluation/tab.html")
    markup = [template.first_guess(), template.bench(), template.numbers(["told"]), template.roc()]
    tree = parsed("".join([*markup, template.calibration(), template.women(PREVALENCES, HIGHEST_PREVALENCE)]))
    for_the_curious = {place["data-out"] for place in tree.select("details.curious [data-out]")}
    for box in tree.select("details.curious"):
        box.extract()
    at_once = {place["data-out"] for place in tree.select("[data-out]")}
    rates = ("accuracy", "sensitivity", "specificity", "ppv")
    intervals = {f"{name}_interval" for name in (*rates, "auc", "loss", "calibration_error")}
    assert intervals | {"range", "caution", "women_rates"} <= for_the_curious and not intervals & at_once
    assert {"sensitivity", "specificity", "sensitivity_of", "specificity_of", "auc", "auc_n"} <= at_once, (
        "never without n"
    )
    assert not {"accuracy", "ppv", "loss"} & at_once


@pytest.mark.parametrize("above", [True, False])
def test_a_calibration_error_is_above_chance_when_it_is_beyond_what_chance_makes_of_right_answers(bundle, above):
    rows = populations(bundle)["test"]
    chance = calibration_error_by_chance(rows["probability"].to_numpy(), rows["group"].to_numpy())
    info = deepcopy(bundle.info)
    info["metrics"]["test"]["calibration_error"]["value"] = chance.high + (0.001 if above else -0.001)
    assert sent_to_the_browser(replace(bundle, info=info))["populations"]["test"]["above_chance"] == above


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("population", ["test", "breast", "simulated"])
def test_cells_hold_the_images_that_scikit_learn_counts(bundle, population, threshold):
    rows = populations(bundle)[population]
    expected = confusion_matrix(rows["label"] == "malignant", rows["probability"] >= threshold, labels=[False, True])
    counted = {cell: rows_of_cell(bundle, question(population, cell, threshold)) for cell in CELLS}
    assert [[len(counted["tn"]), len(counted["fp"])], [len(counted["fn"]), len(counted["tp"])]] == expected.tolist()
    assert sorted(image for cell in counted.values() for image in cell["image_id"]) == sorted(rows["image_id"])
    for cell in counted.values():
        distance = (cell["probability"] - threshold).abs()
        assert distance.is_monotonic_decreasing, "the clearest answers come first"


@pytest.mark.parametrize(
    "sent",
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
def test_a_click_that_asks_for_nothing_that_there_is_shows_nothing(small_bundle, sent):
    right = {"population": "test", "cell": "tp", "threshold": 0.4}
    assert question_of(small_bundle, gr.EventData(None, right)) is not None
    event = gr.EventData(None, {**right, **sent} if sent else {})
    assert question_of(small_bundle, event) is None


@pytest.mark.parametrize("page", [None, -3, "2", 1.5, float("nan"), True])
def test_a_page_that_is_none_is_the_first(small_bundle, page):
    event = gr.EventData(None, {"population": "test", "cell": "tp", "threshold": 1, "page": page})
    assert question_of(small_bundle, event) == question("test", "tp", 1.0, 0)


def test_the_callback_answers_in_each_page_s_language_and_survives_nonsense(small_bundle, pages):
    callbacks = [function.fn for function in pages.fns.values() if function.name == "open_cell"]
    sent = {"population": "test", "cell": "fp", "threshold": 0.4, "page": 10**9}
    count = len(rows_of_cell(small_bundle, question("test", "fp", 0.4)))
    for language, open_cell in zip(LANGUAGES, (callbacks[0], callbacks[-1]), strict=True):
        title = parsed(open_cell(gr.EventData(None, sent))).h3
        assert title.text == Words(language)("evaluation.open_fp", n=count)
        assert open_cell(gr.EventData(None, {"cell": "nonsense"})) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_busi_a_cell_names_its_images_and_shows_those_of_another_hospital_in_their_place(
    bundle, gallery, language
):
    page, wanted = page_about(bundle, language, gallery), question("test", "fn", bundle.threshold)
    tree = parsed(cell_panel(page, wanted))
    names = rows_of_cell(bundle, wanted)["image_id"].tolist()
    assert len(names) == bundle.info["metrics"]["test"]["confusion"]["false_negatives"] > 0
    assert [row.td.text for row in tree.select("tbody tr")] == names
    alike = rows_of_cell(bundle, question("breast", "fn", bundle.threshold))["image_id"].tolist()
    buttons = tree.select("button[data-key][data-then=prediction]")
    assert [gallery.examples[button["data-key"]].image_id for button in buttons] == alike[:PAGE] != []
    assert [badge.text for badge in tree.select(".badge")] == [CREDIT] * len(buttons)
    assert tree.h4.text == page.words("evaluation.instead_breast", n=len(alike), total=252)


def test_the_next_pictures_in_the_place_of_real_ones_are_of_the_same_question(bundle, gallery):
    page = page_about(bundle, "en", gallery)
    sent = data_of(cell_panel(page, question("test", "tp", bundle.threshold)), "question")
    assert sent == question("test", "tp", bundle.threshold, page=1).model_dump()
    assert question_of(bundle, gr.EventData(None, sent)).population == "test"


def test_real_pictures_are_shown_eight_at_a_time_each_with_its_probability_and_truth(bundle):
    rows = rows_of_cell(bundle, question("test", "fp", bundle.threshold))
    png = cv2.imencode(".png", drawn_ultrasound(2)[0])[1].tobytes()
    real = (
        Example(f"image-{number}", "busi", "benign", lambda: png, image_id=image_id)
        for number, image_id in enumerate(rows["image_id"])
    )
    page = page_about(bundle, "en", Gallery(tuple(real)))
    wanted, shown = question("test", "fp", bundle.threshold), []
    for _ in range(-(-len(rows) // PAGE) + 1):
        html = cell_panel(page, wanted)
        cases = parsed(html).select("button.case")
        assert all(case.select(".class.benign") and case.img for case in cases) and not parsed(html).select(".badge")
        shown.append([text_of(case.find("span", recursive=False).find_next_sibling("span")) for case in cases])
        wanted = question_of(bundle, gr.EventData(None, data_of(html, "question")))
    assert shown[0] == shown[-1], "numbers past the end begin again"
    written = page.words.scores_and_threshold(rows["probability"].tolist(), bundle.threshold)[0]
    assert [score for page in shown[:-1] for score in page] == [f"score: {score}" for score in written]


def test_no_name_of_an_image_becomes_markup(bundle):
    rows = bundle.predictions
    names = rows["image_id"].where(rows["source"] != "busi", "<script>alert(1)</script>")
    page = page_about(replace(bundle, predictions=rows.assign(image_id=names)))
    tree = parsed(cell_panel(page, question("test", "fn", bundle.threshold)))
    assert tree.select("tbody td") and not tree.select("script")


@pytest.mark.parametrize(("cell", "threshold"), [("tp", 1.0), ("fn", 0.0), ("fp", 1.0), ("tn", 0.0)])
def test_an_empty_cell_says_where_to_move_the_threshold_and_is_right(bundle, cell, threshold):
    for population in populations(bundle):
        tree = parsed(cell_panel(page_about(bundle), question(population, cell, threshold)))
        assert tree.select_one(".empty strong").text == Words("en")("evaluation.empty") and not tree.img
        there = float(re.search(r"at ([\d.]+)%, a first image", text_of(tree)).group(1)) / 100
        before = there + (0.011 if cell in ("tp", "fp") else -0.011)  # the percentage is a rounded one
        assert 1 <= len(rows_of_cell(bundle, question(population, cell, there))) <= 4
        assert rows_of_cell(bundle, question(population, cell, min(max(0.0, before), 1.0))).empty


@pytest.mark.parametrize(("shift", "kind"), [(0.01, "luck_good"), (-0.01, "luck_bad"), (None, None)])
def test_numbers_of_few_images_are_said_to_owe_to_luck_where_all_of_busi_says_otherwise(bundle, shift, kind):
    grouped = measured().grouped.sensitivity
    here = grouped.value if shift is None else (grouped.high if shift > 0 else grouped.low) + shift
    metrics = bundle.info["metrics"]
    told = {**metrics["test"], "sensitivity": {**metrics["test"]["sensitivity"], "value": here}}
    page = page_about(replace(bundle, info={**bundle.info, "metrics": {**metrics, "test": told}}), "en")
    values = {"share": page.words.percent(here), "grouped": page.words.percent(grouped.value), "n": 629}
    about = interval(page.words, grouped, page.words.percent)
    assert luck(page) == (page.words(f"evaluation.{kind}", interval=about, **values) if kind else "")


def test_nobody_speaks_of_luck_where_nobody_measured(small_bundle):
    assert luck(page_about(small_bundle, "fr")) == ""
