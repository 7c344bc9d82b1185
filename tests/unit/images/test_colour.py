"""Colour as a Doppler image has it, told from what a scanner writes over gray levels and from tinted ones."""

import cv2
import numpy as np
import pytest

from busi.images import colour_share
from busi.model.out_of_domain import MOST_COLOUR
from tests.support.drawings import drawn_ultrasound

GREEN, YELLOW, RED, BLUE = (40, 230, 60), (250, 230, 40), (220, 40, 30), (40, 60, 230)


@pytest.fixture
def scan() -> np.ndarray:
    """A drawn ultrasound image of a usual size: uint8 (540, 620, 3), gray."""
    return np.dstack([drawn_ultrasound(3, size=(620, 540))[0]] * 3)


def with_marks(scan: np.ndarray) -> np.ndarray:
    """With what scanners add: calipers, a dotted line, a sign of the probe, lines of text, a scale of ticks."""
    marked = scan.copy()
    for place in ((200, 150), (410, 330), (420, 160), (190, 340)):
        cv2.drawMarker(marked, place, GREEN, cv2.MARKER_CROSS, 18, 2)
    for share in np.linspace(0, 1, 40):
        cv2.circle(marked, (int(200 + 210 * share), int(150 + 180 * share)), 2, YELLOW, -1)
    for line in range(12):
        cv2.putText(marked, "L12-5  B MODE  GAIN 52 dB", (10, 40 + 40 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.8, YELLOW, 2)
    for tick in range(0, 540, 20):
        cv2.line(marked, (600, tick), (615, tick), GREEN, 2)
    return marked


def with_doppler(scan: np.ndarray) -> np.ndarray:
    """With a Doppler box and flow, red and blue, in it."""
    coloured = scan.copy()
    cv2.rectangle(coloured, (150, 120), (450, 400), GREEN, 2)
    for place, axes, colour in (((250, 200), (70, 40), RED), ((350, 300), (60, 50), BLUE), ((300, 250), (20, 60), RED)):
        cv2.ellipse(coloured, place, axes, 20, 0, 360, colour, -1)
    return coloured


def test_marks_of_a_scanner_are_no_colour_however_many(scan):
    marked = with_marks(scan)
    channels = marked.astype(int)
    assert (channels.max(axis=2) - channels.min(axis=2) > 100).mean() > MOST_COLOUR  # there is much of it
    assert colour_share(marked) <= MOST_COLOUR / 2


def test_flow_in_a_doppler_image_is_colour_with_marks_and_without(scan):
    for picture in (with_doppler(scan), with_doppler(with_marks(scan))):
        assert colour_share(picture) > MOST_COLOUR


def test_a_field_counts_to_the_edge_and_a_thin_line_from_it_does_not(scan):
    scan[:, :155] = RED
    scan[100:104] = BLUE
    assert colour_share(scan) == pytest.approx(0.25, abs=0.005)


@pytest.mark.parametrize("tint", [(-6, 0, 22), (14, 2, -14)])
def test_tinted_gray_levels_are_no_colour(scan, tint):
    """Bluish as those of BrEaST are, whose channels are 28 apart at most, or sepia."""
    assert colour_share(np.uint8(np.clip(scan.astype(int) + tint, 0, 255))) == 0
