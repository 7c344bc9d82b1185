"""The scanner's screen: gain over depth, the filter against grain, sharpening, marks of several makers, the file."""

from dataclasses import replace

import numpy as np
import pytest

from busi.simulator.lesion import Lesion
from busi.simulator.marks import burn_in
from busi.simulator.outline import outline
from busi.simulator.scene import MAKERS, Scene
from busi.simulator.screen import display, export, on_screen, without_grain

PLAIN = Scene(speckle_reduction=0, edge_enhancement=0, smoothing=0, gray_map=1, dynamic_range_db=60)
EVEN = np.full((256, 256), 0.1)  # -10 dB: 20 below white


def decibels(image: np.ndarray) -> np.ndarray:
    return 60 * (image.astype(float) / 255 - 1)


def test_an_even_place_has_the_gray_of_its_level():
    assert decibels(display(EVEN, PLAIN)).mean() == pytest.approx(-20, abs=0.2)
    assert decibels(display(EVEN, replace(PLAIN, gain_db=5))).mean() == pytest.approx(-15, abs=0.2)


def test_gain_over_depth():
    deep = decibels(display(EVEN, replace(PLAIN, deep_db=10))).mean(axis=1)
    assert deep[0] == pytest.approx(-20, abs=0.3) and deep[-1] == pytest.approx(-10, abs=0.3)
    near = decibels(display(EVEN, replace(PLAIN, near_db=-12))).mean(axis=1)
    assert near[0] == pytest.approx(-32, abs=0.3) and near[128] == pytest.approx(-20, abs=0.3)


def test_the_filter_softens_grain_and_keeps_an_edge():
    rng = np.random.default_rng(0)
    level = rng.normal(0, 1.5, (128, 128)).astype(np.float32)
    level[:, 64:] += 30
    filtered = without_grain(level, 1.0)
    assert filtered[:, :50].std() < 0.5 * level[:, :50].std()
    step = filtered[:, 66].mean() - filtered[:, 61].mean()
    assert step > 27
    np.testing.assert_array_equal(without_grain(level, 0.0), level)


def test_sharpening_overshoots_at_an_edge():
    intensity = np.repeat([[0.01, 1.0]], 128, axis=1).repeat(256, axis=0)
    plain, sharp = (decibels(display(intensity, replace(PLAIN, edge_enhancement=by)))[100] for by in (0, 1))
    assert sharp[127] < plain[127] - 2 and sharp[60] == pytest.approx(plain[60], abs=0.3)


@pytest.mark.parametrize("quality", [30, 80, 100])
def test_a_file_keeps_size_and_loses_more_the_harder_it_is_pressed(quality):
    scene = replace(PLAIN, rows=200, columns=300, screen_scale=1.7, jpeg_quality=quality)
    image = np.random.default_rng(0).integers(60, 120, (200, 300)).astype(np.uint8)
    kept, lossless = (export(on_screen(image, one), one) for one in (scene, replace(scene, jpeg_quality=100)))
    lost = np.abs(kept.astype(float) - lossless).mean()
    assert kept.shape == image.shape and (lost == 0) == (quality == 100)
    assert lost < {30: 20, 80: 8, 100: 0.1}[quality]


@pytest.mark.parametrize("maker", MAKERS)
def test_what_a_maker_draws_stays_at_the_sides(maker):
    scene = replace(PLAIN, maker=maker)
    points = outline(Lesion(), scene, np.random.default_rng(0)) / scene.pitch_mm[0]
    for seed in range(8):
        image = np.full((256, 256), 90, np.uint8)
        burn_in(image, points, scene, np.random.default_rng(seed))
        assert (image[20:-20, 20:-20] == 90).all()
        assert (image != 90).any() == (maker != "plain")
