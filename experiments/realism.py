"""How far simulated images are from those of two hospitals, measure by measure, and what gives them away.

    python -m experiments.realism [--hospital busi|breast] [--data DIR] [--images 400]
    python -m experiments.realism --sheet FILE --against busi

For each of five measures: the mean distance between simulated and real images, beside the distance between two
halves of the real ones (what chance alone makes), and the AUC of a small classifier that sees this measure only and
tries to tell simulated from real: 0.5 if it cannot, 1 if it always can. Then the same with all measures together, and
which of their values it tells by: how much its loss grows on images that it did not learn from when the value is
shuffled among them, the AUC of the value alone, and whether simulated images have more of it or less. Near-duplicates
stay on one side of the classifier's folds. Lower is better; the measure with the highest AUC is what to mend first.

The real images are those that may be looked at (hospitals.py): of BUSI the training part of seed 0's split, of BrEaST
the half "choice". Simulated ones have their classes, one for one. BrEaST needs no download.

--sheet draws 24 simulated images beside 24 real ones, half of each malignant. It holds a hospital's pixels, so a path
inside the repository is refused.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from busi.data.box import CHOICE, picture
from busi.data.dataset import read_busi
from busi.images import read_image, resize
from busi.simulator import draw_case, simulate
from busi.system.console import printable_output
from busi.system.places import repository
from busi.words.classes import CLASSES
from experiments.hospitals import breast_half, looked_at

BUSI, BREAST = HOSPITALS = ("busi", "breast")
ON_SHEET = 24  # images of each kind
SIDE = 256
_BANDS, _ROWS, _LAGS, _SHUFFLES = 16, 16, 6, 3


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
_QUARTERS = ("coarsest", "coarse", "fine", "finest")
VALUES: Mapping[str, Sequence[str]] = {
    "gray-level histogram": [f"pixels darker than gray {16 * step}" for step in range(1, 17)],
    "radial power spectrum": [
        *(f"power at {ring / 32:.3f} to {(ring + 1) / 32:.3f} cycles per pixel" for ring in range(_BANDS)),
        *(f"power along the beam over power across it, {quarter} quarter" for quarter in _QUARTERS),
    ],
    "speckle size": [f"likeness {lag} px {way}" for way in ("down", "across") for lag in range(1, _LAGS + 1)],
    "depth profile": [f"brightness of layer {layer} of {_ROWS} from the skin" for layer in range(1, _ROWS + 1)],
    "local contrast": [f"decile {decile} of local contrast" for decile in range(1, 10)],
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the tables, or draws the sheet; returns 0, or 2 after one line that says what is wrong."""
    printable_output()
    options = _parse(arguments)
    try:
        if options.sheet:
            check_outside(options.sheet)
            rows, real = _real(options.against, options.data, options.images, options.seed)
            draw_sheet(options.sheet, rows["label"].to_numpy(), real, options.seed)
            return 0
        for hospital in [options.hospital] if options.hospital else HOSPITALS:
            rows, real = _real(hospital, options.data, options.images, options.seed)
            _tell(hospital, rows, real, options.seed)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def measured(images: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Every measure of every image.

    Args:
        images: uint8 (256, 256).

    Returns:
        By the names of `MEASURES`, float64 (N, V) with a column for each of its `VALUES`.
    """
    return {name: np.stack([measure(image) for image in images]) for name, (_, measure) in MEASURES.items()}


def table(real: Mapping[str, np.ndarray], simulated: Mapping[str, np.ndarray], groups: np.ndarray) -> pd.DataFrame:
    """One row per measure, and one for all together.

    Args:
        real: from `measured`.
        simulated: the same.
        groups: int (N,), of the real ones and then of the simulated ones: what must not be divided between folds.

    Returns:
        Columns measure, unit, distance, by chance, AUC, n (images of both kinds).
    """
    rows = []
    for name, (unit, _) in MEASURES.items():
        theirs, ours = real[name], simulated[name]
        by_chance = _distance(theirs[::2], theirs[1::2])
        rows.append((name, unit, _distance(ours, theirs), by_chance, _auc(theirs, ours, groups), len(groups)))
    theirs, ours = _together(real), _together(simulated)
    rows.append(("all together", "", np.nan, np.nan, _auc(theirs, ours, groups), len(groups)))
    return pd.DataFrame(rows, columns=["measure", "unit", "distance", "by chance", "AUC", "n"])


def what_tells(
    real: Mapping[str, np.ndarray], simulated: Mapping[str, np.ndarray], groups: np.ndarray, most: int = 10
) -> pd.DataFrame:
    """Which values the classifier with everything tells simulated images by.

    Permutation importance: L. Breiman, "Random Forests", Machine Learning 45 (2001) 5-32, on held-out folds.

    Args:
        real: from `measured`.
        simulated: the same.
        groups: as for `table`.
        most: rows at most.

    Returns:
        Columns measure, value, loss (how much the cross-entropy grows, in nats, when that value is shuffled among the
        images that judge; mean over the folds), AUC alone (from 0.5 to 1), simulated (its median, in the measure's
        unit), real (the same), and "simulated has" more or less; the value that tells most comes first. Values that say
        the same share what they tell: the second may be worth little once there is the first.
    """
    theirs, ours = _together(real), _together(simulated)
    values, labels = np.vstack([theirs, ours]), np.repeat([0, 1], [len(theirs), len(ours)])
    grown = np.mean([_grown_loss(*fold) for fold in _folds(values, labels, groups)], axis=0)
    ranked = np.array([roc_auc_score(labels, column) for column in values.T])
    names = [(measure, value) for measure in MEASURES for value in VALUES[measure]]
    found = pd.DataFrame(names, columns=["measure", "value"]).assign(
        **{
            "loss": grown,
            "AUC alone": np.maximum(ranked, 1 - ranked),
            "simulated": np.median(ours, axis=0),
            "real": np.median(theirs, axis=0),
            "simulated has": np.where(ranked > 0.5, "more", "less"),
        }
    )
    return found.sort_values("loss", ascending=False, kind="stable").head(most).reset_index(drop=True)


def check_outside(path: Path) -> None:
    """Makes sure that a hospital's pixels are not written into the repository.

    Args:
        path: where they shall be written.

    Raises:
        ValueError: if that is inside the repository.
    """
    if path.resolve().is_relative_to(repository().resolve()):
        raise ValueError(f"{path} lies in the repository, where no hospital's pixels may be: choose a place outside")


def draw_sheet(path: Path, labels: np.ndarray, real: Sequence[np.ndarray], seed: int) -> None:
    """24 real images at the left, 24 simulated ones at the right: three rows benign, three malignant on each side.

    Args:
        path: of the file, in a format that its ending names.
        labels: of the real images.
        real: uint8 (256, 256).
        seed: decides the simulated images.

    Raises:
        ValueError: if there are too few images of a class, or the path is inside the repository.
        OSError: if the file cannot be written.
    """
    check_outside(path)
    sides = []
    for label in CLASSES:
        chosen = np.flatnonzero(labels == label)[: ON_SHEET // 2]
        if len(chosen) < ON_SHEET // 2:
            raise ValueError(f"a sheet needs {ON_SHEET // 2} {label} images, got {len(chosen)}")
        drawn = [_simulated(label, seed, int(number)) for number in chosen]
        sides.append((_grid([real[number] for number in chosen]), _grid(drawn)))
    left, right = (np.vstack(blocks) for blocks in zip(*sides, strict=True))
    between = np.full((len(left), 24), 255, np.uint8)
    written, content = cv2.imencode(path.suffix or ".png", np.hstack([left, between, right]))
    if not written:
        raise OSError(f"cannot draw {path}")
    path.write_bytes(content.tobytes())


def _grid(images: Sequence[np.ndarray], columns: int = 4) -> np.ndarray:
    return np.vstack([np.hstack(images[first : first + columns]) for first in range(0, len(images), columns)])


def _tell(hospital: str, rows: pd.DataFrame, real: list[np.ndarray], seed: int) -> None:
    """Prints both tables of a hospital."""
    simulated = [_simulated(label, seed, number) for number, label in enumerate(rows["label"])]
    groups = np.concatenate([rows["group"].astype("category").cat.codes, 10**6 + np.arange(len(simulated))])
    theirs, ours = measured(real), measured(simulated)
    print(f"{len(real)} images of {hospital} against {len(simulated)} simulated ones of the same classes\n")
    print(_written(table(theirs, ours, groups)), end="\n\n")
    print("what the classifier with everything tells them by\n")
    print(_written(what_tells(theirs, ours, groups)), end="\n\n", flush=True)


def _written(found: pd.DataFrame) -> str:
    return found.to_string(index=False, float_format=lambda value: f"{value:.3f}")


def _real(hospital: str, data: str, most: int, seed: int) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """The rows of a hospital that may be looked at, at most so many, and their images uint8 (256, 256)."""
    rows = breast_half(CHOICE) if hospital == BREAST else looked_at(read_busi(data).images)
    rows = rows.sample(min(most, len(rows)), random_state=seed).reset_index(drop=True)
    files = map(picture, rows["image_id"]) if hospital == BREAST else rows["path"]
    return rows, [resize(read_image(file), SIDE) for file in files]


def _simulated(label: str, seed: int, number: int) -> np.ndarray:
    rng = np.random.default_rng([seed, number])
    lesion, scene = draw_case(label, rng)
    return resize(simulate(lesion, scene, int(rng.integers(2**31)))[0], SIDE)


def _together(found: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.hstack([found[name] for name in MEASURES])


def _distance(first: np.ndarray, second: np.ndarray) -> float:
    """Mean over a measure's values of the distance between their two distributions (Wasserstein)."""
    points = np.linspace(0.005, 0.995, 100)
    gaps = np.abs(np.quantile(first, points, axis=0) - np.quantile(second, points, axis=0))
    return float(gaps.mean())


Fold = tuple[HistGradientBoostingClassifier, np.ndarray, np.ndarray, np.ndarray]


def _folds(values: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> Iterator[Fold]:
    """Five small classifiers, and what each did not learn from: its rows, its values and its labels."""
    for learn, judge in StratifiedGroupKFold(5, shuffle=True, random_state=0).split(values, labels, groups):
        model = HistGradientBoostingClassifier(max_iter=100, random_state=0).fit(values[learn], labels[learn])
        yield model, judge, values[judge], labels[judge]


def _auc(real: np.ndarray, simulated: np.ndarray, groups: np.ndarray) -> float:
    """How well a small classifier tells them apart, on folds that it did not learn from."""
    values, labels = np.vstack([real, simulated]), np.repeat([0, 1], [len(real), len(simulated)])
    scores = np.empty(len(labels))
    for model, judge, judged, _ in _folds(values, labels, groups):
        scores[judge] = model.predict_proba(judged)[:, 1]
    return float(roc_auc_score(labels, scores))


def _grown_loss(
    model: HistGradientBoostingClassifier, _rows: np.ndarray, values: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """How much the loss on held-out images grows when one value is shuffled among them, thrice: float64 (V,)."""
    rng, grown = np.random.default_rng(0), np.zeros(values.shape[1])
    whole = log_loss(labels, model.predict_proba(values), labels=[0, 1])
    for number in range(values.shape[1]):
        for _ in range(_SHUFFLES):
            shuffled = values.copy()
            shuffled[:, number] = rng.permutation(values[:, number])
            grown[number] += (log_loss(labels, model.predict_proba(shuffled), labels=[0, 1]) - whole) / _SHUFFLES
    return grown


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--hospital", choices=HOSPITALS, help="default: both")
    add("--data", default=os.environ.get("BUSI_DATA_DIR", "kaggle"), metavar="DIR|kaggle", help="BUSI")
    add("--images", type=int, default=400, metavar="N", help="of each kind at most (default: %(default)s)")
    add("--seed", type=int, default=0, metavar="N")
    add("--sheet", type=Path, metavar="FILE", help="draw this instead")
    add("--against", choices=HOSPITALS, default=BUSI, help="whose images the sheet shows (default: %(default)s)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
