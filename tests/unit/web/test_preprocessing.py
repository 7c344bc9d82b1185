"""The tab Prétraitement without a browser: an image step by step, its gray levels, its pixels as numbers."""

import base64

import cv2
import numpy as np
import pytest

from busi.images import read_image, read_picture
from busi.images.steps import Step, steps_of
from busi.web.tabs.preprocessing.tab import histogram_of, patch, shown_as_picture, steps_list
from tests.support.drawings import drawn_ultrasound
from tests.support.markup import parsed, text_of


@pytest.fixture
def steps(page_of, tmp_path) -> tuple[Step, ...]:
    """Of a picture in colours."""
    path = tmp_path / "colour.png"
    gray = drawn_ultrasound(8, size=(150, 120))[0]
    cv2.imwrite(str(path), cv2.merge([gray, gray, 255 - gray]))
    return steps_of(read_picture(path, original=True), page_of().bundle.image)


def test_each_step_tells_the_shape_type_and_range_that_the_code_holds(page_of, steps):
    page = page_of("en")
    codes = [text_of(code) for code in parsed(steps_list(page, steps, simulated=False)).select("figure code")]
    for code, step in zip(codes, steps, strict=True):
        assert code.startswith(f"{step.array.shape} {step.array.dtype}")
    assert codes[0].startswith("(120, 150, 3) uint8") and codes[-1].startswith("(64, 64, 1) float32")
    assert codes[1] == f"(120, 150) uint8, {steps[1].array.min()} to {steps[1].array.max()}"
    badges = [parsed(steps_list(page, steps, simulated)).select(".badge") for simulated in (False, True)]
    assert [len(found) for found in badges] == [0, len(steps)]


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
    source = parsed(patch(page_of("fr"), steps, simulated=False)).img["src"]
    picture = read_image(base64.b64decode(source.split(",", 1)[1]))
    np.testing.assert_array_equal(picture, steps[3].array)


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
