import cv2
import numpy as np

from busi.duplicates import group_near_duplicates, thumbnail
from tests.conftest import drawn_ultrasound


def groups_of(*images: np.ndarray) -> list[int]:
    return group_near_duplicates(np.stack([thumbnail(image) for image in images])).tolist()


def test_variants_of_one_capture_join_and_others_stay_apart():
    first, _ = drawn_ultrasound(1)
    other, _ = drawn_ultrasound(2)
    brighter = np.clip(first.astype(int) + 25, 0, 255).astype(np.uint8)
    marked = first.copy()
    cv2.drawMarker(marked, (30, 30), 255, cv2.MARKER_CROSS, 8)
    rescaled = cv2.resize(first, (300, 240))
    assert groups_of(first, other, brighter, marked, rescaled) == [0, 1, 0, 0, 0]


def test_a_chain_of_neighbours_is_one_group():
    first, _ = drawn_ultrasound(5, size=(260, 200))
    frames = [first[:, shift : shift + 200] for shift in (0, 4, 8, 12)]
    stranger, _ = drawn_ultrasound(6, size=(200, 200))
    assert groups_of(frames[0], stranger, frames[3], frames[1], frames[2]) == [0, 1, 0, 0, 0]


def test_groups_are_numbered_by_first_appearance():
    images = [drawn_ultrasound(seed)[0] for seed in range(10, 16)]
    assert groups_of(*images) == [0, 1, 2, 3, 4, 5]


def test_no_image_gives_no_group():
    assert group_near_duplicates(np.zeros((0, 64, 64), np.uint8)).tolist() == []
