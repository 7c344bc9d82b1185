"""The drawing functions: pictures to the pixel, the bar of a score, the histogram."""

import re

import numpy as np

from busi.web.figures import exact_picture, histogram, light_picture, score_bar
from busi.words.text import Words
from tests.support.drawings import drawn_ultrasound
from tests.support.markup import parsed, text_of
from tests.support.pages import decoded


def test_the_exact_picture_is_lossless_and_the_light_one_is_small():
    image, _ = drawn_ultrasound(1, size=(900, 700))
    np.testing.assert_array_equal(decoded(exact_picture(image)), image)
    light = decoded(light_picture(image, 300))
    assert light.shape == (233, 300)
    assert len(light_picture(image, 300)) < len(exact_picture(image)) / 10


def test_one_bar_carries_the_score_the_threshold_and_what_follows():
    bar = parsed(score_bar(Words("en"), 0.27, threshold=0.31)).select_one(".score-bar")
    assert bar["aria-label"] == "Malignancy score: 27% on a scale from 0 to 100%; threshold: 31.0%; no alert"
    (fill,), (mark,) = bar.select(".fill"), bar.select(".mark")
    assert fill["style"] == "width:27.0%" and mark["style"] == "left:31.0%"
    near = text_of(score_bar(Words("fr"), 0.0862, threshold=0.0882))
    assert re.findall(r"([\d,]+) %", near) == ["8,6", "8,8"]


def test_a_histogram_counts_every_pixel():
    image = np.zeros((10, 10), np.uint8)
    image[:, 5:] = 255
    figure = parsed(histogram(Words("en"), "Before", image))
    heights = [float(bar["height"]) for bar in figure.select("rect")]
    assert heights[0] == heights[-1] == 100 and sum(heights) == 200
    assert "100 pixels" in figure.small.text
