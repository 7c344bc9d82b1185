"""The rule that picks the two pictures that a visitor meets first, from what a network answered, not by taste.

The first is a lesion that did no harm and that the radiologist, too, took for harmless (BI-RADS 2 or 3): of these, the
one to which the network gave its highest score. The second is a cancer that looks like a harmless lesion (oval or
round, with sharp margins): of these, again the one with the highest score. So the network is wrong where a person is
seldom wrong, if it ever is, and is given its best chance where a person may well be wrong.
"""

import pandas as pd

from busi.bundle.files import BREAST
from busi.data import box
from busi.words.classes import BENIGN, MALIGNANT


def names_of_first_pair(predictions: pd.DataFrame) -> tuple[str, str] | None:
    """The names of two pictures of BrEaST: a harmless lesion, then a cancer.

    Args:
        predictions: rows of predictions.csv.

    Returns:
        Their names, as "case100"; None if the network was not asked on any that fit.
    """
    rows = predictions[predictions["source"] == BREAST].merge(box.lesions().drop(columns="label"), on="image_id")
    first, second = (_highest(candidates) for candidates in (_taken_for_harmless(rows), _looking_harmless(rows)))
    return (first, second) if first and second else None


def _taken_for_harmless(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["label"] == BENIGN) & rows["birads"].isin(["2", "3"])]


def _looking_harmless(rows: pd.DataFrame) -> pd.DataFrame:
    has_even_shape = rows["shape"].isin(["oval", "round"])
    return rows[(rows["label"] == MALIGNANT) & has_even_shape & (rows["margin"] == "circumscribed")]


def _highest(rows: pd.DataFrame) -> str | None:
    """The name of the image with the highest score."""
    return None if rows.empty else str(rows.loc[rows["probability"].idxmax(), "image_id"])
