"""How far simulated images are from BUSI's, measure by measure, and what gives them away.

    python -m experiments.realism --data DIR [--images 400] [--sheet FILE]

For each of five measures: the mean distance between simulated and real images, beside the distance between two
halves of the real ones (what chance alone makes), and the AUC of a small classifier that sees this measure only and
tries to tell simulated from real: 0.5 if it cannot, 1 if it always can. Then the same with all measures together.
Near-duplicates stay on one side of the classifier's folds. Lower is better; the measure with the highest AUC is what
to mend first. The real images are of the training part of seed 0's split, so that no held-out image guides a mend.

--sheet draws 6 simulated beside 6 real images of each class. It holds BUSI's pixels: keep it out of the repository.
"""

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from busi.data.dataset import read_busi, usable
from busi.data.split import TRAIN, split_by_group
from busi.images import read_image, resize
from busi.simulator import draw_case, simulate
from busi.words.classes import CLASSES

SIDE = 256
_BANDS, _ROWS, _LAGS = 16, 16, 6


def gray_levels(image: np.ndarray) -> np.ndarray:
    """Shares of pixels in 16 steps of gray: float64 (16,), cumulated, so that neighbouring steps count as close."""
    return np.cumsum(np.histogram(image, bins=16, range=(0, 256))[0] / image.size)


def power_spectrum(image: np.ndarray) -> np.ndarray:
    """Power by spatial frequency, in dB, over 16 rings, and how it leans along or across the beam: float64 (20,)."""
    window = np.outer(np.hanning(SIDE), np.hanning(SIDE))
    power = np.abs(np.fft.fft2((image - image.mean()) * window)) ** 2
    down, across = np.meshgrid(*[np.fft.fftfreq(SIDE)] * 2, indexing="ij")
    ring = np.minimum((np.hypot(down, across) / 0.5 * _BANDS).astype(int), _BANDS)
    rings = [10 * np.log10(power[ring == number].mean() + 1) for number in range(_BANDS)]
    upright = np.abs(down) > np.abs(across)
    leans = [
        10
        * np.log10(
            (power[upright & (ring // 4 == quarter)].mean() + 1) / (power[~upright & (ring // 4 == quarter)].mean() + 1)
        )
        for quarter in range(4)
    ]
    return np.array(rings + leans)


def speckle_size(image: np.ndarray) -> np.ndarray:
    """Autocorrelation of the grain at 1 to 6 pixels, along the beam and across it: float64 (12,)."""
    gray = image.astype(np.float32)
    grain = gray - cv2.GaussianBlur(gray, (0, 0), 4)
    power = (grain**2).mean() + 1e-6
    down = [(grain[lag:] * grain[:-lag]).mean() / power for lag in range(1, _LAGS + 1)]
    across = [(grain[:, lag:] * grain[:, :-lag]).mean() / power for lag in range(1, _LAGS + 1)]
    return np.array(down + across)


def depth_profile(image: np.ndarray) -> np.ndarray:
    """Mean gray of 16 layers from the skin down: float64 (16,)."""
    return image.reshape(_ROWS, -1).mean(axis=1)


def local_contrast(image: np.ndarray) -> np.ndarray:
    """Deciles of the standard deviation in windows of 9 by 9 pixels: float64 (9,)."""
    gray = image.astype(np.float32)
    mean, square = cv2.blur(gray, (9, 9)), cv2.blur(gray**2, (9, 9))
    return np.quantile(np.sqrt(np.maximum(square - mean**2, 0)), np.arange(0.1, 1, 0.1))


MEASURES: Mapping[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "gray-level histogram": ("share", gray_levels),
    "radial power spectrum": ("dB", power_spectrum),
    "speckle size": ("correlation", speckle_size),
    "depth profile": ("gray levels", depth_profile),
    "local contrast": ("gray levels", local_contrast),
}


def main() -> None:
    """Prints the table."""
    options = _parse()
    rows = usable(read_busi(options.data).images)
    rows = rows[split_by_group(rows, 0) == TRAIN]
    rows = rows.sample(min(options.images, len(rows)), random_state=options.seed)
    real = [resize(read_image(path), SIDE) for path in rows["path"]]
    simulated = [_simulated(label, options.seed, number) for number, label in enumerate(rows["label"])]
    if options.sheet:
        draw_sheet(options.sheet, rows["label"].to_numpy(), real, simulated)
    groups = np.concatenate([rows["group"].astype("category").cat.codes, 10**6 + np.arange(len(simulated))])
    print(f"{len(real)} BUSI images against {len(simulated)} simulated ones of the same classes\n")
    print(table(real, simulated, groups).to_string(index=False, float_format=lambda value: f"{value:.3f}"))


def table(real: list[np.ndarray], simulated: list[np.ndarray], groups: np.ndarray) -> pd.DataFrame:
    """One row per measure, and one for all together.

    Args:
        real: uint8 images (256, 256).
        simulated: the same.
        groups: int (N,), of the real ones and then of the simulated ones: what must not be divided between folds.

    Returns:
        Columns measure, unit, distance, by chance, AUC.
    """
    rows, everything = [], []
    for name, (unit, measure) in MEASURES.items():
        ours, theirs = (np.stack([measure(image) for image in images]) for images in (simulated, real))
        halves = theirs[::2], theirs[1::2]
        rows.append((name, unit, _distance(ours, theirs), _distance(*halves), _auc(theirs, ours, groups)))
        everything.append((theirs, ours))
    theirs, ours = (np.hstack(parts) for parts in zip(*everything, strict=True))
    rows.append(("all together", "", np.nan, np.nan, _auc(theirs, ours, groups)))
    return pd.DataFrame(rows, columns=["measure", "unit", "distance", "by chance", "AUC"])


def draw_sheet(path: Path, labels: np.ndarray, real: list[np.ndarray], simulated: list[np.ndarray]) -> None:
    """For each class a row of 6 real images over a row of 6 simulated ones."""
    lines = []
    for label in CLASSES:
        chosen = np.nonzero(labels == label)[0][:6]
        lines += [np.hstack([images[number] for number in chosen]) for images in (real, simulated)]
    cv2.imwrite(str(path), np.vstack(lines))


def _simulated(label: str, seed: int, number: int) -> np.ndarray:
    rng = np.random.default_rng([seed, number])
    lesion, scene = draw_case(label, rng)
    return resize(simulate(lesion, scene, int(rng.integers(2**31)))[0], SIDE)


def _distance(first: np.ndarray, second: np.ndarray) -> float:
    """Mean over a measure's values of the distance between their two distributions (Wasserstein)."""
    points = np.linspace(0.005, 0.995, 100)
    gaps = np.abs(np.quantile(first, points, axis=0) - np.quantile(second, points, axis=0))
    return float(gaps.mean())


def _auc(real: np.ndarray, simulated: np.ndarray, groups: np.ndarray) -> float:
    """How well a small classifier tells them apart, on folds that it did not learn from."""
    values, labels = np.vstack([real, simulated]), np.repeat([0, 1], [len(real), len(simulated)])
    scores = np.empty(len(labels))
    for learn, judge in StratifiedGroupKFold(5, shuffle=True, random_state=0).split(values, labels, groups):
        model = HistGradientBoostingClassifier(max_iter=100, random_state=0).fit(values[learn], labels[learn])
        scores[judge] = model.predict_proba(values[judge])[:, 1]
    return float(roc_auc_score(labels, scores))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("BUSI_DATA_DIR", "kaggle"), metavar="DIR|kaggle")
    parser.add_argument("--images", type=int, default=400, metavar="N", help="of each kind (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--sheet", type=Path, metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
