"""The box of real ultrasounds: whole, as its table says, and made the same each time."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from busi.data import box
from busi.data.breast import PICTURES, read_breast
from busi.data.dataset import read_mask
from busi.images import colour_share, read_image
from busi.server.space import stage
from tests.support.breast import write_breast


def dice(one: np.ndarray, other: np.ndarray) -> float:
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_it_holds_252_lesions_and_four_pictures_without_one():
    table = box.lesions()
    assert list(table.columns) == list(box.COLUMNS) and table.index.tolist() == list(range(252))
    assert table["label"].value_counts().to_dict() == {"benign": 154, "malignant": 98}
    assert table.groupby(["half", "label"]).size().tolist() == [77, 49, 77, 49]
    assert table["image_id"].is_unique and set(table["birads"]) == {"2", "3", "4a", "4b", "4c", "5"}
    assert table["verification"].value_counts().to_dict() == {"biopsy": 197, "follow-up": 55}
    assert table["pixel_mm"].between(0.04, 0.14).all() and table["age"].dropna().between(15, 100).all()
    assert len(box.normals()) == 4 and not box.outline(box.normals()["image_id"][0]).any()


def test_pictures_and_outlines_are_as_the_table_says():
    table = box.lesions()
    for row in table.to_dict("records"):
        with Image.open(io.BytesIO(box.picture(row["image_id"]))) as picture:
            assert picture.format == "WEBP" and picture.size == (row["width"], row["height"])
        points = np.concatenate([np.array(one) for one in box._polygons()[row["image_id"]]])
        assert (points >= 0).all() and (points < (row["width"], row["height"])).all()
    for row in table.iloc[::50].to_dict("records"):
        inside = box.outline(row["image_id"])
        assert inside.shape == (row["height"], row["width"]) == read_image(box.picture(row["image_id"])).shape
        across, down = (np.ptp(places) + 1 for places in np.nonzero(inside)[::-1])
        assert across * row["pixel_mm"] == pytest.approx(row["width_mm"], abs=2 * row["pixel_mm"])
        assert down * row["pixel_mm"] == pytest.approx(row["height_mm"], abs=2 * row["pixel_mm"])
        assert colour_share(box.picture(row["image_id"])) == 0


def test_it_is_small_and_brings_its_licence():
    files = contents(box.BOX)
    assert sum(map(len, files.values())) <= 10_000_000 and sum(name.endswith(".webp") for name in files) == 256
    assert {*files} - {f"{name}.webp" for name in box._rows()} == {box.TABLE, box.OUTLINES, box.HALVES, box.LICENCE}
    assert files[box.LICENCE].decode() == box._notice() and box.LICENCE_URL in box._notice()
    assert box.CREDIT == "BrEaST, CC BY 4.0" and box.CREDIT_URL in box._notice()


def test_a_name_that_is_not_there_opens_no_file():
    for name in ("case999", "../breast_box/case001", "", "/etc/hostname"):
        for ask in (box.picture, box.outline):
            with pytest.raises(KeyError, match=re.escape(repr(name))):
                ask(name)


def test_whoever_changes_the_table_changes_a_copy():
    table = box.lesions()
    table.loc[0, "label"] = "?"
    assert box.lesions()["label"][0] == "benign"


def test_it_goes_to_a_space_with_its_licence(tmp_path):
    stage(tmp_path / "space", "somebody/atelier")
    assert contents(tmp_path / "space" / "busi" / "data" / "breast_box") == contents(box.BOX)
    assert "BrEaST" in (tmp_path / "space" / "NOTICE").read_text("utf-8")


def test_polygons_fill_what_they_were_traced_around():
    inside = np.zeros((60, 80), bool)
    inside[10:50, 5:60] = True
    inside[20:30, 20:40] = False
    inside[15:20, 70:80] = True
    assert dice(box.fill(box.trace(inside), inside.shape), inside) > 0.995


def test_it_is_made_the_same_each_time(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(box, "WIDEST", 100)
    source = write_breast(tmp_path / "breast")
    for name in ("one", "two"):
        assert box.main([str(source), "--out", str(tmp_path / name)]) == 0
    made = contents(tmp_path / "one")
    assert made == contents(tmp_path / "two") and len(made) == 9 + 4
    assert "13 files" in capsys.readouterr().out
    monkeypatch.setattr(box, "BOX", tmp_path / "one")
    for kept in (box._table, box._rows, box._polygons):
        monkeypatch.setattr(box, kept.__name__, kept.__wrapped__)
    table, images = box.lesions(), read_breast(source).images
    assert len(table) == 8 and table["half"].tolist()[:3] == ["choice", "final", "final"]
    assert (table["width"] == 100).all() and (table["height"] == 80).all()
    assert table["pixel_mm"].tolist() == pytest.approx([0.078125 * 1.5] * 8, abs=1e-6)
    assert table["width_mm"].tolist() == pytest.approx(images["width_mm"][:8], abs=0.01)
    assert box.outline("case001").sum() == pytest.approx(read_mask(images.iloc[0]).sum() / 1.5**2, rel=0.05)


def test_a_download_that_is_not_whole_makes_no_box(tmp_path, capsys):
    source, out = write_breast(tmp_path / "breast"), tmp_path / "box"
    (source / PICTURES / "case002_tumor.png").unlink()
    assert box.main([str(source), "--out", str(out)]) == 2
    assert "case002_tumor.png cannot go into the box" in capsys.readouterr().err
    assert box.main([str(tmp_path), "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ") and told.count("\n") == 1 and not out.exists()


def test_a_file_that_cannot_be_written_leaves_the_box_as_it_was(tmp_path, capsys, monkeypatch):
    source, out = write_breast(tmp_path / "breast"), tmp_path / "box"
    assert box.main([str(source), "--out", str(out)]) == 0
    before = contents(out)

    def full(_):
        raise OSError("no space left on device")

    monkeypatch.setattr(box, "_webp", full)
    assert box.main([str(source), "--out", str(out)]) == 2 and "no space left" in capsys.readouterr().err
    assert contents(out) == before and [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
