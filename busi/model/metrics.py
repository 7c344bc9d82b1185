"""Numbers about predictions, each with the count it comes from and a 95 % interval.

Four kinds of interval:
  * a rate (exactitude, sensitivity, specificity) has Wilson's, which stays honest for small counts and for rates
    of 0 or 1: E. B. Wilson, "Probable Inference", JASA 22 (1927) 209;
  * the AUC, the loss and the calibration error have a percentile bootstrap that draws whole near-duplicate
    groups, because twins are not two independent observations;
  * an AUC of exactly 1 or 0, which no redraw changes, has a bound instead: see `perfect_auc`;
  * what chance alone makes of a calibration error has the middle 95 % of imagined outcomes.

Also what is chosen on the validation part and only there: the calibration and the threshold.
"""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import NormalDist

import numpy as np

LEVEL = 0.95
BOOTSTRAP_DRAWS = 2000


@dataclass(frozen=True)
class Estimate:
    """A number with its uncertainty.

    Attributes:
        value: the number.
        low: lower end of the 95 % interval.
        high: upper end.
        n: how many images it is computed on.
    """

    value: float
    low: float
    high: float
    n: int

    def to_dict(self) -> dict[str, float | int]:
        """The estimate as plain values, rounded to 6 decimals."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Confusion:
    """How many images of each class were called what; malignant is the positive class."""

    true_positives: int
    false_negatives: int
    false_positives: int
    true_negatives: int

    def accuracy(self) -> Estimate:
        """Share of all images called right (in French: exactitude)."""
        right = self.true_positives + self.true_negatives
        return rate(right, right + self.false_positives + self.false_negatives)

    def sensitivity(self) -> Estimate:
        """Share of malignant images called malignant."""
        return rate(self.true_positives, self.true_positives + self.false_negatives)

    def specificity(self) -> Estimate:
        """Share of benign images called benign."""
        return rate(self.true_negatives, self.true_negatives + self.false_positives)


def confusion(labels: np.ndarray, probabilities: np.ndarray, threshold: float) -> Confusion:
    """Counts right and wrong calls at a threshold.

    Args:
        labels: (N,) true for malignant.
        probabilities: (N,) in [0, 1], of malignant.
        threshold: called malignant from this probability on.

    Returns:
        The four counts.
    """
    labels, called = _checked(labels, probabilities)[0], np.asarray(probabilities) >= threshold
    return Confusion(
        true_positives=int((labels & called).sum()),
        false_negatives=int((labels & ~called).sum()),
        false_positives=int((~labels & called).sum()),
        true_negatives=int((~labels & ~called).sum()),
    )


def rate(successes: int, n: int) -> Estimate:
    """A share with Wilson's interval.

    Written out, because importing SciPy's holds up the first page; a test holds it to that.

    Args:
        successes: how many of them.
        n: of how many.

    Returns:
        The estimate.

    Raises:
        ValueError: if n is 0 or there are more successes than n.
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"a rate needs 0 <= successes <= n and n > 0, got {successes} of {n}")
    share, z = successes / n, NormalDist().inv_cdf((1 + LEVEL) / 2)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == n else middle + half
    return Estimate(share, low, high, n)


def auc(labels: np.ndarray, probabilities: np.ndarray, groups: np.ndarray) -> Estimate:
    """Area under the ROC curve: how often a malignant image is given more than a benign one; see also `perfect_auc`.

    Args:
        labels: (N,) true for malignant.
        probabilities: (N,) in [0, 1].
        groups: (N,) near-duplicate group of each image, the unit of the bootstrap.

    Returns:
        The estimate.

    Raises:
        ValueError: if one of the classes is absent.
    """
    labels, probabilities = _checked_classes(labels, probabilities)
    malignant, benign = probabilities[labels][:, np.newaxis], probabilities[~labels]
    in_order = (malignant > benign) + 0.5 * (malignant == benign)
    value = float(in_order.mean())
    if value in (0.0, 1.0):
        return perfect_auc(labels, groups, value)
    low, high = np.quantile(_redrawn_aucs(labels, in_order, groups), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high), len(labels))


def perfect_auc(labels: np.ndarray, groups: np.ndarray, value: float) -> Estimate:
    """An AUC of 1 or 0 with an exact 95 % bound: two classes set apart in a few images may well not be in many.

    Of k groups of each class, k pairs can be made that share no image. Each is in the right order with the probability
    that the AUC is, and all k are: so Clopper's and Pearson's interval for k of k holds, and is (0.025^(1/k), 1).

    Method: C. J. Clopper and E. S. Pearson, "The Use of Confidence or Fiducial Limits", Biometrika 26 (1934) 404.

    Args:
        labels: (N,) true for malignant.
        groups: (N,) near-duplicate group of each image: twins are one observation.
        value: 1.0, or 0.0 if every pair is in the wrong order.

    Returns:
        The estimate.
    """
    labels, groups = np.asarray(labels, dtype=bool), np.asarray(groups)
    pairs = min(len(np.unique(groups[labels])), len(np.unique(groups[~labels])))
    bound = ((1 - LEVEL) / 2) ** (1 / pairs)
    low, high = (bound, 1.0) if value == 1.0 else (0.0, 1 - bound)
    return Estimate(value, low, high, len(labels))


def loss(labels: np.ndarray, probabilities: np.ndarray, groups: np.ndarray) -> Estimate:
    """Mean binary cross-entropy, in nats; arguments and errors as for `auc`."""
    return bootstrap(binary_cross_entropy, labels, probabilities, groups)


def calibration_error(labels: np.ndarray, probabilities: np.ndarray, groups: np.ndarray) -> Estimate:
    """Expected calibration error over ten equal slices of probability; arguments and errors as for `auc`."""
    return bootstrap(expected_calibration_error, labels, probabilities, groups, unbias=True)


def calibration_error_by_chance(probabilities: np.ndarray, groups: np.ndarray) -> Estimate:
    """What `calibration_error` comes to when the probabilities are right, because the images are few.

    Args:
        probabilities: (N,) in [0, 1].
        groups: (N,) near-duplicate group of each image.

    Returns:
        The mean over imagined outcomes, and between which two values 95 % of them lie. An error above the upper end is
        one that chance explains badly, as far as images of different groups are independent.

    Raises:
        ValueError: if the lengths differ or a probability is out of range.
    """
    errors = chance_calibration_errors(probabilities, groups)
    low, high = np.quantile(errors, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(errors.mean()), float(low), float(high), len(probabilities))


def chance_calibration_errors(
    probabilities: np.ndarray, groups: np.ndarray, draws: int = BOOTSTRAP_DRAWS, slices: int = 10
) -> np.ndarray:
    """The calibration error of right probabilities, in one imagined outcome after the other.

    In each, an image is malignant with just the probability that it was given, and the images of a group share their
    luck, as twins do. Method: consistency resampling, J. Bröcker and L. A. Smith, "Increasing the Reliability of
    Reliability Diagrams", Weather and Forecasting 22 (2007) 651; the probabilities stay as they are here, where theirs
    are redrawn too.

    Args:
        probabilities: (N,) in [0, 1].
        groups: (N,) what shares its luck. The same groups have the same luck at every call.
        draws: how many outcomes.
        slices: equal slices of [0, 1], as for `expected_calibration_error`.

    Returns:
        (draws,) float64 in [0, 1].

    Raises:
        ValueError: if the lengths differ or a probability is out of range.
    """
    probabilities = _checked_probabilities(probabilities, np.shape(groups), "groups")
    names, group_of = np.unique(groups, return_inverse=True)
    luck = np.random.default_rng(0).random((draws, len(names)))[:, group_of]
    in_slice = np.eye(slices)[slice_of(probabilities, slices)]
    return np.abs(((luck < probabilities) - probabilities) @ in_slice).sum(axis=1) / len(probabilities)


def area_under_roc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The AUC from the ranks of the malignant images (Mann-Whitney); ties count half.

    Labels are (N,), true for malignant; probabilities (N,) in [0, 1].

    Written out because trainings ask for it after every epoch; a test holds it to scikit-learn's.
    """
    from scipy.stats import rankdata  # here, because no page needs it before a first visitor asks

    malignant = int(np.sum(labels))
    ranks = rankdata(probabilities)[np.asarray(labels, dtype=bool)]
    return float((ranks.sum() - malignant * (malignant + 1) / 2) / (malignant * (len(labels) - malignant)))


def binary_cross_entropy(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean of -log(probability given to what was true), in nats; labels (N,), probabilities (N,) in [0, 1]."""
    given = np.where(labels, probabilities, 1 - np.asarray(probabilities))
    return float(-np.log(np.clip(given, 1e-7, 1)).mean())


def expected_calibration_error(labels: np.ndarray, probabilities: np.ndarray, slices: int = 10) -> float:
    """Mean distance between the probability given and the share that was malignant, slice by slice.

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", 2017, https://arxiv.org/abs/1706.04599.

    Args:
        labels: (N,) true for malignant.
        probabilities: (N,) in [0, 1].
        slices: equal slices of [0, 1].

    Returns:
        The error, in [0, 1].
    """
    labels, probabilities = _checked(labels, probabilities)
    gap = np.bincount(slice_of(probabilities, slices), labels - probabilities, minlength=slices)
    return float(np.abs(gap).sum() / len(labels))


def bootstrap(
    statistic: Callable[[np.ndarray, np.ndarray], float],
    labels: np.ndarray,
    probabilities: np.ndarray,
    groups: np.ndarray,
    seed: int = 0,
    unbias: bool = False,
) -> Estimate:
    """Any statistic of labels and probabilities, with a percentile interval over redrawn groups.

    Args:
        statistic: from labels (N,) and probabilities (N,) to a number.
        labels: (N,) true for malignant; both classes present.
        probabilities: (N,) in [0, 1].
        groups: (N,) what is drawn as a whole.
        seed: of the draws.
        unbias: shift the interval by what the draws exceed the value on average, not below 0. For errors, which
            grow with every redraw because distances do not cancel.

    Returns:
        The estimate. Draws that lack a class are drawn again.

    Raises:
        ValueError: if the lengths differ, a probability is out of range, or a class is absent.
    """
    labels, probabilities = _checked_classes(labels, probabilities)
    rng, values = np.random.default_rng(seed), []
    rows_of_group = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    while len(values) < BOOTSTRAP_DRAWS:
        drawn = rng.integers(len(rows_of_group), size=len(rows_of_group))
        rows = np.concatenate([rows_of_group[number] for number in drawn])
        if labels[rows].any() and not labels[rows].all():
            values.append(statistic(labels[rows], probabilities[rows]))
    value = float(statistic(labels, probabilities))
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if unbias:
        low, high = (max(0.0, end - np.mean(values) + value) for end in (low, high))
    return Estimate(value, float(low), float(high), len(labels))


def apply_temperature(probabilities: np.ndarray | float, temperature: float) -> np.ndarray:
    """Softens (temperature above 1) or sharpens (below 1) probabilities, keeping their order.

    Source: temperature scaling, C. Guo et al. 2017, https://arxiv.org/abs/1706.04599.

    Args:
        probabilities: any shape, in [0, 1].
        temperature: what the log-odds are divided by; above 0.

    Returns:
        float64 array of the same shape, in (0, 1).

    Raises:
        ValueError: if the temperature is not above 0.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, got {temperature!r}")
    return 1 / (1 + np.exp(-log_odds(probabilities) / temperature))


def log_odds(probabilities: np.ndarray | float) -> np.ndarray:
    """log(p / (1 - p)) of probabilities of any shape in [0, 1], kept finite: float64 array of the same shape."""
    clipped = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-7, 1 - 1e-7)
    return np.log(clipped / (1 - clipped))


def fit_calibration(labels: np.ndarray, probabilities: np.ndarray) -> tuple[float, float]:
    """The temperature and the shift at which the probabilities fit the labels best (least cross-entropy).

    Method: J. Platt, "Probabilistic outputs for support vector machines", 1999, whose two numbers these are. A
    temperature alone can make answers bolder or more timid, but not mend that they lean to one side.

    Args:
        labels: (N,) true for malignant, of the validation part.
        probabilities: (N,) in [0, 1], as the network gives them.

    Returns:
        The temperature, between 0.2 and 5, and what is added to the log-odds before they are divided by it, from -5
        to 5.
    """
    from scipy.optimize import minimize  # here, because it is for training alone

    labels, probabilities = _checked(labels, probabilities)
    odds = log_odds(probabilities)

    def misfit(numbers: np.ndarray) -> float:
        return binary_cross_entropy(labels, 1 / (1 + np.exp(-(odds + numbers[1]) / np.exp(numbers[0]))))

    bounds = [(np.log(0.2), np.log(5)), (-5, 5)]
    found = minimize(misfit, x0=(0.0, 0.0), bounds=bounds, method="L-BFGS-B")
    return float(np.exp(found.x[0])), float(found.x[1])


def choose_threshold(labels: np.ndarray, probabilities: np.ndarray, sensitivity: float = 0.90) -> float:
    """The highest threshold that still finds this share of the malignant images.

    Missing a cancer is the worse mistake, so sensitivity is fixed and specificity follows.

    Args:
        labels: (N,) true for malignant, of the validation part.
        probabilities: (N,) in [0, 1].
        sensitivity: share of malignant images to find, in (0, 1].

    Returns:
        The threshold: midway between the last malignant image kept and the next lower probability.

    Raises:
        ValueError: if there is no malignant image or the share is out of range.
    """
    labels, probabilities = _checked(labels, probabilities)
    if not 0 < sensitivity <= 1 or not labels.any():
        raise ValueError(f"needs a malignant image and a sensitivity in (0, 1], got {sensitivity!r}")
    malignant = np.sort(probabilities[labels])[::-1]
    last_found = malignant[int(np.ceil(sensitivity * len(malignant) - 1e-9)) - 1]
    below = probabilities[probabilities < last_found]
    return float((last_found + below.max()) / 2) if len(below) else float(last_found)


def score(labels: np.ndarray, probabilities: np.ndarray, groups: np.ndarray, threshold: float) -> dict[str, Estimate]:
    """All the numbers that a bundle reports for one part of the data.

    Args:
        labels: (N,) true for malignant.
        probabilities: (N,) in [0, 1], calibrated.
        groups: (N,) near-duplicate groups.
        threshold: called malignant from this probability on.

    Returns:
        loss, accuracy, auc, sensitivity, specificity and calibration_error.
    """
    counts = confusion(labels, probabilities, threshold)
    return {
        "loss": loss(labels, probabilities, groups),
        "accuracy": counts.accuracy(),
        "auc": auc(labels, probabilities, groups),
        "sensitivity": counts.sensitivity(),
        "specificity": counts.specificity(),
        "calibration_error": calibration_error(labels, probabilities, groups),
    }


def slice_of(probabilities: np.ndarray, slices: int = 10) -> np.ndarray:
    """In which of so many equal slices of [0, 1] (N,) probabilities lie: int array (N,), 1 in the last."""
    return np.minimum((probabilities * slices).astype(int), slices - 1)


def _redrawn_aucs(labels: np.ndarray, in_order: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """The AUCs of the draws that `bootstrap` makes, all at once: each draw counts pairs that were compared once.

    Labels are bool (N,), both classes present; in_order is 1, 0.5 or 0 for each pair (malignant, benign); groups (N,).
    Returns float64 (BOOTSTRAP_DRAWS,).
    """
    names, group_of = np.unique(groups, return_inverse=True)
    rng, found = np.random.default_rng(0), np.empty(0)
    while len(found) < BOOTSTRAP_DRAWS:
        drawn = rng.integers(len(names), size=(BOOTSTRAP_DRAWS, len(names)))
        of_draw = drawn + len(names) * np.arange(BOOTSTRAP_DRAWS)[:, np.newaxis]
        times = np.bincount(of_draw.ravel(), minlength=of_draw.size).reshape(of_draw.shape)[:, group_of].astype(float)
        ill, well = times[:, labels], times[:, ~labels]
        pairs = ill.sum(axis=1) * well.sum(axis=1)
        ordered = ((ill @ in_order) * well).sum(axis=1)
        found = np.concatenate([found, ordered[pairs > 0] / pairs[pairs > 0]])
    return found[:BOOTSTRAP_DRAWS]


def _checked_classes(labels: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    labels, probabilities = _checked(labels, probabilities)
    if labels.all() or not labels.any():
        raise ValueError(f"both classes are needed, got {int(labels.sum())} malignant of {len(labels)}")
    return labels, probabilities


def _checked(labels: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    labels = np.asarray(labels, dtype=bool)
    return labels, _checked_probabilities(probabilities, labels.shape, "labels")


def _checked_probabilities(probabilities: np.ndarray, shape: tuple[int, ...], paired_with: str) -> np.ndarray:
    """The probabilities, if they are some, and as many as what stands beside them, which has this shape and name."""
    probabilities = np.asarray(probabilities, dtype=np.float64)
    if len(shape) != 1 or shape != probabilities.shape or not shape[0]:
        raise ValueError(f"{paired_with} and probabilities must be (N,), got {shape} and {probabilities.shape}")
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise ValueError("probabilities must lie in [0, 1]")
    return probabilities
