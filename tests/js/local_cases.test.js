// busi/web/tabs/evaluation/local_cases.js: what is drawn never judges itself, and what cannot be set stays.

import assert from "node:assert/strict";
import { test } from "node:test";

import { calibrationError, chooseThreshold, confusion, randomNumbers, ratesOf } from "../../busi/web/js/statistics.js";
import { drawCases, judgeCalibration, judgeThreshold, spread } from "../../busi/web/tabs/evaluation/local_cases.js";
import { assertNear, expected } from "./expected.js";

const { rows } = expected.classified[0];
const settings = { cases: 20, target: 0.9, threshold: 0.3 };

test("the cases drawn and the others are all images, each once, and the order of the rows stays", () => {
  const before = [...rows];
  const { local, others } = drawCases(rows, settings, randomNumbers(1));
  assert.equal(local.length, 20);
  assert.deepEqual(new Set([...local, ...others]), new Set(rows));
  assert.equal(local.length + others.length, rows.length);
  assert.deepEqual(rows, before);
});

test("the threshold is chosen on the cases drawn and judged on the others", () => {
  const drawn = drawCases(rows, settings, randomNumbers(2));
  assert.equal(drawn.threshold, chooseThreshold(drawn.local, 0.9));
  assert.ok(ratesOf(confusion(drawn.local, drawn.threshold)).sensitivity.value >= 0.9);
  assert.deepEqual(judgeThreshold(drawn), ratesOf(confusion(drawn.others, drawn.threshold)));
});

test("the calibration is fitted on the cases drawn and judged on the others", () => {
  const drawn = drawCases(rows, { ...settings, cases: 60 }, randomNumbers(3));
  const { mended, before, after } = judgeCalibration(drawn);
  assertNear(before, calibrationError(drawn.others));
  assertNear(after, calibrationError(mended));
  const ranks = (some) => some.map((_, at) => at).sort((one, other) => some[one][1] - some[other][1] || one - other);
  assert.deepEqual(ranks(mended), ranks(drawn.others), "the order of images stays");
});

test("without a malignant case the threshold and the scores stay", () => {
  const benign = rows.map(([, probability]) => [0, probability]);
  const drawn = drawCases(benign, settings, randomNumbers(4));
  assert.deepEqual([drawn.isChosen, drawn.threshold], [false, settings.threshold]);
  const { mended, before, after } = judgeCalibration(drawn);
  assert.deepEqual([mended, after], [drawn.others, before]);
});

test("the same seed draws the same cases", () => {
  const first = drawCases(rows, settings, randomNumbers(5));
  assert.deepEqual(drawCases(rows, settings, randomNumbers(5)), first);
  assert.notDeepEqual(drawCases(rows, settings, randomNumbers(6)).local, first.local);
});

test("the middle 90 % of some values", () => {
  const values = Array.from({ length: 101 }, (_, at) => 100 - at);
  assert.deepEqual(spread(values), { median: 50, low: 5, high: 95 });
});
