"""Rounds of the game: the twin is a near-duplicate by the measure that splits the data, the others are not."""

import numpy as np

from busi.data.duplicates import near_duplicate_pairs, thumbnail
from busi.lessons.twins import CANDIDATES, round_of
from busi.serving.gallery import open_gallery


def alike(game) -> np.ndarray:
    """Which candidates are near-duplicates of the reference: bool (6,)."""
    images = [game.reference.image, *(candidate.image for candidate in game.candidates)]
    return near_duplicate_pairs(np.stack([thumbnail(image) for image in images]))[0, 1:]


def test_with_the_real_busi_a_twin_is_one_of_its_group(busi_folder, bundle):
    gallery = open_gallery(bundle, busi_folder)
    group_of = bundle.predictions.set_index("image_id")["group"]
    for number in range(8):
        game = round_of(gallery, bundle, number)
        groups = [group_of[candidate.image_id] == group_of[game.reference.image_id] for candidate in game.candidates]
        assert groups == [place == game.answer for place in range(CANDIDATES)]
        assert game.reference.source == "busi" and alike(game)[game.answer] >= 0


def test_the_twin_and_only_the_twin_is_a_near_duplicate(gallery, bundle):
    rounds = [round_of(gallery, bundle, number) for number in range(10)]
    for game in rounds:
        expected = np.arange(CANDIDATES) == game.answer
        np.testing.assert_array_equal(alike(game), expected, err_msg=f"round {game.number}")
    assert len({game.answer for game in rounds}) > 2, "the answer moves about"
    assert len({game.reference.key for game in rounds}) == 10
