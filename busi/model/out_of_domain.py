"""Whether a picture is of the kind that the network learned from: asked before any number is shown.

A network answers everything, a cat as well as a lesion, and its confidence tells nothing of that. So each bundle
holds a description of what its training images look like, in numbers that do not come from the network: how much black,
gray and white there is, how fine the grain and how it lies, how light falls with depth, how rough bright places are.
How far a new picture is from the usual is Mahalanobis' distance, with the covariance of O. Ledoit and M. Wolf, "A
well-conditioned estimator for large-dimensional covariance matrices", J. Multivariate Analysis 88 (2004) 365. Real and
simulated images have each their own usual; the nearer counts. Beyond the limit, or in colour, a picture is out of
the domain. The limit is a little beyond the farthest validation image, of which a few odd ones do not count.

It tells pictures of another kind, not wrong ones: an ultrasound image of a liver may well pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np

from busi.images import resize

SIDE = 128  # pixels at which pictures are compared
BEYOND = 1.05  # times the distance of the farthest validation image that counts
ODD = 50  # of so many the farthest does not count: a single odd picture would let all others in
MOST_COLOUR = 0.05  # share of coloured pixels; marks and a scale are less
_RINGS = 12


@dataclass(frozen=True)
class Usual:
    """What one population's pictures look like.

    Attributes:
        mean: float64 (K,), of the texture.
        spread: float64 (K,), its standard deviation.
        precision: float64 (K, K), the inverse covariance of the texture, after mean and spread were taken out.
    """

    mean: np.ndarray
    spread: np.ndarray
    precision: np.ndarray

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of the three."""
        return self.mean.shape, self.spread.shape, self.precision.shape

    def distance(self, texture: np.ndarray) -> float:
        """How far a picture is from the usual: about 6 for most of those that it was made from.

        Args:
            texture: float64 (K,).
        """
        away = (texture - self.mean) / self.spread
        return float(np.sqrt(max(0.0, away @ self.precision @ away)))


@dataclass(frozen=True)
class Domain:
    """The pictures that a network may be asked about.

    Attributes:
        usual: of each population that it learned from.
        limit: a picture farther away than this is out of the domain.
    """

    usual: tuple[Usual, ...]
    limit: float

    def distance(self, image: np.ndarray) -> float:
        """How far a picture is from the nearer usual.

        Args:
            image: uint8 (H, W).
        """
        described = texture(image)
        return min(one.distance(described) for one in self.usual)

    def holds(self, image: np.ndarray, colour: float = 0.0) -> bool:
        """Whether a picture is of the kind that the network learned from.

        Args:
            image: uint8 (H, W).
            colour: its share of coloured pixels, from `images.colour_share`.
        """
        return colour <= MOST_COLOUR and self.distance(image) <= self.limit

    def to_dict(self) -> dict[str, Any]:
        """As bundle.json keeps it: rounded, a row of numbers to a line."""
        return {
            "limit": round(self.limit, 5),
            "usual": [{name: _lines(getattr(one, name)) for name in _PARTS} for one in self.usual],
        }

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "Domain":
        """What `to_dict` gave.

        Raises:
            ValueError: if it is not that.
        """
        try:
            usual = tuple(Usual(*(_numbers(one[name]) for name in _PARTS)) for one in saved["usual"])
            limit = float(saved["limit"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"domain must hold usual and limit: {error}") from error
        size = len(texture(np.zeros((SIDE, SIDE), np.uint8)))
        if not usual or any(one.shapes != ((size,), (size,), (size, size)) for one in usual):
            raise ValueError(f"domain must describe {size} numbers")
        if not all(np.isfinite(getattr(one, name)).all() for one in usual for name in _PARTS) or not 0 < limit < np.inf:
            raise ValueError("domain must hold finite numbers, and a limit above 0")
        if not all((one.spread > 0).all() for one in usual):
            raise ValueError("the spread in the domain must be above 0")
        return cls(usual, limit)


_PARTS = ("mean", "spread", "precision")


def learn_domain(populations: Sequence[Sequence[np.ndarray]], chosen_by: Sequence[np.ndarray]) -> Domain:
    """Describes what training images look like, and sets the limit on others.

    Args:
        populations: training images of each kind, uint8 (H, W) of any sizes; some fifty of each at least.
        chosen_by: validation images.
    """
    usual = tuple(_usual(np.stack([texture(image) for image in images])) for images in populations)
    domain = Domain(usual, np.inf)
    distances = sorted(domain.distance(image) for image in chosen_by)
    return Domain(usual, BEYOND * distances[-1 - len(distances) // ODD])


def texture(image: np.ndarray) -> np.ndarray:
    """What a picture looks like, whatever it shows.

    Args:
        image: uint8 (H, W), gray levels.

    Returns:
        float64 (41,): quantiles of the gray levels, power by spatial frequency and its lean, roughness and where it
        lies, light by depth and across, likeness of neighbours, disorder of the gray levels.
    """
    small = resize(image, SIDE).astype(np.float64)
    fine = small - cv2.GaussianBlur(small, (0, 0), 2)
    power = np.mean(fine**2)
    rough, light = np.sqrt(cv2.GaussianBlur(fine**2, (0, 0), 4)), cv2.GaussianBlur(small, (0, 0), 4)
    shares = np.histogram(small, 16, (0, 256))[0] / small.size
    return np.concatenate(
        [
            np.quantile(small, [0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98]) / 255,
            _spectrum(small),
            np.log(np.quantile(rough, [0.1, 0.5, 0.9]) + 0.5),
            [_correlation(rough, light), np.log(np.mean(fine**4) / (power**2 + 1e-3) + 1)],
            _profile(small.reshape(8, -1, SIDE).mean(axis=(1, 2))),
            _profile(small.reshape(SIDE, 4, -1).mean(axis=(0, 2))),
            [np.mean(fine[:, 1:] * fine[:, :-1]) / (power + 1e-3), np.mean(fine[1:] * fine[:-1]) / (power + 1e-3)],
            [-np.sum(shares * np.log(shares + 1e-9))],
        ]
    )


def _spectrum(small: np.ndarray) -> np.ndarray:
    """Power over rings of spatial frequency, and how it leans along or across the beam: float64 (15,)."""
    window, ring, along = _rings()
    power = np.abs(np.fft.fft2((small - small.mean()) * window)) ** 2
    rings = [np.log10(power[ring == number].mean() + 1) for number in range(_RINGS)]
    thirds = [(along & (ring // 4 == third), ~along & (ring // 4 == third)) for third in range(3)]
    leans = [np.log10(power[one].mean() + 1) - np.log10(power[other].mean() + 1) for one, other in thirds]
    return np.array(rings + leans)


@cache
def _rings() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    frequency = np.fft.fftfreq(SIDE)
    distance = np.hypot(*np.meshgrid(frequency, frequency))
    along = np.abs(frequency)[:, np.newaxis] > np.abs(frequency)[np.newaxis]
    return np.outer(np.hanning(SIDE), np.hanning(SIDE)), np.minimum(distance / 0.5 * _RINGS, _RINGS).astype(int), along


def _profile(means: np.ndarray) -> np.ndarray:
    logs = np.log(means + 5)
    return logs - logs.mean()


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    if one.std() < 1e-6 or other.std() < 1e-6:
        return 0.0
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def _usual(textures: np.ndarray) -> Usual:
    from sklearn.covariance import LedoitWolf  # here, because opening a bundle needs no scikit-learn

    mean, spread = textures.mean(axis=0), textures.std(axis=0) + 1e-6
    return Usual(mean, spread, LedoitWolf().fit((textures - mean) / spread).precision_)


def _lines(values: np.ndarray) -> Any:
    if values.ndim == 2:
        return [_lines(row) for row in values]
    return " ".join(f"{value:.7g}" for value in values)


def _numbers(lines: str | list[str]) -> np.ndarray:
    if isinstance(lines, str):
        return np.array([float(value) for value in lines.split()])
    return np.stack([_numbers(line) for line in lines])
