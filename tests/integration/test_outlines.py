"""Outlines and images of BUSI, told apart."""

import pytest

from busi.data.outlines import PICTURE, content_of, read_values


@pytest.mark.busi
def test_no_image_of_busi_passes_for_an_outline_and_no_outline_for_an_image(busi_folder):
    for path in sorted(busi_folder.rglob("*.png"))[::7]:
        is_outline = "_mask" in path.stem
        assert (content_of(read_values(path)[0]) != PICTURE) == is_outline, path.name
