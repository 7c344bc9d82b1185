"""The concepts without a browser: what the block says, and the pixels that it is sent."""

import base64
import json
from fractions import Fraction

import cv2
import gradio as gr
import numpy as np
import pytest

from busi.data.box import CREDIT
from busi.images import read_image, resize
from busi.web.markup import rich
from busi.web.page import Page
from busi.web.parts.picker import empty_picture
from busi.web.tabs.network.concepts import (
    CONCEPTS,
    KERNELS,
    SIDE,
    concepts_block,
    own_kernel,
    own_kernel_block,
    pixels,
    pooling_block,
)
from busi.web.tabs.network.current import stand_in
from busi.words.text import LANGUAGES, Words
from tests.support.drawings import drawn_ultrasound
from tests.support.markup import parsed, text_of


def sent(html: str) -> tuple[np.ndarray, dict[str, str]]:
    """The gray levels that the page is sent, and what else it is told of them."""
    data = parsed(html).div.attrs
    return np.frombuffer(base64.b64decode(data["data-pixels"]), np.uint8).reshape(SIDE, SIDE), data


def opening(sentence: str) -> str:
    """What stands before the first placeholder."""
    return sentence.split("{")[0].strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_content_is_in_the_page(page_of, language):
    """So none is lost on the way, neither among those laid out nor among those that scripts fill."""
    page = page_of(language)
    blocks = [block(page, weights) for block in (concepts_block, own_kernel_block) for weights in (561_913, None)]
    tree = parsed("".join([*blocks, pooling_block(page), pixels(page, None)]))
    sentences = {key: text for tag in tree.select("[data-say]") for key, text in json.loads(tag["data-say"]).items()}
    values = [value for tag in tree.find_all(True) for value in tag.attrs.values() if isinstance(value, str)]
    texts = [text_of(tree), *(" ".join(value.split()) for value in values)]
    for key, sentence in page.words.strings.items():
        section, _, name = key.partition(".")
        if section != "concepts" or name == "convolution_picture_own":
            continue
        start = text_of(rich(opening(sentence)))
        assert sentences.get(name) == sentence or any(start in text for text in texts), key


def test_one_concept_is_shown_and_each_leads_to_the_next(page_of):
    tree = parsed(concepts_block(page_of("en"), None))
    assert [panel["data-panel"] for panel in tree.select("[data-panel]")] == list(CONCEPTS)
    assert [panel["data-panel"] for panel in tree.select("[data-panel]:not([hidden])")] == ["activation"]
    assert [button["data-next"] for button in tree.select("[data-next]")] == [*CONCEPTS[1:], CONCEPTS[0]]


def test_the_number_of_weights_is_the_one_given(page_of):
    page = page_of("en")
    for block in (concepts_block, own_kernel_block):
        assert block(page, 561_913).count("561,913") == 1
        assert "561,913" not in block(page, None)


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


def test_the_pixels_are_those_of_the_chosen_image(page_of, tmp_path):
    path = tmp_path / "own.png"
    cv2.imwrite(str(path), drawn_ultrasound(5)[0])
    levels, data = sent(pixels(page_of("en"), str(path)))
    np.testing.assert_array_equal(levels, resize(read_image(path), SIDE))
    assert data["data-told"].startswith("Your image") and data["data-badge"] == data["data-refused"] == ""


def test_without_an_image_an_example_stands_in_and_says_whose_it_is(page_of):
    for page in map(page_of, LANGUAGES):
        levels, data = sent(pixels(page, None))
        np.testing.assert_array_equal(levels, resize(stand_in(page).image, SIDE))
        assert data["data-badge"] == CREDIT and data["data-refused"] == ""
        assert data["data-told"] == page.words("concepts.convolution_picture_stand_in", side=SIDE)


def test_a_refused_image_is_answered_by_its_sentence_and_the_example(page_of, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    page = page_of("fr")
    levels, data = sent(pixels(page, str(bad)))
    assert data["data-refused"] == page.words("refused.not_an_image")
    np.testing.assert_array_equal(levels, sent(pixels(page, None))[0])
    assert data["data-badge"] == CREDIT


def test_a_new_image_is_sent_to_its_own_component_only(workshop):
    words = Words("en")
    with gr.Blocks() as blocks:
        own_kernel(Page(words, workshop, empty_picture(words)), 10)
    (send,) = [function for function in blocks.fns.values() if function.name == "send_pixels"]
    assert send.api_visibility == "private"
    (source,) = send.outputs
    assert parsed(source.value).select("[data-pixels]") and not parsed(source.value).select("[data-panel]")
    assert send.fn(None) == source.value
