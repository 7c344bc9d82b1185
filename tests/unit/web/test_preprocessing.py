"""The tab Prétraitement without a browser: an image step by step, what settings do to it, its pixels as numbers."""

import cv2
import gradio as gr
import numpy as np
import pytest

from busi.images import read_image, read_picture
from busi.images.steps import Step, steps_of
from busi.web.components import Knob
from busi.web.tabs.preprocessing.tab import histogram_of, patch, shown_as_picture, steps_list
from busi.words.text import Words
from tests.support.drawings import drawn_ultrasound
from tests.support.markup import parsed, text_of
from tests.support.pages import callbacks, decoded


@pytest.fixture
def steps(page_of, tmp_path) -> tuple[Step, ...]:
    """Of a picture in colours."""
    path = tmp_path / "colour.png"
    gray = drawn_ultrasound(8, size=(150, 120))[0]
    cv2.imwrite(str(path), cv2.merge([gray, gray, 255 - gray]))
    return steps_of(read_picture(path, original=True), page_of().bundle.image)


def test_each_step_tells_the_shape_type_and_range_that_the_code_holds(page_of, steps):
    page = page_of("en")
    codes = [text_of(code) for code in parsed(steps_list(page, steps, source="")).select(".codes code")]
    for code, step in zip(codes, steps, strict=True):
        assert code.startswith(f"{step.array.shape} {step.array.dtype}")
    assert codes[0].startswith("(120, 150, 3) uint8") and codes[-1].startswith("(64, 64, 1) float32")
    assert codes[1] == f"(120, 150) uint8, {steps[1].array.min()} to {steps[1].array.max()}"
    badges = [parsed(steps_list(page, steps, source)).select(".badge") for source in ("", "simulated")]
    assert [len(found) for found in badges] == [0, len(steps)]


def test_a_beginner_sees_the_pictures_and_no_array(page_of, steps):
    tree = parsed(steps_list(page_of("en"), steps, source=""))
    tree.select_one("details.curious").extract()
    assert len(tree.select("figure")) == 4 and "uint8" not in text_of(tree) and "float32" not in text_of(tree)


@pytest.mark.parametrize("kind", ["uint16", "float", "alpha", "bool"])
def test_whatever_a_file_held_can_be_shown(kind):
    gray = drawn_ultrasound(8)[0]
    arrays = {
        "uint16": gray.astype(np.uint16) * 257,
        "float": gray.astype(np.float32) / 255,
        "alpha": np.dstack([gray, np.full_like(gray, 255)]),
        "bool": gray > 100,
    }
    shown = shown_as_picture(arrays[kind])
    assert shown.dtype == np.uint8 and shown.shape[:2] == gray.shape
    if kind != "bool":
        assert np.abs(shown.astype(int) - np.round(gray * (255 / gray.max() if kind == "uint16" else 1))).max() <= 1


def test_the_patch_carries_the_very_pixels(page_of, steps):
    tree = parsed(patch(page_of("fr"), steps, source=""))
    np.testing.assert_array_equal(decoded(tree.img["src"]), steps[3].array)


def test_a_histogram_counts_every_pixel(page_of):
    image = np.zeros((10, 10), np.uint8)
    image[:, 5:], image[0, 0] = 255, 8
    spread = histogram_of(image)
    assert spread.heights == [98, 0, 2, *[0] * 60, 100] and (spread.median, spread.pixels) == (131, 100)
    tree = parsed(page_of("en").template("tabs/preprocessing/tab.html").histograms(spread, spread))
    for drawn in tree.select(".histogram"):
        bars = [(float(bar["x"]), float(bar["y"]), float(bar["height"])) for bar in drawn.select("rect")]
        assert bars == [(place, 100 - height, height) for place, height in enumerate(spread.heights)]
        assert "100 pixels" in text_of(drawn) and drawn.line["x1"] == "32.8"


def before_and_after(update: dict) -> dict:
    return next(value for component, value in update.items() if isinstance(component, gr.ImageSlider))


def test_a_simulated_image_is_called_one_under_the_picker_and_in_preprocessing(pages, workshop, image_file):
    simulated = str(workshop.gallery.path("simulated-001"))
    for language, words in enumerate((Words("fr"), Words("en"))):
        say, show = (callbacks(pages, name)[language] for name in ("say", "show"))
        assert words("laboratory.simulated") in say(simulated)
        assert say(str(image_file)) == say(None) == ""
        labels = [before_and_after(show(path, 2.0, 8))["label"] for path in (simulated, str(image_file))]
        called = [label.lower().startswith(words("laboratory.simulated")) for label in labels]
        assert called == [True, False]


def test_preprocessing_shows_what_the_settings_do(pages, image_file, workshop):
    show = callbacks(pages, "show")[0]
    image = cv2.resize(read_image(image_file), (64, 64), interpolation=cv2.INTER_AREA)
    pair = before_and_after(show(str(image_file), 4.0, 3))["value"]
    np.testing.assert_array_equal(pair[0], image)
    np.testing.assert_array_equal(pair[1], cv2.createCLAHE(4.0, (3, 3)).apply(image))
    own = str(show(str(image_file), 2.0, 8).values())
    other = str(show(str(image_file), 4.0, 3).values())
    assert Words("fr")("preprocessing.same") in own and Words("fr")("preprocessing.same") not in other


def test_a_number_typed_out_of_range_or_not_at_all_is_taken_as_it_was_meant():
    knob = Knob(0, 10, value=2)
    typed = {50: 10, -3: 0, None: 2, "": 2, "4.5": 4.5, 7: 7, "nan": 2, float("inf"): 2}
    assert {value: knob.preprocess(value) for value in typed} == typed
