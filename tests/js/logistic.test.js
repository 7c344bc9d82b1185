// busi/web/js/logistic.js and the regression of outlines, beside scikit-learn.

import assert from "node:assert/strict";
import { test } from "node:test";

import { areaUnderRoc, fitLogistic } from "../../busi/web/js/logistic.js";
import { aucOf, crossFitted } from "../../busi/web/tabs/inquiry_leak/outlines.js";
import { assertAllNear, assertNear, expected } from "./expected.js";

test("weights and base are those of scikit-learn", () => {
  for (const { seen, kinds, others, odds } of expected.regressed) {
    assertAllNear(others.map(fitLogistic(seen, kinds)), odds, 1e-4);
  }
});

test("the area counts ties half", () => {
  for (const { coarse, truth, auc } of expected.regressed) assertNear(areaUnderRoc(coarse, truth), auc);
  assert.equal(areaUnderRoc([1, 1, 1], [1, 0, 0]), 0.5);
});

test("no row is scored by what it taught, and the interval holds the value", () => {
  const { seen, kinds } = expected.regressed[1];
  const rows = seen.map((row, at) => [kinds[at], at % 4, Math.floor(at / 2), ...row]);
  const scores = crossFitted(rows, [0, 2]);
  const others = rows.filter(([, fold]) => fold !== 1);
  const score = fitLogistic(
    others.map((row) => [row[3], row[5]]),
    others.map(([kind]) => kind),
  );
  for (const [at, row] of rows.entries()) if (row[1] === 1) assertNear(scores[at], score([row[3], row[5]]));
  const { value, low, high, n } = aucOf(rows, scores);
  assert.ok(low < value && value < high && n === 80);
});
