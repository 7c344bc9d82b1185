import cv2
import numpy as np
import pytest
from PIL import Image

from busi.images import read_image
from busi.images.provenance import is_marked, mark_simulated

IMAGE = np.arange(64 * 80, dtype=np.uint16).reshape(64, 80).astype(np.uint8)
PNG = cv2.imencode(".png", IMAGE)[1].tobytes()


def test_a_marked_picture_keeps_its_pixels_and_other_programs_can_read_the_mark(tmp_path):
    marked = mark_simulated(PNG)
    np.testing.assert_array_equal(read_image(marked), IMAGE)
    (tmp_path / "marked.png").write_bytes(marked)
    assert "simulated" in Image.open(tmp_path / "marked.png").text["Source"]


def test_only_a_marked_picture_is_known_as_one():
    assert is_marked(mark_simulated(PNG))
    assert not is_marked(PNG) and not is_marked(b"") and not is_marked(b"simulated by demystifions-ia")


def test_only_a_png_can_be_marked():
    with pytest.raises(ValueError, match="only a PNG"):
        mark_simulated(cv2.imencode(".jpg", IMAGE)[1].tobytes())
