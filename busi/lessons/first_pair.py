"""The two pictures that a visitor meets first, picked by a rule from what the network answered, not by taste.

The first is a lesion that did no harm and that the radiologist, too, took for harmless (BI-RADS 2 or 3): of these, the
one to which the network gave its highest score. The second is a cancer that looks like a harmless lesion (oval or
round, with sharp margins): of these, again the one with the highest score. So the network is wrong where a person is
seldom wrong, and right where a person may well be wrong.
"""

import pandas as pd

from busi.bundle.files import BREAST, Bundle
from busi.data import box
from busi.serving.gallery import Example, Gallery
from busi.words.classes import BENIGN, MALIGNANT


def first_pair(gallery: Gallery, bundle: Bundle) -> tuple[Example, Example] | None:
    """Two pictures of BrEaST: a harmless lesion, then a cancer.

    Args:
        gallery: of the page.
        bundle: whose network answered.

    Returns:
        Their examples; None if the network was never asked on BrEaST, or learned from it.
    """
    if not bundle.knows_another_hospital:
        return None
    rows = bundle.predictions[bundle.predictions["source"] == BREAST].merge(
        box.lesions().drop(columns="label"), on="image_id"
    )
    picked = [_highest(candidates) for candidates in (_taken_for_harmless(rows), _looking_harmless(rows))]
    first, second = (gallery.of_image(name) if name else None for name in picked)
    return (first, second) if first and second else None


def _taken_for_harmless(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["label"] == BENIGN) & rows["birads"].isin(["2", "3"])]


def _looking_harmless(rows: pd.DataFrame) -> pd.DataFrame:
    has_even_shape = rows["shape"].isin(["oval", "round"])
    return rows[(rows["label"] == MALIGNANT) & has_even_shape & (rows["margin"] == "circumscribed")]


def _highest(rows: pd.DataFrame) -> str | None:
    """The name of the image with the highest score."""
    return None if rows.empty else str(rows.loc[rows["probability"].idxmax(), "image_id"])
