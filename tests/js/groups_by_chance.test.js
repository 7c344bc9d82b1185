// busi/web/tabs/inquiry_for_whom/groups.js: groups of a property, and groups that chance makes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { randomNumbers } from "../../busi/web/js/statistics.js";
import { apart, byChance, byProperty, ratesOf } from "../../busi/web/tabs/inquiry_for_whom/groups.js";
import { expected } from "./expected.js";

const { rows } = expected.classified[0];
const lesions = rows.map(([malignant, score], at) => [
  malignant,
  score,
  at % 2 ? "odd" : "even",
  at % 3 ? "" : "third",
]);

test("the halves that chance makes hold every lesion once", () => {
  const halves = byChance(lesions, randomNumbers(3));
  assert.deepEqual(
    halves.map((half) => half.length),
    [65, 66],
  );
  assert.deepEqual(new Set(halves.flat()), new Set(lesions));
});

test("of splits by chance about one in twenty seems clear, and of the same group none", () => {
  const random = randomNumbers(1);
  const clear = Array.from({ length: 2000 }, () => {
    const [one, other] = byChance(lesions, random).map((half) => ratesOf(half, 0.4).errors);
    return apart(one, other).isClear;
  }).filter(Boolean);
  assert.ok(clear.length > 40 && clear.length < 140, `${clear.length} of 2000`);
  const all = ratesOf(lesions, 0.4).errors;
  assert.equal(apart(all, all).isClear, false);
});

test("groups of a property leave out whom nobody knows, and what cannot be counted is no number", () => {
  const [odd, even] = byProperty(lesions, 0, ["odd", "even"]);
  assert.equal(odd.length + even.length, lesions.length);
  assert.equal(byProperty(lesions, 1, ["third"])[0].length, 44);
  const benign = lesions.filter(([malignant]) => !malignant);
  assert.equal(ratesOf(benign, 0.4).sensitivity, null);
  assert.equal(apart(ratesOf(benign, 0.4).sensitivity, ratesOf(lesions, 0.4).sensitivity), null);
});
