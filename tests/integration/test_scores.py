"""Numbers over folds and seeds whose intervals take many draws."""

import numpy as np
import pandas as pd
import pytest

from experiments.scores import summary


def answers(seed: int, n: int = 200, per_group: int = 1, folds: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    malignant = np.random.default_rng(99).random(n // per_group) < 0.35
    probability = np.clip(rng.normal(np.where(malignant, 0.6, 0.4), 0.2), 0.01, 0.99)
    table = pd.DataFrame({"malignant": malignant, "probability": probability, "group": range(n // per_group)})
    table = table.loc[table.index.repeat(per_group)].reset_index(drop=True)
    return table.assign(
        image_id=[f"x{number:03d}" for number in range(len(table))],
        fold=table["group"] % folds,
        seed=seed,
        called=table["probability"] >= 0.5,
    )


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
