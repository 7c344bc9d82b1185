// busi/web/js/charts.js: where values stand in pixels, and what is drawn between them.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  areaUnder,
  curve,
  functionCurve,
  grid,
  label,
  scales,
  squareScales,
  tickLabels,
} from "../../busi/web/js/charts.js";
import { nearestCorner, rocScales } from "../../busi/web/js/roc_curve.js";
import { assertNear } from "./expected.js";

const EDGE = { left: 40, right: 10, top: 20, bottom: 30 };
const at = scales({ width: 250, height: 150, edge: EDGE, x: [0, 10], y: [-1, 1] });

test("the ends of a domain stand at the edges, y upwards, and pixels lead back", () => {
  assert.deepEqual([at.x(0), at.x(10), at.y(-1), at.y(1)], [40, 240, 120, 20]);
  assertNear(at.x.invert(140), 5);
});

test("a square is as wide as there is room, up to its largest", () => {
  assert.deepEqual([squareScales(250, EDGE, 300).side, squareScales(900, EDGE, 300).side], [200, 300]);
  assert.equal(squareScales(900, EDGE, 300).height, 350);
  assert.deepEqual([squareScales(900, EDGE, 300).x(1), squareScales(900, EDGE, 300).y(0)], [340, 320]);
});

test("lines of the grid go from edge to edge, with their values outside", () => {
  assert.deepEqual(grid(at, { x: [5], y: [0] }), [
    '<line x1="140" y1="120" x2="140" y2="20" class="grid"/>',
    '<line x1="40" y1="70" x2="240" y2="70" class="grid"/>',
  ]);
  assert.deepEqual(tickLabels(at, { y: [0] }, String), [label(34, 74, "0", "end", "tick")]);
});

test("words are escaped", () => {
  assert.match(label(0, 0, `a < b & "c"`), />a &lt; b &amp; &quot;c&quot;</);
});

test("a curve is a path with a gap where a point is missing", () => {
  assert.equal(curve([[0, 0], [1.26, 2], null, [3, 4], [5, 6]], "k"), '<path class="k" d="M0,0L1.3,2M3,4L5,6"/>');
  assert.equal(curve([], "k"), '<path class="k" d=""/>');
});

test("an area goes down to its bottom and back", () => {
  assert.equal(
    areaUnder(
      [
        [0, 5],
        [10, 2],
      ],
      20,
      "k",
    ),
    '<path class="k" d="M0,5L10,2L10,20L0,20Z"/>',
  );
});

test("a function is drawn as far as it stays between the ends of y", () => {
  const points = functionCurve(at, (x) => x - 5, "k")
    .match(/[\d.]+,[\d.]+/g)
    .map((pair) => pair.split(",").map(Number));
  const across = points.map(([x]) => x);
  assert.deepEqual([Math.min(...across), Math.max(...across)], [120, 160]); // from 4 to 6, where it is -1 and 1
  assert.ok(points.every(([x, y]) => Math.abs(y - at.y(at.x.invert(x) - 5)) <= 0.1));
});

test("the nearest corner of a ROC curve", () => {
  const rows = [
    [0, 0.2],
    [1, 0.6],
    [0, 0.7],
    [1, 0.9],
  ];
  const square = rocScales(300);
  assert.deepEqual(nearestCorner(rows, square, square.x(0.02), square.y(0.45)), [0, 0.5, 0.9]);
  assert.deepEqual(nearestCorner(rows, square, square.x(0.5), square.y(1)), [0.5, 1, 0.6]);
});
