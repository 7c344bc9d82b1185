// busi/web/tabs/inquiry_hidden/cover.js: what is covered is the box, or all but the box, and it stays in the picture.

import assert from "node:assert/strict";
import { test } from "node:test";

import { boxAt, coverOf } from "../../busi/web/tabs/inquiry_hidden/cover.js";

const CASE = { patch: [0.2, 0.3, 0.4, 0.1], elsewhere: [0.6, 0, 0.4, 0.1] };

test("a patch follows the finger and stays in the picture", () => {
  assert.deepEqual(boxAt(0.5, 0.5, [0, 0, 0.2, 0.4]), [0.4, 0.3, 0.2, 0.4]);
  assert.deepEqual(boxAt(0, 1, [0, 0, 0.2, 0.4]), [0.8, 0, 0.2, 0.4]);
  assert.deepEqual(boxAt(1, 0, [0, 0, 1, 1]), [0, 0, 1, 1]);
});

test("each way covers what it names", () => {
  assert.equal(coverOf("nothing", CASE, []), "");
  assert.equal(coverOf("lesion", CASE, []), "M0.3,0.2h0.1v0.4h-0.1z");
  assert.equal(coverOf("elsewhere", CASE, []), "M0,0.6h0.1v0.4h-0.1z");
  assert.equal(coverOf("rest", CASE, []), "M0,0h1v1h-1zM0.3,0.2h0.1v0.4h-0.1z");
  assert.equal(coverOf("own", CASE, [0, 0.5, 0.2, 0.2]), "M0.5,0h0.2v0.2h-0.2z");
});
