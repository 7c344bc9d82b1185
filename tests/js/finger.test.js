// busi/web/parts/finger.js: the path of a finger, kept short and within the picture.

import assert from "node:assert/strict";
import { test } from "node:test";

import { extended, thinned } from "../../busi/web/parts/finger.js";

test("places that hardly differ are left out, and none lies outside the picture", () => {
  let path = [];
  for (const [x, y] of [
    [0.5, 0.5],
    [0.503, 0.5],
    [0.6, 0.5],
    [1.4, -0.2],
  ])
    path = extended(path, x, y);
  assert.deepEqual(path, [
    [0.5, 0.5],
    [0.6, 0.5],
    [1, 0],
  ]);
});

test("a long path keeps its first place and its order, and no more than may be sent", () => {
  const path = Array.from({ length: 1000 }, (_, number) => [number / 1000, 0]);
  const kept = thinned(path, 300);
  assert.equal(kept.length, 300);
  assert.deepEqual(kept[0], [0, 0]);
  assert.ok(kept.every(([x], number) => number === 0 || x > kept[number - 1][0]));
  assert.equal(thinned(path.slice(0, 5), 300).length, 5);
});
