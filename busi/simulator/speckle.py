"""Speckle: the grain of an ultrasound image.

In one resolution cell of the probe lie many scatterers too small to be seen; their echoes add up or cancel by chance.
So tissue of one kind shows as grain whose size is the resolution cell's and whose contrast is always the same: mean
over standard deviation of the envelope is 1.91 (Rayleigh statistics), whatever the tissue. Scanners soften it by
averaging several views.

Sources: C. Burckhardt, "Speckle in ultrasound B-mode scans", IEEE Trans. Sonics Ultrason. 25 (1978) 1-6,
https://doi.org/10.1109/T-SU.1978.30978; R. Wagner et al., same journal 30 (1983) 156-163. One complex Gaussian
scatterer per pixel and a Gaussian pulse, as in the convolution model of J. Bamber and R. Dickinson, Phys. Med. Biol.
25 (1980) 463-479.
"""

from dataclasses import dataclass

import cv2
import numpy as np

SPEED_OF_SOUND = 1.54  # mm per microsecond, in soft tissue
FWHM = float(2 * np.sqrt(2 * np.log(2)))  # of a Gaussian, in standard deviations
_NOTHING = np.ones(1, np.float32)


@dataclass(frozen=True)
class PointSpread:
    """The echo of a single point: a Gaussian whose lateral width grows away from the focus.

    Attributes:
        axial_mm: full width at half maximum of its amplitude (the -6 dB width), along the beam.
        lateral_mm: the same across it, at the focus.
        far_mm: the same, `reach_mm` away from the focus.
        focus_mm: depth of the focus.
        reach_mm: distance from the focus at which the width is `far_mm`.
    """

    axial_mm: float
    lateral_mm: float
    far_mm: float
    focus_mm: float
    reach_mm: float


def point_spread(frequency_mhz: float, depth_mm: float, focus: float = 0.4) -> PointSpread:
    """The echo of a point for a linear probe.

    Args:
        frequency_mhz: of the pulse.
        depth_mm: that the image reaches.
        focus: where the beam is narrowest, as a share of that depth.

    Returns:
        About one wavelength along the beam (0.154 mm at 10 MHz), 1.7 across it at the focus, and
        twice that at the farthest end.
    """
    wavelength, focus_mm = SPEED_OF_SOUND / frequency_mhz, focus * depth_mm
    return PointSpread(wavelength, 1.7 * wavelength, 3.4 * wavelength, focus_mm, max(focus_mm, depth_mm - focus_mm))


def speckle(
    echo_db: np.ndarray, spread: PointSpread, pitch_mm: tuple[float, float], looks: int, rng: np.random.Generator
) -> np.ndarray:
    """Sends sound through a map of echo strengths.

    Args:
        echo_db: float array (H, W), mean echo strength in dB; rows run down in depth.
        spread: the echo of a point.
        pitch_mm: height and width of a pixel.
        looks: independent views whose intensities are averaged.
        rng: where the scatterers come from.

    Returns:
        float32 array (H, W), intensity (squared envelope); in uniform tissue its mean is 10^(dB/10).
    """
    amplitude = np.float32(10.0) ** (echo_db.astype(np.float32) / 20)
    total = np.zeros(echo_db.shape, np.float32)
    for _ in range(looks):
        for _ in ("real part", "imaginary part"):
            scatterers = rng.standard_normal(echo_db.shape, dtype=np.float32) * amplitude
            total += _blurred(scatterers, spread, pitch_mm) ** 2
    return total / (2 * looks)


def _blurred(field: np.ndarray, spread: PointSpread, pitch_mm: tuple[float, float]) -> np.ndarray:
    """Convolves with the point spread: rows between focus and far end mix the narrow beam with the wide one."""
    axial = _kernel(spread.axial_mm / pitch_mm[0])
    narrow, wide = (_kernel(width / pitch_mm[1]) for width in (spread.lateral_mm, spread.far_mm))
    along = cv2.sepFilter2D(field, cv2.CV_32F, _NOTHING, axial, borderType=cv2.BORDER_REFLECT)
    near, far = (
        cv2.sepFilter2D(along, cv2.CV_32F, kernel, _NOTHING, borderType=cv2.BORDER_REFLECT) for kernel in (narrow, wide)
    )
    depth = (np.arange(field.shape[0]) + 0.5) * pitch_mm[0]
    share = np.clip(np.abs(depth - spread.focus_mm) / spread.reach_mm, 0, 1).astype(np.float32)[:, np.newaxis]
    # Both hear the same scatterers, so a mix of the two is a little weaker than either.
    agreement = _agreement(narrow, wide)
    strength = np.sqrt((1 - share) ** 2 + share**2 + 2 * share * (1 - share) * agreement)
    return ((1 - share) * near + share * far) / strength


def _kernel(fwhm_pixels: float) -> np.ndarray:
    """A Gaussian of unit energy, so that blurring keeps the mean intensity: float32 (2r + 1,)."""
    sigma = max(fwhm_pixels, 0.05) / FWHM
    radius = max(1, int(np.ceil(3.2 * sigma)))
    offsets = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    return (kernel / np.sqrt((kernel**2).sum())).astype(np.float32)


def _agreement(narrow: np.ndarray, wide: np.ndarray) -> float:
    """Correlation of what two kernels hear."""
    margin = (len(wide) - len(narrow)) // 2
    return float((np.pad(narrow, margin) * wide).sum())
