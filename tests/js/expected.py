"""What the page's scripts must compute: numbers from SciPy, scikit-learn, NumPy, `Words` and `busi.model.metrics`.

python -m tests.js.expected      writes tests/js/expected.json, which tests/js/*.test.js read
"""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import correlate
from scipy.special import logit
from scipy.stats import binomtest, chi2_contingency
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, log_loss, precision_score, recall_score, roc_auc_score, roc_curve

from busi.model.convolutions import Convolution, Filter
from busi.model.metrics import (
    binary_cross_entropy,
    choose_threshold,
    expected_calibration_error,
    fit_calibration,
    log_odds,
)
from busi.web.tabs.network.unfolding import as_json
from busi.words.text import LANGUAGES, Words
from tests.support.score_cases import CASES, OURS

FILE = Path(__file__).with_name("expected.json")
DIGITS = 12  # of what is written: more than any test compares
NUMBERS = [0, 1, -1, 0.5, 1.5, 2.5, -0.4, -0.5, 12, 999, 1000, 1234.5, 50176, 123456789, -1234567.891, 0.1 + 0.2, 1e-7]
TIES = [0.125, 0.375, 2.675, 1.005, 0.045, 1000.5, 1001.5]  # some exact in binary, some only nearly
SHARES = [0, 1, 0.5, 0.005, 0.015, 0.004, 0.00999, 0.99, 0.9949, 0.995, 0.996, 0.9999, 1e-12, 1 - 1e-12, 0.125, 0.8849]
RATES = [(0, 1), (1, 1), (0, 10), (10, 10), (1, 3), (7, 9), (41, 62), (130, 131), (1, 1000), (499, 1000)]
SEVERAL = [0.9, 0.0882, 0.02]  # scores that are written together
THRESHOLDS = [0, 0.05, OURS, 0.5, 0.8, 1]


def rows(seed: int, images: int) -> list[list[float]]:
    """Images as the page gets them, [malignant, probability], with values that stand twice and both ends."""
    rng = np.random.default_rng(seed)
    malignant = rng.random(images) < 0.3
    given = np.clip(np.where(malignant, rng.beta(3, 2, images), rng.beta(1, 4, images)), 0, 1)
    given = np.where(rng.random(images) < 0.4, given.round(1), given.round(4))
    return [[int(kind), float(p)] for kind, p in zip(malignant, given, strict=True)]


def written() -> dict[str, Any]:
    """Numbers as each language writes them."""
    return {
        language: {
            "numbers": [
                [value, digits, words.number(value, digits)] for value in NUMBERS + TIES for digits in (0, 1, 2, 3)
            ],
            "percents": [[share, words.percent(share)] for share in SHARES],
            "scores": [[score, at, *words.score_and_threshold(score, at)] for score, at, *_ in CASES],
            "several": [SEVERAL, OURS, *words.scores_and_threshold(SEVERAL, OURS)],
        }
        for language in LANGUAGES
        for words in [Words(language)]
    }


def rates() -> list[list[float]]:
    """Shares with Wilson's interval: [part, n, value, low, high]."""
    found = []
    for part, n in RATES:
        wilson = binomtest(part, n).proportion_ci(0.95, method="wilson")
        found.append([part, n, part / n, wilson.low, wilson.high])
    return found


def classified(images: list[list[float]]) -> dict[str, Any]:
    """The confusion matrix and the rates at some thresholds, the ROC curve, the slices of calibration."""
    labels, probabilities = (np.array(column) for column in zip(*images, strict=True))
    false_alarms, found, _ = roc_curve(labels, probabilities, drop_intermediate=False)
    return {
        "rows": images,
        "thresholds": [_at(labels, probabilities, threshold) for threshold in THRESHOLDS],
        "roc": np.column_stack([false_alarms, found]).tolist(),
        "calibration": _calibration(labels, probabilities),
        "calibration_error": expected_calibration_error(labels, probabilities),
    }


def _at(labels: np.ndarray, probabilities: np.ndarray, threshold: float) -> dict[str, Any]:
    called = probabilities >= threshold
    tn, fp, fn, tp = (int(count) for count in confusion_matrix(labels, called, labels=[0, 1]).ravel())
    return {
        "threshold": threshold,
        "counts": {"tp": tp, "fn": fn, "fp": fp, "tn": tn},
        "errors": np.flatnonzero(called != labels).tolist(),
        "accuracy": float((called == labels).mean()),
        "sensitivity": float(recall_score(labels, called)),
        "specificity": float(recall_score(labels, called, pos_label=0)),
        "ppv": float(precision_score(labels, called)) if called.any() else None,
    }


def _calibration(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    """As scikit-learn cuts, whose slices hold their upper ends; so only what stands on no cut is compared with it."""
    inside = np.abs(probabilities * 10 - np.round(probabilities * 10)) > 1e-9
    shares, means = calibration_curve(labels[inside], probabilities[inside], n_bins=10)
    return {"inside": np.flatnonzero(inside).tolist(), "shares": shares.tolist(), "means": means.tolist()}


def losses() -> dict[str, Any]:
    """Cross-entropies of one answer and of a share, and log-odds."""
    given = [0, 1e-7, 0.01, 0.4, 0.5, 0.99, 1]
    shares = [0.05, 0.3, 0.5, 0.9]
    clipped = np.clip(given, 1e-7, 1 - 1e-7)
    return {
        "given": [[p, log_loss([1], [[1 - q, q]], labels=[0, 1])] for p, q in zip(given, clipped, strict=True)],
        "shares": [[p, log_loss([0, 1], [p, p], sample_weight=[1 - p, p])] for p in shares],
        "log_odds": [[p, float(logit(np.clip(p, 1e-6, 1 - 1e-6)))] for p in given],
    }


def groups() -> dict[str, Any]:
    """Quantiles, groups by them, and a histogram."""
    values = np.random.default_rng(5).gamma(2, 30, 47).round().tolist()
    edges = {count: np.quantile(values, np.arange(1, count) / count) for count in (2, 3, 5)}
    return {
        "values": values,
        "quantiles": [[share, float(np.quantile(values, share))] for share in (0, 0.1, 1 / 3, 0.5, 0.9, 1)],
        "groups": {count: np.searchsorted(at, values, side="right").tolist() for count, at in edges.items()},
        "histogram": np.histogram(values, 8, (0, max(values)))[0].tolist(),
    }


def permuted() -> dict[str, Any]:
    """How unequal groups are, which is a chi-square statistic, and the exact p of a few images, over all orders."""
    sizes, errors = [12, 9, 0, 15], [7, 2, 0, 3]
    table = [[count, size - count] for count, size in zip(errors, sizes, strict=True) if size]
    overall = sum(errors) / sum(sizes)
    few = [1, 1, 1, 0, 0, 1, 0, 0]
    return {
        "sizes": sizes,
        "errors": errors,
        "unevenness": chi2_contingency(table, correction=False).statistic * overall * (1 - overall),
        "few": few,
        "few_sizes": [3, 5],
        "few_p": _exact_p(few, 3),
        "random": _mulberry32(7, 5),
    }


def _exact_p(flags: list[int], first: int) -> float:
    """The share of all orders that make two groups at least as unequal as they are."""

    def unequal(order: tuple[int, ...] | list[int]) -> float:
        return abs(np.mean(order[:first]) - np.mean(order[first:]))

    return float(np.mean([unequal(order) >= unequal(flags) - 1e-12 for order in permutations(flags)]))


def _mulberry32(seed: int, count: int) -> list[float]:
    """The generator of T. Ettinger, in whole numbers of 32 bits."""
    mask, found = 2**32 - 1, []
    for _ in range(count):
        seed = (seed + 0x6D2B79F5) & mask
        mixed = ((seed ^ (seed >> 15)) * (1 | seed)) & mask
        mixed ^= (mixed + (((mixed ^ (mixed >> 7)) * (61 | mixed)) & mask)) & mask
        found.append((mixed ^ (mixed >> 14)) / 2**32)
    return found


def prevalences() -> list[list[float]]:
    """Bayes' rule: [ill of 1000, sensitivity, specificity, predictive value]."""
    found = []
    for ill, sensitivity, specificity in [(7, 0.9, 0.8), (100, 0.95, 0.6), (300, 1, 1), (1, 0.5, 0.999), (100, 0, 0.9)]:
        prior = ill / 1000
        evidence = sensitivity * prior + (1 - specificity) * (1 - prior)
        found.append([ill, sensitivity, specificity, sensitivity * prior / evidence])
    return found


def settings() -> list[dict[str, Any]]:
    """What is set on a few images: the threshold for some sensitivities, the calibration and what it makes of them."""
    found = []
    for seed, images in [(11, 10), (12, 20), (13, 50), (14, 131)]:
        drawn = rows(seed, images)
        labels, probabilities = (np.array(column) for column in zip(*drawn, strict=True))
        # As a search ends, its last digits hang on the machine.
        temperature, shift = (round(number, 4) for number in fit_calibration(labels, probabilities))
        mended = 1 / (1 + np.exp(-(log_odds(probabilities) + shift) / temperature))
        found.append(
            {
                "rows": drawn,
                "thresholds": [[share, choose_threshold(labels, probabilities, share)] for share in (0.5, 0.9, 1)],
                "temperature": temperature,
                "shift": shift,
                "recalibrated": mended.tolist(),
                "misfit": binary_cross_entropy(labels, mended),
                "calibration_error": expected_calibration_error(labels, mended),
            }
        )
    return found


def unfolded() -> list[dict[str, Any]]:
    """Convolutions as the page is sent them, and their maps by SciPy: padded, every second place, with holes."""
    rng = np.random.default_rng(21)
    found = []
    cases = [(1, 5, 2, 1, 1, None), (3, 3, 1, 2, 2, None), (4, 1, 1, 1, 0, None), (2, 3, 1, 1, 0, 6.0)]
    for channels, kernel, stride, hole, before, ceiling in cases:
        # An image's gray levels, or numbers of any size.
        levels = rng.integers(0, 256, (12, 10, channels))
        given = np.float32(levels / 255) if channels == 1 else np.float32(rng.normal(size=levels.shape).round(2))
        weights = np.float32(rng.normal(size=(kernel, kernel, channels)).round(3))
        reach = (kernel - 1) * hole + 1
        size = tuple(1 + (side + 2 * before - reach) // stride for side in given.shape[:2])
        one = Filter(5, tuple(range(channels)), weights, bias=0.25, scale=2.0, offset=-0.5)
        steps = ((stride,) * 2, (hole,) * 2, (before,) * 2)
        convolution = Convolution("c", given, (one,), 9, size, *steps, rectified=True, ceiling=ceiling)
        spread = np.zeros((reach, reach, channels))
        spread[::hole, ::hole] = weights
        padded = np.pad(given.astype(float), ((before, before), (before, before), (0, 0)))
        sums = correlate(padded, spread, mode="valid")[::stride, ::stride, 0] + one.bias
        sent = as_json(convolution, "c", sees_image=channels == 1)
        passed = np.clip(2 * sums - 0.5, 0, ceiling)
        found.append({"sent": sent, "map": sums.ravel().tolist(), "passed": passed.ravel().tolist()})
    return found


def abstained() -> list[dict[str, Any]]:
    """What is left when the least sure share of some images is referred, and what the same rule leaves of others."""
    here, there, found = rows(5, 97), rows(6, 61), []
    for threshold, share in ((0.3, 0.0), (0.3, 0.2), (0.1, 0.5), (0.62, 0.95), (0.3, 1.0)):
        (kinds, scores), (their_kinds, theirs) = (np.array(some).T for some in (here, there))
        sure, their_sure = (np.abs(_odds(some) - _odds(threshold)) for some in (scores, theirs))
        referred = int(np.floor(share * len(sure) + 1e-9))
        cut = np.sort(sure)[referred] if referred < len(sure) else np.inf
        sides = [
            (kinds[sure >= cut], scores[sure >= cut], len(sure)),
            (their_kinds[their_sure >= cut], theirs[their_sure >= cut], len(their_sure)),
        ]
        left = []
        for truth, answers, n in sides:
            called = answers >= threshold
            missed, alarms = int((~called & (truth == 1)).sum()), int((called & (truth == 0)).sum())
            left.append({"n": n, "referred": n - len(truth), "kept": len(truth), "missed": missed, "alarms": alarms})
        found.append({"here": here, "there": there, "threshold": threshold, "share": share, "left": left})
    return found


def _odds(probabilities: np.ndarray | float) -> np.ndarray:
    return logit(np.clip(probabilities, 1e-6, 1 - 1e-6))


def regressed() -> list[dict[str, Any]]:
    """Log-odds by scikit-learn's logistic regression, learned from some rows, of others; and the AUC of these."""
    rng, found = np.random.default_rng(8), []
    for measures, weight in ((1, 1.0), (3, 0.6), (6, 4.0)):
        seen, others = (rng.normal(3, 2, (some, measures)).round(3) for some in (80, 40))
        kinds, truth = (
            (weight * (some - 3).sum(axis=1) + rng.normal(size=len(some)) > 0.4).astype(int) for some in (seen, others)
        )
        mean, spread = seen.mean(axis=0), seen.std(axis=0)
        fitted = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit((seen - mean) / spread, kinds)
        odds = fitted.decision_function((others - mean) / spread)
        coarse = odds.round(1)
        found.append(
            {
                "seen": seen.tolist(),
                "kinds": kinds.tolist(),
                "others": others.tolist(),
                "odds": odds.tolist(),
                "coarse": coarse.tolist(),
                "truth": truth.tolist(),
                "auc": float(roc_auc_score(truth, coarse)),
            }
        )
    return found


def expected() -> dict[str, Any]:
    """All of it."""
    return {
        "written": written(),
        "rates": rates(),
        "classified": [classified(rows(1, 131)), classified(rows(2, 40))],
        "losses": losses(),
        "groups": groups(),
        "permuted": permuted(),
        "prevalences": prevalences(),
        "settings": settings(),
        "unfolded": unfolded(),
        "abstained": abstained(),
        "regressed": regressed(),
    }


def as_text() -> str:
    """What the file holds: one line for each entry, its numbers rounded so that every machine writes the same."""
    entries = [
        # What is to be written is as it is: a last digit may decide.
        f"  {json.dumps(name)}: {json.dumps(value if name == 'written' else _rounded(value))}"
        for name, value in expected().items()
    ]
    return "{\n" + ",\n".join(entries) + "\n}\n"


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return round(value, DIGITS) if isinstance(value, float) else value


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
