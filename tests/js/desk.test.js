// busi/web/tabs/inquiry_birads/desk.js: which cases come to the desk, and what decisions cost.

import assert from "node:assert/strict";
import { test } from "node:test";

import { byCategory, byScore, costsOf, drawCases } from "../../busi/web/tabs/inquiry_birads/desk.js";

const lesions = Array.from({ length: 60 }, (_, at) => [at % 3 === 0 ? 1 : 0, "4a", at / 60]);

test("half of the cases are malignant, none comes twice, and a seed brings the same ones back", () => {
  const seen = new Set();
  for (let seed = 1; seed <= 50; seed += 1) {
    const drawn = drawCases(lesions, 12, seed);
    assert.equal(new Set(drawn).size, 12);
    assert.equal(drawn.filter((place) => lesions[place][0]).length, 6);
    assert.deepEqual(drawn, drawCases(lesions, 12, seed));
    seen.add(drawn.join());
  }
  assert.equal(seen.size, 50);
});

test("the order tells nothing: over many seeds a malignant case is as often first as last", () => {
  const first = [0, 11].map((at) =>
    Array.from({ length: 400 }, (_, seed) => drawCases(lesions, 12, seed + 1)[at]).filter((place) => lesions[place][0]),
  );
  for (const some of first) assert.ok(Math.abs(some.length / 400 - 0.5) < 0.1);
});

test("what the category leads to, and what decisions cost", () => {
  assert.deepEqual(["2", "3", "4a", "4b", "4c", "5"].map(byCategory), ["nothing", "watch", ...Array(4).fill("biopsy")]);
  assert.deepEqual([byScore(0.02, 0.02), byScore(0.019, 0.02)], ["biopsy", "nothing"]);
  const some = [1, 1, 1, 0, 0, 0].map((kind) => [kind, "3", 0.5]);
  assert.deepEqual(costsOf(some, ["biopsy", "watch", "nothing", "biopsy", "biopsy", "nothing"]), {
    found: 1,
    watched: 1,
    missed: 1,
    needless: 2,
  });
});
