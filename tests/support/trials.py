"""The answers of the trials of experiments.quality that are kept in the repository."""

import pandas as pd

from experiments.drawn_quality import BOTH, scored
from experiments.quality import RESULTS


def kept(protocol: str, recipe: str = "") -> pd.DataFrame:
    """The calibrated answers of a protocol's networks, of both looks together where there are two.

    Args:
        protocol: as `experiments.protocols` names it.
        recipe: whose; that of train.py where none is named.
    """
    folder = RESULTS / (f"trials-{recipe}" if recipe else "trials")
    rows = pd.concat([pd.read_csv(path) for path in sorted(folder.glob(f"{protocol}-*.csv"))], ignore_index=True)
    if "whole" not in rows:
        return rows
    return pd.concat([scored(of_seed)[BOTH] for _, of_seed in rows.groupby("seed")], ignore_index=True)
