"""What networks that look and draw might have said: rows as `experiments.drawn_quality.run_trial` leaves them."""

from typing import Any

import numpy as np
import pandas as pd

from busi.model.shape import FEATURES


def rows_of(count: int, seed: int, name: str = "image", **columns: Any) -> pd.DataFrame:
    """Answers that know something: log-odds for the whole image, and measures, which lean to the truth.

    Args:
        count: of the images; every third is malignant.
        seed: of what is drawn at random.
        name: begins the images' names.
        columns: others, such as fold.
    """
    rng, malignant = np.random.default_rng(seed), np.arange(count) % 3 == 0
    measured = rng.normal(size=(count, len(FEATURES))) + 0.3 * malignant[:, np.newaxis]
    names = [f"{name} {number}" for number in range(count)]
    told = {"image_id": names, "group": np.arange(count), "fold": 0, "seed": 0, "malignant": malignant}
    whole = rng.normal(size=count) + 1.5 * malignant
    return pd.concat(
        [pd.DataFrame({**told, "whole": whole, **columns}), pd.DataFrame(measured, columns=list(FEATURES))], axis=1
    )
