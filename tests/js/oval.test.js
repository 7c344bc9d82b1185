// busi/web/tabs/inquiry_outline/oval.js: an oval has the middle and the size that the knobs say, inside of the picture.

import assert from "node:assert/strict";
import { test } from "node:test";

import { oval } from "../../busi/web/tabs/inquiry_outline/oval.js";

test("an oval goes once around its middle", () => {
  const path = oval({ across: 0.5, down: 0.4, width: 0.6, height: 0.2 });
  const [columns, rows] = [0, 1].map((axis) => path.map((place) => place[axis]));
  assert.ok(Math.abs(Math.max(...columns) - 0.8) < 0.002 && Math.abs(Math.min(...columns) - 0.2) < 0.002);
  assert.ok(Math.abs(Math.max(...rows) - 0.5) < 0.002 && Math.abs(Math.min(...rows) - 0.3) < 0.002);
  const area = path.reduce((sum, [x, y], at) => {
    const [right, below] = path[(at + 1) % path.length];
    return sum + (x * below - right * y) / 2;
  }, 0);
  assert.ok(Math.abs(area - Math.PI * 0.3 * 0.1) < 0.002);
});

test("what would leave the picture stays at its edge", () => {
  const path = oval({ across: 0.95, down: 0.05, width: 0.5, height: 0.5 });
  assert.ok(path.flat().every((share) => share >= 0 && share <= 1));
});
