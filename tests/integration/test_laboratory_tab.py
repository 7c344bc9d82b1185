"""The tipping points that the tab Le laboratoire tells: each takes hundreds of drawings."""

import re
from types import SimpleNamespace

import numpy as np

from busi.lessons.laboratory import DIALS, PRESETS
from busi.serving.predict import Prediction
from busi.web.tabs.laboratory.tab import tipping_list
from busi.words.text import Words


class Scripted:
    """Stands in for a network: the darker the middle of the image, the more malignant; or never impressed."""

    def __init__(self, impressed: bool) -> None:
        self.bundle = SimpleNamespace(threshold=0.5)
        self.impressed = impressed

    def probabilities(self, images: list[np.ndarray]) -> np.ndarray:
        middle = np.array([image[70:110, 108:148].mean() for image in images])
        return 1 / (1 + np.exp((middle - 60) / 8)) if self.impressed else np.full(len(images), 0.2)

    def predict(self, image: np.ndarray) -> Prediction:
        return Prediction(float(self.probabilities([image])[0]), 0.5, np.zeros((64, 64, 1), np.float32))


def test_tipping_points_are_told_in_words_the_surest_and_smallest_first():
    start = DIALS["echo_db"].turn(PRESETS["fibroadenoma"], -8)
    html = tipping_list(Words("fr"), Scripted(True), start)
    first, others = html.split("<details>")
    assert "de la course du curseur" in first and "fois sur 4" in first
    assert re.search(r"intérieur, en dB.: de −8 à −\d", html)
    assert others.count("<li>") >= 1 and "{" not in html


def test_no_tipping_point_is_told_too():
    html = tipping_list(Words("en"), Scripted(False), PRESETS["cyst"])
    assert "No setting" in html and "<details>" not in html
