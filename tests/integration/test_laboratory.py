"""Experiments on a simulated lesion that take hundreds of drawings: every dial, and tipping points that are real."""

from dataclasses import replace

import numpy as np
import pytest

from busi.lessons.laboratory import DIALS, OTHER_DRAWS, PRESETS, probabilities, tippings
from tests.unit.lessons.test_laboratory import Darkness


def test_every_place_of_every_dial_can_be_drawn():
    for experiment in PRESETS.values():
        for dial in DIALS.values():
            for value in (dial.low, dial.high):
                assert dial.turn(experiment, value).image().shape == (256, 256)


def test_the_tipping_points_do_tip_the_answer_and_the_smallest_turn_comes_first():
    start = DIALS["echo_db"].turn(PRESETS["fibroadenoma"], -8)
    found = tippings(Darkness(), start)
    confirmed = [tipping.share for tipping in found if 2 * tipping.agreeing >= OTHER_DRAWS]
    doubtful = [tipping.share for tipping in found if 2 * tipping.agreeing < OTHER_DRAWS]
    assert confirmed and [tipping.share for tipping in found] == sorted(confirmed) + sorted(doubtful)
    before = probabilities(Darkness(), [start])[0]
    for tipping in found:
        if tipping.name in DIALS:
            after = DIALS[tipping.name].turn(start, tipping.after)
        else:
            after = replace(start, lesion=replace(start.lesion, **{tipping.name: tipping.after}))
        answer = probabilities(Darkness(), [after])[0]
        assert (answer >= 0.5) != (before >= 0.5) and answer == pytest.approx(tipping.probability)
        assert 0 <= tipping.agreeing <= OTHER_DRAWS
    darker = next(tipping for tipping in found if tipping.name == "echo_db")
    assert darker.after < -8 and darker.agreeing >= OTHER_DRAWS / 2
    one_step_less = DIALS["echo_db"].turn(start, darker.after + 1)
    assert probabilities(Darkness(), [one_step_less])[0] < 0.5, "no smaller turn would have done"


def test_a_network_that_never_changes_its_mind_has_no_tipping_point():
    class Stubborn(Darkness):
        def probabilities(self, images):
            return np.full(len(images), 0.9)

    assert tippings(Stubborn(), PRESETS["cyst"]) == []
