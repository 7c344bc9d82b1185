"""Groups of the lesions of another hospital, for the inquiry on who is served worse: two to each property.

Those of `elsewhere.py`, and depth, which is measured from the outline. A lesion whose property is not known is in none.
"""

from collections.abc import Mapping
from typing import Any

from busi.bundle.files import BREAST, Bundle
from busi.data.box import depth_mm
from busi.lessons.elsewhere import PROPERTIES, UNKNOWN, with_properties
from busi.words.classes import MALIGNANT

DEEP = 12  # mm, from which on a lesion lies deep: near the median, and a number that can be remembered
DEPTH = ("shallow", "deep")
GROUPS: Mapping[str, tuple[str, str]] = {**{name: order for name, (_, order) in PROPERTIES.items()}, "depth": DEPTH}


def lesions_by_group(bundle: Bundle) -> list[list[Any]]:
    """Every lesion: whether it is malignant (1 or 0), the network's score, and its group of each of `GROUPS` or "".

    Args:
        bundle: whose network was asked on BrEaST.

    Raises:
        ValueError: if it answered for a lesion that the box does not hold.
    """
    rows = with_properties(bundle.predictions[bundle.predictions["source"] == BREAST])
    found = []
    for _, lesion in rows.iterrows():
        groups = [group_of(lesion) for group_of, _ in PROPERTIES.values()]
        depth = DEPTH[depth_mm(str(lesion["image_id"])) >= DEEP]
        known = ["" if group == UNKNOWN else group for group in (*groups, depth)]
        found.append([int(lesion["label"] == MALIGNANT), float(lesion["probability"]), *known])
    return found
