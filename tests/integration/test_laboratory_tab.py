"""The tipping points that the tab Le laboratoire shows: each takes hundreds of drawings."""

import dataclasses
from types import SimpleNamespace

import numpy as np
from bs4 import BeautifulSoup

from busi.lessons.laboratory import DIALS, PRESETS, Experiment, to_query
from busi.serving.predict import Prediction
from busi.web.tabs.laboratory.answers import tipping_list
from tests.support.markup import parsed, text_of
from tests.support.pages import page_of


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


def tipping_points(workshop, language: str, network: Scripted, start: Experiment) -> BeautifulSoup:
    scripted = dataclasses.replace(workshop, classifier=SimpleNamespace(get=lambda: network))
    return parsed(tipping_list(page_of(language, scripted), start))


def test_tipping_points_are_told_in_words_the_surest_and_smallest_first(workshop):
    start = DIALS["echo_db"].turn(PRESETS["fibroadenoma"], -8)
    found = tipping_points(workshop, "fr", Scripted(True), start)
    assert found.div["data-about"] == "?" + to_query(start)
    first = text_of(found.select_one(".tipping > p"))
    assert "de la course du curseur" in first and "fois sur 4" in first
    assert "intérieur, en dB : de −8 à −" in text_of(found)
    assert found.select("details li") and "{" not in text_of(found)


def test_no_tipping_point_is_told_too(workshop):
    found = tipping_points(workshop, "en", Scripted(False), PRESETS["cyst"])
    assert "No setting" in text_of(found) and not found.select("details")
