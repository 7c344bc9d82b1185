"""An interval that is looked at many times over."""

import numpy as np
import pytest

from busi.model.metrics import auc


def test_auc_interval_holds_its_value_and_widens_when_images_are_twins(answers):
    labels, probabilities = (values[:100] for values in answers)
    alone = auc(labels, probabilities, np.arange(100))
    assert alone.low < alone.value < alone.high and alone.n == 100
    twice = auc(np.tile(labels, 4), np.tile(probabilities, 4), np.tile(np.arange(100), 4))
    naive = auc(np.tile(labels, 4), np.tile(probabilities, 4), np.arange(400))
    assert twice.value == pytest.approx(alone.value)
    assert twice.high - twice.low > 1.5 * (naive.high - naive.low)
