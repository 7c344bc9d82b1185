"""The tab Le prétraitement without a browser: what the settings do to a picture, and numbers typed beyond them."""

import cv2
import gradio as gr
import numpy as np

from busi.images import read_image
from busi.web.components import Knob
from busi.words.text import Words
from tests.support.pages import callbacks


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
