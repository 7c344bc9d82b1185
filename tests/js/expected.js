// The numbers that Python computed, and how near ours must be.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export const expected = JSON.parse(readFileSync(new URL("./expected.json", import.meta.url), "utf8"));

export const assertNear = (found, wanted, tolerance = 1e-9) => {
  assert.ok(Math.abs(found - wanted) <= tolerance, `${found} is not ${wanted}`);
};

export const assertAllNear = (found, wanted, tolerance) => {
  assert.equal(found.length, wanted.length);
  found.forEach((value, at) => {
    assertNear(value, wanted[at], tolerance);
  });
};
