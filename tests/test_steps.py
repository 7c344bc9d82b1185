"""The steps that are shown are the steps that are taken."""

import cv2
import numpy as np
import pytest
from PIL import Image

from busi.images import ImageContract, ImageRefused, prepare, read_image
from busi.steps import STEPS, steps_of
from tests.conftest import drawn_ultrasound

CONTRACT = ImageContract(size=64)


@pytest.fixture
def colour_file(tmp_path):
    path = tmp_path / "colour.png"
    image, _ = drawn_ultrasound(5, size=(150, 120))
    cv2.imwrite(str(path), cv2.merge([image, image, np.uint8(np.clip(image * 1.2, 0, 255))]))
    return path


def test_the_last_step_is_what_the_network_sees(colour_file):
    steps = steps_of(str(colour_file), CONTRACT)
    assert tuple(step.name for step in steps) == STEPS
    np.testing.assert_array_equal(steps[-1].array, prepare(read_image(colour_file), CONTRACT))


def test_each_step_has_its_shape_type_and_range(colour_file):
    arrays = {step.name: step.array for step in steps_of(str(colour_file), CONTRACT)}
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
    assert steps_of(str(path), CONTRACT)[0].array.shape == (120, 150, 3)


def test_what_is_no_picture_is_refused(tmp_path):
    path = tmp_path / "bad.png"
    path.write_text("no picture")
    with pytest.raises(ImageRefused):
        steps_of(str(path), CONTRACT)
