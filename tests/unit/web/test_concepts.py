"""The six concepts without a browser: what the block says, and the pixels that it is sent."""

import base64
import json
import re
from fractions import Fraction
from html import escape, unescape

import cv2
import gradio as gr
import numpy as np
import pytest

from busi.images import read_image, resize
from busi.serving.gallery import open_gallery
from busi.web.components import Picture
from busi.web.figures import rich
from busi.web.tabs.network.concepts import CONCEPTS, KERNELS, SIDE, concepts, concepts_block, pixels
from busi.words.text import LANGUAGES, Words
from tests.support.drawings import drawn_ultrasound


@pytest.fixture(scope="module")
def gallery(small_bundle):
    return open_gallery(small_bundle, None)


def sent(html: str) -> tuple[np.ndarray, dict[str, str]]:
    data = {name: unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', html)}
    return np.frombuffer(base64.b64decode(data["pixels"]), np.uint8).reshape(SIDE, SIDE), data


def opening(sentence: str) -> str:
    """What stands before the first placeholder."""
    return sentence.split("{")[0].strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_content_is_in_the_page(gallery, language):
    """So none is lost on the way, neither among those laid out nor among those that scripts fill."""
    words = Words(language)
    block = concepts_block(words, 561_913) + concepts_block(words, None) + pixels(words, gallery, None)
    said = json.loads(unescape(re.search(r'data-say="([^"]*)"', block).group(1)))
    for key, sentence in words.strings.items():
        section, _, name = key.partition(".")
        if section != "concepts" or name == "convolution_picture_own":
            continue
        forms = {opening(sentence), escape(opening(sentence)), rich(opening(sentence))}
        assert said.get(name) == sentence or any(form in block for form in forms), key


def test_one_concept_is_shown_and_each_leads_to_the_next():
    block = concepts_block(Words("en"), None)
    shown = re.findall(r'data-panel="(\w+)"( hidden)?', block)
    assert [name for name, hidden in shown if not hidden] == ["convolution"] and len(shown) == 6
    assert re.findall(r'data-next="(\w+)"', block) == [*CONCEPTS[1:], CONCEPTS[0]]


def test_the_number_of_weights_is_the_one_given():
    assert concepts_block(Words("en"), 561_913).count("561,913") == 2
    assert "561,913" not in concepts_block(Words("en"), None)


def test_kernels_do_what_their_names_say():
    """On a picture whose left half is black and whose right half is white."""
    picture = np.zeros((8, 8))
    picture[:, 4:] = 255
    kernel = {
        name: np.array([float(Fraction(weight)) for weight in text.split()]).reshape(3, 3)
        for name, text in KERNELS.items()
    }
    found = {name: cv2.filter2D(picture, -1, weights)[1:-1, 1:-1] for name, weights in kernel.items()}
    np.testing.assert_array_equal(found["identity"], picture[1:-1, 1:-1])
    assert np.ptp(found["blur"]) < np.ptp(found["sharpen"]) and found["blur"][0, 2] == pytest.approx(85)
    assert found["vertical"].max() == 3 * 255 and not found["horizontal"].any()
    assert not found["outline"][:, 0].any() and found["outline"][0, 3] > 0 > found["outline"][0, 2]


def weights_of(text: str) -> np.ndarray:
    return np.array([float(Fraction(weight)) for weight in text.split()]).reshape(3, 3)


def test_the_pixels_are_those_of_the_chosen_image(gallery, tmp_path):
    path = tmp_path / "own.png"
    cv2.imwrite(str(path), drawn_ultrasound(5)[0])
    levels, data = sent(pixels(Words("en"), gallery, str(path)))
    np.testing.assert_array_equal(levels, resize(read_image(path), SIDE))
    assert data["told"].startswith("Your image") and data["badge"] == data["refused"] == ""


def test_without_an_image_an_example_stands_in_and_says_that_it_is_simulated(gallery):
    for words in map(Words, LANGUAGES):
        levels, data = sent(pixels(words, gallery, None))
        np.testing.assert_array_equal(levels, resize(gallery.examples["simulated-001"].image, SIDE))
        assert data["badge"] == words("laboratory.simulated") and data["refused"] == ""
        assert data["told"] == words("concepts.convolution_picture_stand_in", side=SIDE)


def test_a_refused_image_is_answered_by_its_sentence_and_the_example(gallery, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    words = Words("fr")
    levels, data = sent(pixels(words, gallery, str(bad)))
    assert data["refused"] == words("refused.not_an_image")
    np.testing.assert_array_equal(levels, sent(pixels(words, gallery, None))[0])
    assert data["badge"] == words("laboratory.simulated")


def test_a_new_image_is_sent_to_its_own_component_only(gallery):
    with gr.Blocks() as page:
        picture = Picture()
        concepts(Words("en"), gallery, picture, 10)
    (send,) = [function for function in page.fns.values() if function.name == "send_pixels"]
    assert send.api_visibility == "private"
    (source,) = send.outputs
    assert "data-pixels" in source.value and "data-panel" not in source.value
    assert send.fn(None) == source.value
