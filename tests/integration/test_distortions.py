"""What preparing an image does to a radiologist's signs: counted by hand on drawn masks, the page's table on BUSI."""

import cv2
import numpy as np
import pytest

from busi.data.dataset import read_busi, read_mask
from busi.images import ImageContract
from busi.lessons.distortions import LEVELS, distortions
from experiments.distortions import behind, is_taller_than_wide, lesions, measure
from tests.support.drawings import drawn_ultrasound


def box(height: int, width: int, rows: int, columns: int, top: int = 0, left: int = 0) -> np.ndarray:
    mask = np.zeros((rows, columns), bool)
    mask[top : top + height, left : left + width] = True
    return mask


@pytest.mark.parametrize(
    ("height", "width", "rows", "columns", "taller", "squared"),
    [
        (30, 40, 100, 200, False, True),  # .30 of the height, .20 of the width
        (30, 40, 100, 120, False, False),  # .30 and .33
        (41, 40, 100, 100, True, True),
        (40, 40, 100, 100, False, False),
        (45, 40, 200, 100, True, False),  # an image that is taller than wide is flattened
    ],
)
def test_a_square_makes_some_lesions_taller_than_wide(height, width, rows, columns, taller, squared):
    mask = box(height, width, rows, columns)
    assert is_taller_than_wide(mask) is taller and is_taller_than_wide(mask, square=True) is squared


def test_what_is_behind_a_lesion_is_compared_with_what_is_beside():
    mask = box(20, 40, 100, 100, top=20, left=30)
    image = np.full((100, 100), 100, np.uint8)
    image[40:, 30:70] = 60
    assert behind(image, mask) == -40 and behind(255 - image, mask) == 40
    assert np.isnan(behind(image, box(20, 40, 100, 100, top=80, left=30))), "nothing lies below"


def test_the_shares_are_those_of_the_rows(small_busi):
    rows = lesions(str(small_busi))
    assert set(rows["label"]) == {"benign", "malignant"} and len(rows) == 48
    found = measure(rows, ImageContract(size=64, clahe_clip_limit=0))
    drawn = [(label, drawn_ultrasound(1000 * number + k, label)[1])
             for number, label in enumerate(("benign", "malignant")) for k in range(1, 25)]  # fmt: skip
    tall = [label for label, mask in drawn if np.ptp(np.nonzero(mask)[0]) > np.ptp(np.nonzero(mask)[1])]
    assert found["taller_before"]["value"] == pytest.approx(len(tall) / 48)
    assert found["malignant_before"]["value"] == pytest.approx(tall.count("malignant") / len(tall))
    assert found["more_uneven"]["value"] == found["behind_changed"]["value"] == 0, "without CLAHE nothing changes"


def test_the_page_s_table_is_what_busi_s_outlines_give(busi_folder):
    found = distortions()
    images = read_busi(busi_folder).images.query("label in ['benign', 'malignant']")
    before = after = malignant_before = malignant_after = 0
    for _, row in images.iterrows():
        _, _, width, height = cv2.boundingRect(np.uint8(read_mask(row)))
        taller, squared = height > width, height * row["width"] > width * row["height"]
        before, after = before + taller, after + squared
        malignant_before += taller and row["label"] == "malignant"
        malignant_after += squared and row["label"] == "malignant"
    assert (found.taller_before.n, found.malignant_before.n, found.malignant_after.n) == (len(images), before, after)
    for share, count in (
        (found.taller_before, before),
        (found.taller_after, after),
        (found.malignant_before, malignant_before),
        (found.malignant_after, malignant_after),
    ):
        assert share.value == pytest.approx(count / share.n, abs=1e-6) and share.low < share.value < share.high


def test_what_clahe_does_is_what_busi_gives(busi_folder):
    """On every tenth image; the table is within chance of it."""
    found, rows = distortions(), lesions(str(busi_folder)).iloc[::10]
    again = measure(rows, found.contract)
    for name in ("more_uneven", "behind_changed"):
        assert again[name]["low"] <= getattr(found, name).value <= again[name]["high"], name
    assert LEVELS == 10
