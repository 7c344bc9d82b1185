"""Rounds of the game: the twin is a near-duplicate by the measure that splits the data, the others are not."""

import dataclasses

import numpy as np
import pytest

from busi.data.dataset import read_busi
from busi.data.simulated import draw
from busi.images import read_image
from busi.lessons.twins import CANDIDATES, round_of, second_capture
from busi.serving.gallery import Gallery, open_gallery


def test_a_second_capture_is_another_picture_of_the_same_lesion():
    seed = 2_000_004
    first, second = draw(seed).image, second_capture(seed)
    assert second.shape != first.shape and min(second.shape) > 0.9 * min(first.shape)
    assert not np.array_equal(first[: second.shape[0], : second.shape[1]], second)
    np.testing.assert_array_equal(second, second_capture(seed))


def test_a_round_is_decided_by_its_number_alone(gallery, bundle):
    other = open_gallery(bundle, None)
    one, same = round_of(gallery, bundle, 3), round_of(other, bundle, 3)
    assert one.answer == same.answer
    assert [candidate.key for candidate in one.candidates] == [candidate.key for candidate in same.candidates]
    assert len({candidate.key for candidate in one.candidates}) == CANDIDATES
    again = round_of(gallery, bundle, 3 + 240)
    assert again.reference is one.reference, "past the last pair they begin again"


def test_every_picture_of_a_simulated_round_is_marked_as_simulated(gallery, bundle, tmp_path):
    game = round_of(gallery, bundle, 0)
    for candidate in (game.reference, *game.candidates):
        saved = tmp_path / "saved.png"
        saved.write_bytes(candidate.file)
        assert Gallery(()).recognise(saved).source == "simulated"
        assert candidate.source == "simulated" and read_image(candidate.file).shape == candidate.image.shape


def test_without_enough_images_there_is_no_round(bundle, gallery):
    with pytest.raises(ValueError, match="no near-duplicates"):
        round_of(Gallery(tuple(gallery.page(0, "simulated")[:4])), bundle, 0)


def test_with_busi_the_pairs_are_those_of_the_held_out_groups(small_busi, small_bundle, tmp_path):
    busi = read_busi(small_busi, tmp_path)
    names = [f"benign ({number})" for number in range(1, 9)] + ["malignant (1)", "malignant (2)"]
    held = small_bundle.predictions.iloc[20:30].assign(
        image_id=names, label=["benign"] * 8 + ["malignant"] * 2, group=[1, 1, 2, 3, 4, 5, 6, 7, 8, 8]
    )
    info = {**small_bundle.info, "data": {**small_bundle.info["data"], "fingerprint": busi.fingerprint}}
    bundle = dataclasses.replace(small_bundle, info=info, predictions=held)
    gallery = open_gallery(bundle, small_busi)
    found = set()
    for number in range(4):
        game = round_of(gallery, bundle, number)
        pair = frozenset((game.reference.image_id, game.candidates[game.answer].image_id))
        found.add(pair)
        others = [one.image_id for place, one in enumerate(game.candidates) if place != game.answer]
        assert len(others) == CANDIDATES - 1 and not pair & set(others)
    assert found == {frozenset(names[:2]), frozenset(names[8:])}
