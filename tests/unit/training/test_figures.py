"""The figures of a training show its tables: each number that is drawn is worked out in another way here."""

import dataclasses
import shutil

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix, roc_auc_score

from busi.bundle.card import hub_card, model_card, without_missing
from busi.bundle.files import EMBEDDED, FIGURE_FILES, BundleError, check_free, figures_of, open_bundle, write_figures
from busi.training.figures import (
    Results,
    calibration,
    curves,
    draw_again,
    errors,
    matrix,
    results_of,
    roc,
    spread,
)
from busi.words.text import LANGUAGES, Words

FRENCH = Words("fr")


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(EMBEDDED)


@pytest.fixture(scope="module")
def results(bundle) -> Results:
    return results_of(bundle.info, bundle.history, bundle.predictions)


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(EMBEDDED, tmp_path / "copy")


def by_hand() -> Results:
    """Two malignant and three benign images, a threshold of 0.5: one of each class is called wrong."""
    info = {"threshold": 0.5, "data": {}, "metrics": {"test": {"auc": {"value": 0.5, "low": 0.1, "high": 0.9, "n": 5}}}}
    labels, probabilities = np.array([True, True, False, False, False]), np.array([0.9, 0.2, 0.6, 0.3, 0.1])
    return Results(info, pd.DataFrame({"epoch": [1]}), labels, probabilities)


def lines_of(figure, label: str) -> np.ndarray:
    (axes,) = figure.axes
    return next(line.get_xydata() for line in axes.lines if line.get_label() == label)


def texts_of(figure) -> set[str]:
    return {text.get_text() for text in figure.axes[0].texts}


def test_the_figures_show_the_test_part_alone(results, bundle):
    test = bundle.test_images
    assert results.probabilities.tolist() == test["probability"].tolist()
    assert results.labels.tolist() == (test["label"] == "malignant").tolist()
    assert len(results.labels) == results.auc.n == 94


def test_the_roc_curve_counts_the_calls_at_every_threshold():
    curve = lines_of(roc(FRENCH, by_hand()), FRENCH("figures.roc_network"))
    steps = [(0, 0), (0, 1 / 2), (1 / 3, 1 / 2), (2 / 3, 1 / 2), (2 / 3, 1), (1, 1)]
    np.testing.assert_allclose(curve, steps)


def test_the_area_under_the_curve_that_is_drawn_is_the_auc_of_the_title(results):
    figure = roc(FRENCH, results)
    across, up = lines_of(figure, FRENCH("figures.roc_network")).T
    auc = roc_auc_score(results.labels, results.probabilities)
    assert np.trapezoid(up, across) == pytest.approx(auc) == pytest.approx(results.auc.value, abs=1e-6)
    assert f"AUC {FRENCH.number(auc, 3)} [" in figure.axes[0].get_title() and "n = 94" in figure.axes[0].get_title()


def test_the_threshold_is_marked_on_the_curve(results):
    figure = roc(FRENCH, results)
    label = FRENCH("figures.threshold", threshold=FRENCH.threshold(results.threshold))
    (point,) = lines_of(figure, label)
    (tn, fp), (fn, tp) = confusion_matrix(results.labels, results.probabilities >= results.threshold)
    assert point == pytest.approx([fp / (fp + tn), tp / (tp + fn)])
    curve = lines_of(figure, FRENCH("figures.roc_network"))
    assert np.abs(curve - point).sum(axis=1).min() < 1e-9


def test_the_slices_are_those_of_scikit_learn_and_say_how_many_images_they_hold(results):
    figure = calibration(FRENCH, results)
    shares, means = calibration_curve(results.labels, results.probabilities, n_bins=10)
    marked = figure.axes[0].containers[0].lines[0].get_xydata()
    np.testing.assert_allclose(marked, np.column_stack([means, shares]))
    counts = [int(text.removeprefix("n = ")) for text in (t.get_text() for t in figure.axes[0].texts)]
    assert sum(counts) == 94 and len(counts) == len(means)


def test_the_four_boxes_hold_the_counts():
    boxes = texts_of(matrix(FRENCH, by_hand()))
    named = {f"{FRENCH(f'figures.confusion_{kind}')}" for kind in ("found", "missed", "alarmed", "reassured")}
    assert {text.split("\n")[0] for text in boxes if "\n" in text} == named
    numbers = sorted(text.get_text() for text in matrix(FRENCH, by_hand()).axes[0].texts if text.get_text().isdigit())
    assert numbers == ["1", "1", "1", "2"]


def test_each_image_is_a_mark_and_each_error_is_ringed():
    (axes,) = errors(FRENCH, by_hand()).axes
    marks = {line.get_marker(): line.get_xdata() for line in axes.lines if line.get_markersize() == 6}
    assert sorted(marks["^"]) == [0.2, 0.9] and sorted(marks["o"]) == [0.1, 0.3, 0.6]
    ringed = np.concatenate([line.get_xdata() for line in axes.lines if line.get_markersize() == 11])
    assert sorted(ringed) == [0.2, 0.6]


def test_the_curves_are_the_history_and_the_kept_epoch_is_marked(results, bundle):
    for axes, measure in zip(curves(FRENCH, results).axes, ("loss", "auc"), strict=True):
        seen, unseen, kept = axes.lines
        assert seen.get_ydata().tolist() == bundle.history[measure].tolist()
        assert unseen.get_ydata().tolist() == bundle.history[f"val_{measure}"].tolist()
        assert set(kept.get_xdata()) == {bundle.info["training"]["best_epoch"]}


def test_marks_of_one_score_stand_apart():
    assert spread(np.array([0.5, 0.5, 0.5, 0.9])) == pytest.approx([0, 0.08, -0.08, 0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_shows_those_that_are_there_with_their_numbers(bundle, language):
    words, whole = Words(language), model_card(bundle.info, FIGURE_FILES)
    auc = words.number(bundle.metrics()["auc"].value, 3)
    assert f"[{auc}" not in whole and f"AUC {auc} [" in whole
    assert all(f"({name})" in whole for name in FIGURE_FILES)
    one = model_card(bundle.info, [f"figures/roc.{language}.png"])
    assert one.count("![") == 1 and one.count(words("figures.heading")) == 1
    assert "![" not in model_card(bundle.info) and words("figures.heading") not in model_card(bundle.info)


def test_a_card_loses_what_is_not_there_and_nothing_else(bundle):
    whole = model_card(bundle.info, FIGURE_FILES)
    for there in ([name for name in FIGURE_FILES if "roc" not in name], [FIGURE_FILES[0]], FIGURE_FILES, []):
        assert without_missing(whole, there) == model_card(bundle.info, there)


def test_the_hubs_card_shows_them_too(bundle):
    card = hub_card(bundle.info, model_card(bundle.info, FIGURE_FILES), "user/repo")
    assert all(f"]({name})" in card for name in FIGURE_FILES)


def test_odd_figures_count_as_none_and_stop_nothing(copy):
    odd = {"roc.fr": b"no picture", "roc.en": b"", "curves.fr": b"\x89PNG\r\n\x1a\n" + bytes(2_000_000)}
    for name, content in odd.items():
        (copy / f"figures/{name}.png").write_bytes(content)
    (copy / "figures/curves.en.png").unlink()
    (copy / "figures/errors.en.png").unlink()
    (copy / "figures/errors.en.png").mkdir()
    gone = {*(f"figures/{name}.png" for name in odd), "figures/curves.en.png", "figures/errors.en.png"}
    assert open_bundle(copy).threshold and set(figures_of(copy)) == set(FIGURE_FILES) - gone
    shutil.rmtree(copy / "figures")
    assert open_bundle(copy).threshold and figures_of(copy) == []


def test_other_peoples_files_among_the_figures_are_not_replaced(copy):
    check_free(copy, force=True)
    (copy / "figures/holiday.png").write_bytes(b"mine")
    with pytest.raises(BundleError, match=r"holds other files \(figures/holiday.png\)"):
        check_free(copy, force=True)


def test_an_unknown_name_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"a figure must be one of figures/curves\.fr\.png, .* got '\.\./evil\.png'"):
        write_figures(tmp_path, {"../evil.png": b""})
    assert list(tmp_path.iterdir()) == []


def test_a_simulated_bundle_says_so_in_its_figures(copy, results):
    simulated = dataclasses.replace(results, info={**results.info, "data": {"name": "simulated"}})
    titles = [matrix(FRENCH, one).axes[0].get_title() for one in (results, simulated)]
    assert ["simul" in title for title in titles] == [False, True]


def test_drawing_again_needs_a_bundle(tmp_path):
    with pytest.raises(BundleError, match="is not a bundle"):
        draw_again(tmp_path)
