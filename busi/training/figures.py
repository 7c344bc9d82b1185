"""Figures of a finished training, drawn from the tables that a bundle keeps: for its card, never for a diagnosis.

    python -m busi.training.figures DIR        draws those of a bundle again, and writes its card again

Five figures, each in French and in English: the learning curves, the ROC curve with the threshold marked, the
calibration, the confusion matrix at the threshold, and the score of each test image with the errors ringed. They need
history.csv, predictions.csv and bundle.json, no image and no TensorFlow. A class is told by a shape and a word as well
as by its colour. The same tables give the same bytes.
"""

import argparse
import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image
from sklearn.metrics import roc_curve

from busi.bundle.card import model_card
from busi.bundle.files import CARD, SIMULATED, BundleError, figure_file, open_bundle, population_of, write_figures
from busi.model.metrics import Confusion, Estimate, confusion, expected_calibration_error, rate, slice_of
from busi.system.console import printable_output
from busi.words.classes import BENIGN, CLASSES, MALIGNANT
from busi.words.text import LANGUAGES, Words

COLOURS = {BENIGN: "#2563EB", MALIGNANT: "#EA580C"}
MARKERS = {BENIGN: "o", MALIGNANT: "^"}
ACCENT, INK, FAINT = "#BE185D", "#1F2937", "#9CA3AF"
DOTS_PER_INCH = 130  # 910 points across at 7 inches: sharp at the width of a card on the Hub
PALETTE = 64  # colours of a file: flat areas, and the soft edges of lines


@dataclass(frozen=True)
class Results:
    """What the figures show.

    Attributes:
        info: what bundle.json says.
        history: one row per epoch.
        labels: bool (N,), of the test part: true for malignant.
        probabilities: float (N,) in [0, 1], calibrated, in the same order.
    """

    info: Mapping[str, Any]
    history: pd.DataFrame
    labels: np.ndarray
    probabilities: np.ndarray

    @property
    def threshold(self) -> float:
        """Called malignant from this probability on."""
        return float(self.info["threshold"])

    @property
    def auc(self) -> Estimate:
        """On the test part."""
        return Estimate(**self.info["metrics"]["test"]["auc"])

    @property
    def counts(self) -> Confusion:
        """At the threshold."""
        return confusion(self.labels, self.probabilities, self.threshold)

    @property
    def best_epoch(self) -> int:
        """Whose weights were kept; the last in bundles that do not say."""
        return int(self.info.get("training", {}).get("best_epoch") or self.history["epoch"].iloc[-1])


def results_of(info: Mapping[str, Any], history: pd.DataFrame, predictions: pd.DataFrame) -> Results:
    """The test part of a training's results; simulated images beside real ones are left out.

    Args:
        info: what bundle.json says.
        history: one row per epoch.
        predictions: one row per held-out image.
    """
    test = predictions[population_of(predictions) == "test"]
    return Results(info, history, (test["label"] == MALIGNANT).to_numpy(), test["probability"].to_numpy(float))


def draw_figures(info: Mapping[str, Any], history: pd.DataFrame, predictions: pd.DataFrame) -> dict[str, bytes]:
    """Every figure in every language.

    Args:
        info: what bundle.json says.
        history: one row per epoch, columns `HISTORY_COLUMNS`.
        predictions: one row per held-out image, columns `PREDICTION_COLUMNS`.

    Returns:
        PNG files, by their names in a bundle.
    """
    results = results_of(info, history, predictions)
    drawings = {"curves": curves, "roc": roc, "calibration": calibration, "confusion": matrix, "errors": errors}
    return {
        figure_file(name, language): _png(draw(Words(language), results))
        for name, draw in drawings.items()
        for language in LANGUAGES
    }


def curves(words: Words, results: Results) -> Figure:
    """Loss and AUC after each epoch, on the training and on the validation part, and the epoch that was kept."""
    figure = _figure(7, 5.2)
    loss, auc = figure.subplots(2, 1, sharex=True)
    for axes, measure in ((loss, "loss"), (auc, "auc")):
        _curve_of(axes, words, results, measure)
    auc.set_xlabel(words("figures.curves_epoch"), fontsize=11)
    loss.set_title(words("figures.curves_title"), fontsize=13, color=INK)
    loss.legend(fontsize=10, frameon=False)
    return figure


def _curve_of(axes: Axes, words: Words, results: Results, measure: str) -> None:
    history, first = results.history, results.info.get("training", {}).get("first_kept") or 1
    epochs = history["epoch"].to_numpy()
    axes.plot(epochs, history[measure], color=INK, linewidth=1.6, marker=".", label=words("figures.curves_train"))
    label = words("figures.curves_validation")
    axes.plot(epochs, history[f"val_{measure}"], color=ACCENT, linewidth=1.6, marker=".", linestyle="--", label=label)
    if first > epochs[0]:
        span = {"facecolor": "none", "edgecolor": FAINT, "hatch": "//", "linewidth": 0, "alpha": 0.6}
        axes.axvspan(epochs[0], first, label=words("figures.curves_excluded"), **span)
    best = words("figures.curves_best", epoch=results.best_epoch)
    axes.axvline(results.best_epoch, color=FAINT, linewidth=1.4, linestyle=":", label=best)
    axes.set_ylabel(words(f"figures.curves_{measure}"), fontsize=11)
    digits = 2 if measure == "loss" else 3
    axes.yaxis.set_major_formatter(lambda value, _: words.number(value, digits))
    _plain(axes)


def roc(words: Words, results: Results) -> Figure:
    """What share of the malignant lesions is found for what share of false alarms, at every threshold."""
    figure = _figure(7, 6)
    axes = figure.subplots()
    alarmed, found, _ = roc_curve(results.labels, results.probabilities, drop_intermediate=False)
    axes.plot([0, 1], [0, 1], color=FAINT, linestyle=":", label=words("figures.roc_chance"))
    axes.plot(alarmed, found, color=ACCENT, linewidth=2, label=words("figures.roc_network"))
    here, label = results.counts, words("figures.threshold", threshold=words.threshold(results.threshold))
    at = ([1 - here.specificity().value], [here.sensitivity().value])
    axes.plot(*at, linestyle="none", marker="D", markersize=10, color=INK, label=label)
    axes.set_title(words("figures.roc_title", auc=_estimate(words, results.auc)), fontsize=13, color=INK)
    _shares(words, axes, "roc")
    axes.legend(fontsize=11, frameon=False, loc="lower right")
    return figure


def calibration(words: Words, results: Results) -> Figure:
    """The share of malignant images in each of ten slices of the score, with its interval and how many they are."""
    figure = _figure(7, 6)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=FAINT, linestyle=":", label=words("figures.calibration_ideal"))
    means, shares = slices_of(results)
    middle = np.array([share.value for share in shares])
    reach = np.abs(np.array([[share.low, share.high] for share in shares]).T - middle)
    style = {"color": ACCENT, "marker": "s", "linestyle": "none", "capsize": 4, "markersize": 7}
    axes.errorbar(means, middle, yerr=reach, label=words("figures.calibration_slice"), **style)
    for place, (mean, share) in enumerate(zip(means, shares, strict=True)):
        below = (0, -3 - 11 * (place % 2))  # points: two means may be near each other
        axes.annotate(f"n = {share.n}", (mean, 0), below, textcoords="offset points", va="top", **_small())
    error = words.percent(expected_calibration_error(results.labels, results.probabilities), 1)
    axes.set_title(words("figures.calibration_title", error=error, n=len(results.labels)), fontsize=13, color=INK)
    _shares(words, axes, "calibration")
    axes.set_ylim(-0.1, 1.03)
    axes.legend(fontsize=11, frameon=False, loc="upper left")
    return figure


def slices_of(results: Results) -> tuple[np.ndarray, list[Estimate]]:
    """The slices of the score that hold an image.

    Returns:
        The mean score in each, float64 (K,), and the share of its images that are malignant, with Wilson's interval.
    """
    numbers = slice_of(results.probabilities)
    filled = [numbers == number for number in np.unique(numbers)]
    means = np.array([results.probabilities[inside].mean() for inside in filled])
    return means, [rate(int(results.labels[inside].sum()), int(inside.sum())) for inside in filled]


def matrix(words: Words, results: Results) -> Figure:
    """How many lesions of each class were called what, at the threshold; errors are hatched."""
    figure, counts = _figure(7, 4.6), results.counts
    axes = figure.subplots()
    malignant = counts.true_positives + counts.false_negatives
    benign = counts.false_positives + counts.true_negatives
    _box(axes, words, (0, 1), MALIGNANT, "found", counts.true_positives, malignant)
    _box(axes, words, (1, 1), MALIGNANT, "missed", counts.false_negatives, malignant)
    _box(axes, words, (0, 0), BENIGN, "alarmed", counts.false_positives, benign)
    _box(axes, words, (1, 0), BENIGN, "reassured", counts.true_negatives, benign)
    axes.set(xlim=(0, 2), ylim=(0, 2))
    axes.set_xticks([0.5, 1.5], [words("figures.confusion_alert"), words("figures.confusion_no_alert")], fontsize=12)
    axes.set_yticks([0.5, 1.5], [words("figures.confusion_benign"), words("figures.confusion_malignant")], fontsize=12)
    axes.tick_params(length=0)
    axes.set_frame_on(False)
    at = words("figures.confusion_title", threshold=words.threshold(results.threshold))
    axes.set_title(f"{at} · {_population(words, results)}", fontsize=13, color=INK)
    return figure


def _box(axes: Axes, words: Words, corner: tuple[int, int], label: str, kind: str, count: int, of: int) -> None:
    right = kind in ("found", "reassured")
    style = {"facecolor": f"{COLOURS[label]}{'33' if right else '0D'}", "edgecolor": COLOURS[label], "linewidth": 1.5}
    axes.add_patch(Rectangle(corner, 1, 1, hatch=None if right else "//", **style))
    x, y = corner[0] + 0.5, corner[1] + 0.5
    behind = {"boxstyle": "round", "facecolor": "white", "edgecolor": "none"}
    share = words("figures.confusion_of", share=words.percent(count / of), n=of)
    lines = f"{words(f'figures.confusion_{kind}')}\n{share}"
    axes.text(x, y + 0.18, str(count), ha="center", va="center", fontsize=26, color=INK, bbox=behind)
    axes.text(x, y - 0.2, lines, ha="center", va="center", fontsize=11, color=INK, bbox=behind)


def errors(words: Words, results: Results) -> Figure:
    """The score of each test image, in a lane for its class; those on the wrong side of the threshold are ringed."""
    figure = _figure(7, 4.6)
    axes = figure.subplots()
    wrong = (results.probabilities >= results.threshold) != results.labels
    for lane, label in enumerate(CLASSES):
        rows = results.labels == (label == MALIGNANT)
        x, y = results.probabilities[rows], lane + spread(results.probabilities[rows])
        axes.plot(x, y, linestyle="none", marker=MARKERS[label], markersize=6, color=COLOURS[label], alpha=0.75)
        ringed = wrong[rows]
        ring = {"markerfacecolor": "none", "markeredgecolor": INK, "markersize": 11, "markeredgewidth": 1.4}
        legend = words("figures.errors_wrong", n=int(wrong.sum()), total=len(wrong)) if lane else None
        axes.plot(x[ringed], y[ringed], linestyle="none", marker="o", label=legend, **ring)
    threshold = words("figures.threshold", threshold=words.threshold(results.threshold))
    axes.axvline(results.threshold, color=ACCENT, linewidth=1.6, linestyle="--", label=threshold)
    axes.set_yticks(range(len(CLASSES)), [words(f"class.{label}") for label in CLASSES], fontsize=12)
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.6, 1.6))
    axes.set_xlabel(words("figures.errors_x"), fontsize=11)
    axes.set_title(f"{words('figures.errors_title')} · {_population(words, results)}", fontsize=13, color=INK)
    _percents(words, axes, "x")
    _plain(axes)
    axes.legend(fontsize=11, frameon=True, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2, edgecolor="none")
    return figure


def spread(probabilities: np.ndarray) -> np.ndarray:
    """Heights, around 0, at which marks of nearly the same score do not cover each other: 0, 1, -1, 2, -2 steps.

    Args:
        probabilities: float (N,) in [0, 1].

    Returns:
        float (N,), from -0.4 to 0.4.
    """
    column = np.round(np.asarray(probabilities) * 50).astype(int)
    rank = pd.Series(column).groupby(column).cumcount().to_numpy()
    return np.clip((rank + 1) // 2 * np.where(rank % 2, 1, -1) * 0.08, -0.4, 0.4)


def _population(words: Words, results: Results) -> str:
    simulated = "_simulated" if results.info["data"].get("name") == SIMULATED else ""
    return words(f"figures.test_images{simulated}", n=len(results.labels))


def _estimate(words: Words, estimate: Estimate) -> str:
    numbers = {name: words.number(getattr(estimate, name), 3) for name in ("value", "low", "high")}
    return words("figures.estimate", **numbers, n=estimate.n)


def _figure(width: float, height: float) -> Figure:
    """An empty figure with a canvas of its own: pyplot keeps one list of figures for all threads."""
    figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def _shares(words: Words, axes: Axes, name: str) -> None:
    """Both axes as percentages from 0 to 100, with what they stand for."""
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    axes.set_xlabel(words(f"figures.{name}_x"), fontsize=11)
    axes.set_ylabel(words(f"figures.{name}_y"), fontsize=11)
    for side in "xy":
        _percents(words, axes, side)
    _plain(axes)


def _percents(words: Words, axes: Axes, side: str) -> None:
    at = np.linspace(0, 1, 6)
    axes.set(**{f"{side}ticks": at, f"{side}ticklabels": [words.percent(share) for share in at]})


def _plain(axes: Axes) -> None:
    axes.grid(color="#E5E7EB", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=10.5, colors=INK)


def _small() -> dict[str, Any]:
    return {"ha": "center", "fontsize": 9, "color": INK}


def _png(figure: Figure) -> bytes:
    """The figure as a small PNG: a palette of few colours, and no date in it."""
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    with Image.open(drawn) as image:
        flat = image.convert("RGB").quantize(PALETTE, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    flat.save(small, format="png", optimize=True)
    return small.getvalue()


def draw_again(folder: Path) -> dict[str, bytes]:
    """Draws the figures of a bundle again, and writes its card, which shows them, again.

    Args:
        folder: of the bundle; its network, tables and bundle.json stay as they are.

    Returns:
        The files written, by name.

    Raises:
        BundleError: if it is no good bundle, or cannot be written.
    """
    bundle = open_bundle(folder)
    figures = draw_figures(bundle.info, bundle.history, bundle.predictions)
    try:
        write_figures(folder, figures)
        (folder / CARD).write_text(model_card(bundle.info, figures), encoding="utf-8", newline="\n")
    except OSError as error:
        raise BundleError(f"cannot write into {folder}: {error.strerror or error}") from error
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws a bundle's figures again; returns 0, or 2 after one line that says what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m busi.training.figures", description="Draws a bundle's figures.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="of the bundle")
    printable_output()
    try:
        figures = draw_again(parser.parse_args(arguments).folder)
    except BundleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name, content in figures.items():
        print(f"  {name:<32}{len(content):>10,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
