import dataclasses

import numpy as np
import pytest

from busi.bundle.files import BREAST, BUSI, SIMULATED
from busi.data import box
from busi.data.dataset import DatasetError, read_busi
from busi.data.origin import BREAST as ORIGIN_BREAST
from busi.data.simulated import draw, held_out_seeds
from busi.images import read_image
from busi.images.impostors import IMPOSTORS
from busi.serving.gallery import IMPOSTOR, PAGE, open_gallery, source_of


@pytest.fixture(scope="module")
def matching_bundle(small_bundle, small_busi, tmp_path_factory):
    """The small bundle, as if it had been made from the small BUSI, with 11 of its images held out for test."""
    busi = read_busi(small_busi, tmp_path_factory.mktemp("cache"))
    held_out = small_bundle.predictions.iloc[20:31].assign(
        image_id=[f"benign ({n})" for n in range(1, 7)] + [f"malignant ({n})" for n in range(1, 6)],
        label=["benign"] * 6 + ["malignant"] * 5,
    )
    info = {**small_bundle.info, "data": {**small_bundle.info["data"], "fingerprint": busi.fingerprint}}
    return dataclasses.replace(small_bundle, info=info, predictions=held_out)


@pytest.fixture(scope="module")
def gallery(matching_bundle, small_busi):
    return open_gallery(matching_bundle, small_busi)


def test_it_shows_the_test_images_and_no_other(gallery, matching_bundle, small_busi):
    shown = [example for example in gallery.examples.values() if example.source == BUSI]
    assert sorted(e.label for e in shown) == ["benign"] * 6 + ["malignant"] * 5
    folder = small_busi / "Dataset_BUSI_with_GT"
    expected = {(folder / i.split()[0] / f"{i}.png").read_bytes() for i in matching_bundle.predictions["image_id"]}
    assert {example.file for example in shown} == expected


def test_names_do_not_tell_the_label(gallery):
    for key, example in gallery.examples.items():
        if example.source == BUSI:
            path = gallery.path(key)
            assert "benign" not in str(path) and "malignant" not in str(path)
            assert path.read_bytes() == example.file


def test_pages_follow_each_other_and_begin_again(gallery):
    first, second = gallery.page(0, BUSI), gallery.page(1, BUSI)
    assert len(first) == PAGE and len(second) == 3
    assert not {e.key for e in first} & {e.key for e in second}
    assert gallery.page(2, BUSI) == first


def test_an_image_is_recognised_by_its_content(gallery, tmp_path):
    example = gallery.page(0, BUSI)[3]
    elsewhere = tmp_path / "renamed.png"
    elsewhere.write_bytes(example.file)
    assert gallery.recognise(elsewhere) is example
    elsewhere.write_bytes(example.file + b" ")
    assert gallery.recognise(elsewhere) is None


def test_another_version_of_the_data_is_refused(small_bundle, small_busi):
    with pytest.raises(DatasetError, match="not the version of BUSI"):
        open_gallery(small_bundle, small_busi)


@pytest.fixture(scope="module")
def without_data(small_bundle):
    return open_gallery(small_bundle, None)


def test_without_data_there_are_simulated_images_that_no_network_learns_from(without_data):
    assert without_data.page(0, BUSI) == [] and without_data.own == SIMULATED
    shown = [*without_data.page(0, SIMULATED), *without_data.page(1, SIMULATED)]
    assert len({example.seed for example in shown}) == 16
    assert {example.seed for example in shown} <= set(held_out_seeds("test"))
    assert {example.label for example in shown} == {"benign", "malignant"}
    for example in shown[:3]:
        case = draw(example.seed)
        np.testing.assert_array_equal(example.image, case.image)
        assert example.label == case.label


def test_a_simulated_image_is_recognised_once_it_was_given_out(without_data, tmp_path):
    example = without_data.page(0, SIMULATED)[2]
    assert without_data.recognise(without_data.path(example.key)) is example
    assert "benign" not in example.key and "malignant" not in example.key


def test_simulated_images_are_drawn_only_when_they_are_shown(small_bundle, monkeypatch):
    drawn = []
    monkeypatch.setattr("busi.serving.gallery._case", lambda seed: drawn.append(seed) or draw(seed))
    gallery = open_gallery(small_bundle, None)
    assert drawn == []
    gallery.path("simulated-001"), gallery.path("simulated-001")
    assert len(drawn) == 1


def test_the_impostors_are_always_there(without_data, gallery):
    for some in (without_data, gallery):
        assert {example.label for example in some.page(0, IMPOSTOR)} == set(IMPOSTORS)
    assert gallery.own == BUSI


def test_real_images_of_another_hospital_are_always_there_under_names_that_do_not_tell_the_label(
    without_data, tmp_path
):
    shown, lesions = without_data.of(BREAST), box.lesions().set_index("image_id")
    assert without_data.ultrasound == BREAST and {one.image_id for one in shown} == set(lesions.index)
    first = shown[:20]
    assert {one.label for one in first} == {"benign", "malignant"}, "mixed"
    for one in first[:3]:
        assert one.label == lesions["label"][one.image_id] and one.file == box.picture(one.image_id)
        np.testing.assert_array_equal(one.mask, box.outline(one.image_id))
        path = without_data.path(one.key)
        assert path.suffix == ".webp" and one.label not in str(path) and one.image_id not in str(path)
        copy = tmp_path / "copy.webp"
        copy.write_bytes(one.file)
        assert without_data.recognise(copy) is one and source_of(one) == BREAST
    assert source_of(None) == ""


def test_a_network_that_learned_from_breast_is_shown_with_its_test_images_alone(small_bundle):
    held_out = small_bundle.predictions.iloc[20:22].assign(
        image_id=["case001", "case005"], label=["benign", "malignant"]
    )
    info = {**small_bundle.info, "data": {**small_bundle.info["data"], **ORIGIN_BREAST.to_dict()}}
    gallery = open_gallery(dataclasses.replace(small_bundle, info=info, predictions=held_out), None)
    assert {one.image_id for one in gallery.of(BREAST)} == {"case001", "case005"}


def test_impostors_are_pictures_and_always_the_same():
    for pose in IMPOSTORS.values():
        image = pose()
        assert image.dtype == np.uint8 and image.shape == (320, 320) and image.std() > 30
        np.testing.assert_array_equal(image, pose())
        np.testing.assert_array_equal(image, read_image(image))
