import shutil
import sys
import types
from collections import Counter

import cv2
import numpy as np
import pandas as pd
import pytest

from busi.data.dataset import COLUMNS, KAGGLE_HANDLE, DatasetError, find_busi, read_busi, read_mask, usable
from busi.images import read_image
from tests.support.drawings import drawn_ultrasound, write_busi


def test_the_index_has_one_row_per_image_and_no_mask(small_busi):
    busi = read_busi(small_busi)
    assert tuple(busi.images.columns) == COLUMNS
    assert busi.images["label"].value_counts().to_dict() == {"benign": 24, "malignant": 24, "normal": 3}
    assert not busi.images["image_id"].str.contains("mask").any()
    first = busi.images.iloc[0]
    assert (first["image_id"], first["width"], first["height"]) == ("benign (1)", 150, 120)
    assert busi.images["image_id"].tolist()[:3] == ["benign (1)", "benign (2)", "benign (3)"]


def test_both_levels_of_the_folder_are_accepted(small_busi):
    inner = small_busi / "Dataset_BUSI_with_GT"
    assert find_busi(small_busi) == find_busi(inner) == inner


def test_gray_and_rgb_copies_have_one_fingerprint(small_busi, tmp_path):
    as_rgb = write_busi(tmp_path / "rgb", as_rgb=True)
    assert read_busi(small_busi).fingerprint == read_busi(as_rgb).fingerprint


def test_several_masks_are_joined_and_a_missing_one_is_fine(tmp_path):
    folder = write_busi(tmp_path / "busi", per_class=3)
    second = np.zeros((120, 150), np.uint8)
    second[:10, :10] = 255
    cv2.imwrite(str(folder / "benign" / "benign (1)_mask_1.png"), second)
    (folder / "benign" / "benign (2)_mask.png").unlink()
    images = read_busi(folder).images.set_index("image_id")
    _, expected = drawn_ultrasound(1)
    np.testing.assert_array_equal(read_mask(images.loc["benign (1)"]), expected | (second > 0))
    assert len(images.loc["benign (1)", "mask_paths"]) == 2
    assert not read_mask(images.loc["benign (2)"]).any()


def test_a_group_with_two_labels_is_marked_and_left_out(tmp_path):
    folder = write_busi(tmp_path / "busi", per_class=3)
    shutil.copy(folder / "benign" / "benign (2).png", folder / "malignant" / "malignant (9).png")
    images = read_busi(folder).images
    conflicting = images.loc[images["conflict"], "image_id"].tolist()
    assert conflicting == ["benign (2)", "malignant (9)"]
    assert images.loc[images["conflict"], "group"].nunique() == 1
    kept = usable(images)
    assert len(kept) == 5 and set(kept["label"]) == {"benign", "malignant"}


def test_unreadable_images_are_skipped_counted_and_listed(tmp_path):
    folder = write_busi(tmp_path / "busi", per_class=3)
    cut = folder / "benign" / "benign (2).png"
    cut.write_bytes(cut.read_bytes()[:2000])
    text = folder / "malignant" / "malignant (1).png"
    text.write_text("not a picture")
    busi = read_busi(folder)
    outlines = {path.with_name(f"{path.stem}_mask.png") for path in (cut, text)}
    assert {skipped.path for skipped in busi.skipped} == {cut, text} | outlines
    assert all(skipped.why for skipped in busi.skipped)
    assert len(busi.images) == 3 * 3 - 2


def test_bad_folders_are_named_with_what_was_expected(tmp_path):
    with pytest.raises(DatasetError, match=r"no such folder: .*nowhere"):
        read_busi(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="expected the folders benign and malignant"):
        read_busi(tmp_path)
    for name in ("benign", "malignant"):
        (tmp_path / "bare" / name).mkdir(parents=True)
    with pytest.raises(DatasetError, match="benign holds no readable image"):
        read_busi(tmp_path / "bare")


def test_kaggle_is_asked_for_the_versioned_handle(small_busi, monkeypatch):
    asked = []
    fake = types.SimpleNamespace(dataset_download=lambda handle: asked.append(handle) or str(small_busi))
    monkeypatch.setitem(sys.modules, "kagglehub", fake)
    assert find_busi("kaggle").parent == small_busi
    assert asked == [KAGGLE_HANDLE] and "/versions/" in KAGGLE_HANDLE


def test_an_unreachable_kaggle_is_told(monkeypatch):
    def unreachable(handle):
        raise ConnectionError("no route")

    monkeypatch.setitem(sys.modules, "kagglehub", types.SimpleNamespace(dataset_download=unreachable))
    with pytest.raises(DatasetError, match=r"Kaggle did not deliver .*ConnectionError: no route"):
        read_busi("kaggle")


def test_the_cache_saves_reading_until_a_file_changes(tmp_path, monkeypatch):
    folder, cache = write_busi(tmp_path / "busi", per_class=3), tmp_path / "cache"
    reads = Counter()

    def counted(path):
        reads[path] += 1
        return read_image(path)

    monkeypatch.setattr("busi.data.dataset.read_image", counted)
    first = read_busi(folder, cache)
    assert reads.total() == 9
    pd.testing.assert_frame_equal(read_busi(folder, cache).images, first.images)
    assert reads.total() == 9
    image, _ = drawn_ultrasound(77)
    cv2.imwrite(str(folder / "benign" / "benign (1).png"), image)
    assert read_busi(folder, cache).fingerprint != first.fingerprint
    assert reads.total() == 18


def test_a_damaged_or_unwritable_cache_does_no_harm(tmp_path):
    folder, cache = write_busi(tmp_path / "busi", per_class=3), tmp_path / "cache"
    expected = read_busi(folder, cache).fingerprint
    next(cache.iterdir()).write_text("{half")
    assert read_busi(folder, cache).fingerprint == expected
    blocked = tmp_path / "a file"
    blocked.write_text("")
    assert read_busi(folder, blocked).fingerprint == expected
