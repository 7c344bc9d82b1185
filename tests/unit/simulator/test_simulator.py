"""The simulated image: the same from the same seed, with the decibels that were asked for where they belong."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from busi.simulator import INSIDES, MARGINS, SHAPES, Lesion, Scene, display, draw_case, echo_map, simulate
from busi.simulator.displacement import displace
from busi.simulator.margin import rim_db, spicules_db
from busi.simulator.outline import facing, outline, signed_distance

SCENE = Scene()
LESION = Lesion(size_mm=12, depth_mm=14)
UNFILTERED = {"speckle_reduction": 0, "edge_enhancement": 0, "smoothing": 0, "screen_scale": 1}


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
def test_shadow_and_enhancement_are_about_as_strong_as_asked_just_behind_and_fade(decibels, margin):
    lesion = replace(LESION, margin=margin)
    _, mask = simulate(lesion, SCENE, 3)
    changed = echo_map(replace(lesion, posterior_db=decibels), SCENE, 3) - echo_map(lesion, SCENE, 3)
    first, columns = behind(mask).start, columns_of(mask)
    near, far = (changed[rows, columns].mean() / decibels for rows in (slice(first, first + 12), slice(-12, None)))
    assert near == pytest.approx(0.9, abs=0.15) and 0.3 < far < 0.75
    assert np.abs(changed[: np.nonzero(mask.any(axis=1))[0].min() - 20]).max() < 0.1, "nothing changes above the lesion"
    assert np.abs(changed[:, :30]).max() < 0.1, "nor beside it"


def test_a_shadow_has_no_vertical_wall():
    """Where it is half as strong as in its middle, it takes a millimetre to go from three quarters to a quarter."""
    lesion = replace(LESION, shape="round", size_mm=14)
    changed = echo_map(replace(lesion, posterior_db=-12), SCENE, 3) - echo_map(lesion, SCENE, 3)
    row = -changed[200]
    strong, weak = (np.nonzero(row > share * row.max())[0] for share in (0.75, 0.25))
    assert (strong[0] - weak[0]) * SCENE.pitch_mm[1] > 1 and (weak[-1] - strong[-1]) * SCENE.pitch_mm[1] > 1


def test_a_combined_pattern_darkens_one_side_and_brightens_the_other():
    lesion = replace(LESION, posterior_mix=0.5)
    changed = echo_map(replace(lesion, posterior_db=-10), SCENE, 3) - echo_map(lesion, SCENE, 3)
    assert changed[170].min() < -4 and changed[170].max() > 4


def test_shadow_shows_on_the_screen_in_its_decibels():
    """The same scatterers with and without a shadow, no filter and no clipping: gray falls by its share."""
    scene = Scene(attenuation=0.5, gain_db=4, dynamic_range_db=80, gray_map=1.5, **UNFILTERED)
    lesions = [replace(LESION, posterior_db=decibels) for decibels in (-8, 0)]
    with_shadow, without = (simulate(lesion, scene, 8)[0].astype(float) for lesion in lesions)
    _, mask = simulate(LESION, scene, 8)
    place = behind(mask), columns_of(mask)
    levels = [80 * ((image[place] / 255) ** (1 / 1.5) - 1) for image in (with_shadow, without)]
    asked = (echo_map(lesions[0], scene, 8) - echo_map(lesions[1], scene, 8))[place]
    lit = without[place] > 60  # well above the noise
    assert (levels[0] - levels[1])[lit].mean() == pytest.approx(asked[lit].mean(), abs=0.6)


@pytest.mark.parametrize("echo", [-30, -15, 0])
def test_the_inside_is_as_dark_as_asked(echo):
    lesion, scene = replace(LESION, echo_db=echo, heterogeneity=0), Scene(attenuation=0.5, contact=0)
    _, mask = simulate(lesion, scene, 2)
    level = echo_map(lesion, scene, 2)[mask].mean() - echo_map(replace(lesion, echo_db=-5), scene, 2)[mask].mean()
    assert level == pytest.approx(echo + 5, abs=0.8)


@pytest.mark.parametrize("inside", INSIDES)
def test_what_is_inside_stays_inside(inside):
    lesion = replace(LESION, echo_db=-34, heterogeneity=0)
    changed = echo_map(replace(lesion, inside=inside), SCENE, 6) - echo_map(lesion, SCENE, 6)
    _, mask = simulate(lesion, SCENE, 6)
    outside = cv2.dilate(mask.astype(np.uint8), np.ones((25, 25))) == 0
    assert np.abs(changed[outside]).max() < 0.5
    assert changed[mask].max() < 0.1 if inside == "solid" else changed[mask].max() > 6


def test_debris_lies_at_the_bottom():
    lesion = replace(LESION, echo_db=-34, heterogeneity=0, inside="debris")
    level, (_, mask) = echo_map(lesion, SCENE, 6), simulate(lesion, SCENE, 6)
    rows = np.nonzero(mask.any(axis=1))[0]
    middle, columns = rows[len(rows) // 2], columns_of(mask)
    assert level[rows[-1] - 8 : rows[-1] - 4, columns].mean() > level[middle - 8 : middle - 4, columns].mean() + 6


def test_reverberation_is_behind_the_front_wall_of_fluid():
    lesion = replace(LESION, size_mm=16, echo_db=-38, heterogeneity=0, inside="fluid")
    level, (_, mask) = echo_map(lesion, SCENE, 6), simulate(lesion, SCENE, 6)
    rows, columns = np.nonzero(mask.any(axis=1))[0], columns_of(mask)
    assert level[rows[0] + 5 : rows[0] + 8, columns].mean() > level[rows[-1] - 12 : rows[-1] - 6, columns].mean() + 5


def test_a_calcification_is_bright_small_and_inside():
    plain, specks = (echo_map(replace(LESION, calcifications=count), SCENE, 6) for count in (0, 12))
    _, mask = simulate(LESION, SCENE, 6)
    bright = (specks - plain > 8).astype(np.uint8)
    assert bright.any() and bright[mask].sum() / bright.sum() > 0.9
    areas = cv2.connectedComponentsWithStats(bright)[2][1:, cv2.CC_STAT_AREA] * np.prod(SCENE.pitch_mm)
    assert np.median(areas) < 0.5**2


def test_a_halo_brightens_around_the_lesion_only_and_is_uneven():
    changed = echo_map(replace(LESION, halo=1.0), SCENE, 6) - echo_map(LESION, SCENE, 6)
    _, mask = simulate(LESION, SCENE, 6)
    assert changed[mask].mean() < 1 and changed.max() > 6
    thickness = (changed > 3).sum(axis=0)[np.nonzero(mask.any(axis=0))[0]]
    assert thickness.std() > 2


def test_walls_shine_where_they_face_the_beam():
    lesion = Lesion(shape="round", size_mm=14, depth_mm=15, echo_db=-20)
    distance = signed_distance(outline(lesion, SCENE, np.random.default_rng(1)), SCENE)
    rim = rim_db(lesion, SCENE, distance, facing(distance, SCENE), np.random.default_rng(2))
    near = np.abs(distance) < 0.3
    top, side = near & (facing(distance, SCENE) > 0.95), near & (facing(distance, SCENE) < 0.5)
    assert rim[top].mean() > 3 and rim[side].max() < 0.5


def test_spicules_are_thin_bright_and_dark_and_belong_to_the_spiculated():
    plain = outline(LESION, SCENE, np.random.default_rng(0))
    assert not spicules_db(LESION, SCENE, plain, np.random.default_rng(1)).any()
    marked = replace(LESION, margin="spiculated", margin_strength=0.8)
    lines = spicules_db(marked, SCENE, outline(marked, SCENE, np.random.default_rng(0)), np.random.default_rng(1))
    assert lines.max() > 3 and lines.min() < -3 and (np.abs(lines) > 2).mean() < 0.1


def test_smooth_lesions_have_shadows_under_their_edges():
    changed = echo_map(LESION, Scene(edge_shadow_db=10), 1) - echo_map(LESION, Scene(edge_shadow_db=0), 1)
    _, mask = simulate(LESION, SCENE, 1)
    columns = np.nonzero(mask.any(axis=0))[0]
    row = np.nonzero(mask.any(axis=1))[0].max() + 8
    middle = (columns[0] + columns[-1]) // 2
    assert changed[row, : columns[0] + 6].min() < -2 and changed[row, columns[-1] - 6 :].min() < -2
    assert abs(changed[row, middle]) < 0.2
    assert (changed[row] < -1).sum() * SCENE.pitch_mm[1] < 4, "thin"


def test_attenuation_beyond_what_the_scanner_makes_up_for_darkens_with_depth():
    even, weak = (echo_map(LESION, Scene(attenuation=value), 1) for value in (0.5, 0.8))
    lost = (weak - even).mean(axis=1)
    assert lost[-1] == pytest.approx(-0.3 * 10 * 2 * 4, rel=0.01), "dB/cm/MHz x MHz x there and back x cm"
    assert lost[0] == pytest.approx(0, abs=0.1)


def test_a_mass_pushes_layers_aside_and_a_retracting_one_pulls_them_in():
    """Layers of equal depth, seen above the lesion: they rise over one that pushes, and sink towards one that pulls."""
    layers = np.repeat(np.arange(256, dtype=np.float32)[:, np.newaxis], 256, axis=1)
    distance = signed_distance(outline(LESION, SCENE, np.random.default_rng(0)), SCENE)
    still, pushed, pulled = (
        displace(replace(LESION, displacement=push, distortion=pull), SCENE, layers, distance, np.random.default_rng(1))
        for push, pull in ((0, 0), (1, 0), (0, 1))
    )
    above = int((14 - 6.5) / SCENE.pitch_mm[0]), 128
    assert pushed[above] > still[above] + 2 and pulled[above] < still[above] - 2
    np.testing.assert_allclose(pushed[:8], still[:8])


def test_turning_one_knob_leaves_the_rest_of_the_picture_in_place():
    plain, changed = (simulate(replace(LESION, echo_db=echo), SCENE, 3)[0] for echo in (-10, -20))
    far = np.s_[:, :60]
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
    small = Lesion(
        "irregular", "spiculated", 45, 10, -20, 0.3, -90, 1.0, -40, 1.0, -30, 40, 1.0, "growth", 1, 1, 1, 0.5, 1
    )
    scene = Scene(20, 70, rows, columns, 4, 30, 45, 1, 1, 1, 18, 20, 30, 1.2, 9, 25, 15, True, "X" * 24)
    scene = replace(scene, density=1, lobule_mm=3, veins=4, ducts=4, cysts=3, ribs=True, jpeg_quality=30, maker="bar")
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
