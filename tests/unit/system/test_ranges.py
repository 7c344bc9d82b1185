"""One message for every number out of range: the rule and the value."""

import math

import numpy as np
import pytest

from busi.system.ranges import brief, check_number


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.25), np.int64(1)])
def test_both_ends_and_all_kinds_of_numbers_pass(value):
    check_number("share", value, 0, 1)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf, True, "0.5", None, [0.5]])
def test_what_is_outside_or_no_number_is_refused(value):
    with pytest.raises(ValueError, match="share must be a number from 0 to 1, got ") as caught:
        check_number("share", value, 0, 1)
    assert str(caught.value).endswith(repr(value))


@pytest.mark.parametrize("value", [2.0, 0.5, True])
def test_a_whole_number_is_no_fraction_and_no_truth(value):
    with pytest.raises(ValueError, match="epochs must be a whole number of 1 or more, got"):
        check_number("epochs", value, 1, whole=True)
    check_number("epochs", 10**9, 1, whole=True)


def test_large_ends_can_be_read():
    with pytest.raises(ValueError, match="from 0 to 1,000,000, got -1"):
        check_number("pretrain", -1, 0, 1e6)
    with pytest.raises(ValueError, match=r"from 0 to 0\.9, got 1"):
        check_number("zoom", 1, 0, 0.9)


def test_a_long_or_odd_value_stays_one_short_line():
    assert len(brief("a" * 10_000)) < 100 and brief("a\u2028b").isprintable() and brief(0.5) == "0.5"
