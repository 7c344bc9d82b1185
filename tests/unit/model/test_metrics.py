import numpy as np
import pytest
from scipy.stats import binom, binomtest, norm
from sklearn.metrics import log_loss, roc_auc_score

from busi.model.metrics import (
    Confusion,
    apply_temperature,
    area_under_roc,
    auc,
    binary_cross_entropy,
    bootstrap,
    calibration_error_by_chance,
    choose_threshold,
    confusion,
    expected_calibration_error,
    fit_calibration,
    log_odds,
    perfect_auc,
    rate,
    score,
)


def test_confusion_counts_by_hand():
    labels = np.array([True, True, True, False, False])
    counts = confusion(labels, np.array([0.9, 0.5, 0.2, 0.6, 0.1]), threshold=0.5)
    assert counts == Confusion(true_positives=2, false_negatives=1, false_positives=1, true_negatives=1)
    assert counts.sensitivity().value == pytest.approx(2 / 3) and counts.sensitivity().n == 3
    assert counts.specificity().value == pytest.approx(1 / 2) and counts.specificity().n == 2
    assert counts.accuracy().value == pytest.approx(3 / 5) and counts.accuracy().n == 5


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (0, 10), (10, 10), (3, 7), (29, 31), (500, 629)])
def test_wilson_interval_is_scipy_s(successes, n):
    reference = binomtest(successes, n).proportion_ci(0.95, method="wilson")
    found = rate(successes, n)
    assert (found.low, found.high) == (
        pytest.approx(reference.low, abs=1e-12),
        pytest.approx(reference.high, abs=1e-12),
    )


def test_wilson_interval_of_known_cases():
    """8 of 10: 0.4902 to 0.9433 (Wilson 1927, z = 1.96); 0 of 10 does not collapse to a point."""
    known = rate(8, 10)
    assert (known.low, known.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    none = rate(0, 10)
    assert none.low == 0 and none.high == pytest.approx(0.2775, abs=1e-4)


def test_a_rate_of_nothing_is_refused():
    with pytest.raises(ValueError, match="got 0 of 0"):
        rate(0, 0)
    with pytest.raises(ValueError, match="got 4 of 3"):
        rate(4, 3)


def test_auc_and_loss_equal_scikit_learn_s(answers):
    assert area_under_roc(*answers) == pytest.approx(roc_auc_score(*answers), abs=1e-12)
    assert binary_cross_entropy(*answers) == pytest.approx(log_loss(*answers), abs=1e-9)


@pytest.mark.parametrize("each", [3, 6, 31])
def test_classes_set_apart_in_a_few_images_are_no_certainty(each):
    """k of k right: Clopper's and Pearson's interval, as SciPy has it."""
    labels = np.arange(2 * each) < each
    reference = binomtest(each, each).proportion_ci(0.95, method="exact")
    right = auc(labels, np.where(labels, 0.9, 0.1), np.arange(2 * each))
    assert (right.value, right.high, right.n) == (1, 1, 2 * each)
    assert right.low == pytest.approx(reference.low, abs=1e-12) and right.low < 1
    wrong = auc(labels, np.where(labels, 0.1, 0.9), np.arange(2 * each))
    assert (wrong.value, wrong.low) == (0, 0) and wrong.high == pytest.approx(1 - reference.low, abs=1e-12)


def test_copies_of_an_image_make_a_perfect_auc_no_surer():
    labels, groups = np.arange(12) < 6, np.arange(12)
    copied = perfect_auc(np.tile(labels, 5), np.tile(groups, 5), 1.0)
    assert copied.low == perfect_auc(labels, groups, 1.0).low == pytest.approx(0.025 ** (1 / 6))
    assert copied.n == 60


def test_the_bound_of_a_perfect_auc_holds_where_the_classes_overlap():
    """Drawn from classes whose AUC is just below the bound, six against six are set apart in 2.5 % at most."""
    rng, bound = np.random.default_rng(0), perfect_auc(np.arange(12) < 6, np.arange(12), 1.0).low
    shift = np.sqrt(2) * norm.ppf(bound)
    malignant, benign = rng.normal(shift, 1, (20_000, 6)), rng.normal(0, 1, (20_000, 6))
    assert (malignant.min(axis=1) > benign.max(axis=1)).mean() < 0.025


def test_bootstrap_interval_of_a_mean_is_the_textbook_one():
    """For a mean of n = 400 fair coins the 95 % interval has a half-width of 1.96 * 0.5 / 20 = 0.049."""
    labels = np.arange(400) % 2 == 0
    interval = bootstrap(lambda truth, _: truth.mean(), labels, np.full(400, 0.5), np.arange(400))
    assert (interval.high - interval.low) / 2 == pytest.approx(0.049, abs=0.004)


def test_an_auc_has_the_interval_of_the_bootstrap():
    """Twins, equal probabilities, and a class that some draws lack."""
    rng = np.random.default_rng(4)
    for images, groups in ((60, np.arange(60)), (60, np.arange(60) // 2), (9, np.arange(9))):
        labels = np.arange(images) % 9 < 2
        probabilities = np.clip(rng.normal(0.4 + 0.2 * labels, 0.2), 0, 1).round(1)
        found, reference = auc(labels, probabilities, groups), bootstrap(area_under_roc, labels, probabilities, groups)
        assert 0 < found.value < 1 and found.n == images
        assert [found.value, found.low, found.high] == pytest.approx(
            [reference.value, reference.low, reference.high], abs=1e-12
        )


def test_one_class_alone_is_refused():
    with pytest.raises(ValueError, match="both classes"):
        auc(np.ones(5, bool), np.linspace(0, 1, 5), np.arange(5))


def test_probabilities_out_of_range_or_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"lie in \[0, 1\]"):
        confusion(np.array([True]), np.array([1.2]), 0.5)
    with pytest.raises(ValueError, match=r"must be \(N,\)"):
        confusion(np.array([True, False]), np.array([0.2]), 0.5)


def test_calibration_error_by_hand():
    """Two slices: 4 images given 0.25 of which 1 is malignant (no gap), 4 given 0.75 of which 2 are (gap 0.25)."""
    labels = np.array([1, 0, 0, 0, 1, 1, 0, 0], bool)
    probabilities = np.array([0.25] * 4 + [0.75] * 4)
    assert expected_calibration_error(labels, probabilities) == pytest.approx(0.125)


def test_chance_alone_makes_the_gap_that_the_binomial_law_says():
    """All images in one slice: the gap is how far a count of coin tosses lies from its mean."""
    given, own = np.full(100, 0.3), np.arange(100)
    heads = np.arange(101)
    expected = np.sum(binom.pmf(heads, 100, 0.3) * abs(heads / 100 - 0.3))
    found = calibration_error_by_chance(given, own)
    assert found.value == pytest.approx(expected, rel=0.05) and found.n == 100
    assert 0 <= found.low < found.value < found.high
    high = np.quantile(abs(np.random.default_rng(1).binomial(100, 0.3, 20_000) / 100 - 0.3), 0.975)
    assert found.high == pytest.approx(high, abs=0.011)  # one image is a hundredth


def test_copies_of_an_image_share_their_luck_and_certain_answers_have_none():
    assert calibration_error_by_chance(np.full(40, 0.5), np.zeros(40)).to_dict() == {
        "value": 0.5, "low": 0.5, "high": 0.5, "n": 40,
    }  # fmt: skip
    sure = calibration_error_by_chance(np.array([0.0, 1.0] * 10), np.arange(20))
    assert (sure.value, sure.low, sure.high) == (0, 0, 0)


def test_chance_refuses_what_is_no_probability_or_has_another_length():
    with pytest.raises(ValueError, match=r"in \[0, 1\]"):
        calibration_error_by_chance(np.array([1.2]), np.array([0]))
    with pytest.raises(ValueError, match=r"groups and probabilities must be \(N,\)"):
        calibration_error_by_chance(np.full(50, 0.5), np.array([0]))


def test_more_images_leave_less_to_chance():
    probabilities = np.random.default_rng(2).random(800)
    few = calibration_error_by_chance(probabilities[:50], np.arange(50))
    many = calibration_error_by_chance(probabilities, np.arange(800))
    assert many.value == pytest.approx(few.value / 4, rel=0.15)  # by the root of sixteen


def test_temperature_undoes_overconfidence_and_keeps_the_order():
    rng = np.random.default_rng(0)
    honest = rng.uniform(0.05, 0.95, 20_000)
    labels = rng.random(20_000) < honest
    overconfident = apply_temperature(honest, 1 / 3)
    assert fit_calibration(labels, overconfident) == pytest.approx((3, 0), rel=0.05, abs=0.05)
    leaning = 1 / (1 + np.exp(-(3 * log_odds(honest) - 2)))
    assert fit_calibration(labels, leaning) == pytest.approx((3, 2), rel=0.05)
    np.testing.assert_allclose(apply_temperature(overconfident, 3), honest, atol=1e-6)
    assert area_under_roc(labels, overconfident) == pytest.approx(area_under_roc(labels, honest))


def test_temperature_by_hand():
    """Odds of 9 to 1 at temperature 2 become odds of 3 to 1."""
    assert apply_temperature(0.9, 2) == pytest.approx(0.75)
    assert apply_temperature(np.array([0.0, 1.0]), 1).tolist() == pytest.approx([0, 1], abs=1e-6)
    with pytest.raises(ValueError, match="above 0, got 0"):
        apply_temperature(0.5, 0)


def test_threshold_keeps_the_asked_share_of_malignant_images():
    labels = np.array([True] * 10 + [False] * 5)
    probabilities = np.array([0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5, 0.1, 0.4, 0.3, 0.2, 0.15, 0.05])
    threshold = choose_threshold(labels, probabilities, sensitivity=0.9)
    assert threshold == pytest.approx(0.45)  # between the ninth malignant (0.5) and the next image (0.4)
    assert confusion(labels, probabilities, threshold).sensitivity().value == 0.9
    assert choose_threshold(labels, probabilities, sensitivity=1.0) == pytest.approx(0.075)


def test_score_agrees_with_scikit_learn(answers):
    labels, probabilities = answers
    numbers = score(labels, probabilities, np.arange(300), threshold=0.5)
    called = probabilities >= 0.5
    assert numbers["accuracy"].value == pytest.approx((called == labels).mean())
    assert numbers["auc"].value == pytest.approx(roc_auc_score(labels, probabilities))
    assert all(number.low <= number.value <= number.high for number in numbers.values())
    assert set(numbers) == {"loss", "accuracy", "auc", "sensitivity", "specificity", "calibration_error"}
