"""Further sets to learn from: nothing that judges comes back under another name."""

import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest

from busi.data.dataset import DatasetError, read_busi
from busi.data.origin import BREAST
from busi.data.several import sets_beside
from busi.images import read_image
from tests.support.drawings import write_busi


@pytest.fixture(scope="module")
def main(tmp_path_factory):
    return read_busi(write_busi(tmp_path_factory.mktemp("main") / "Dataset_BUSI_with_GT", per_class=8).parent)


@pytest.fixture
def copy(main, tmp_path):
    """Another set with three images of the main one, somewhat changed, and otherwise new ones."""
    folder = write_busi(tmp_path / "other" / "Dataset_BUSI_with_GT", per_class=6, seed=5)
    rows = main.images[main.images["label"] == "benign"].head(3)
    for number, path in enumerate(rows["path"]):
        image = read_image(path)
        brighter = np.clip(image.astype(float) * 0.9 + 8, 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / "benign" / f"again ({number}).png"), brighter)
    return read_busi(folder.parent)


def test_near_duplicates_of_the_main_set_are_left_out(main, copy):
    (found,) = sets_beside(main, [copy])
    assert found.left_out == 3 and not found.images["image_id"].str.contains("again").any()
    told = found.to_dict()
    assert told["images"] == told["benign"] + told["malignant"] == len(found.images) == 12


def test_the_second_of_two_that_are_alike_brings_nothing_new(main, copy, tmp_path):
    twice = read_busi(shutil.copytree(copy.folder.parent, tmp_path / "twice"))
    with pytest.raises(DatasetError, match="no image that is new"):
        sets_beside(main, [copy, twice])
    with pytest.raises(DatasetError, match="no image that is new"):
        sets_beside(main, [main])


def test_a_published_set_keeps_its_name(main, copy):
    (found,) = sets_beside(main, [replace(copy, published=BREAST)])
    assert found.origin == BREAST and "CC BY 4.0" in found.to_dict()["licence"]
