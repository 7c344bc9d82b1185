"""Speckle has laws: its contrast in uniform tissue, its mean, and the size of its grain."""

import numpy as np
import pytest

from busi.simulator.speckle import FWHM, PointSpread, point_spread, speckle

PITCH = (0.05, 0.05)
EVEN = PointSpread(axial_mm=0.3, lateral_mm=0.5, far_mm=0.5, focus_mm=10, reach_mm=15)


def uniform(spread: PointSpread, looks: int = 1, level_db: float = 0.0, shape=(512, 512), seed: int = 0) -> np.ndarray:
    return speckle(np.full(shape, level_db, np.float32), spread, PITCH, looks, np.random.default_rng(seed))


def snr(intensity: np.ndarray) -> float:
    envelope = np.sqrt(intensity)
    return float(envelope.mean() / envelope.std())


def test_the_envelope_of_uniform_tissue_has_rayleigh_contrast():
    fine = PointSpread(0.15, 0.25, 0.25, 10, 15)  # many grains, so that the mean is steady
    values = [snr(uniform(fine, seed=seed)) for seed in range(4)]
    assert np.mean(values) == pytest.approx(1.91, abs=0.05)


def test_the_contrast_is_the_same_at_every_depth_of_a_beam_that_widens():
    widening = PointSpread(0.15, 0.2, 0.5, 5, 20)
    intensity = np.stack([uniform(widening, seed=seed) for seed in range(4)])
    for rows in (slice(0, 170), slice(170, 340), slice(340, 512)):
        assert snr(intensity[:, rows]) == pytest.approx(1.91, abs=0.12)
        assert intensity[:, rows].mean() == pytest.approx(1, abs=0.08)


def test_averaging_looks_softens_the_grain_as_independent_views_do():
    fine = PointSpread(0.15, 0.25, 0.25, 10, 15)
    one, four = (uniform(fine, looks=looks) for looks in (1, 4))
    assert one.std() / four.std() == pytest.approx(2, abs=0.25)  # square root of 4
    assert four.mean() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("level_db", [-20, 0, 7])
def test_the_mean_intensity_is_the_level_of_the_map(level_db):
    assert 10 * np.log10(uniform(EVEN, 4, level_db).mean()) == pytest.approx(level_db, abs=0.4)


def width_of(spread: PointSpread, row: int) -> tuple[float, float]:
    """The -6 dB widths of the echo of one bright point, along the beam and across it, in mm."""
    level = np.full((401, 401), -200, np.float32)
    level[row, 200] = 60
    amplitude = np.sqrt(speckle(level, spread, PITCH, 1, np.random.default_rng(3)))
    along, across = amplitude[:, 200], amplitude[row]
    return tuple(PITCH[0] * gaussian_fwhm(line) for line in (along, across))


def gaussian_fwhm(line: np.ndarray) -> float:
    place, weight = np.arange(len(line)), line / line.sum()
    centre = (place * weight).sum()
    return float(FWHM * np.sqrt(((place - centre) ** 2 * weight).sum()))


def test_a_point_shows_the_widths_of_the_point_spread():
    along, across = width_of(EVEN, row=200)
    assert along == pytest.approx(0.3, rel=0.05) and across == pytest.approx(0.5, rel=0.05)


def test_away_from_the_focus_a_point_is_wider_but_no_longer():
    spread = PointSpread(axial_mm=0.3, lateral_mm=0.4, far_mm=0.9, focus_mm=4, reach_mm=14)
    at_focus, far = width_of(spread, row=79), width_of(spread, row=358)
    assert at_focus[1] == pytest.approx(0.4, rel=0.06) and far[1] == pytest.approx(0.9, rel=0.06)
    assert at_focus[0] == pytest.approx(far[0], rel=0.05)


def test_the_pulse_is_a_wavelength_long():
    spread = point_spread(frequency_mhz=10, depth_mm=40)
    assert spread.axial_mm == pytest.approx(0.154)
    assert point_spread(5, 40).axial_mm == pytest.approx(0.308)
    assert spread.lateral_mm > spread.axial_mm and spread.far_mm > spread.lateral_mm


def test_the_same_chance_gives_the_same_grain():
    np.testing.assert_array_equal(uniform(EVEN, seed=5), uniform(EVEN, seed=5))
    assert not np.array_equal(uniform(EVEN, seed=5), uniform(EVEN, seed=6))
