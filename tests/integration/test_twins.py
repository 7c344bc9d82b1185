"""Rounds of the game: the twin is a near-duplicate by the measure that splits the data, the others are not."""

import pytest

from busi.bundle.files import EMBEDDED, open_bundle
from busi.lessons.twins import CANDIDATES, round_of
from busi.serving.gallery import open_gallery
from tests.unit.lessons.test_twins import alike


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


@pytest.fixture(scope="module")
def gallery(bundle):
    return open_gallery(bundle, None)


def test_with_the_real_busi_a_twin_is_one_of_its_group(busi_folder, bundle):
    gallery = open_gallery(bundle, busi_folder)
    group_of = bundle.predictions.set_index("image_id")["group"]
    for number in range(8):
        game = round_of(gallery, bundle, number)
        groups = [group_of[candidate.image_id] == group_of[game.reference.image_id] for candidate in game.candidates]
        assert groups == [place == game.answer for place in range(CANDIDATES)]
        assert game.reference.source == "busi" and alike(game)[game.answer] >= 0
