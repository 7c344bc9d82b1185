"""Whose pictures they are: BUSI known by its pixels, anything else never said to be BUSI."""

import dataclasses
import io
import json
import sys

import cv2
import numpy as np
import pytest

import train
from busi.bundle.card import data_name, hub_card, model_card
from busi.bundle.files import OWN, SIMULATED, open_bundle
from busi.data import busi as known_busi
from busi.data.busi import LARGEST_DISTANCE, are_of_busi, distances, from_text, perceptual_hash, to_text
from busi.data.dataset import DatasetError, image_files, read_busi
from busi.data.origin import BUSI, Origin, origin_of, own_data
from busi.images import read_image
from busi.system.console import printable_output
from busi.web.frame import standing
from busi.web.tabs.data.tab import counts, folders, leak_guess, two_labels
from busi.words.text import LANGUAGES, Words
from experiments.hashes import main as write_hashes
from tests.integration.test_train import arguments
from tests.support.drawings import NAMED, drawn_ultrasound, write_busi
from tests.support.markup import text_of
from tests.support.pages import page_about

OTHERS = Origin("Clinic X", "CC BY 4.0", "Nobody, 2026")


@pytest.fixture
def drawn_is_busi(small_busi, monkeypatch, tmp_path):
    """As if the small drawn set were BUSI: its hashes are those that are known."""
    monkeypatch.setenv("BUSI_CACHE_DIR", str(tmp_path / "own cache"))
    images = read_busi(small_busi, tmp_path / "other cache").images
    known = np.array([perceptual_hash(read_image(path)) for path in images["path"]])
    monkeypatch.setattr(known_busi, "busi_hashes", lambda: known)


def copies(image: np.ndarray):
    """The same picture as people pass it on."""
    yield cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_GRAYSCALE)
    yield cv2.resize(image, (224, 224), interpolation=cv2.INTER_LINEAR)
    yield cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    yield np.uint8(255 * (image / 255) ** 0.8)


def test_a_hash_survives_being_written_and_tells_strangers_apart():
    image, other = drawn_ultrasound(1)[0], drawn_ultrasound(2)[0]
    signs = perceptual_hash(image)
    assert signs.shape == (255,) and len(to_text(signs)) == 64
    np.testing.assert_array_equal(from_text(to_text(signs)), signs)
    assert all((perceptual_hash(copy) != signs).sum() <= LARGEST_DISTANCE for copy in copies(image))
    assert (perceptual_hash(other) != signs).sum() > LARGEST_DISTANCE


def test_drawn_noise_and_simulated_pictures_are_not_busi():
    rng = np.random.default_rng(0)
    strangers = [*(drawn_ultrasound(n)[0] for n in range(30)), *rng.integers(0, 256, (20, 90, 120), dtype=np.uint8)]
    hashes = np.array([perceptual_hash(image) for image in strangers])
    assert not are_of_busi(hashes).any() and distances(hashes).min() > LARGEST_DISTANCE + 10
    assert are_of_busi(np.zeros((0, 255), bool)).shape == (0,)


@pytest.mark.busi
def test_busi_is_known_whole_and_in_part_and_the_file_is_what_the_command_writes(busi_folder, tmp_path):
    busi = read_busi(busi_folder)
    assert busi.images["in_busi"].all() and busi.is_busi
    assert write_hashes(["--data", str(busi_folder), "--check"]) == 0
    some = [read_image(path) for path in busi.images["path"][::40]]
    assert are_of_busi(np.array([perceptual_hash(copy) for image in some for copy in copies(image)])).all()
    for label, rows in busi.images[busi.images["label"] != "normal"].groupby("label"):
        (tmp_path / label).mkdir()
        for number, path in enumerate(rows["path"][:4]):
            cv2.imwrite(str(tmp_path / label / f"renamed {number}.jpg"), cv2.imread(path))
    part = read_busi(tmp_path, tmp_path / "cache")
    assert len(part.images) == 8 and part.is_busi


def test_a_folder_counts_as_busi_by_its_pictures_whatever_they_are_called(drawn_is_busi, small_busi, tmp_path):
    assert read_busi(small_busi).is_busi
    folder = write_busi(tmp_path / "part", per_class=8)
    for path in sorted(folder.glob("*/*)*.png")):
        path.rename(path.with_name(path.name.replace("(", "no ").replace(")", "")))
    assert read_busi(folder).is_busi
    for number in range(3):
        cv2.imwrite(str(folder / "benign" / f"own {number}.png"), drawn_ultrasound(9000 + number)[0])
    mixed = read_busi(folder)
    assert not mixed.is_busi and mixed.images["in_busi"].sum() == len(mixed.images) - 3


def test_what_is_not_busi_is_never_packed_as_busi(drawn_is_busi, small_busi, tmp_path):
    images = read_busi(small_busi).images
    assert b"10.1016/j.dib.2019.104863" in image_files(images.head(1), BUSI)["LICENCE.txt"]
    images.loc[5, "in_busi"] = False
    with pytest.raises(DatasetError, match=r"not BUSI's cannot be passed on as BUSI's: benign \(6\)"):
        image_files(images, BUSI)
    for unnamed in (Origin("your data"), Origin("your data", "CC0"), Origin("Clinic X")):
        with pytest.raises(DatasetError, match="--data-name and --licence"):
            image_files(images.head(1), unnamed)
    licence = image_files(images.head(1), OTHERS)["LICENCE.txt"].decode()
    assert all(text in licence for text in ("Clinic X", "CC BY 4.0", "Nobody, 2026")) and "BUSI" not in licence


@pytest.mark.parametrize("given", [(), NAMED[:2], NAMED[2:]])
def test_training_refuses_to_pack_pictures_that_nobody_has_named(small_busi, tmp_path, capsys, given):
    out = tmp_path / "bundle"
    assert train.main(arguments(small_busi, out, "--with-images", *given)) == 2
    said = capsys.readouterr()
    assert "not BUSI's" in said.err and "--licence" in said.err and said.err.count("\n") == 1
    assert "epoch" not in said.out and not out.exists()


@pytest.mark.parametrize("name", ["BUSI", "busi", "simulated", "x" * 301, "a\x1b[31m", "caf\udce9"])
def test_a_name_that_is_taken_or_cannot_be_printed_is_refused(name):
    with pytest.raises(ValueError, match="--data-name"):
        own_data(name, "CC0", None)


def test_busi_is_given_no_other_name(drawn_is_busi, small_busi, tmp_path, capsys):
    assert train.main(arguments(small_busi, tmp_path / "bundle", *NAMED)) == 2
    assert "images of BUSI" in capsys.readouterr().err
    assert train.main(["--data", "simulated", "--out", str(tmp_path / "b"), *NAMED]) == 2
    assert "for real images" in capsys.readouterr().err


def test_what_bundle_json_says_comes_back():
    for origin in (BUSI, OTHERS, own_data(None, None, None), own_data("  Two\nlines ", None, None)):
        assert origin_of(json.loads(json.dumps(origin.to_dict()))) == origin
    assert origin_of({}) == BUSI and not own_data(None, None, None).is_named
    assert own_data("  Two\nlines ", "", "").name == "Two lines"


@pytest.fixture(params=[OTHERS, Origin("your data")], ids=["named", "unnamed"])
def own_bundle(request, small_bundle):
    data = {**small_bundle.info["data"], **request.param.to_dict(), "left_out": 2, "images_with_twins": 4}
    data |= {
        "groups_of_twins": 2,
        "split_seed": 0,
        "parts": {p: {"images": 9} for p in ("train", "validation", "test")},
    }
    return dataclasses.replace(small_bundle, info={**small_bundle.info, "data": data})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_whose_pictures_they_are_and_never_busi(own_bundle, language):
    words = Words(language)
    name = data_name(words, own_bundle.origin)
    assert own_bundle.data_kind == OWN and name in (words("page.own_data"), words("page.named_data", name="Clinic X"))
    page = page_about(own_bundle, language)
    told = [text_of(" ".join(standing.footer(words, page.workshop))), text_of(folders(page)), text_of(counts(page))]
    assert all(text_of(name) in text for text in told)
    told += [text_of(two_labels(page)), text_of(leak_guess(page))]
    assert not any("BUSI" in text or "433" in text or "Kaggle" in text for text in told)


def test_the_cards_say_whose_pictures_they_are_and_cite_nobody_else(own_bundle):
    info = card_info(own_bundle.info)
    card = model_card(info)
    assert "Al-Dhabyani" not in card and "104863" not in card
    both = hub_card(info, card, "user/repo", with_images=own_bundle.origin.is_named)
    front = both.split("---\n")[1]
    assert "busi" not in front.lower() and f"name: {own_bundle.origin.name}" in front
    if own_bundle.origin.is_named:
        assert card.count("Nobody, 2026") == 2 and "type: clinic-x" in front and both.count("CC BY 4.0") == 2
    assert "Al-Dhabyani" not in both


def card_info(info: dict) -> dict:
    """A bundle.json with what the card asks for."""
    training = {"recipe": {"arch": "atelier"}, "parameters": 1, "epochs": 1, "best_epoch": 1, "command": "train"}
    metrics = {**info["metrics"], SIMULATED: info["metrics"]["test"]}
    return {**info, "training": {**training, "pretraining": None}, "metrics": metrics}


def test_the_embedded_bundle_is_of_busi():
    from busi.bundle.files import EMBEDDED

    assert open_bundle(EMBEDDED).origin == BUSI and open_bundle(EMBEDDED).data_kind == "busi"


def test_any_name_can_be_printed_in_any_encoding(monkeypatch):
    raw = io.BytesIO()
    console = io.TextIOWrapper(raw, encoding="cp1252", errors="strict")
    monkeypatch.setattr(sys, "stdout", console)
    printable_output()
    print("caf\udce9 снимок e\u0301 é")
    console.flush()
    assert raw.getvalue().decode("cp1252").split() == [
        "caf\\udce9",
        *[r"\u0441\u043d\u0438\u043c\u043e\u043a"],
        "e\\u0301",
        "é",
    ]
