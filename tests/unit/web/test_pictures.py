"""The drawing functions: pictures to the pixel, the bar of a score, the histogram."""

import numpy as np

from busi.images import read_image
from busi.web.markup import template
from busi.web.pictures import addressed, exact_picture, light_picture, picture_address, with_address
from busi.words.text import Words
from tests.support.drawings import drawn_ultrasound
from tests.support.markup import parsed
from tests.support.pages import decoded


def test_the_exact_picture_is_lossless_and_the_light_one_is_small():
    image, _ = drawn_ultrasound(1, size=(900, 700))
    np.testing.assert_array_equal(decoded(exact_picture(image)), image)
    light = decoded(light_picture(image, 300))
    assert light.shape == (233, 300)
    assert len(light_picture(image, 300)) < len(exact_picture(image)) / 10


def test_a_picture_of_the_workshop_has_one_address_and_is_the_same_there():
    image, _ = drawn_ultrasound(1, size=(900, 700))
    for picture in (light_picture(image, 300), exact_picture(image)):
        address = with_address(picture)
        assert address.startswith("./pictures/") and with_address(picture) == address
        np.testing.assert_array_equal(read_image(addressed[address.removeprefix(".")]), decoded(picture))
    assert picture_address(image, 300) == with_address(light_picture(image, 300)) != picture_address(image, 200)


def test_one_bar_carries_the_score_the_threshold_and_what_follows():
    bar = parsed(template("macros.html", Words("en")).score_bar(0.27, 0.31)).div
    assert bar["aria-label"] == "Malignancy score: 27% on a scale from 0 to 100%; threshold: 31.0%; no alert"
    assert [fill["style"] for fill in bar.select(".fill")] == ["width:27.0%"]
    assert [mark["style"] for mark in bar.select(".mark.left")] == ["left:31.0%"]
    near = parsed(template("macros.html", Words("fr")).score_bar(0.0862, 0.0882)).get_text()
    assert "8,6\N{NO-BREAK SPACE}%" in near and "8,8\N{NO-BREAK SPACE}%" in near and "9\N{NO-BREAK SPACE}%" not in near
