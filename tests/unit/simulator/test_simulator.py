"""The simulated image: the same from the same seed, with the decibels that were asked for where they belong."""

from dataclasses import replace

import numpy as np
import pytest

from busi.simulator import MARGINS, SHAPES, Lesion, Scene, display, draw_case, echo_map, simulate
from busi.simulator.outline import outline

SCENE = Scene()
LESION = Lesion(size_mm=12, depth_mm=14)


def columns_of(mask: np.ndarray) -> slice:
    """The middle third of the lesion's columns: where the beam crosses most of it."""
    inside = np.nonzero(mask.any(axis=0))[0]
    third = len(inside) // 3
    return slice(inside[third], inside[2 * third])


def behind(mask: np.ndarray) -> slice:
    return slice(np.nonzero(mask.any(axis=1))[0].max() + 6, None)


def test_the_image_and_its_mask():
    image, mask = simulate(LESION, Scene(rows=200, columns=300), seed=1)
    assert image.dtype == np.uint8 and image.shape == mask.shape == (200, 300) and mask.dtype == bool
    assert image.std() > 20, "not an even gray"
    rows, columns = np.nonzero(mask)
    assert rows.mean() / 200 * 40 == pytest.approx(14, abs=1) and columns.mean() / 300 * 40 == pytest.approx(20, abs=1)


def test_a_seed_decides_every_pixel():
    first, again, other = (simulate(LESION, SCENE, seed)[0] for seed in (4, 4, 5))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.8


@pytest.mark.parametrize("decibels", [-15, -6, 5, 10])
@pytest.mark.parametrize("margin", ["circumscribed", "indistinct", "spiculated"])
def test_shadow_and_enhancement_are_as_strong_as_asked(decibels, margin):
    lesion = replace(LESION, margin=margin)
    _, mask = simulate(lesion, SCENE, 3)
    changed = echo_map(replace(lesion, posterior_db=decibels), SCENE, 3) - echo_map(lesion, SCENE, 3)
    assert changed[behind(mask), columns_of(mask)].mean() == pytest.approx(decibels, abs=0.5)
    assert np.abs(changed[: np.nonzero(mask.any(axis=1))[0].min() - 16]).max() < 0.1, "nothing changes above the lesion"
    assert np.abs(changed[:, :40]).max() < 0.1, "nor beside it"


def test_shadow_shows_on_the_screen_in_its_decibels():
    """The same scatterers with and without a shadow, and no clipping: gray falls by its share."""
    scene = Scene(attenuation=0.5, gain_db=4, dynamic_range_db=80)
    with_shadow, without = (
        simulate(replace(LESION, posterior_db=decibels), scene, 8)[0].astype(float) for decibels in (-8, 0)
    )
    _, mask = simulate(LESION, scene, 8)
    place = behind(mask), columns_of(mask)
    levels = [80 * ((image[place] / 255) ** (1 / 1.5) - 1) for image in (with_shadow, without)]
    lit = without[place] > 60  # well above the noise
    assert (levels[0] - levels[1])[lit].mean() == pytest.approx(-8, abs=1)


@pytest.mark.parametrize("echo", [-30, -15, 0])
def test_the_inside_is_as_dark_as_asked(echo):
    lesion, scene = replace(LESION, echo_db=echo, heterogeneity=0), Scene(attenuation=0.5, contact=0)
    _, mask = simulate(lesion, scene, 2)
    level = echo_map(lesion, scene, 2)[mask].mean() - echo_map(replace(lesion, echo_db=-5), scene, 2)[mask].mean()
    assert level == pytest.approx(echo + 5, abs=0.8)


def test_a_calcification_is_bright_and_inside():
    plain, specks = (echo_map(replace(LESION, calcifications=count), SCENE, 6) for count in (0, 12))
    _, mask = simulate(LESION, SCENE, 6)
    bright = specks - plain > 10
    assert bright.any() and bright[mask].sum() / bright.sum() > 0.9


def test_a_halo_brightens_around_the_lesion_only():
    changed = echo_map(replace(LESION, halo=1.0), SCENE, 6) - echo_map(LESION, SCENE, 6)
    _, mask = simulate(LESION, SCENE, 6)
    assert changed[mask].mean() < 1 and changed.max() > 6


def test_smooth_lesions_have_shadows_under_their_edges():
    changed = echo_map(LESION, Scene(edge_shadow_db=10), 1) - echo_map(LESION, Scene(edge_shadow_db=0), 1)
    _, mask = simulate(LESION, SCENE, 1)
    columns = np.nonzero(mask.any(axis=0))[0]
    middle = (columns[0] + columns[-1]) // 2
    assert changed[200, columns[0]] < -4 and changed[200, columns[-1]] < -4 and abs(changed[200, middle]) < 0.2


def test_attenuation_beyond_what_the_scanner_makes_up_for_darkens_with_depth():
    even, weak = (echo_map(LESION, Scene(attenuation=value), 1) for value in (0.5, 0.8))
    lost = (weak - even).mean(axis=1)
    assert lost[-1] == pytest.approx(-0.3 * 10 * 2 * 4, rel=0.01), "dB/cm/MHz x MHz x there and back x cm"
    assert lost[0] == pytest.approx(0, abs=0.1)


def test_turning_one_knob_leaves_the_rest_of_the_picture_in_place():
    plain, changed = (simulate(replace(LESION, echo_db=echo), SCENE, 3)[0] for echo in (-10, -20))
    far = np.s_[:, :70]
    np.testing.assert_array_equal(plain[far], changed[far])


def test_gain_and_dynamic_range_do_what_the_scanner_s_knobs_do():
    intensity = np.array([[1e-9, 0.01, 1.0, 10.0, 1e4]]).repeat(64, axis=0)
    normal = display(intensity, Scene())
    assert normal[0, 0] == 0 and normal[0, -1] == 255
    assert (display(intensity, Scene(gain_db=6)) >= normal).all()
    assert (
        display(np.full((64, 64), 0.1), Scene(dynamic_range_db=40)).mean()
        < display(np.full((64, 64), 0.1), Scene()).mean()
    )


def test_outside_of_the_sector_is_black():
    image, _ = simulate(LESION, Scene(sector_deg=15), 0)
    assert image[:20, :8].max() == 0 and image[:20, -8:].max() == 0 and image[220:, :8].mean() > 3


def test_marks_are_burned_in_only_where_asked():
    plain, marked = (simulate(LESION, Scene(calipers=marks, text="RT" * marks), 2)[0] for marks in (False, True))
    changed = plain != marked
    assert 50 < changed.sum() < 3000 and marked[changed].mean() > 150
    points = outline(LESION, SCENE, np.random.default_rng([2, 0])) / SCENE.pitch_mm[0]
    left = points[points[:, 0].argmin()]
    assert changed[int(left[1]) - 8 : int(left[1]) + 8, int(left[0]) - 8 : int(left[0]) + 8].any()


@pytest.mark.parametrize("margin", MARGINS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_word_can_be_seen(shape, margin):
    image, mask = simulate(replace(LESION, shape=shape, margin=margin, margin_strength=1.0), SCENE, 1)
    assert 0.02 < mask.mean() < 0.2
    assert image[mask].mean() < image[~mask & (np.arange(256)[:, np.newaxis] < 128)].mean() - 15


def test_no_two_words_draw_the_same():
    images = [
        simulate(replace(LESION, shape=shape, margin=margin, margin_strength=1.0), SCENE, 1)[0].tobytes()
        for shape in SHAPES
        for margin in MARGINS
    ]
    assert len(set(images)) == len(SHAPES) * len(MARGINS)


@pytest.mark.parametrize("size", [(64, 64), (64, 300), (700, 500)])
def test_extremes_of_every_knob_still_draw(size):
    rows, columns = size
    small = Lesion("irregular", "spiculated", 45, 10, -20, 0.3, -90, 1.0, -40, 1.0, -30, 40, 1.0)
    scene = Scene(20, 70, rows, columns, 4, 30, 45, 1, 1, 1, 15, 20, 30, 1.2, 9, 25, 15, True, "X" * 24)
    image, mask = simulate(small, scene, 0)
    assert image.shape == size and mask.any()
    simulate(Lesion(size_mm=3, depth_mm=3), Scene(70, 20, rows, columns, 0.5, 0, 0, 0, 0, 0, 5, -20, 80, 0.3, 1), 1)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="the lesion lies outside of the image: 50 mm deep in 20 mm"):
        simulate(Lesion(depth_mm=50, size_mm=5), Scene(depth_mm=20), 0)
    with pytest.raises(ValueError, match="seed must be a whole number of 0 or more, got -1"):
        simulate(LESION, SCENE, -1)


def test_drawn_cases_can_be_simulated():
    rng = np.random.default_rng(0)
    for label in ("benign", "malignant") * 8:
        _, mask = simulate(*draw_case(label, rng), seed=1)
        assert mask.any()
