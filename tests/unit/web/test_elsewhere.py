"""Another hospital, without a browser: what is told, which pictures are offered, and what an older bundle shows."""

import json
from dataclasses import replace

import cv2
import gradio as gr
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from busi.bundle.measured import measured
from busi.data.birads import ranks
from busi.data.box import lesions
from busi.lessons.elsewhere import groups_elsewhere
from busi.model.metrics import Confusion, Estimate
from busi.serving.gallery import Example, Gallery
from busi.web.parts.cells import question_of
from busi.web.tabs.evaluation.elsewhere import (
    another_hospital,
    groups,
    groups_told,
    guess_and_truth,
    radiologist_points,
    what_follows,
)
from busi.words.text import LANGUAGES, Words
from tests.support.drawings import drawn_ultrasound
from tests.support.markup import data_of, parsed, text_of
from tests.support.pages import page_about
from tests.support.scratch import scratch_bundle


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_and_elsewhere_stand_beside_each_other(bundle, language):
    words, tree = Words(language), parsed(guess_and_truth(page_about(bundle, language)))
    assert [place["data-reply"] for place in tree.select("[data-reply]")] == ["auc", "found", "alarms"]
    assert len(tree.select("input[type=radio]")) == 9 and not tree.select("input[checked]")
    assert tree.select_one("[data-after]").has_attr("hidden")
    rows = bundle.predictions[bundle.predictions["source"] == "breast"]
    cells = [text_of(cell.b) for cell in tree.select("tbody tr:first-child td")]
    assert cells[1] == words.number(roc_auc_score(rows["label"] == "malignant", rows["probability"]), 2)


def test_the_radiologist_s_curve_is_that_of_scikit_learn(bundle):
    table = lesions()
    alarms, found, _ = roc_curve(table["label"] == "malignant", ranks(table["birads"]), drop_intermediate=False)
    sent = data_of(guess_and_truth(page_about(bundle)), "radiologist")
    points = [numbers for _, *numbers in sent["points"]]
    np.testing.assert_allclose(points, np.column_stack([alarms, found])[1:-1], atol=1e-12)
    assert radiologist_points(measured().radiologist)[0][0] == "5"
    assert sent["auc"] == pytest.approx(roc_auc_score(table["label"] == "malignant", ranks(table["birads"])), abs=1e-6)


def test_pictures_are_offered_where_they_are_at_hand(bundle):
    assert not parsed(guess_and_truth(page_about(bundle))).select("[data-question]")
    png = cv2.imencode(".png", drawn_ultrasound(2)[0])[1].tobytes()
    rows = bundle.predictions[bundle.predictions["source"] == "breast"]
    real = (
        Example(f"image-{at}", "busi", "benign", lambda: png, image_id=name) for at, name in enumerate(rows["image_id"])
    )
    tree = parsed(guess_and_truth(page_about(bundle, "en", Gallery(tuple(real)))))
    sent = [json.loads(button["data-question"]) for button in tree.select("button[data-question]")]
    questions = [question_of(bundle, gr.EventData(None, question)) for question in sent]
    assert [(one.population, one.cell, one.threshold) for one in questions] == [
        ("breast", "fp", bundle.threshold),
        ("breast", "fn", bundle.threshold),
    ]


def test_a_bundle_that_was_never_asked_elsewhere_shows_nothing_of_it(bundle, small_bundle):
    own = bundle.predictions[bundle.predictions["source"] != "breast"]
    for older in (replace(bundle, predictions=own), small_bundle):
        with gr.Blocks() as blocks:
            another_hospital(page_about(older))
        assert not blocks.blocks or not [one for one in blocks.blocks.values() if isinstance(one, gr.HTML)]


def test_without_the_box_s_lesions_there_are_no_groups_and_no_error(bundle):
    renamed = bundle.predictions.assign(image_id=bundle.predictions["image_id"].replace("case001", "case999"))
    page = page_about(replace(bundle, predictions=renamed))
    assert groups(page) == "" and parsed(what_follows(page)).select(".local")


def test_only_groups_whose_intervals_are_apart_are_said_to_differ():
    words, found = Words("en"), groups_elsewhere(scratch_bundle())
    told = " ".join(groups_told(words, found))
    assert "Specificity: 15% (biopsy) against 36% (follow-up only)." in told
    assert told.count("against") == 1
    same = replace(found["tissue"][0], name="gland", auc=Estimate(0.8, 0.7, 0.9, 60), counts=Confusion(20, 10, 15, 15))
    alike = (replace(same, name="fat"), same)
    assert words("elsewhere.groups_clear_none") in groups_told(words, dict.fromkeys(found, alike))
