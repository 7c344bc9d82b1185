"""The test images that a bundle may bring along: in training, on the way over the Hub, and in the gallery."""

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

import train
from busi.bundle.files import (
    BUSI,
    CARD,
    FIGURE_FILES,
    FILES,
    IMAGES,
    SIMULATED,
    BundleError,
    open_bundle,
    pack_images,
    write_checksums,
)
from busi.bundle.hub import Source, fetch, main, push
from busi.bundle.replay import REPLAY
from busi.data.dataset import read_busi, read_mask
from busi.images import read_image
from busi.serving.gallery import open_gallery
from busi.serving.workshop import open_workshop
from busi.web.frame import standing
from busi.words.text import LANGUAGES, Words
from tests.integration.test_hub import REPO, contents, silent
from tests.support.drawings import NAMED


@pytest.fixture
def trained(trained_folder) -> Path:
    """What train.py --with-images leaves."""
    return trained_folder


@pytest.fixture
def folder(trained, tmp_path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / "bundle"))


def rewrite(folder: Path, files: dict[str, bytes]) -> None:
    """Another archive, with checksums that fit: what somebody with ill intent could push."""
    pack_images(folder, files)
    write_checksums(folder, open_bundle_info(folder))


def open_bundle_info(folder: Path) -> dict:
    return json.loads((folder / "bundle.json").read_text("utf-8"))


def held(folder: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(folder / IMAGES) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_gallery_of_a_bundle_with_images_is_that_of_its_data(trained, small_busi):
    bundle = open_bundle(trained)
    ours, theirs = open_gallery(bundle, None), open_gallery(bundle, small_busi)
    assert ours.own == BUSI
    shown = [example for example in ours.examples.values() if example.source == BUSI]
    assert {example.image_id for example in shown} == set(bundle.test_images["image_id"])
    for example in shown:
        same = theirs.examples[example.key]
        assert (example.image_id, example.label) == (same.image_id, same.label)
        assert np.array_equal(example.image, same.image) and np.array_equal(example.mask, same.mask)


def test_it_holds_the_test_images_their_outlines_and_what_must_be_said_and_nothing_else(trained, small_busi):
    ids = set(open_bundle(trained).test_images["image_id"])
    assert set(held(trained)) == {f"{i}{end}.png" for i in ids for end in ("", "_mask")} | {"LICENCE.txt"}
    licence = held(trained)["LICENCE.txt"].decode()
    assert all(said in licence for said in NAMED[1::2])
    assert "BUSI" not in licence and "Al-Dhabyani" not in licence and "kaggle" not in licence
    row = read_busi(small_busi).images.set_index("image_id", drop=False).loc[sorted(ids)[0]]
    assert np.array_equal(read_image(held(trained)[f"{row.name}.png"]), read_image(row["path"]))
    assert np.array_equal(read_image(held(trained)[f"{row.name}_mask.png"]) > 0, read_mask(row))


def test_a_bundle_whose_images_were_left_behind_opens_without_them(folder):
    (folder / IMAGES).unlink()
    bundle = open_bundle(folder)
    assert bundle.images is None and open_gallery(bundle, None).own == SIMULATED


def test_images_that_were_changed_are_not_shown(folder):
    (folder / IMAGES).write_bytes((folder / IMAGES).read_bytes()[:-50])
    with pytest.raises(BundleError, match=r"images\.zip is damaged"):
        open_bundle(folder)


def test_an_archive_that_lacks_an_image_or_means_ill_is_refused_and_nothing_leaves_it(folder, tmp_path):
    files = held(folder)
    first = sorted(name for name in files if not name.endswith(("_mask.png", ".txt")))[0]
    rewrite(folder, {name: content for name, content in files.items() if name != first})
    with pytest.raises(BundleError, match="lacks"):
        open_gallery(open_bundle(folder), None)

    rewrite(folder, {**files, "../escaped.png": b"x", "/tmp/escaped.png": b"x"})
    gallery = open_gallery(open_bundle(folder), None)
    assert gallery.own == BUSI and not list(tmp_path.rglob("escaped.png"))

    with zipfile.ZipFile(folder / IMAGES, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, bytes(50_000_000) if name == first else content)
    write_checksums(folder, open_bundle_info(folder))
    with pytest.raises(BundleError, match="compressed"):
        open_gallery(open_bundle(folder), None)
    with pytest.raises(BundleError, match="compressed"):
        open_workshop(folder)


def test_images_travel_over_the_hub(hub, folder, tmp_path, capsys):
    before = contents(folder)
    assert main(["push", str(folder), REPO, "--dry-run"]) == 0 and IMAGES in capsys.readouterr().out
    push(folder, REPO, tell=silent)
    assert hub.sent_files == [sorted([*FILES, *FIGURE_FILES, IMAGES, REPLAY])] and contents(folder) == before
    fetched = fetch(Source(REPO), tmp_path / "cache")
    assert fetched.without_images is None
    assert (fetched.folder / IMAGES).read_bytes() == before[IMAGES]
    card = (fetched.folder / CARD).read_text("utf-8")
    assert card.count("Drawn Clinic") >= 2 * len(LANGUAGES) and card.count("CC0-1.0") >= len(LANGUAGES)
    assert not any(Words(language)("card.images") in card for language in LANGUAGES)
    workshop = open_workshop(REPO)
    assert workshop.gallery.own == BUSI and not standing.banner(Words("fr"), workshop)


def test_images_can_be_added_when_pushing_and_the_bundle_stays_as_it_is(hub, folder, small_busi, tmp_path, capsys):
    with_images = contents(folder)
    (folder / IMAGES).unlink()
    write_checksums(folder, open_bundle_info(folder))
    before = contents(folder)
    asked = ["push", str(folder), REPO, "--with-images", "--data"]
    assert main([*asked, str(tmp_path)]) == 2 and "is not BUSI" in capsys.readouterr().err
    assert main([*asked, str(small_busi)]) == 0 and contents(folder) == before
    fetched = fetch(Source(REPO), tmp_path / "cache")
    assert (fetched.folder / IMAGES).read_bytes() == with_images[IMAGES]
    assert open_bundle(fetched.folder).images


@pytest.mark.parametrize("language", LANGUAGES)
def test_images_that_do_not_come_are_done_without_and_the_page_says_so(hub, folder, monkeypatch, capsys, language):
    push(folder, REPO, tell=silent)
    hub.truncate = IMAGES
    workshop = open_workshop(REPO)
    assert workshop.gallery.own == SIMULATED and not workshop.refused_bundle
    assert standing.banner(Words(language), workshop) == Words(language)("page.without_images", name=REPO)
    assert "goes on without its test images" in capsys.readouterr().err
    hub.truncate = ""
    monkeypatch.setattr("busi.bundle.hub.LARGEST_IMAGES", 10)
    assert fetch(Source(REPO)).without_images.reason == "too_large"
    monkeypatch.undo()


def test_a_hub_that_falls_silent_over_the_images_does_not_hang_the_app(hub, folder, monkeypatch, tmp_path):
    push(folder, REPO, tell=silent)
    hub.silent_for = IMAGES
    monkeypatch.setattr("busi.bundle.hub.IMAGES_DEADLINE", 0.5)
    fetched = fetch(Source(REPO), tmp_path / "cache")
    assert fetched.without_images.reason == "slow" and open_bundle(fetched.folder).images is None


def test_an_image_too_large_to_be_opened_again_is_not_packed(tmp_path, monkeypatch):
    monkeypatch.setattr("busi.bundle.files.LARGEST_IMAGE", 10)
    with pytest.raises(BundleError, match=r"benign/1\.png has 11 bytes, more than the 10"):
        pack_images(tmp_path, {"LICENCE.txt": b"free", "benign/1.png": bytes(11)})
    assert not (tmp_path / IMAGES).exists()


def test_simulated_data_has_no_images_to_add(tmp_path, capsys):
    asked = ["--data", "simulated", "--out", str(tmp_path / "b"), "--with-images"]
    assert train.main(asked) == 2 and "seeds" in capsys.readouterr().err
