// busi/web/js/statistics.js against SciPy, scikit-learn, NumPy and busi.model.metrics.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as statistics from "../../busi/web/js/statistics.js";
import { assertAllNear, assertNear, expected } from "./expected.js";

test("a rate has Wilson's interval, with exact ends", () => {
  for (const [part, n, value, low, high] of expected.rates) {
    const found = statistics.rate(part, n);
    assertAllNear([found.value, found.low, found.high], [value, low, high]);
    assert.deepEqual([found.part, found.n], [part, n]);
    assert.equal(found.low === 0, part === 0);
    assert.equal(found.high === 1, part === n);
  }
  assert.equal(statistics.rate(0, 0), null);
});

expected.classified.forEach(({ rows, thresholds, roc, calibration, calibration_error }, set) => {
  test(`confusion, errors and rates of set ${set}`, () => {
    for (const { threshold, counts, errors, ...wanted } of thresholds) {
      assert.deepEqual(statistics.confusion(rows, threshold), counts);
      const found = rows.flatMap((row, at) => (statistics.isError(row, threshold) ? [at] : []));
      assert.deepEqual(found, errors);
      const rates = statistics.ratesOf(counts);
      for (const [name, value] of Object.entries(wanted)) {
        if (value === null) assert.equal(rates[name], null);
        else assertNear(rates[name].value, value);
      }
    }
  });

  test(`the ROC curve of set ${set} has the corners that scikit-learn finds, whatever the order of rows`, () => {
    for (const order of [rows, [...rows].reverse(), [...rows].sort((one, other) => one[1] - other[1])]) {
      const corners = statistics.rocCorners(order);
      assertAllNear(
        corners.map((corner) => corner[0]),
        roc.map((corner) => corner[0]),
      );
      assertAllNear(
        corners.map((corner) => corner[1]),
        roc.map((corner) => corner[1]),
      );
      for (const [alarms, sensitivity, threshold] of corners.slice(1)) {
        assertAllNear(statistics.rocPoint(statistics.confusion(rows, threshold)), [alarms, sensitivity]);
      }
    }
  });

  test(`the slices of calibration of set ${set}`, () => {
    const inside = statistics.calibrationSlices(calibration.inside.map((at) => rows[at])).filter(({ n }) => n);
    assertAllNear(
      inside.map(({ estimate }) => estimate.value),
      calibration.shares,
    );
    assertAllNear(
      inside.map(({ mean }) => mean),
      calibration.means,
    );
    const gap = statistics
      .calibrationSlices(rows)
      .filter(({ n }) => n)
      .reduce((sum, { n, mean, estimate }) => sum + (n / rows.length) * Math.abs(estimate.value - mean), 0);
    assertNear(gap, calibration_error);
  });
});

test("the lowest probability is in the first slice, the highest in the last, a cut in the upper one", () => {
  const counts = statistics
    .calibrationSlices(
      [
        [0, 0],
        [1, 1],
        [1, 0.5],
      ],
      10,
    )
    .map(({ n }) => n);
  assert.deepEqual(counts, [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  assert.equal(statistics.calibrationSlices([[0, 0]])[5].estimate, null);
});

test("losses and log-odds", () => {
  for (const [given, loss] of expected.losses.given) assertNear(statistics.crossEntropy(given), loss, 1e-6);
  for (const [share, loss] of expected.losses.shares) assertNear(statistics.crossEntropyOfShare(share), loss);
  for (const [probability, value] of expected.losses.log_odds) assertNear(statistics.logOdds(probability), value);
});

test("quantiles and groups by them", () => {
  const { values, quantiles, groups } = expected.groups;
  const sorted = [...values].sort((one, other) => one - other);
  for (const [share, value] of quantiles) assertNear(statistics.quantile(sorted, share), value);
  for (const [count, groupOf] of Object.entries(groups)) {
    const found = statistics.quantileGroups([...values.keys()], (at) => values[at], Number(count));
    const wanted = Array.from({ length: Number(count) }, (_, group) =>
      [...values.keys()].filter((at) => groupOf[at] === group),
    );
    assert.deepEqual(found, wanted);
  }
});

test("equal values are never torn apart", () => {
  const groups = statistics.quantileGroups([1, 1, 1, 1, 2], (value) => value, 2);
  assert.deepEqual(groups, [[], [1, 1, 1, 1, 2]]);
});

test("a histogram", () => {
  const { values, histogram } = expected.groups;
  assert.deepEqual(statistics.histogram(values, histogram.length, Math.max(...values)), histogram);
});

test("how unequal groups are is the chi-square statistic, but for a factor", () => {
  const { sizes, errors, unevenness } = expected.permuted;
  const flags = sizes.flatMap((size, group) => Array.from({ length: size }, (_, at) => at < errors[group]));
  assertNear(statistics.unevenness(flags, sizes), unevenness);
});

test("the permutation test comes near the exact p, and counts what was seen", () => {
  const { few, few_sizes, few_p } = expected.permuted;
  const shuffles = 20000;
  const { p, asLarge, values } = statistics.permutationTest(few.map(Boolean), few_sizes, { shuffles });
  assert.equal(values.length, shuffles);
  assertNear(p, (1 + asLarge) / (1 + shuffles));
  assertNear(p, few_p, 5 * Math.sqrt((few_p * (1 - few_p)) / shuffles));
});

test("the permutation test gives the same answer to the same question and leaves the flags alone", () => {
  const flags = [true, true, false, false, false, true];
  const first = statistics.permutationTest(flags, [3, 3]);
  assert.deepEqual(statistics.permutationTest(flags, [3, 3]), first);
  assert.deepEqual(flags, [true, true, false, false, false, true]);
  assert.notDeepEqual(statistics.permutationTest(flags, [3, 3], { seed: 8 }).values, first.values);
});

test("random numbers are those of mulberry32", () => {
  const random = statistics.randomNumbers(7);
  for (const wanted of expected.permuted.random) assertNear(random(), wanted, 1e-12);
});

test("what becomes of a thousand women, and how often an alert is right", () => {
  for (const [ill, sensitivity, specificity, value] of expected.prevalences) {
    assertNear(statistics.predictiveValue(1000, ill, sensitivity, specificity), value);
    const { found, missed, alarmed, reassured } = statistics.naturalFrequencies(1000, ill, sensitivity, specificity);
    assert.deepEqual([found + missed, alarmed + reassured], [ill, 1000 - ill]);
    assertNear(found, ill * sensitivity, 0.5);
    assertNear(alarmed, (1000 - ill) * (1 - specificity), 0.5);
  }
  assert.equal(statistics.predictiveValue(1000, 100, 0, 1), 1);
});

test("the difference of two shares has Newcombe's interval, as his article works it out", () => {
  // Table II of the article, method 10: 56 of 70 less 48 of 80, and both ends at once: 10 of 10 less 0 of 10.
  const found = statistics.difference(statistics.rate(48, 80), statistics.rate(56, 70));
  assertAllNear([found.value, found.low, found.high], [0.2, 0.0524, 0.3339], 5e-5);
  const ends = statistics.difference(statistics.rate(0, 10), statistics.rate(10, 10));
  assertAllNear([ends.value, ends.low, ends.high], [1, 0.6075, 1], 5e-5);
});

expected.settings.forEach(({ rows, thresholds, temperature, shift, ...wanted }) => {
  test(`threshold and calibration set on ${rows.length} images are those that Python sets, whatever their order`, () => {
    for (const order of [rows, [...rows].reverse()]) {
      for (const [share, threshold] of thresholds) assertNear(statistics.chooseThreshold(order, share), threshold);
      const fit = statistics.fitCalibration(order);
      assertAllNear([fit.temperature, fit.shift], [temperature, shift], 5e-3);
      const mended = rows.map(([kind, probability]) => [kind, statistics.recalibrated(probability, fit)]);
      const loss = mended.reduce((sum, [kind, given]) => sum + statistics.crossEntropy(kind ? given : 1 - given), 0);
      assert.ok(loss / rows.length <= wanted.misfit + 1e-6, "no better fit is missed");
      assertAllNear(
        mended.map((row) => row[1]),
        wanted.recalibrated,
        2e-3,
      );
    }
  });

  test(`the calibration error of ${rows.length} images is Python's`, () => {
    const mended = rows.map(([kind], at) => [kind, wanted.recalibrated[at]]);
    assertNear(statistics.calibrationError(mended), wanted.calibration_error);
  });
});

test("without a malignant image no threshold can be chosen", () => {
  assert.equal(statistics.chooseThreshold([[0, 0.3]], 0.9), null);
  assertNear(statistics.chooseThreshold([[1, 0.3]], 0.9), 0.3);
});
