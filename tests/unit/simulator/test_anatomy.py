"""The breast without a lesion: layers in their order and at their levels, lobules between ligaments."""

from dataclasses import replace

import numpy as np
import pytest

from busi.simulator.anatomy import FAT_DB, GLAND_DB, contact_shadows, tissue
from busi.simulator.lobules import ligaments, mosaic
from busi.simulator.muscle import chest_wall
from busi.simulator.scene import Scene
from busi.simulator.vessels import cysts, ducts, veins

SCENE = Scene(skin_mm=2, fat_mm=10, gland_mm=12, retromammary_mm=2, muscle_mm=8, density=1, ducts=0, strands=0.3)


def profile(scene: Scene, draws: int = 60) -> np.ndarray:
    """Median level of each row over several draws: float64 (rows,)."""
    coarse = replace(scene, rows=128, columns=128)
    return np.median([tissue(coarse, np.random.default_rng(seed)) for seed in range(draws)], axis=(0, 2)).repeat(2)


def at(scene: Scene, depth_mm: float) -> slice:
    """Two millimetres of rows around a depth."""
    return slice(int((depth_mm - 1) / scene.pitch_mm[0]), int((depth_mm + 1) / scene.pitch_mm[0]))


def test_layers_have_their_levels_in_their_order():
    level = profile(SCENE)
    fat, gland, muscle = level[at(SCENE, 6)].mean(), level[at(SCENE, 19)].mean(), level[at(SCENE, 31)].mean()
    assert fat == pytest.approx(FAT_DB, abs=1.5) and gland == pytest.approx(GLAND_DB, abs=4)
    assert fat + 3 < gland and muscle < gland - 4


def test_the_skin_is_two_bright_lines_with_a_darker_band_between():
    level = profile(SCENE)
    upper, middle, lower = (level[int(depth / SCENE.pitch_mm[0])] for depth in (0.1, 1.0, 1.8))
    assert upper > middle + 6 and lower > middle + 4


def test_denser_breasts_have_more_gland():
    shares = [np.mean(profile(replace(SCENE, density=density))[at(SCENE, 18)]) for density in (0, 0.5, 1)]
    assert shares[0] < shares[1] < shares[2] and shares[0] < FAT_DB + 3


def test_regions_of_one_tissue_differ_slowly_in_level():
    """Blocks of 10 mm deep in one layer of fat: their means differ by some three to four dB."""
    scene = replace(SCENE, fat_mm=30, gland_mm=0, width_mm=60, strands=0, texture=0)
    means = []
    for seed in range(8):
        fat = tissue(scene, np.random.default_rng(seed))[at(scene, 14)].mean(axis=0)
        means += (
            list(fat.reshape(6, -1)[:, :40].mean(axis=1))
            if fat.size == 240
            else [part.mean() for part in np.array_split(fat, 6)]
        )
    assert 2.5 < np.std(means) < 5.5


def test_lobules_are_wider_than_tall_and_as_wide_as_asked():
    for lobule in (5, 12):
        cells = mosaic(Scene(lobule_mm=lobule), np.random.default_rng(0))
        shown = len(np.unique(cells.nearest))
        assert shown == pytest.approx(40 * 40 / (0.5 * lobule**2), rel=0.8)


def test_ligaments_are_few_thin_and_brightest_where_they_face_the_beam():
    scene = Scene(strands=0.5)
    cells = mosaic(scene, np.random.default_rng(0))
    of_fat = np.ones(len(cells.depth_mm), bool)
    bright = ligaments(scene, cells, of_fat, np.random.default_rng(1))
    assert 0.002 < (bright > 0.4).mean() < 0.12
    assert ligaments(replace(scene, strands=0), cells, of_fat, np.random.default_rng(1)).mean() < bright.mean() / 3


def test_the_pleura_is_a_bright_line_over_haze_and_ribs_have_a_soft_shadow():
    scene = Scene()
    under = np.broadcast_to(np.arange(256, dtype=np.float32)[:, np.newaxis] * 0.15 - 10, (256, 256))
    pleura, share = chest_wall(scene, under, np.random.default_rng(3))
    line = np.abs(under[:, 0] - 0.3).argmin()
    assert pleura[line].mean() > pleura[line + 30].mean() + 6
    assert share[line - 10].max() < 0.01 and share[line + 10].min() > 0.99
    ribs, _ = chest_wall(replace(scene, ribs=True), under, np.random.default_rng(3))
    assert (ribs - pleura)[line + 60].min() < -8, "the shadow of a rib"


@pytest.mark.parametrize(("draw", "name"), [(veins, "veins"), (ducts, "ducts"), (cysts, "cysts")])
def test_vessels_are_dark_small_and_only_where_asked(draw, name):
    even = np.full((256, 256), -8, np.float32)
    assert draw(replace(SCENE, **{name: 0}), even, np.random.default_rng(0)) is even
    darker = [draw(replace(SCENE, **{name: 2}), even, np.random.default_rng(seed)) < -14 for seed in range(5)]
    assert 0 < np.mean(darker) < 0.08


def test_contact_shadows_only_darken_and_grow_with_depth():
    for seed in range(3):
        bands = contact_shadows(Scene(contact=1), np.random.default_rng(seed))
        assert bands.max() <= 0 and bands[-1].mean() < bands[10].mean()
    assert not contact_shadows(Scene(contact=0), np.random.default_rng(0)).any()


def test_a_seed_decides_the_breast():
    one, again, other = (tissue(SCENE, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).mean() > 2
