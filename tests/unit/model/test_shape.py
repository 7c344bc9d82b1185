"""What is read from a drawn outline: ellipses and stars by their formulas, grays that were painted, and refusals."""

from dataclasses import asdict

import cv2
import numpy as np
import pytest
from scipy.spatial import Delaunay
from scipy.special import ellipe

from busi.model.shape import FEATURES, Shape, main_lesion, read_shape

SIDE = 128
GRAY = np.uint8(np.random.default_rng(0).normal(120, 20, (SIDE, SIDE)).clip(0, 255))


def region(inside, fine: int = 8, size: int = SIDE) -> np.ndarray:
    """The share of each place that lies where `inside(row, column)` is true, as a network's soft edge has it."""
    places = (np.arange(size * fine) + 0.5) / fine - 0.5
    rows, columns = np.meshgrid(places, places, indexing="ij")
    return inside(rows, columns).reshape(size, fine, size, fine).mean(axis=(1, 3))


def ellipse(half_height: float, half_width: float, row: float = 64, column: float = 64, angle: float = 0) -> np.ndarray:
    def inside(rows, columns):
        down, along = rows - row, columns - column
        one = np.cos(angle) * along + np.sin(angle) * down
        other = -np.sin(angle) * along + np.cos(angle) * down
        return (one / half_width) ** 2 + (other / half_height) ** 2 <= 1

    return region(inside)


def star(radius: float, depth: float, points: int) -> np.ndarray:
    def inside(rows, columns):
        down, along = rows - 64, columns - 64
        return np.hypot(down, along) <= radius * (1 + depth * np.cos(points * np.arctan2(down, along)))

    return region(inside)


def read(drawn: np.ndarray, image: np.ndarray = GRAY, proportion: float = 1.0) -> Shape:
    found = read_shape(drawn, image, proportion)
    assert found is not None
    return found


@pytest.mark.parametrize(("half_height", "half_width"), [(12, 30), (30, 12), (20, 20), (9, 14)])
def test_an_ellipse_by_its_formulas(half_height, half_width):
    found = read(ellipse(half_height, half_width))
    long, short = max(half_height, half_width), min(half_height, half_width)
    assert found.size == pytest.approx(np.log(np.pi * half_height * half_width / SIDE**2), abs=0.01)
    assert found.taller == pytest.approx(np.log(half_height / half_width), abs=0.01)
    assert found.elongation == pytest.approx(np.log(long / short), abs=0.01)
    perimeter = 4 * long * ellipe(1 - (short / long) ** 2)
    assert found.roundness == pytest.approx(4 * np.pi * np.pi * long * short / perimeter**2, rel=0.04)
    assert found.ellipse > 0.96 and found.solidity > 0.98 and found.tilt < 0.01
    assert found.depth == pytest.approx(64 / SIDE, abs=0.002)
    assert max(found.lobes, found.bumps, found.teeth) < np.log(0.015)


def test_a_leaning_ellipse_is_tilted_and_as_long_as_before():
    straight, leaning = read(ellipse(10, 30)), read(ellipse(10, 30, angle=np.pi / 4))
    assert leaning.tilt == pytest.approx(2 / 3, abs=0.01) and straight.tilt < 0.01
    assert leaning.elongation == pytest.approx(straight.elongation, abs=0.01) and abs(leaning.taller) < 0.01
    assert leaning.ellipse > 0.95


@pytest.mark.parametrize(("points", "name"), [(4, "lobes"), (9, "bumps"), (16, "teeth")])
def test_waves_around_the_outline_are_found_where_they_are_and_as_high_as_they_are(points, name):
    found = read(star(30, 0.15, points))
    assert np.exp(getattr(found, name)) == pytest.approx(0.15 / np.sqrt(2), rel=0.12)
    assert all(getattr(found, other) < getattr(found, name) - 1 for other in {"lobes", "bumps", "teeth"} - {name})
    assert found.solidity < 0.96 and found.ellipse < 0.93


def test_a_hollow_outline_has_the_solidity_of_the_places_in_its_hull():
    corner = region(lambda rows, columns: (rows < 60) & (rows >= 20) & (columns < 60) & (columns >= 20))
    corner *= 1 - region(lambda rows, columns: (rows >= 40) & (columns >= 40))
    places = np.argwhere(np.ones((SIDE, SIDE)))
    for drawn in (corner, star(30, 0.2, 5), ellipse(20, 9, angle=0.5)):
        in_hull = Delaunay(np.argwhere(drawn >= 0.5)).find_simplex(places) >= 0
        assert read(drawn).solidity == pytest.approx((drawn >= 0.5).sum() / in_hull.sum(), abs=1e-3)
    assert read(corner).solidity == pytest.approx(3 / 3.5, abs=0.03)


@pytest.mark.parametrize("proportion", [0.6, 1.0, 1.5])
def test_the_form_is_that_of_the_picture_and_not_of_the_square_it_was_made(proportion):
    """Of a disc in a picture of another proportion, squashed as the network receives it."""
    tall = np.sqrt(proportion)
    found = read(ellipse(20 / tall, 20 * tall), proportion=proportion)
    assert found.taller == pytest.approx(0, abs=0.01) and found.elongation == pytest.approx(0, abs=0.02)
    assert found.roundness == pytest.approx(1, abs=0.05)
    assert found.lobes < np.log(0.02)


def test_the_grays_that_were_painted_are_found():
    drawn, inside = ellipse(18, 24, row=50), ellipse(18, 24, row=50) >= 0.5
    image = np.full((SIDE, SIDE), 100.0)
    image[:, 64:] += 0.001  # a picture has a spread
    image[inside] = 40
    image[70:, 45:84] = 130
    spread = image.astype(np.uint8).std() + 1
    found = read(drawn, image.astype(np.uint8))
    assert found.behind == pytest.approx(30 / spread, rel=0.08)
    assert found.crisp == pytest.approx(60 / spread, rel=0.1) and found.contrast == pytest.approx(60 / spread, rel=0.2)
    assert found.texture < 0.05
    shadow = image.copy()
    shadow[70:, 45:84] = 60
    assert read(drawn, shadow.astype(np.uint8)).behind < -0.8
    haloed = image.copy()
    haloed[cv2.dilate(inside.astype(np.uint8), np.ones((7, 7))).astype(bool) & ~inside] = 180
    assert read(drawn, haloed.astype(np.uint8)).rim > found.rim + 1


def test_a_lesion_at_the_lower_border_has_nothing_behind_it():
    assert read(ellipse(20, 20, row=110)).behind == 0


def test_an_undecided_map_tells_its_doubt():
    crisp = ellipse(20, 20)
    soft = cv2.GaussianBlur(crisp, (0, 0), 4)
    assert read(soft).doubt > 3 * read(crisp).doubt
    assert read(soft).size == pytest.approx(read(crisp).size, abs=0.06)


def test_only_the_largest_of_several_is_read():
    large, small = ellipse(20, 20, row=40, column=40), ellipse(8, 8, row=100, column=100)
    assert asdict(read(large + small)) == asdict(read(large))


def test_the_size_of_map_and_image_does_not_matter():
    coarse = cv2.resize(ellipse(20, 26), (64, 64), interpolation=cv2.INTER_AREA)
    one, other = read(ellipse(20, 26)), read(coarse, cv2.resize(GRAY, (256, 256)))
    for name in ("size", "taller", "elongation", "ellipse", "depth"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=0.05), name


def test_where_nothing_is_drawn_nothing_is_read():
    assert read_shape(np.zeros((SIDE, SIDE)), GRAY) is None
    assert read_shape(np.full((SIDE, SIDE), 0.49), GRAY) is None
    speck = np.zeros((SIDE, SIDE))
    speck[5:8, 5:8] = 1
    assert read_shape(speck, GRAY) is None and main_lesion(speck.astype(np.float32)) is None


def test_a_lesion_that_fills_the_picture_is_read_without_a_stop():
    found = read(np.ones((SIDE, SIDE)))
    assert found.size == pytest.approx(0) and np.isfinite(found.vector()).all()
    even = read(ellipse(20, 20), np.full((SIDE, SIDE), 90, np.uint8))
    assert even.contrast == even.behind == even.crisp == 0


@pytest.mark.parametrize(
    ("drawn", "image", "proportion", "told"),
    [
        (np.zeros((4, 5)), GRAY, 1, r"drawn must be a square, got \(4, 5\)"),
        (np.zeros((4, 4)), GRAY[:, :9], 1, r"image must be a square, got \(128, 9\)"),
        (np.zeros((4, 4)), GRAY, 0, "proportion must be above 0, got 0"),
        (np.zeros((4, 4)), GRAY, float("nan"), "proportion must be above 0, got nan"),
    ],
)
def test_what_cannot_be_read_is_refused(drawn, image, proportion, told):
    with pytest.raises(ValueError, match=told):
        read_shape(drawn, image, proportion)


def test_the_vector_is_in_the_order_of_the_names():
    found = read(ellipse(10, 20))
    assert dict(zip(FEATURES, found.vector(), strict=True)) == asdict(found) and len(FEATURES) == 17
