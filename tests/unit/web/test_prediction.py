"""The tab La prédiction without a browser: the score, the truth that waits, files that are none, and no network."""

import base64
import dataclasses
import re
from html import escape

import cv2
import gradio as gr
import numpy as np
import pytest

from busi.bundle.files import BundleError
from busi.data.simulated import describe, draw, label_of
from busi.images import read_image
from busi.lessons.laboratory import PRESETS
from busi.model.out_of_domain import learn_domain
from busi.serving.gallery import Example
from busi.serving.predict import ClassifierInBackground, Prediction
from busi.web.pages import build_pages
from busi.web.tabs.prediction.tab import answer_panel, sureness
from busi.words.text import Words
from tests.support.drawings import drawn_ultrasound
from tests.support.pages import callbacks, decoded
from tests.unit.web.test_laboratory import knobs_of

SCORED = {"auc": {"value": 0.93, "low": 0.9, "high": 0.96, "n": 240}}
SCORED |= {name: SCORED["auc"] for name in ("loss", "accuracy", "sensitivity", "specificity", "calibration_error")}


def test_sureness_is_the_distance_from_the_threshold():
    seen = np.zeros((64, 64, 1), np.float32)
    assert [sureness(Prediction(p, 0.3, seen)) for p in (0.3, 0.25, 0.45, 0.15, 0.9, 0.01)] == [
        "hesitates",
        "hesitates",
        "leans",
        "leans",
        "firm",
        "firm",
    ]


@pytest.mark.parametrize(
    ("probability", "expected"),
    [(0.27, "expected: 27."), (0.002, "expected: fewer than one."), (0.998, "expected: more than 99.")],
)
def test_the_sentence_says_what_the_number_means(small_bundle, probability, expected):
    image, _ = drawn_ultrasound(3)
    prediction = Prediction(probability, 0.4, np.full((64, 64, 1), 0.5, np.float32))
    html = answer_panel(Words("en"), small_bundle, image, prediction, None)
    assert expected in html and "nor a diagnosis" in html
    assert "<details>" not in html, "there is no truth to reveal for a visitor's own image"


def test_the_truth_waits_behind_something_to_open(small_bundle):
    image, _ = drawn_ultrasound(3)
    example = Example("image-01", "busi", "malignant", bytes)
    wrong = Prediction(0.1, 0.4, np.zeros((64, 64, 1), np.float32))
    html = answer_panel(Words("fr"), small_bundle, image, wrong, example)
    shown, hidden = html.split("<details>")
    assert "se trompe" not in shown and Words("fr")("prediction.truth", label="") not in shown
    assert "malin" in hidden and "se trompe" in hidden


def test_a_simulated_image_says_so_on_every_picture_and_tells_its_description(small_bundle):
    seed = 2_000_001
    example = Example("simulated-001", "simulated", label_of(seed), bytes, seed)
    prediction = Prediction(0.9, 0.4, np.zeros((64, 64, 1), np.float32))
    for words in (Words("fr"), Words("en")):
        html = answer_panel(words, small_bundle, draw(seed).image, prediction, example)
        assert html.count(f'class="badge">{words("laboratory.simulated")}') == 2
        assert "BUSI" not in html.split("<details>")[0].split('class="aside"')[0], "no word on women of a data set"
        assert words(f"report.shape_{describe(seed)[0].shape}") in html.split("<details>")[1]
    scored = dataclasses.replace(
        small_bundle, info={**small_bundle.info, "metrics": {**small_bundle.info["metrics"], "simulated": SCORED}}
    )
    assert "n'avait jamais vues".replace("'", "&#x27;") in answer_panel(
        Words("fr"), scored, draw(seed).image, prediction, example
    )


def test_what_the_network_sees_is_shown_to_the_pixel(small_bundle):
    image, _ = drawn_ultrasound(3)
    levels = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64)
    seen = Prediction(0.5, 0.4, levels.astype(np.float32)[..., np.newaxis] / 255)
    html = answer_panel(Words("fr"), small_bundle, image, seen, None)
    png = re.search(r'src="(data:image/png[^"]+)"', html).group(1)
    np.testing.assert_array_equal(decoded(png), levels)


def test_the_callback_answers_in_each_language_s_page(pages, image_file, workshop):
    french, english = callbacks(pages, "show_answer")
    expected = workshop.classifier.get().predict(read_image(image_file)).probability
    threshold = workshop.bundle.threshold
    assert Words("fr").score_and_threshold(expected, threshold)[0] in french(str(image_file))
    assert Words("en").score_and_threshold(expected, threshold)[0] in english(str(image_file))
    assert "À vous de jouer" in french(None) and "Your turn" in english(None)


def test_every_bad_file_is_answered_by_one_sentence_in_both_tabs(pages, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    small = tmp_path / "small.png"
    cv2.imwrite(str(small), np.zeros((8, 8), np.uint8))
    sentences = {
        bad: ("n&#x27;est pas une image", "not a picture"),
        small: ("trop petite (8 × 8 pixels)", "too small (8 × 8 pixels)"),
    }
    for path, both in sentences.items():
        for language, sentence in enumerate(both):
            assert sentence in callbacks(pages, "show_answer")[language](str(path))
            update = callbacks(pages, "show")[language](str(path), 2.0, 8)
            message = next(value for value in update.values() if isinstance(value, gr.HTML) and value.value)
            assert sentence in message.value


def test_a_network_that_cannot_be_loaded_is_not_blamed_on_the_image(workshop, image_file, monkeypatch):
    def fail():
        raise BundleError("no weights")

    pages = build_pages(workshop)
    monkeypatch.setattr(workshop.classifier, "get", fail)
    for words, answer in zip((Words("fr"), Words("en")), callbacks(pages, "show_answer"), strict=True):
        html = answer(str(image_file))
        assert words("refused.network_title") in html and words("refused.title") not in html


def test_a_simulated_picture_that_was_saved_is_known_again(pages, workshop, tmp_path):
    """As a visitor saves it from the laboratory, and brings it back another day."""
    picture = callbacks(pages, "draw")[0](*knobs_of(PRESETS["cyst"]))[0]
    saved = tmp_path / "saved.png"
    saved.write_bytes(base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', picture).group(1)))
    example = workshop.gallery.recognise(saved)
    assert example.source == "simulated" and example.label == ""
    html = callbacks(pages, "show_answer")[1](str(saved))
    assert html.count("simulated image") == 2 and "BUSI images" not in html and "<details>" not in html
    assert "simulated image" in callbacks(pages, "say")[1](str(saved))


def test_a_file_that_is_gone_breaks_nothing_under_the_picker(pages, tmp_path):
    assert escape(Words("fr")("refused.missing")) in callbacks(pages, "say")[0](str(tmp_path / "gone.png"))


def test_an_impostor_is_called_one(pages, workshop):
    html = callbacks(pages, "show_answer")[0](str(workshop.gallery.path("smiley")))
    assert "Ceci n&#x27;est pas une échographie" in html


def test_what_is_out_of_the_domain_is_told_before_any_number(workshop, image_file):
    drawn = [drawn_ultrasound(seed)[0] for seed in range(60)]
    domain = learn_domain([drawn], drawn)
    bundle = dataclasses.replace(workshop.bundle, info={**workshop.bundle.info, "domain": domain.to_dict()})
    told = dataclasses.replace(workshop, bundle=bundle, classifier=ClassifierInBackground(bundle))
    for number, language in enumerate(("fr", "en")):
        words, show = Words(language), callbacks(build_pages(told), "show_answer")[number]
        html = show(str(workshop.gallery.path("smiley")))
        assert (
            html.index(words("prediction.outside_title")) < html.index('class="score-bar')
            and "<details><summary>" in html
        )
        assert html.index("<details>") < html.index('class="score-bar')
        assert words("prediction.outside_title") not in show(str(workshop.gallery.path("simulated-001")))
        assert words("prediction.outside_title") not in show(str(image_file))
