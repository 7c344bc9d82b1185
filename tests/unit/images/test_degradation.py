import numpy as np
import pytest

from busi.images.degradation import STEPS, degrade
from busi.images.quality import measure

IMAGE = np.random.default_rng(0).integers(60, 190, (48, 40)).astype(np.uint8)


@pytest.mark.parametrize("way", STEPS)
def test_the_first_step_is_the_picture_itself_and_it_is_left_alone(way):
    before = IMAGE.copy()
    np.testing.assert_array_equal(degrade(IMAGE, way, STEPS[way][0]), IMAGE)
    assert all(degrade(IMAGE, way, amount).dtype == np.uint8 for amount in STEPS[way])
    np.testing.assert_array_equal(IMAGE, before)


@pytest.mark.parametrize(
    ("way", "name", "rises"),
    [
        ("blur", "blur", False),
        ("darker", "brightness", False),
        ("brighter", "brightness", True),
        ("contrast", "contrast", False),
    ],
)
def test_each_way_moves_its_measure_further_at_every_step(way, name, rises):
    values = [getattr(measure(degrade(IMAGE, way, amount)), name) for amount in STEPS[way]]
    assert values == sorted(values, reverse=not rises) and len(set(values)) == len(values)


def test_gray_levels_move_by_what_is_asked_and_stay_in_range():
    assert (degrade(np.full((4, 4), 100, np.uint8), "darker", -30) == 70).all()
    assert (degrade(np.full((4, 4), 10, np.uint8), "darker", -30) == 0).all()
    assert (degrade(np.full((4, 4), 250, np.uint8), "brighter", 30) == 255).all()
    halves = np.repeat(np.array([[80, 120]], np.uint8), 4, axis=0)
    np.testing.assert_array_equal(degrade(halves, "contrast", 0.5), np.repeat([[90, 110]], 4, axis=0))


def test_an_unknown_way_is_refused():
    with pytest.raises(ValueError, match="way must be one of blur, darker, brighter, contrast, got 'rust'"):
        degrade(IMAGE, "rust", 1)
