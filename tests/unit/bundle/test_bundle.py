import io
import json
import re
import shutil
import zipfile

import h5py
import numpy as np
import pytest

from busi.bundle.files import (
    FILES,
    HISTORY,
    IMAGES,
    INFO,
    LARGEST,
    MODEL,
    PREDICTIONS,
    BundleError,
    _checksum,
    check_free,
    load_network,
    open_bundle,
    save_bundle,
    write_checksums,
)
from busi.model.network import build_network


@pytest.fixture
def copy(small_bundle, tmp_path):
    """A copy of the small bundle, to be damaged."""
    return shutil.copytree(small_bundle.folder, tmp_path / "copy")


def edit(folder, **changes):
    path = folder / INFO
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def save_again(bundle, folder, force=False):
    return save_bundle(
        folder,
        build_network("atelier", 64, seed=3),
        dict(bundle.info),
        bundle.history,
        bundle.predictions,
        "# Card\n",
        force,
    )


def test_a_bundle_comes_back_as_it_was_saved(small_bundle, small_predictions):
    assert {path.name for path in small_bundle.folder.iterdir()} == set(FILES)
    assert (small_bundle.threshold, small_bundle.temperature, small_bundle.image.size) == (0.4, 1.5, 64)
    assert small_bundle.predictions["probability"].tolist() == small_predictions["probability"].tolist()
    assert small_bundle.metrics("test")["auc"].n == 20
    image = np.random.default_rng(0).random((2, 64, 64, 1), np.float32)
    np.testing.assert_array_equal(load_network(small_bundle)(image), build_network("atelier", 64, seed=3)(image))


def test_a_bundle_is_never_overwritten_unasked(small_bundle, copy):
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    with pytest.raises(BundleError, match=r"already holds a bundle.*--force"):
        save_again(small_bundle, copy)
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before
    assert save_again(small_bundle, copy, force=True).folder == copy
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


def test_other_people_s_files_are_never_overwritten_even_when_forced(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(BundleError, match="holds other files"):
        check_free(tmp_path, force=True)
    with pytest.raises(BundleError, match="is a file"):
        check_free(tmp_path / "thesis.tex", force=True)


def test_a_bundle_with_other_files_beside_it_is_not_replaced(copy):
    (copy / "notes.txt").write_text("mine")
    with pytest.raises(BundleError, match=r"holds other files \(notes.txt\)"):
        check_free(copy, force=True)


def test_a_failed_save_leaves_nothing_behind(small_bundle, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("busi.bundle.files.write_checksums", full)
    with pytest.raises(BundleError, match=r"cannot write .*No space left"):
        save_again(small_bundle, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_replacement_keeps_the_older_bundle(small_bundle, copy, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("busi.bundle.files.write_checksums", full)
    with pytest.raises(BundleError):
        save_again(small_bundle, copy, force=True)
    assert open_bundle(copy).threshold == 0.4


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(BundleError, match=name):
        open_bundle(copy)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(BundleError, match=r"no such bundle: .*nowhere"):
        open_bundle(tmp_path / "nowhere")


@pytest.mark.parametrize("name", [MODEL, HISTORY, PREDICTIONS])
def test_a_changed_file_is_named(copy, name):
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(bytes(data))
    with pytest.raises(BundleError, match=f"{name} is damaged or was changed"):
        open_bundle(copy)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format_version": 99}, "format version 99, this program reads version 1"),
        ({"format_version": None}, "format version None"),
        ({"classes": ["malignant", "benign"]}, "expected .'benign', 'malignant'. in this order"),
        ({"threshold": 1.5}, "threshold must be a number from 0 to 1, got 1.5"),
        ({"temperature": "hot"}, "temperature must be a number"),
        ({"image": {"size": 64}}, "incomplete or wrong: .* is missing"),
        ({"metrics": {"test": {}}}, "incomplete or wrong: .* is missing"),
        ({"metrics": {}}, "incomplete or wrong: .* is missing"),
        ({"created": "yesterday"}, "incomplete or wrong: created must be a date"),
        ({"data": {}}, "incomplete or wrong: .* is missing"),
        ({"image": {"size": 64.5, "clahe_clip_limit": 2.0, "clahe_tiles": 8}}, "size must be a whole number"),
        ({"target_sensitivity": None}, "target_sensitivity must be a number"),
        ({"files": None}, "lists no files"),
    ],
)
def test_a_hand_edited_bundle_is_told(copy, changes, message):
    edit(copy, **changes)
    with pytest.raises(BundleError, match=message):
        open_bundle(copy)


def test_broken_json_is_told(copy):
    (copy / INFO).write_text('{"format_version": 1,')
    with pytest.raises(BundleError, match="cannot be read as JSON"):
        open_bundle(copy)


def test_weights_that_are_no_weights_are_told(copy):
    """Even if the checksum was made to fit."""
    (copy / MODEL).write_bytes(b"no weights at all")
    edit(copy, files={**json.loads((copy / INFO).read_text())["files"], MODEL: _checksum(copy / MODEL)})
    with pytest.raises(BundleError, match="not a Keras model"):
        open_bundle(copy)


def test_a_network_for_other_images_is_told(copy):
    edit(copy, image={"size": 128, "clahe_clip_limit": 2.0, "clahe_tiles": 8})
    with pytest.raises(BundleError, match=r"expected \(None, 128, 128, 1\)"):
        load_network(open_bundle(copy))


def sealed(folder):
    """The folder with checksums that fit what is in it, as whoever wants to do harm would write them."""
    write_checksums(folder, json.loads((folder / INFO).read_text()))
    return folder


def with_member(path, name, content):
    """The same archive with another file in it, or another one in its place."""
    with zipfile.ZipFile(path) as opened:
        members = {entry.filename: opened.read(entry) for entry in opened.infolist()} | {name: content}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for member, held in members.items():
            written.writestr(member, held)


def test_a_model_of_blanks_is_refused_before_keras_unpacks_it(copy):
    with zipfile.ZipFile(copy / MODEL) as opened:
        config = opened.read("config.json")
    with_member(copy / MODEL, "config.json", config + b" " * 250_000_000)
    assert (copy / MODEL).stat().st_size < 6_000_000
    with pytest.raises(BundleError, match=r"it unpacks to 2\d\d,\d{3},\d{3} bytes, 200,000,000 at most"):
        open_bundle(sealed(copy))


def test_a_model_of_many_files_is_refused_before_they_are_listed(copy):
    with zipfile.ZipFile(copy / MODEL, "a") as opened:
        for number in range(300):
            opened.writestr(f"assets/{number}", b"")
    with pytest.raises(BundleError, match=r"it lists files in [\d,]+ bytes, 6,000 at most"):
        open_bundle(sealed(copy))


def test_images_that_are_too_many_are_refused_before_they_are_listed(copy):
    with zipfile.ZipFile(copy / IMAGES, "w") as opened:
        for number in range(60_000):
            opened.writestr(str(number), b"")
    with pytest.raises(BundleError, match=r"images.zip cannot be opened: it lists files"):
        open_bundle(sealed(copy))


def test_weights_that_hdf5_unpacks_are_refused_before_keras_reads_them(copy):
    blanks = io.BytesIO()
    with h5py.File(blanks, "w") as file:
        file.create_dataset("vars/0", shape=(100_000_000,), dtype="f4")  # never written: no byte of it is in the file
    assert len(blanks.getvalue()) < 10_000
    with_member(copy / MODEL, "model.weights.h5", blanks.getvalue())
    with pytest.raises(BundleError, match=r"holds weights of 400,000,000 bytes, 200,000,000 at most"):
        load_network(open_bundle(sealed(copy)))


@pytest.mark.parametrize("name", [INFO, HISTORY, PREDICTIONS])
def test_a_file_that_is_larger_than_any_of_ours_is_not_read(copy, name):
    with (copy / name).open("ab") as file:
        file.truncate(LARGEST[name] + 1)
    with pytest.raises(BundleError, match=re.escape(name) + rf" has {LARGEST[name] + 1:,} bytes, {LARGEST[name]:,} at"):
        open_bundle(copy)


def test_an_archive_with_sizes_of_64_bits_is_refused(copy):
    content = (copy / MODEL).read_bytes()
    locator = b"PK\6\7" + bytes(16)
    (copy / MODEL).write_bytes(content[:-22] + locator + content[-22:])
    with pytest.raises(BundleError, match="64 bits"):
        open_bundle(sealed(copy))
