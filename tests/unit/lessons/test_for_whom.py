"""Who is in which group: counted again from the table in the box, and from the outlines."""

import cv2
import numpy as np

from busi.bundle.files import EMBEDDED, open_bundle
from busi.data.box import depth_mm, lesions, outline
from busi.lessons.elsewhere import LARGE, OLDER
from busi.lessons.for_whom import DEEP, GROUPS, lesions_by_group


def test_each_group_has_the_lesions_that_the_box_says():
    rows, table = lesions_by_group(open_bundle(EMBEDDED)), lesions()
    columns = dict(zip(GROUPS, np.array([row[2:] for row in rows]).T, strict=True))
    assert [row[0] for row in rows] == (table["label"] == "malignant").astype(int).tolist()
    assert (columns["size"] == "large").sum() == (table["width_mm"] >= LARGE).sum()
    assert (columns["age"] == "younger").sum() == (table["age"] < OLDER).sum()
    assert (columns["age"] == "").sum() == table["age"].isna().sum()
    assert (columns["verification"] == "biopsied").sum() == (table["verification"] == "biopsy").sum() == 197
    for name, order in GROUPS.items():
        assert set(columns[name]) <= {*order, ""} and set(order) <= set(columns[name])


def test_depth_is_that_of_the_middle_of_the_outline():
    table = lesions()
    for row in table.iloc[::25].itertuples():
        _, top, _, height = cv2.boundingRect(np.uint8(outline(row.image_id)))
        middle = (top + (height - 1) / 2) * row.pixel_mm
        assert abs(depth_mm(row.image_id) - middle) < 1.1 * row.pixel_mm
    deep = np.array([depth_mm(name) >= DEEP for name in table["image_id"]])
    assert 0.4 < deep.mean() < 0.6, "near the median"
