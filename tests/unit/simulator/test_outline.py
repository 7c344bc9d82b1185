"""The outline is where and as large as the description says, and the mask is its inside."""

import cv2
import numpy as np
import pytest

from busi.simulator.lesion import MARGINS, SHAPES, Lesion
from busi.simulator.outline import facing, mask_of, outline, signed_distance
from busi.simulator.scene import Scene

SCENE = Scene(width_mm=40, depth_mm=32, rows=256, columns=320)  # pixels of an eighth of a millimetre


def drawn(seed: int = 0, **settings) -> np.ndarray:
    return outline(Lesion(depth_mm=16, **settings), SCENE, np.random.default_rng(seed))


def smooth(points: np.ndarray) -> float:
    """Area over that of the convex hull: 1 for an egg, less with every notch."""
    points = np.float32(points)
    return cv2.contourArea(points) / cv2.contourArea(cv2.convexHull(points))


@pytest.mark.parametrize("size", [6, 14, 24])
def test_a_round_lesion_has_the_diameter_that_was_asked(size):
    mask = mask_of(drawn(shape="round", size_mm=size), SCENE)
    pixel = np.prod(SCENE.pitch_mm)
    assert mask.sum() * pixel == pytest.approx(np.pi * size**2 / 4, rel=0.12)


def test_aspect_and_angle_lay_an_oval_along_the_skin_or_upright():
    lying = np.ptp(drawn(size_mm=16, aspect=0.5), axis=0)
    upright = np.ptp(drawn(size_mm=16, aspect=0.5, angle_deg=90), axis=0)
    assert lying[0] == pytest.approx(16, rel=0.15) and lying[1] == pytest.approx(8, rel=0.15)
    assert upright == pytest.approx(lying[::-1], rel=0.01)


def test_a_positive_angle_lifts_the_right_end():
    points = drawn(size_mm=20, aspect=0.4, angle_deg=30)
    assert points[points[:, 0].argmax(), 1] < points[points[:, 0].argmin(), 1]


def test_depth_and_offset_move_the_centre():
    points = outline(Lesion(depth_mm=20, offset_mm=-6, size_mm=8), SCENE, np.random.default_rng(0))
    assert points.mean(axis=0) == pytest.approx([14, 20], abs=0.6)


def test_the_mask_agrees_with_the_outline_and_with_the_distance():
    points = drawn(shape="irregular", margin="microlobulated", size_mm=18)
    mask, distance = mask_of(points, SCENE), signed_distance(points, SCENE)
    pitch = SCENE.pitch_mm[0]
    assert mask.sum() * pitch**2 == pytest.approx(cv2.contourArea(np.float32(points)), rel=0.03)
    assert mask[distance < -pitch].all() and not mask[distance > pitch].any()
    rows, columns = np.nonzero(mask)
    assert columns.min() * pitch == pytest.approx(points[:, 0].min(), abs=2 * pitch)
    assert rows.max() * pitch == pytest.approx(points[:, 1].max(), abs=2 * pitch)


def test_the_distance_is_in_millimetres_whatever_the_shape_of_pixels():
    scene = Scene(width_mm=40, depth_mm=30, rows=128, columns=320)
    points = outline(Lesion(shape="round", size_mm=16, depth_mm=15), scene, np.random.default_rng(1))
    distance = signed_distance(points, scene)
    assert distance.shape == (128, 320)
    assert distance[64, 160] == pytest.approx(-8, abs=0.7)
    assert distance[64, 2] == pytest.approx(12, abs=0.7)


def test_margins_roughen_an_oval_in_proportion_to_their_strength():
    evenness = {
        (margin, strength): np.mean(
            [smooth(drawn(seed, margin=margin, margin_strength=strength)) for seed in range(12)]
        )
        for margin in MARGINS
        for strength in (0.0, 1.0)
    }
    assert evenness["circumscribed", 1.0] > 0.985
    for margin in ("angular", "microlobulated", "spiculated"):
        assert evenness[margin, 1.0] < evenness[margin, 0.0] - 0.01 < 0.99
    assert evenness["spiculated", 1.0] < 0.9


def test_an_irregular_shape_is_further_from_an_egg_than_an_oval():
    oval, irregular = (
        np.mean([smooth(drawn(seed, shape=shape)) for seed in range(20)]) for shape in ("oval", "irregular")
    )
    assert irregular < oval - 0.03


@pytest.mark.parametrize("margin", MARGINS)
def test_no_lesion_crosses_the_skin(margin):
    scene = Scene(skin_mm=2)
    for seed in range(10):
        lesion = Lesion("irregular", margin, size_mm=24, depth_mm=6, angle_deg=80, margin_strength=1.0)
        assert outline(lesion, scene, np.random.default_rng(seed))[:, 1].min() > 2.4


@pytest.mark.parametrize("shape", SHAPES)
def test_no_wave_that_makes_a_figure_dominates(shape):
    """Two or three waves around make peanuts and trefoils: together they stay below a fifth of the radius."""
    for seed in range(20):
        points = drawn(seed, shape=shape, margin="indistinct", margin_strength=1.0, size_mm=16, aspect=1.0)
        offset = points - (SCENE.width_mm / 2, 16)
        radius = np.hypot(*offset.T)
        waves = 2 * np.abs(np.fft.rfft(radius)) / len(radius) / radius.mean()
        assert np.hypot(waves[2], waves[3]) < 0.2


def test_a_border_faces_the_beam_at_the_top_and_not_at_the_sides():
    points = drawn(shape="round", size_mm=16)
    shown = facing(signed_distance(points, SCENE), SCENE)
    assert shown[64, 160] > 0.95 and shown[192, 160] > 0.95  # 8 mm above and below the centre
    assert shown[128, 96] < 0.2 and shown[128, 224] < 0.2
