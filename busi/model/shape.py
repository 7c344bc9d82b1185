"""What a drawn outline says of a lesion, in numbers that a radiologist has words for.

Every measure but one is a sum over the drawn map, over its gradient, or along rays from its centre, so that the same
reading can run wherever the map is; the hull alone needs the lesion's places. Lengths are ratios, since a picture
rarely says how many millimetres a pixel is; the picture's own proportions are given back first, because the network
receives every picture as a square.

Sources: the words (parallel, margin, posterior features) are those of the ACR BI-RADS Atlas, 5th edition, 2013; shape
by moments, M.-K. Hu 1962, https://doi.org/10.1109/TIT.1962.1057692; roundness, E. P. Cox 1927, Journal of Paleontology
1, 179-183; the perimeter as the total variation of the map, W. H. Fleming and R. Rishel 1960,
https://doi.org/10.1007/BF01236935; Fourier terms of an outline, C. T. Zahn and R. Z. Roskies 1972,
https://doi.org/10.1109/TC.1972.5008949; taller than wide, enhancement and shadow, A. T. Stavros et al. 1995,
https://doi.org/10.1148/radiology.196.1.7784555.
"""

from dataclasses import asdict, dataclass, fields

import cv2
import numpy as np

LESION_FROM = 0.5  # a place is lesion from this value of the map on
SMALLEST = 0.001  # share of the picture below which nothing lesion-like is drawn
_SIDE = 128  # all maps are read at this size
_ANGLES, _STEPS = 128, 96
_TERMS = {"lobes": (3, 5), "bumps": (6, 11), "teeth": (12, 29)}  # of Fourier, from and to
_FEWEST = 1e-3  # of the radius: what is smoother than the map's places can tell counts as that


@dataclass(frozen=True)
class Shape:
    """The measures of one drawn lesion. Each is a pure number; logarithms are natural.

    Attributes:
        size: logarithm of its share of the picture.
        taller: logarithm of height over width: above 0 it is taller than wide, "not parallel".
        elongation: logarithm of the longest axis over the shortest, of the ellipse with the same moments; 0 or more.
        tilt: how far that ellipse leans out of the horizontal and vertical, |sin 2 angle| by (long - short) / long.
        ellipse: shared by the lesion and that ellipse, over what either covers; 1 for an ellipse.
        roundness: 4 pi area / perimeter^2; 1 for a circle.
        solidity: places inside over those inside the tightest hull around them; 1 where nothing is hollow.
        lobes: logarithm of how far its radius departs from that ellipse in waves that go round it 3 to 5 times, as the
            root mean square over the mean radius.
        bumps: the same, in waves that go round 6 to 11 times.
        teeth: the same, 12 to 29 times.
        contrast: how much darker it is than what is around it, over the picture's spread of grays.
        rim: how much brighter its rim is than what is around that, the same.
        texture: spread of grays inside over that of the picture.
        crisp: rise of the gray across its outline, within a few pixels, over the picture's spread.
        behind: how much brighter it is behind than beside that, the same; above 0 enhancement, below 0 shadow.
        depth: of its centre, as a share of the picture's height.
        doubt: how wide the band is in which the map is undecided, over the lesion's mean radius.
    """

    size: float
    taller: float
    elongation: float
    tilt: float
    ellipse: float
    roundness: float
    solidity: float
    lobes: float
    bumps: float
    teeth: float
    contrast: float
    rim: float
    texture: float
    crisp: float
    behind: float
    depth: float
    doubt: float

    def vector(self) -> np.ndarray:
        """float64 (K,), in the order of the K = 17 `FEATURES`."""
        return np.array(list(asdict(self).values()))


FEATURES = tuple(field.name for field in fields(Shape))


def read_shape(drawn: np.ndarray, image: np.ndarray, proportion: float = 1.0) -> Shape | None:
    """Reads a drawn lesion and the grays around it.

    Args:
        drawn: float (H, H) in [0, 1], how likely each place is lesion; any square size.
        image: uint8 (S, S), the picture as the network received it; any square size.
        proportion: height over width of the picture before it was made a square.

    Returns:
        The measures; None if nothing lesion-like is drawn.

    Raises:
        ValueError: if either is no square, or the proportion not above 0.
    """
    for name, array in (("drawn", drawn), ("image", image)):
        if array.ndim != 2 or array.shape[0] != array.shape[1]:
            raise ValueError(f"{name} must be a square, got {array.shape}")
    if not proportion > 0:
        raise ValueError(f"proportion must be above 0, got {proportion}")
    lesion = main_lesion(_at_side(drawn))
    if lesion is None:
        return None
    tall = np.sqrt(proportion)  # height of a place of the square, and 1 / tall its width, so that areas stay
    grays = _at_side(image)
    return Shape(**_form(lesion, tall), **_margin(lesion, tall), **_grays(lesion, grays))


def main_lesion(drawn: np.ndarray) -> np.ndarray | None:
    """The largest drawn lesion alone, with its soft edge.

    Args:
        drawn: float32 (H, W) in [0, 1].

    Returns:
        float32 (H, W) in [0, 1], 0 away from it; None if no lesion covers `SMALLEST` of the picture.
    """
    count, label, stats, _ = cv2.connectedComponentsWithStats((drawn >= LESION_FROM).astype(np.uint8), connectivity=4)
    if count == 1:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    if stats[largest, cv2.CC_STAT_AREA] < SMALLEST * drawn.size:
        return None
    inside = (label == largest).astype(np.uint8)
    around = cv2.dilate(inside, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    others = (drawn >= LESION_FROM) & (label != largest)
    return np.where((around > 0) & ~others, drawn, 0).astype(np.float32)


def _form(lesion: np.ndarray, tall: float) -> dict[str, float]:
    area, (row, column), moments = _moments(lesion, tall)
    long, short = np.sqrt(np.linalg.eigvalsh(moments)[::-1])
    angle = 0.5 * np.arctan2(2 * moments[0, 1], moments[1, 1] - moments[0, 0])
    away = _away(lesion.shape, (row, column), moments, tall)
    fitted = away <= 4.0  # an even ellipse has its border at twice its standard deviation
    inside = lesion >= LESION_FROM
    return {
        "size": float(np.log(area / lesion.size)),
        "taller": float(0.5 * np.log(moments[0, 0] / moments[1, 1])),
        "elongation": float(np.log(long / short)),
        "tilt": float(abs(np.sin(2 * angle)) * (long - short) / long),
        "ellipse": float((fitted & inside).sum() / (fitted | inside).sum()),
        "solidity": _solidity(inside),
        "depth": float(row / lesion.shape[0]),
    }


def _margin(lesion: np.ndarray, tall: float) -> dict[str, float]:
    soft = cv2.GaussianBlur(np.pad(lesion, 4), (0, 0), 1.0)  # the picture's border bounds what it cuts
    perimeter = float(_steepness(soft, tall).sum())
    area, centre, moments = _moments(lesion, tall)
    radius = np.sqrt(area / np.pi)
    waves = np.abs(np.fft.rfft(_radii(lesion, centre, moments, tall)))
    shares = {
        name: float(np.log(np.sqrt(2 * (waves[low : high + 1] ** 2).sum()) / waves[0] + _FEWEST))
        for name, (low, high) in _TERMS.items()
    }
    undecided = float((lesion * (1 - lesion)).sum() / perimeter / radius)
    return {"roundness": float(4 * np.pi * area / perimeter**2), "doubt": undecided, **shares}


def _grays(lesion: np.ndarray, grays: np.ndarray) -> dict[str, float]:
    inside = lesion >= LESION_FROM
    spread = float(grays.std()) + 1.0
    radius = np.sqrt(inside.sum() / np.pi)
    outside = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
    within = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    ring = (outside > 0) & (outside <= max(2.0, 0.5 * radius))
    rim = (outside > 0) & (outside <= max(1.5, 0.15 * radius))
    beyond = ring & ~rim
    band_in, band_out = inside & (within <= 2.5), (outside > 0) & (outside <= 2.5)
    return {
        "contrast": (_mean(grays, ring) - _mean(grays, inside)) / spread,
        "rim": (_mean(grays, rim) - _mean(grays, beyond)) / spread,
        "texture": float(grays[inside].std()) / spread,
        "crisp": (_mean(grays, band_out) - _mean(grays, band_in)) / spread,
        "behind": _behind(inside, grays) / spread,
    }


def _behind(inside: np.ndarray, grays: np.ndarray) -> float:
    """Mean gray below the lesion's middle part, less that beside it at the same depth; 0 where there is no room."""
    rows, columns = np.nonzero(inside)
    left, right = np.quantile(columns, [0.15, 0.85]).astype(int)
    bottom, height = int(np.quantile(rows, 0.98)) + 2, int(np.ptp(rows)) + 1
    end, width = min(bottom + max(4, height), inside.shape[0]), right - left + 1
    if end - bottom < 3:
        return 0.0
    behind = grays[bottom:end, left : right + 1]
    first, last = int(columns.min()) - 2, int(columns.max()) + 3
    beside = [grays[bottom:end, max(0, first - width) : max(0, first)], grays[bottom:end, last : last + width]]
    beside = [part.ravel() for part in beside if part.shape[1] >= 3]
    return float(behind.mean() - np.concatenate(beside).mean()) if beside else 0.0


def _moments(lesion: np.ndarray, tall: float) -> tuple[float, tuple[float, float], np.ndarray]:
    """Area, centre (row, column) and second moments (2, 2) of rows and columns, in places of a true proportion."""
    rows, columns = np.mgrid[: lesion.shape[0], : lesion.shape[1]]
    area = float(lesion.sum())
    row, column = float((lesion * rows).sum() / area), float((lesion * columns).sum() / area)
    down, along = (rows - row) * tall, (columns - column) / tall
    cross = float((lesion * down * along).sum() / area)
    moments = np.array(
        [[float((lesion * down**2).sum() / area), cross], [cross, float((lesion * along**2).sum() / area)]]
    )
    return area, (row, column), moments + np.eye(2) / 12


def _away(shape: tuple[int, int], centre: tuple[float, float], moments: np.ndarray, tall: float) -> np.ndarray:
    """Squared distance of every place from the centre, in standard deviations of the map."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    down, along = (rows - centre[0]) * tall, (columns - centre[1]) / tall
    inverse = np.linalg.inv(moments)
    return inverse[0, 0] * down**2 + 2 * inverse[0, 1] * down * along + inverse[1, 1] * along**2


def _radii(lesion: np.ndarray, centre: tuple[float, float], moments: np.ndarray, tall: float) -> np.ndarray:
    """How far the map reaches from its centre at each angle, over the fitted ellipse: (_ANGLES,)."""
    root = np.linalg.cholesky(moments)
    angles = np.arange(_ANGLES) * 2 * np.pi / _ANGLES
    steps = (np.arange(_STEPS) + 0.5) * 5.0 / _STEPS  # standard deviations; the ellipse ends at 2
    rays = root @ np.stack([np.cos(angles), np.sin(angles)])  # (2, _ANGLES)
    rows = centre[0] + rays[0][:, None] * steps / tall
    columns = centre[1] + rays[1][:, None] * steps * tall
    seen = cv2.remap(
        lesion, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
    )
    return np.sqrt(2 * (seen * steps).sum(axis=1) * 5.0 / _STEPS)


def _solidity(inside: np.ndarray) -> float:
    """Places inside over those inside the hull of their centres, which are counted by Pick's theorem (G. Pick 1899)."""
    hull = cv2.convexHull(np.argwhere(inside).astype(np.int32))[:, 0]
    on_border = np.gcd(*np.abs(hull - np.roll(hull, 1, axis=0)).T).sum()
    return float(inside.sum() / (cv2.contourArea(hull) + on_border / 2 + 1))


def _steepness(lesion: np.ndarray, tall: float) -> np.ndarray:
    down, along = np.gradient(lesion)
    return np.hypot(down / tall, along * tall)


def _mean(grays: np.ndarray, where: np.ndarray) -> float:
    return float(grays[where].mean()) if where.any() else float(grays.mean())


def _at_side(array: np.ndarray) -> np.ndarray:
    """float32 (_SIDE, _SIDE)."""
    array = array.astype(np.float32)
    if array.shape[0] == _SIDE:
        return array
    shrinks = array.shape[0] > _SIDE
    return cv2.resize(array, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
