// busi/web/tabs/inquiry_teach/boxes.js: where a picture goes when it is pressed, and boxes in an address.

import assert from "node:assert/strict";
import { test } from "node:test";

import { asText, EMPTY, fromText, hindrance, moved } from "../../busi/web/tabs/inquiry_teach/boxes.js";

test("a picture goes into the first box, then the second, then back; the others stay", () => {
  const filled = { first: [4, 9], second: [0] };
  const once = moved(filled, 7);
  const twice = moved(once, 7);
  assert.deepEqual(once, { first: [4, 9, 7], second: [0] });
  assert.deepEqual(twice, { first: [4, 9], second: [0, 7] });
  assert.deepEqual(moved(twice, 7), filled);
  assert.deepEqual(filled, { first: [4, 9], second: [0] });
});

test("an address brings the boxes back", () => {
  for (const boxes of [EMPTY, { first: [0, 35], second: [7] }]) assert.deepEqual(fromText(asText(boxes), 36), boxes);
});

test("an address that makes no sense brings empty boxes", () => {
  const odd = [
    undefined,
    {},
    { first: "1.2", second: "2" },
    { first: "1.1" },
    { first: "36" },
    { second: "-1" },
    { first: "1.5e9" },
    { first: "a" },
  ];
  for (const settings of odd) assert.deepEqual(fromText(settings, 36), EMPTY);
});

test("what hinders learning is named", () => {
  const limits = { fewest: 2, most: 3 };
  assert.equal(hindrance({ first: [1, 2], second: [3] }, limits), "too_few");
  assert.equal(hindrance({ first: [1, 2], second: [3, 4, 5, 6] }, limits), "too_many");
  assert.equal(hindrance({ first: [1, 2], second: [3, 4, 5] }, limits), "");
});
