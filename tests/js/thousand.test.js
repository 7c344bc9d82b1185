// busi/web/js/thousand.js: a thousand women, none lost and none twice, whatever the rates are.

import assert from "node:assert/strict";
import { test } from "node:test";

import { countsOf, ORDER, SHAPES, WOMEN } from "../../busi/web/js/thousand.js";

const rates = (sensitivity, specificity) => ({
  sensitivity: { value: sensitivity },
  specificity: { value: specificity },
});

test("an example by hand", () => {
  // 10 of 1,000 are ill; 8 of 10 are found; of the 990 others one in ten gets a false alert.
  assert.deepEqual({ ...countsOf(rates(0.8, 0.9), 10) }, { found: 8, missed: 2, alarmed: 99, reassured: 891 });
});

test("each woman is of one kind, and those with a cancer are as many as they should be", () => {
  for (const sensitivity of [0, 0.37, 0.5, 0.935, 1])
    for (const specificity of [0, 0.125, 0.78, 1])
      for (const ill of [0, 1, 7, 300, 1000]) {
        const counts = countsOf(rates(sensitivity, specificity), ill);
        assert.equal(
          ORDER.reduce((sum, kind) => sum + counts[kind], 0),
          WOMEN,
        );
        assert.equal(counts.found + counts.missed, ill);
        assert.ok(ORDER.every((kind) => Number.isInteger(counts[kind]) && counts[kind] >= 0));
      }
});

test("shapes tell the truth: one for those with a cancer, another for the others", () => {
  assert.equal(SHAPES.found, SHAPES.missed);
  assert.equal(SHAPES.alarmed, SHAPES.reassured);
  assert.notEqual(SHAPES.found, SHAPES.alarmed);
});
