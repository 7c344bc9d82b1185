"""BrEaST's folder as a table, what is wrong with a folder said in one sentence, and which data set a folder holds."""

import shutil

import cv2
import numpy as np
import pytest

from busi.data.breast import OWN_COLUMNS, PICTURES, SPREADSHEET, read_breast
from busi.data.dataset import COLUMNS, DatasetError, image_files, read_mask, usable
from busi.data.origin import BREAST, BUSI, origin_of, own_data
from busi.data.sets import read_data
from tests.support.breast import row_of, write_breast, write_sheet
from tests.support.drawings import drawn_ultrasound


@pytest.fixture
def folder(tmp_path):
    return write_breast(tmp_path / "breast")


def test_it_is_the_same_table_as_busis_with_columns_of_its_own(folder):
    data = read_breast(folder)
    assert list(data.images.columns) == [*COLUMNS, *OWN_COLUMNS] and not data.skipped
    assert data.images["label"].tolist() == ["benign"] * 4 + ["malignant"] * 4 + ["normal"]
    assert len(usable(data.images)) == 8 and not data.is_busi and data.origin == BREAST
    first, third, normal = (data.images.iloc[place] for place in (0, 2, 8))
    mask = drawn_ultrasound(1)[1]
    assert first["image_id"] == "case001" and (read_mask(first) == mask).all()
    assert first["pixel_mm"] == pytest.approx(0.078125) and first["age"] == 31 and np.isnan(third["age"])
    assert first["width_mm"] == pytest.approx(np.ptp(np.nonzero(mask)[1] * 0.078125) + 0.078125)
    assert first["height_mm"] == pytest.approx(np.ptp(np.nonzero(mask)[0] * 0.078125) + 0.078125)
    words = first[["birads", "verification", "signs", "symptoms", "margin", "diagnosis"]].tolist()
    assert words == ["2", "biopsy", "no", "", "not circumscribed - angular&indistinct", ""]
    assert not normal["mask_paths"] and normal["verification"] == "" and np.isnan(normal["width_mm"])


def test_images_may_lie_beside_the_spreadsheet_and_sizes_may_be_unknown(folder):
    expected = read_breast(folder)
    for path in (folder / PICTURES).iterdir():
        shutil.move(path, folder)
    (folder / PICTURES).rmdir()
    assert read_data(folder).fingerprint == expected.fingerprint
    rows = [row_of(number, label) for number, label in ((1, "benign"), (5, "malignant"))]
    write_sheet(folder, [{**row, "Pixel_size": "not available"} for row in rows])
    assert read_data(folder).images[["pixel_mm", "width_mm", "height_mm"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "change, complaint",
    [
        (lambda folder: (folder / SPREADSHEET).unlink(), "lacks BrEaST's spreadsheet: expected BrEaST-Lesions"),
        (lambda folder: (folder / SPREADSHEET).write_bytes(b"no table"), "cannot be read as a spreadsheet"),
        (lambda folder: shutil.copy(folder / SPREADSHEET, folder / "BrEaST 2.xlsx"), "holds several spreadsheets"),
        (lambda folder: (folder / PICTURES / "case002.png").unlink(), "lacks images that the .* names: case002.png"),
        (lambda folder: (folder / PICTURES / "case002.png").write_bytes(b""), "case002.png cannot be read, and the"),
        (lambda folder: shutil.rmtree(folder / PICTURES), "lacks images .*case005.png and 4 more"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said(folder, change, complaint):
    change(folder)
    with pytest.raises(DatasetError, match=complaint) as error:
        read_data(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "changed, complaint",
    [
        ({"Classification": "borderline"}, "'borderline' of case001.png under Classification: expected benign or mal"),
        ({"Verification": "by telephone"}, "'by telephone' of case001.png under Verification"),
        ({"Pixel_size": "small"}, "'small' of case001.png under Pixel_size: expected a number"),
        ({"Age": -3}, "'-3' of case001.png under Age: expected a number"),
        ({"Image_filename": "../case001.png"}, "names a file '../case001.png'"),
        ({"Image_filename": "case002.png"}, "names an image twice: case002.png"),
        ({"Classification": "normal"}, "names no malignant image"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(folder, changed, complaint):
    write_sheet(folder, [{**row_of(1, "benign"), **changed}, row_of(2, "benign")])
    with pytest.raises(DatasetError, match=complaint):
        read_breast(folder)


def test_a_missing_column_is_named(folder):
    row = row_of(1, "benign")
    del row["Margin"], row["BIRADS"]
    write_sheet(folder, [row])
    with pytest.raises(DatasetError, match="lacks the columns Margin, BIRADS"):
        read_breast(folder)


def test_an_outline_that_cannot_be_used_is_listed_and_its_image_stays(folder):
    pictures = folder / PICTURES
    (pictures / "case001_tumor.png").unlink()
    (pictures / "case002_tumor.png").write_bytes(b"\x89PNG\r\n\x1a\nand no more")
    cv2.imwrite(str(pictures / "case003_tumor.png"), np.uint8(drawn_ultrasound(3, size=(60, 50))[1]) * 255)
    cv2.imwrite(str(pictures / "case004_tumor.png"), np.zeros((120, 150), np.uint8))
    data = read_breast(folder)
    why = {skipped.path.name[:7]: skipped.why for skipped in data.skipped}
    assert list(why) == ["case001", "case002", "case003", "case004"]
    assert "cannot be read" in why["case001"] and "cannot be read" in why["case002"]
    assert "60 x 50 pixels, of an image of 150 x 120" in why["case003"] and "nothing inside" in why["case004"]
    assert data.images["mask_paths"].map(len).tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 0]


def test_the_cache_saves_reading(folder, tmp_path, monkeypatch):
    first = read_breast(folder, tmp_path / "cache")
    monkeypatch.setattr("busi.data.breast.read_image", None)
    assert read_breast(folder, tmp_path / "cache").images.equals(first.images)
    write_sheet(folder, [{**row_of(1, "benign"), "Mask_tumor_filename": None}, row_of(5, "malignant")])
    with pytest.raises(TypeError):  # another table: it is read again
        read_breast(folder, tmp_path / "cache")


def test_a_folder_is_recognised_by_its_layout(folder, small_busi, tmp_path):
    assert read_data(small_busi).published is None and read_data(folder).published == BREAST
    with pytest.raises(DatasetError, match=r"no such folder: .*expected the folder of BUSI or of BrEaST"):
        read_data(tmp_path / "nowhere")
    (tmp_path / "other").mkdir()
    with pytest.raises(DatasetError, match=r"folders benign and malignant .* the spreadsheet BrEaST-Lesions"):
        read_data(tmp_path / "other")


def test_it_bears_its_own_name_and_licence(folder):
    assert origin_of(BREAST.to_dict()) == BREAST and origin_of(BUSI.to_dict()) == BUSI
    with pytest.raises(ValueError, match="nor BrEaST's"):
        own_data("breast", "CC0", None)
    files = image_files(read_breast(folder).images.iloc[:1], BREAST)
    assert list(files) == ["LICENCE.txt", "case001.png", "case001_mask.png"]
    notice = files["LICENCE.txt"].decode()
    assert BREAST.citation in notice and "creativecommons.org/licenses/by/4.0" in notice and BREAST.source in notice
