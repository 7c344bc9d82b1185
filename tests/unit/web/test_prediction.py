"""The tab La prédiction without a browser: the score, the truth that waits, files that are none, and no network."""

import base64
import dataclasses
import re

import cv2
import gradio as gr
import numpy as np
import pytest

from busi.bundle.files import BundleError
from busi.data.simulated import describe, draw, label_of
from busi.images import read_image
from busi.lessons.laboratory import PRESETS
from busi.serving.gallery import Example
from busi.serving.predict import Prediction
from busi.web.tabs.prediction.tab import answer_panel, sureness
from busi.words.text import Words
from tests.support.drawings import drawn_ultrasound
from tests.support.markup import parsed, text_of
from tests.support.pages import callbacks, decoded, page_about
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
def test_the_sentence_says_what_the_number_means(page_of, probability, expected):
    image, _ = drawn_ultrasound(3)
    prediction = Prediction(probability, 0.4, np.full((64, 64, 1), 0.5, np.float32))
    tree = parsed(answer_panel(page_of("en"), image, prediction, None))
    assert expected in text_of(tree) and "nor a diagnosis" in text_of(tree)
    assert not tree.select("details:not(.curious)"), "there is no truth to reveal for a visitor's own image"


def test_a_beginner_reads_no_interval_and_the_curious_do(bundle, gallery):
    page = page_about(bundle, "en", gallery)
    example = next(one for one in gallery.examples.values() if one.source == "breast")
    tree = parsed(answer_panel(page, example.image, Prediction(0.4, 0.1, np.zeros((64, 64, 1), np.float32)), example))
    curious = tree.select_one("details.curious").extract()
    found = bundle.metrics(bundle.elsewhere)["auc"]
    assert f"{found.low:.2f} to {found.high:.2f}" in text_of(curious) and str(found.n) in text_of(curious)
    assert "AUC" not in text_of(tree) and "nor a diagnosis" in text_of(tree)


def split_at_details(html: str) -> tuple[str, str]:
    """What a visitor reads at once, and what waits behind something to open."""
    tree = parsed(html)
    hidden = tree.select_one("details").extract()
    return text_of(tree), text_of(hidden)


def test_the_truth_waits_behind_something_to_open(page_of):
    image, _ = drawn_ultrasound(3)
    example = Example("image-01", "busi", "malignant", bytes)
    wrong = Prediction(0.1, 0.4, np.zeros((64, 64, 1), np.float32))
    shown, hidden = split_at_details(answer_panel(page_of("fr"), image, wrong, example))
    assert "se trompe" not in shown and text_of(Words("fr")("prediction.truth", label="")) not in shown
    assert "malin" in hidden and "se trompe" in hidden


def test_a_simulated_image_says_so_on_every_picture_and_tells_its_description(page_of, workshop):
    seed = 2_000_001
    example = Example("simulated-001", "simulated", label_of(seed), bytes, seed)
    prediction = Prediction(0.9, 0.4, np.zeros((64, 64, 1), np.float32))
    for page in (page_of("fr"), page_of("en")):
        html = answer_panel(page, draw(seed).image, prediction, example)
        badges = [badge.get_text() for badge in parsed(html).select(".badge")]
        assert badges == 2 * [page.words("laboratory.simulated")]
        meaning = [text_of(one) for one in parsed(html).select(".reading > p:not(.aside)")]
        assert not any("BUSI" in text for text in meaning), "no word on women of a data set"
        assert page.words(f"report.shape_{describe(seed)[0].shape}") in split_at_details(html)[1]
    bundle = workshop.bundle
    info = {**bundle.info, "metrics": {**bundle.info["metrics"], "simulated": SCORED}}
    scored = dataclasses.replace(workshop, bundle=dataclasses.replace(bundle, info=info))
    html = answer_panel(page_of("fr", scored), draw(seed).image, prediction, example)
    assert "n'avait jamais vues" in text_of(html)


def test_what_the_network_sees_is_shown_to_the_pixel(page_of):
    image, _ = drawn_ultrasound(3)
    levels = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64)
    seen = Prediction(0.5, 0.4, levels.astype(np.float32)[..., np.newaxis] / 255)
    pictures = parsed(answer_panel(page_of("fr"), image, seen, None)).select(".pair img")
    np.testing.assert_array_equal(decoded(pictures[1]["src"]), levels)


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
        bad: ("n'est pas une image", "not a picture"),
        small: ("trop petite (8 × 8 pixels)", "too small (8 × 8 pixels)"),
    }
    for path, both in sentences.items():
        for language, sentence in enumerate(both):
            assert sentence in text_of(callbacks(pages, "show_answer")[language](str(path)))
            update = callbacks(pages, "show")[language](str(path), 2.0, 8)
            message = next(value for value in update.values() if isinstance(value, gr.HTML) and value.value)
            assert sentence in text_of(message.value)


def test_a_network_that_cannot_be_loaded_is_not_blamed_on_the_image(workshop, pages, image_file, monkeypatch):
    def fail():
        raise BundleError("no weights")

    monkeypatch.setattr(workshop.classifier, "get", fail)
    for words, answer in zip((Words("fr"), Words("en")), callbacks(pages, "show_answer"), strict=True):
        read = text_of(answer(str(image_file)))
        assert words("refused.network_title") in read and words("refused.title") not in read


def test_a_simulated_picture_that_was_saved_is_known_again(pages, workshop, tmp_path):
    """As a visitor saves it from the laboratory, and brings it back another day."""
    picture = callbacks(pages, "draw")[0](*knobs_of(PRESETS["cyst"]))[0]
    saved = tmp_path / "saved.png"
    saved.write_bytes(base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', picture).group(1)))
    example = workshop.gallery.recognise(saved)
    assert example.source == "simulated" and example.label == ""
    tree = parsed(callbacks(pages, "show_answer")[1](str(saved)))
    assert [badge.get_text() for badge in tree.select(".badge")] == 2 * ["simulated image"]
    tree.select_one("details.curious").extract()
    assert "BUSI images" not in text_of(tree) and not tree.select("details")
    assert "simulated image" in callbacks(pages, "say")[1](str(saved))


def test_a_file_that_is_gone_breaks_nothing_under_the_picker(pages, tmp_path):
    html = callbacks(pages, "say")[0](str(tmp_path / "gone.png"))
    assert parsed(html).i["data-refused"] == Words("fr")("refused.missing")


def test_an_impostor_is_called_one(pages, workshop):
    tree = parsed(callbacks(pages, "show_answer")[0](str(workshop.gallery.path("smiley"))))
    assert "Ceci n'est pas une échographie" in tree.select_one(".trap").get_text()
