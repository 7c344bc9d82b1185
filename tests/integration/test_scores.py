"""Numbers over folds and seeds whose intervals take many draws."""

import numpy as np
import pandas as pd
import pytest

from experiments.scores import summary
from tests.unit.experiments.test_scores import answers


def test_chance_is_the_mean_over_seeds():
    """Answers near one half leave twice as much to chance as those near the ends."""
    timid, bold = (answers(1).assign(seed=seed, probability=share) for seed, share in ((1, 0.45), (2, 0.03)))
    alone = [summary(table, draws=400)["ece"]["by_chance"]["value"] for table in (timid, bold)]
    assert alone[0] > 2 * alone[1]
    both = summary(pd.concat([timid, bold]), draws=400)["ece"]["by_chance"]["value"]
    assert both == pytest.approx(np.mean(alone), abs=2e-4)


def test_copies_of_an_image_are_one_and_the_interval_stays_as_wide():
    alone, copied = answers(1, n=100), answers(1, n=400, per_group=4)
    widths = [
        summary(table, draws=400)["auc"]["high"] - summary(table, draws=400)["auc"]["low"] for table in (alone, copied)
    ]
    assert widths[1] == pytest.approx(widths[0], rel=0.25)


def test_the_seeds_share_their_luck():
    """Each seed with luck of its own, the mean over two would vary less than one."""
    one = answers(1)
    twice = summary(pd.concat([one, one.assign(seed=2)]), draws=200)["ece"]["by_chance"]
    assert twice == summary(one, draws=200)["ece"]["by_chance"]
