"""Experiments on a simulated lesion: addresses carry them whole, one dial turns alone, tipping points are real."""

from dataclasses import replace

import numpy as np
import pytest

from busi.lessons.laboratory import DIALS, PRESETS, WORDS, Experiment, from_query, probabilities, sweep, to_query
from busi.serving.predict import Classifier
from busi.simulator import Lesion, Scene


class Darkness:
    """Stands in for a network: the darker the middle of the image, the more malignant. It needs no TensorFlow."""

    class bundle:
        threshold = 0.5

    def probabilities(self, images: list[np.ndarray]) -> np.ndarray:
        middle = np.array([image[70:110, 108:148].mean() for image in images])
        return 1 / (1 + np.exp((middle - 60) / 8))


@pytest.mark.parametrize("name", PRESETS)
def test_an_address_carries_an_experiment_to_the_pixel(name):
    again = from_query("?" + to_query(PRESETS[name]))
    assert again == PRESETS[name]
    np.testing.assert_array_equal(again.image(), PRESETS[name].image())


def test_a_link_from_before_there_were_more_settings_still_opens_its_lesion():
    old = (
        "?lesion=1&seed=7&shape=irregular&margin=spiculated&size_mm=16&echo_db=-17&posterior_db=-13&halo=0.7&calipers=1"
    )
    experiment = from_query(old)
    assert experiment.lesion == Lesion("irregular", "spiculated", size_mm=16, echo_db=-17, posterior_db=-13, halo=0.7)
    assert experiment.scene == Scene(calipers=True) and experiment.image().std() > 10


def test_every_setting_that_can_be_turned_travels():
    experiment = Experiment(Lesion(shape="irregular", margin="angular"), Scene(calipers=True), seed=123)
    for dial in DIALS.values():
        experiment = dial.turn(experiment, dial.low)
    assert from_query(to_query(experiment)) == experiment


@pytest.mark.parametrize("query", ["", "?", "?seed=4", "?__theme=dark"])
def test_an_address_without_a_lesion_has_none(query):
    assert from_query(query) is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("lesion=1&size_mm=9999", {"size_mm": 28.0}),
        ("lesion=1&size_mm=-3&echo_db=nan&angle_deg=x", {"size_mm": 5.0}),
        ("lesion=1&halo=1e308&heterogeneity=-1e308", {"halo": 1.0, "heterogeneity": 0.0}),
        ("lesion=1&shape=square&margin=%3Cscript%3E", {}),
        ("lesion=1&unknown=3&calcifications=2.6", {"calcifications": 3}),
    ],
)
def test_a_mistyped_address_is_taken_as_well_as_it_can_be(query, expected):
    assert from_query(query) == Experiment(replace(Lesion(), **expected), Scene(), 1)


@pytest.mark.parametrize("seed", ["-1", "x", "1e9", "99999999999999", "²"])
def test_a_seed_that_makes_no_sense_is_the_first(seed):
    assert from_query(f"lesion=1&seed={seed}").seed == 1


def test_a_dial_stops_at_its_steps_and_ends_and_turns_nothing_else():
    start = PRESETS["cyst"]
    turned = DIALS["aspect"].turn(start, 0.5312)
    assert turned.lesion.aspect == 0.55 and replace(turned.lesion, aspect=start.lesion.aspect) == start.lesion
    assert DIALS["gain_db"].turn(start, 99).scene.gain_db == 10
    assert type(DIALS["calcifications"].turn(start, 3.4).lesion.calcifications) is int


def test_a_sweep_turns_one_dial_from_end_to_end_with_several_seeds():
    swept = sweep(Darkness(), PRESETS["fibroadenoma"], DIALS["echo_db"], points=5, draws=3)
    assert swept.values.tolist() == [-40, -28, -15, -2, 10]
    assert swept.probabilities.shape == (3, 5)
    assert (np.diff(swept.probabilities.mean(axis=0)) < 0).all(), "the brighter inside, the less malignant"
    assert np.ptp(swept.probabilities, axis=0).max() > 0, "each grain is another image"
    own = probabilities(Darkness(), [DIALS["echo_db"].turn(PRESETS["fibroadenoma"], v) for v in swept.values])
    np.testing.assert_allclose(swept.probabilities[0], own)


def test_many_answers_at_once_are_those_given_one_by_one(small_bundle):
    classifier = Classifier(small_bundle)
    experiments = [*PRESETS.values()] * 6  # more than one batch
    together = probabilities(classifier, experiments)
    one_by_one = [classifier.predict(experiment.image()).probability for experiment in PRESETS.values()]
    np.testing.assert_allclose(together, one_by_one * 6, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cyst", {"echo_pattern": "anechoic", "posterior": "enhancement", "orientation": "parallel"}),
        ("complicated_cyst", {"inside": "debris", "posterior": "enhancement"}),
        ("fibroadenoma", {"shape": "oval", "margin": "circumscribed", "echo_pattern": "hypoechoic"}),
        ("hyperechoic", {"echo_pattern": "hyperechoic", "posterior": "none"}),
        ("spiculated", {"margin": "spiculated", "orientation": "not_parallel", "posterior": "shadowing"}),
        ("like_cyst", {"margin": "circumscribed", "echo_pattern": "hypoechoic", "posterior": "enhancement"}),
        ("scar", {"margin": "indistinct", "posterior": "shadowing"}),
        ("calcified", {"margin": "microlobulated", "echo_pattern": "heterogeneous"}),
    ],
)
def test_the_words_of_a_preset_follow_from_its_numbers(name, words):
    assert {word: getattr(PRESETS[name].lesion, word) for word in words} == words


def test_presets_use_words_and_stops_that_the_page_has():
    for experiment in PRESETS.values():
        assert all(getattr(experiment.lesion, name) in words for name, words in WORDS.items())
        for dial in DIALS.values():
            assert dial.turn(experiment, dial.read(experiment)) == experiment
