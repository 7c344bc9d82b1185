import cv2
import numpy as np

from busi.data.duplicates import group_near_duplicates, thumbnail
from tests.support.drawings import drawn_ultrasound


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


def scanned(seed: int, size: tuple[int, int]) -> np.ndarray:
    """Bright above and dark below, as most ultrasound images are, with a structure that the seed decides."""
    image, _ = drawn_ultrasound(seed, size=size)
    fall = np.linspace(200, 40, size[1])[:, np.newaxis]
    return np.uint8(np.clip(fall + (image - 120.0), 0, 255))


def plain_correlation(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(thumbnail(first).ravel(), thumbnail(second).ravel())[0, 1])


def test_a_capture_moved_too_far_for_a_plain_comparison_is_found_by_shifting():
    wide = scanned(21, (300, 240))
    first, moved = wide[:, :240], wide[:, 24:264]
    assert 0.70 < plain_correlation(first, moved) < 0.85
    assert groups_of(first, moved) == [0, 0]


def test_a_common_fall_of_brightness_does_not_make_twins():
    first, second = scanned(31, (240, 240)), scanned(32, (240, 240))
    assert 0.70 < plain_correlation(first, second) < 0.85
    assert groups_of(first, second) == [0, 1]


def test_groups_are_numbered_by_first_appearance():
    images = [drawn_ultrasound(seed)[0] for seed in range(10, 16)]
    assert groups_of(*images) == [0, 1, 2, 3, 4, 5]


def test_no_image_gives_no_group():
    assert group_near_duplicates(np.zeros((0, 64, 64), np.uint8)).tolist() == []
