"""The steps that are shown are the steps that are taken."""

import cv2
import numpy as np
import pytest
from PIL import Image

from busi.images import ImageContract, prepare, read_image, read_picture
from busi.images.steps import STEPS, steps_of
from tests.support.drawings import drawn_ultrasound

CONTRACT = ImageContract(size=64)


@pytest.fixture
def colour_file(tmp_path):
    path = tmp_path / "colour.png"
    image, _ = drawn_ultrasound(5, size=(150, 120))
    cv2.imwrite(str(path), cv2.merge([image, image, np.uint8(np.clip(image * 1.2, 0, 255))]))
    return path


def test_the_last_step_is_what_the_network_sees(colour_file):
    steps = steps_of(read_picture(colour_file, original=True), CONTRACT)
    assert tuple(step.name for step in steps) == STEPS
    np.testing.assert_array_equal(steps[-1].array, prepare(read_image(colour_file), CONTRACT))


def test_each_step_has_its_shape_type_and_range(colour_file):
    arrays = {step.name: step.array for step in steps_of(read_picture(colour_file, original=True), CONTRACT)}
    shapes = {name: array.shape for name, array in arrays.items()}
    assert shapes["original"] == (120, 150, 3) and shapes["gray"] == (120, 150)
    assert shapes["resized"] == shapes["equalised"] == shapes["scaled"] == (64, 64)
    assert shapes["channel"] == (64, 64, 1)
    assert arrays["equalised"].dtype == np.uint8 and arrays["scaled"].dtype == np.float32
    assert arrays["scaled"].max() <= 1 < arrays["equalised"].max()
    assert not np.array_equal(arrays["resized"], arrays["equalised"])


def test_a_palette_is_looked_up(tmp_path):
    path = tmp_path / "palette.gif"
    Image.fromarray(drawn_ultrasound(5)[0]).convert("P").save(path)
    assert steps_of(read_picture(path, original=True), CONTRACT)[0].array.shape == (120, 150, 3)


def test_of_a_large_picture_its_own_shape_and_numbers_are_told_though_a_smaller_one_is_kept(tmp_path):
    path, rng = tmp_path / "large.png", np.random.default_rng(0)
    pixels = rng.integers(1, 255, (1500, 2000, 3)).astype(np.uint8)
    pixels[7, 9] = (0, 3, 255)
    Image.fromarray(pixels).save(path)
    original = steps_of(read_picture(path, original=True), CONTRACT)[0]
    assert original.shape == (1500, 2000, 3) and original.ends == (0, 255)
    assert original.array.shape == (500, 667, 3)
    assert abs(float(original.array.mean()) - pixels.mean()) < 1


def test_a_picture_of_one_bit_stays_one(tmp_path):
    path = tmp_path / "one bit.png"
    Image.fromarray(drawn_ultrasound(5)[0]).convert("1").save(path)
    original = steps_of(read_picture(path, original=True), CONTRACT)[0]
    assert original.array.dtype == bool and original.ends == (0, 1)
