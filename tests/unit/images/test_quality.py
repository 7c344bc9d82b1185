import cv2
import numpy as np

from busi.images.quality import measure
from tests.support.drawings import drawn_ultrasound


def test_a_flat_image_has_no_contrast_and_no_edge():
    flat = measure(np.full((64, 64), 90, np.uint8))
    assert (flat.blur, flat.contrast, flat.brightness) == (0, 0, 90)


def test_half_black_half_white_by_hand():
    image = np.zeros((64, 64), np.uint8)
    image[:, 32:] = 200
    quality = measure(image)
    assert (quality.contrast, quality.brightness) == (100, 100)


def test_each_measure_follows_its_own_change():
    image, _ = drawn_ultrasound(8)
    plain = measure(image)
    assert measure(cv2.GaussianBlur(image, (0, 0), 2)).blur < plain.blur / 4
    assert measure(image // 2).brightness < plain.brightness / 1.8
    assert measure(image // 2).contrast < plain.contrast / 1.8
