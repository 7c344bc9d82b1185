"""The words of the lexicon follow from the numbers, and numbers out of range are refused by name."""

import dataclasses

import pytest

from busi.simulator.lesion import LESION_RANGES, Lesion
from busi.simulator.scene import SCENE_RANGES, Scene


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"echo_db": -30}, "anechoic"),
        ({"echo_db": -30, "heterogeneity": 0.9}, "anechoic"),
        ({"echo_db": -12}, "hypoechoic"),
        ({"echo_db": -12, "heterogeneity": 0.9}, "heterogeneous"),
        ({"echo_db": -8}, "isoechoic"),  # as fat
        ({"echo_db": 0}, "hyperechoic"),  # as the gland
        ({"echo_db": 6}, "hyperechoic"),
        ({"echo_db": -32, "inside": "fluid"}, "anechoic"),
        ({"echo_db": -32, "inside": "septa"}, "complex"),
        ({"echo_db": -20, "inside": "growth", "heterogeneity": 0.9}, "complex"),
    ],
)
def test_the_word_for_echoes(settings, word):
    assert Lesion(**settings).echo_pattern == word


@pytest.mark.parametrize(("decibels", "word"), [(0, "none"), (1.9, "none"), (5, "enhancement"), (-8, "shadowing")])
def test_the_word_for_what_is_behind(decibels, word):
    assert Lesion(posterior_db=decibels).posterior == word


def test_shadow_and_enhancement_side_by_side_are_called_combined():
    assert Lesion(posterior_db=-8, posterior_mix=0.5).posterior == "combined"
    assert Lesion(posterior_db=-8, posterior_mix=0.1).posterior == "shadowing"
    assert Lesion(posterior_db=1, posterior_mix=0.5).posterior == "none"


@pytest.mark.parametrize(
    ("shape", "angle", "word"),
    [
        ("oval", 20, "parallel"),
        ("oval", -45, "parallel"),
        ("oval", 46, "not_parallel"),
        ("irregular", -80, "not_parallel"),
        ("round", 80, "not_parallel"),
        ("round", 0, "not_parallel"),
    ],
)
def test_the_word_for_orientation(shape, angle, word):
    assert Lesion(shape=shape, angle_deg=angle).orientation == word


@pytest.mark.parametrize("kind", [Lesion, Scene])
def test_every_number_out_of_range_is_refused_by_its_name_and_range(kind):
    ranges = {Lesion: LESION_RANGES, Scene: SCENE_RANGES}[kind]
    numbers = {field.name: field.type for field in dataclasses.fields(kind) if field.type in (int, float)}
    assert set(ranges) == set(numbers), "every number has its range"
    for name, (low, high) in ranges.items():
        for value in (low - 1, high + 1, float("nan"), "3", None, True):
            with pytest.raises(ValueError, match=rf"{name} must be .* from {low:g} to {high:g}, got"):
                kind(**{name: value})
        kind(**{name: numbers[name](low)}), kind(**{name: numbers[name](high)})


def test_words_that_the_lexicon_does_not_have_are_refused():
    with pytest.raises(ValueError, match="shape must be one of oval, round, irregular, got 'square'"):
        Lesion(shape="square")
    with pytest.raises(ValueError, match="margin must be one of circumscribed"):
        Lesion(margin="fuzzy")
    with pytest.raises(ValueError, match="inside must be one of solid, fluid"):
        Lesion(inside="air")
    with pytest.raises(ValueError, match="maker must be one of plain"):
        Scene(maker="homemade")


def test_a_count_is_whole():
    with pytest.raises(ValueError, match=r"calcifications must be a whole number from 0 to 40, got 2\.5"):
        Lesion(calcifications=2.5)


@pytest.mark.parametrize("text", ["x" * 25, "éè", None, 3])
def test_text_that_cannot_be_burned_in_is_refused(text):
    with pytest.raises(ValueError, match="text must be at most 24 plain characters"):
        Scene(text=text)
