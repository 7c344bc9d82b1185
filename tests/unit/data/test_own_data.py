"""Other people's folders: how they name images and outlines, what they leave in them, and that nothing is lost."""

import dataclasses
import io
import os
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from busi.bundle.files import BundleError, pack_images
from busi.data.dataset import DatasetError, image_files, read_busi, read_mask, rows_called
from busi.data.inventory import natural_order
from busi.data.origin import Origin
from busi.images import read_image
from busi.serving.gallery import open_gallery
from tests.support.drawings import drawn_ultrasound

EACH = 3
SIZE = (72, 60)
OURS = Origin("Drawn Clinic", "CC0-1.0")


def drawn(label: str, number: int) -> tuple[np.ndarray, np.ndarray]:
    return drawn_ultrasound(100 * len(label) + number, label, SIZE)


def write_image(path: Path, image: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = {".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG", ".tif": "TIFF", ".tiff": "TIFF"}
    suffix = path.suffix.lower()
    options = {"quality": 97} if suffix.startswith(".j") else {}
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind.get(suffix, suffix[1:].upper()), **options)
    path.write_bytes(file.getvalue())


def write_set(
    folder: Path,
    image: Callable[[str, int], str] = lambda label, n: f"{label}/case {n}.png",
    outline: Callable[[str, int], str] = lambda label, n: f"{label}/case {n}_mask.png",
) -> Path:
    """Three drawn images of each class with their outlines, under the names that two functions give."""
    for label in ("benign", "malignant"):
        for number in range(1, EACH + 1):
            levels, inside = drawn(label, number)
            write_image(folder / image(label, number), levels)
            write_image(folder / outline(label, number), np.uint8(inside) * 255)
    return folder


def check(folder: Path, cache: Path) -> None:
    """Every image is there under its class, with its own outline, and nothing else."""
    busi = read_busi(folder, cache)
    assert busi.images["label"].value_counts().to_dict() == {"benign": EACH, "malignant": EACH}
    for label, rows in busi.images.groupby("label"):
        for number, (_, row) in enumerate(rows.iterrows(), start=1):
            levels, inside = drawn(label, number)
            assert np.abs(read_image(row["path"]).astype(int) - levels).mean() < 3
            assert (read_mask(row) != inside).mean() < 0.02, row["image_id"]
    assert busi.images["image_id"].is_unique and busi.skipped == ()


LAYOUTS = {
    "mask": ("{c}/case {n}.png", "{c}/case {n}_mask.png"),
    "capital": ("{c}/case{n}.png", "{c}/case{n}_Mask.png"),
    "tumor": ("{c}/case{n}.png", "{c}/case{n}_tumor.png"),
    "unknown word": ("{c}/case{n}.png", "{c}/case{n}_umrandung.png"),
    "unknown word, JPEG": ("{c}/case{n}.png", "{c}/case{n}-other1.jpg"),
    "same stem": ("{c}/case{n}.jpg", "{c}/case{n}.png"),
    "prefix": ("{c}/{n}.png", "{c}/mask_{n}.png"),
    "both prefixed": ("{c}/bus_000{n}-l.png", "{c}/mask_000{n}-l.png"),
    "image and mask": ("{c}/{n}_image.png", "{c}/{n}_mask.png"),
    "img1 and mask1": ("{c}/img{n}.png", "{c}/mask{n}.png"),
    "number behind the word": ("{c}/scan ({n}).png", "{c}/mask ({n}).png"),
    "images called tumor": ("{c}/tumor_{n}.png", "{c}/tumor_{n}_mask.png"),
    "images called by class and tumor": ("{c}/{c}_tumor_{n}.png", "{c}/{c}_tumor_{n}_gt.png"),
    "tumor and mask": ("{c}/tumor_{n}.png", "{c}/mask_{n}.png"),
    "a folder of masks": ("{c}/{n}.png", "{c}/masks/{n}.png"),
    "two folders": ("{c}/images/{n}.png", "{c}/GT/{n}.png"),
    "masks beside the classes": ("{c}/{n}.png", "Masks/{c}/{n}.png"),
    "a folder for each patient": ("{c}/p{n}/image.png", "{c}/p{n}/mask.png"),
    "JPG and PNG": ("{c}/{n}.JPG", "{c}/{n}_mask.PNG"),
    "bmp": ("{c}/{n}.BMP", "{c}/{n}_GT.BMP"),
    "tiff": ("{c}/{n}.tiff", "{c}/{n}_label.tif"),
    "jfif": ("{c}/{n}.jfif", "{c}/{n}_annotation.png"),
    "capital class folders": ("{C}/{n}.png", "{C}/{n}_mask.png"),
    "German": ("{c}/Fall {n}.png", "{c}/Fall {n} Läsion.png"),
    "French": ("{c}/cas {n}.png", "{c}/cas {n} - masque.png"),
    "one decomposed": ("{c}/écho {n}.png", unicodedata.normalize("NFD", "{c}/écho {n}_mask.png")),
    "points": ("{c}/1.2.840.{n}.png", "{c}/1.2.840.{n}.mask.png"),
    "views": ("{c}/case {n}.png", "{c}/case {n} mask 1.png"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_way_to_name_images_and_outlines(layout, tmp_path):
    image, outline = (
        (lambda label, n, pattern=pattern: pattern.format(c=label, C=label.title(), n=n)) for pattern in LAYOUTS[layout]
    )
    check(write_set(tmp_path / "data", image, outline), tmp_path / "cache")


def test_the_same_names_in_both_classes_are_different_images_everywhere(tmp_path):
    folder = write_set(tmp_path / "data")
    images = read_busi(folder, tmp_path / "cache").images
    assert images["image_id"].tolist() == [f"{c}/case {n}" for n in (1, 2, 3) for c in ("benign", "malignant")]
    row = rows_called(images, ["malignant/case 2"]).iloc[0]
    assert row["label"] == "malignant" and np.array_equal(read_image(row["path"]), drawn("malignant", 2)[0])
    with pytest.raises(DatasetError, match="no image called 'case 2'"):
        rows_called(images, ["case 2"])
    files = image_files(images, OURS)
    pack_images(tmp_path, files)
    with zipfile.ZipFile(tmp_path / "images.zip") as archive:
        assert len(archive.namelist()) == len(set(archive.namelist())) == 4 * EACH + 1
        for label in ("benign", "malignant"):
            packed = read_image(archive.read(f"{label}/case 3.png"))
            np.testing.assert_array_equal(packed, drawn(label, 3)[0])
            inside = read_image(archive.read(f"{label}/case 3_mask.png")) > 127
            np.testing.assert_array_equal(inside, drawn(label, 3)[1])


def test_names_that_differ_by_ending_case_or_what_windows_forbids_stay_apart_and_legal(tmp_path):
    folder = write_set(tmp_path / "data")
    names = ["a.png", "a.jpg", "A.png", "b?.png", "b_.png", 'q".png', "CON.png", "benign (1).jpg", "benign (1).png"]
    for number, name in enumerate(names):
        write_image(folder / "benign" / name, drawn("benign", 10 + number)[0])
    images = read_busi(folder, tmp_path / "cache").images
    ids = images["image_id"].tolist()
    assert len(ids) == 2 * EACH + len(names) and len({name.casefold() for name in ids}) == len(ids)
    assert not any(set(name) & set('<>:"\\|?*') for name in ids) and "benign/CON" not in ids
    by_path = images.set_index(images["path"].map(lambda path: Path(path).name))["image_id"]
    assert by_path["a.jpg"] == "benign/a.jpg" and by_path["benign (1).jpg"].endswith("(1).jpg")


def test_an_outline_goes_to_the_image_of_the_same_ending_and_the_same_letters(tmp_path):
    folder = write_set(tmp_path / "data")
    for number, name in enumerate(("a.png", "a.jpg", "A.png")):
        levels, inside = drawn("benign", 20 + number)
        path = folder / "benign" / name
        write_image(path, levels)
        write_image(path.with_name(f"{path.stem}_mask{path.suffix}"), np.uint8(inside) * 255)
    images = read_busi(folder, tmp_path / "cache").images
    for number, name in enumerate(("a.png", "a.jpg", "A.png")):
        row = images[images["path"].str.endswith(f"/{name}")].iloc[0]
        assert (read_mask(row) != drawn("benign", 20 + number)[1]).mean() < 0.02, name


@pytest.mark.parametrize(
    "copy",
    ["{s} - Copy.png", "{s} - Copie (2).png", "{s} (1).png", "{s} copy.png", "Copie de {s}.png", "{s}-Kopie.png"],
)
def test_copies_that_file_managers_make_change_nothing(copy, tmp_path):
    folder = write_set(tmp_path / "data")
    for name in ("case 1_mask", "case 2", "case 2_mask"):
        original = folder / "benign" / f"{name}.png"
        original.with_name(copy.format(s=name)).write_bytes(original.read_bytes())
    busi = read_busi(folder, tmp_path / "cache")
    assert (busi.images["label"] == "benign").sum() == EACH
    assert [(one.path.name, one.why) for one in busi.skipped] == [(copy.format(s="case 2"), "a copy of case 2.png")]
    for row, number in ((busi.images.iloc[0], 1), (busi.images.iloc[2], 2)):
        assert len(row["mask_paths"]) == 2
        np.testing.assert_array_equal(read_mask(row), drawn("benign", number)[1])


def test_every_file_is_used_or_named_or_counted(tmp_path):
    folder = write_set(tmp_path / "data")
    benign = folder / "benign"
    for name in ("Thumbs.db", ".DS_Store", "._case 1.png", "desktop.ini"):
        (benign / name).write_bytes(b"junk")
    (benign / ".ipynb_checkpoints").mkdir()
    (benign / ".ipynb_checkpoints" / "case 1-checkpoint.png").write_bytes((benign / "case 1.png").read_bytes())
    (benign / "empty.png").write_bytes(b"")
    (benign / "notes.txt").write_text("seen on Monday")
    (benign / ".hidden.png").write_bytes((benign / "case 1.png").read_bytes())
    (benign / "gone.png").symlink_to(tmp_path / "nowhere.png")
    (benign / "case 9_mask.png").write_bytes((benign / "case 1_mask.png").read_bytes())
    (benign / "case 2_mask.png").write_bytes(b"no picture")
    write_image(benign / "flat.png", np.full((60, 72), 90, np.uint8))
    (folder / "list.csv").write_text("a,b\n")
    write_image(benign / "IM0001.png", drawn("benign", 30)[0])
    (benign / "IM0001.png").rename(benign / "IM0001")
    busi = read_busi(folder, tmp_path / "cache")
    assert (busi.images["label"] == "benign").sum() == EACH + 1 and "benign/IM0001" in set(busi.images["image_id"])
    skipped = {one.path.name: one.why for one in busi.skipped}
    assert set(skipped) == {
        "empty.png", "notes.txt", ".hidden.png", "gone.png", "case 9_mask.png", "case 2_mask.png", "flat.png",
    }  # fmt: skip
    assert "without its image" in skipped["case 9_mask.png"] and "cannot be read" in skipped["case 2_mask.png"]
    assert busi.junk == 5 and busi.not_read == ("list.csv",)
    again = read_busi(folder, tmp_path / "cache")
    assert again.skipped == busi.skipped and again.images.equals(busi.images)


def blurred(inside: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(np.uint8(inside) * 255, (0, 0), 12)


UNCLEAR = {
    "two gray levels and no image": ("leftover.png", lambda levels, inside: np.uint8(inside) * 255),
    "called a mask, looks like an image": ("case 1_mask_2.png", lambda levels, inside: levels),
    "a mask without an image that looks like an image": ("other_mask.png", lambda levels, inside: levels),
    "goes on from an image's name": ("case 1_overlay.png", lambda levels, inside: levels),
    "soft, and a name nobody knows": ("case 1_foo.png", lambda levels, inside: blurred(inside)),
}


@pytest.mark.parametrize("kind", UNCLEAR)
def test_what_may_be_either_stops_with_its_name(kind, tmp_path):
    folder = write_set(tmp_path / "data")
    name, draw = UNCLEAR[kind]
    write_image(folder / "malignant" / name, draw(*drawn("malignant", 40)))
    with pytest.raises(DatasetError, match="cannot tell images from outlines") as stopped:
        read_busi(folder, tmp_path / "cache")
    assert f"malignant/{name}" in str(stopped.value) and "\n" not in str(stopped.value)
    assert "case 2" not in str(stopped.value)


def test_more_images_of_one_case_are_images(tmp_path):
    folder = write_set(tmp_path / "data")
    names = ["case 1b.png", "case 1_2.png", "case 1 left.png", "case 10.png", "case 1 (2).png"]
    for number, name in enumerate(names):
        write_image(folder / "benign" / name, drawn("benign", 50 + number)[0])
    busi = read_busi(folder, tmp_path / "cache")
    assert (busi.images["label"] == "benign").sum() == EACH + len(names) and busi.skipped == ()
    of_first = busi.images.set_index("image_id").loc["benign/case 1", "mask_paths"]
    assert [Path(path).name for path in of_first] == ["case 1_mask.png"]


def test_an_inverted_outline_is_said_and_not_used(tmp_path):
    folder = write_set(tmp_path / "data")
    write_image(folder / "benign" / "case 1_mask.png", np.uint8(~drawn("benign", 1)[1]) * 255)
    busi = read_busi(folder, tmp_path / "cache")
    assert [one.path.name for one in busi.skipped] == ["case 1_mask.png"] and "outside" in busi.skipped[0].why
    assert busi.images.iloc[0]["mask_paths"] == ()


def test_two_folders_for_one_class_are_refused(tmp_path):
    folder = write_set(tmp_path / "data")
    (folder / "Benign").mkdir()
    with pytest.raises(DatasetError, match="two folders for one class: Benign and benign"):
        read_busi(folder, tmp_path / "cache")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_that_are_no_text_are_indexed_kept_and_packed(tmp_path):
    folder, cache = write_set(tmp_path / "data"), tmp_path / "cache"
    for end in (b".png", b"_mask.png"):
        old = os.fsencode(folder / "benign") + b"/case 2"
        os.rename(old + end, os.fsencode(folder / "benign") + b"/b\xe9nin 2" + end)
    for _ in range(2):  # the second time from the cache
        images = read_busi(folder, cache).images
        row = images.set_index("image_id").loc["benign/b%E9nin 2"]
        np.testing.assert_array_equal(read_mask(row), drawn("benign", 2)[1])
    pack_images(tmp_path, image_files(images, OURS))
    with zipfile.ZipFile(tmp_path / "images.zip") as archive:
        assert "benign/b%E9nin 2_mask.png" in archive.namelist()


def test_natural_order_takes_any_name():
    names = ["benign (10)", "benign (2)", "²", "a", "1", ""]
    assert sorted(names, key=natural_order) == ["", "1", "a", "benign (2)", "benign (10)", "²"]


def test_the_gallery_shows_each_image_under_its_class_as_a_png_without_what_else_its_file_says(small_bundle, tmp_path):
    folder = write_set(tmp_path / "data", lambda label, n: f"{label}/case {n}.jpg")
    for path in folder.glob("*/*.jpg"):
        Image.open(path).save(path, "JPEG", quality=97, comment=b"Madame Dupont")
    busi = read_busi(folder)
    rows = small_bundle.predictions[small_bundle.predictions["split"] == "test"].head(2 * EACH)
    rows = rows.assign(image_id=busi.images["image_id"].tolist(), label=busi.images["label"].tolist())
    data = {**small_bundle.info["data"], **OURS.to_dict(), "fingerprint": busi.fingerprint}
    bundle = dataclasses.replace(small_bundle, info={**small_bundle.info, "data": data}, predictions=rows)
    gallery = open_gallery(bundle, folder)
    for label in ("benign", "malignant"):
        for number in range(1, EACH + 1):
            example = gallery.of_image(f"{label}/case {number}")
            assert example.label == label and np.abs(example.image.astype(int) - drawn(label, number)[0]).mean() < 3
            assert example.file.startswith(b"\x89PNG") and b"Dupont" not in example.file
            assert (example.mask != drawn(label, number)[1]).mean() < 0.02
    mixed_up = dataclasses.replace(bundle, predictions=rows.assign(image_id="case 1"))
    with pytest.raises(DatasetError, match="no image called 'case 1'"):
        open_gallery(mixed_up, folder)


def test_a_packed_bundle_that_calls_two_images_alike_is_not_shown(small_bundle, tmp_path):
    """As older versions wrote it of data with the same names in both classes: one would stand for the other."""
    pack_images(tmp_path, {"case 1.png": b"either of them"})
    rows = small_bundle.predictions.assign(image_id="case 1")
    bundle = dataclasses.replace(small_bundle, predictions=rows, images=tmp_path / "images.zip")
    with pytest.raises(BundleError, match="two of its images 'case 1'"):
        open_gallery(bundle, None)
