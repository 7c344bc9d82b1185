"""The features of drawn cases overlap as those of Hong's 403 masses do."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from busi.simulator.cases import MASSES, SHAPE_AND_MARGIN, draw_case
from busi.simulator.lesion import Lesion
from busi.simulator.outline import outline
from busi.simulator.scene import SCENE_RANGES

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
        (lambda lesion: lesion.posterior in ("shadowing", "combined") and lesion.posterior_db < 0, "benign", 72, 117),
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


def test_whoever_knows_every_number_of_the_scene_knows_nothing_of_the_class():
    rng = np.random.default_rng(8)
    labels = np.array(["benign", "malignant"] * 300)
    scenes = [dataclasses.asdict(draw_case(label, rng)[1]) for label in labels]
    for name in SCENE_RANGES:
        values = np.array([float(scene[name]) for scene in scenes])
        order = np.argsort(np.argsort(values + 1e-9 * rng.random(len(values))))  # ties fall by chance
        auc = (order[labels == "malignant"].sum() - 300 * 299 / 2) / 300**2
        assert auc == pytest.approx(0.5, abs=0.094), name  # four standard errors


def test_lesions_lie_between_skin_and_muscle():
    rng = np.random.default_rng(2)
    for label in ("benign", "malignant") * 150:
        lesion, scene = draw_case(label, rng)
        assert abs(lesion.offset_mm) < scene.width_mm / 2
        points = outline(lesion, scene, rng)
        assert points[:, 1].min() > scene.skin_mm, "never through the skin"
        assert scene.skin_mm < points[:, 1].mean() < scene.breast_mm
        within = np.mean(points[:, 1] < scene.breast_mm + 1)
        assert within > 0.75, "in the breast, but for a part that presses on the muscle"


def test_the_malignant_are_darker_by_no_more_than_the_classes_overlap():
    echo = {label: [draw_case(label, np.random.default_rng(n))[0].echo_db for n in range(300)] for label in MASSES}
    low, high = np.quantile(echo["malignant"], [0.1, 0.9])
    assert np.mean([low < value < high for value in echo["benign"]]) > 0.4


def test_the_same_chance_draws_the_same_case_and_no_other_class_is_known():
    assert draw_case("benign", np.random.default_rng(3)) == draw_case("benign", np.random.default_rng(3))
    with pytest.raises(ValueError, match="label must be one of benign, malignant, got 'normal'"):
        draw_case("normal", np.random.default_rng(0))
