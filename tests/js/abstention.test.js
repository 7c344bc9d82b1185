// busi/web/tabs/inquiry_abstain/abstention.js: who is referred, and what is left, beside NumPy.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cutFor, outcomeOf, sureness } from "../../busi/web/tabs/inquiry_abstain/abstention.js";
import { assertNear, expected } from "./expected.js";

test("the least sure are referred, and the same rule is kept elsewhere", () => {
  for (const { here, there, threshold, share, left } of expected.abstained) {
    const cut = cutFor(here, threshold, share);
    for (const [side, rows] of [here, there].entries()) {
      const { errors, ...counts } = outcomeOf(rows, threshold, cut);
      assert.deepEqual(counts, left[side]);
      assert.equal(errors?.part ?? 0, counts.missed + counts.alarms);
      if (counts.kept) assertNear(errors.value, errors.part / counts.kept);
      else assert.equal(errors, null);
    }
  }
});

test("no more than the share is referred, ties are kept together, and nobody is where the share is 0", () => {
  const rows = [0.2, 0.2, 0.2, 0.9].map((score) => [0, score]);
  assert.equal(outcomeOf(rows, 0.3, cutFor(rows, 0.3, 0)).referred, 0);
  assert.equal(outcomeOf(rows, 0.3, cutFor(rows, 0.3, 0.5)).referred, 0);
  assert.equal(outcomeOf(rows, 0.3, cutFor(rows, 0.3, 0.75)).referred, 3);
  assert.equal(outcomeOf(rows, 0.3, cutFor(rows, 0.3, 1)).kept, 0);
});

test("a score at the threshold is the least sure, and 0 and 1 are as sure as a computer can tell", () => {
  assert.equal(sureness(0.3, 0.3), 0);
  assert.ok(sureness(0.31, 0.3) < sureness(0.5, 0.3) && Number.isFinite(sureness(0, 0.3)));
});
