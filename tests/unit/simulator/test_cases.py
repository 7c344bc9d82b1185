"""The features of drawn cases overlap as those of Hong's 403 masses do."""

from collections.abc import Callable

import numpy as np
import pytest

from busi.simulator.cases import MASSES, SHAPE_AND_MARGIN, draw_case
from busi.simulator.lesion import Lesion

DRAWN = 3000


@pytest.fixture(scope="module")
def drawn() -> list[tuple[str, Lesion]]:
    """Lesions in Hong's proportion of benign and malignant."""
    rng = np.random.default_rng(1)
    labels = rng.permutation(np.repeat(list(MASSES), [round(DRAWN * n / 403) for n in MASSES.values()]))
    return [(str(label), draw_case(str(label), rng)[0]) for label in labels]


@pytest.mark.parametrize(
    ("feature", "label", "hits", "of"),
    [
        (lambda lesion: lesion.margin == "spiculated", "malignant", 19, 22),
        (lambda lesion: lesion.shape == "irregular", "malignant", 102, 164),
        (lambda lesion: lesion.orientation == "not_parallel", "malignant", 75, 109),
        (lambda lesion: lesion.margin == "circumscribed", "benign", 160, 178),
        (lambda lesion: lesion.shape == "oval", "benign", 200, 237),
        (lambda lesion: lesion.orientation == "parallel", "benign", 228, 294),
        (lambda lesion: lesion.posterior == "shadowing", "benign", 72, 117),
    ],
)
def test_the_predictive_value_of_each_feature_is_hong_s(drawn, feature: Callable[[Lesion], bool], label, hits, of):
    with_it = [drawn_label for drawn_label, lesion in drawn if feature(lesion)]
    frequency, value = len(with_it) / DRAWN, with_it.count(label) / len(with_it)
    # four standard errors: a right sampler fails once in some 10,000 draws, and the seed is fixed
    assert frequency == pytest.approx(of / 403, abs=4 * np.sqrt(of / 403 * (1 - of / 403) / DRAWN))
    assert value == pytest.approx(hits / of, abs=4 * np.sqrt(hits / of * (1 - hits / of) / len(with_it)))


def test_the_table_adds_up_to_hong_s_masses():
    for label, masses in MASSES.items():
        assert sum(SHAPE_AND_MARGIN[label].values()) == masses


def test_the_scene_tells_nothing_of_the_class():
    benign, malignant = (draw_case(label, np.random.default_rng(7))[1] for label in MASSES)
    assert benign == malignant


def test_lesions_lie_within_their_scene():
    rng = np.random.default_rng(2)
    for label in ("benign", "malignant") * 200:
        lesion, scene = draw_case(label, rng)
        assert 0 < lesion.depth_mm < scene.depth_mm and abs(lesion.offset_mm) < scene.width_mm / 2


def test_the_same_chance_draws_the_same_case_and_no_other_class_is_known():
    assert draw_case("benign", np.random.default_rng(3)) == draw_case("benign", np.random.default_rng(3))
    with pytest.raises(ValueError, match="label must be one of benign, malignant, got 'normal'"):
        draw_case("normal", np.random.default_rng(0))
