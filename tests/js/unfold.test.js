// busi/web/tabs/network/unfold.js: maps are SciPy's correlations, and what is unfolded at a place adds up to them.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  cornerOf,
  mapOf,
  normalise,
  outermostCorner,
  passOn,
  poolLargest,
  readConvolution,
  unfoldAt,
} from "../../busi/web/tabs/network/unfold.js";
import { assertAllNear, assertNear, expected } from "./expected.js";

const NEAR = 1e-5; // an image's gray levels are divided here with more digits than there

test("the map of a filter is the one that SciPy finds", () => {
  for (const { sent, map } of expected.unfolded) {
    const convolution = readConvolution(sent);
    assertAllNear([...mapOf(convolution, convolution.filters[0])], map, NEAR);
  }
});

test("products and partial sums add up to the map's number in every place", () => {
  for (const { sent, map } of expected.unfolded) {
    const convolution = readConvolution(sent);
    const [filter] = convolution.filters;
    const [rows, columns] = convolution.size;
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1) {
        const { channels, sum, value } = unfoldAt(convolution, filter, row, column);
        const products = channels.flatMap((one) => one.products).reduce((total, product) => total + product, 0);
        assertNear(products, sum);
        assertNear(
          channels.reduce((total, one) => total + one.sum, 0),
          sum,
        );
        assertNear(sum + filter.bias, value);
        assertNear(value, map[row * columns + column], NEAR);
      }
  }
});

test("the corner where a kernel stands out depends on where the padding is", () => {
  const given = { size: [4, 4, 1], numbers: new Float32Array(16) };
  const filter = { kernel: [3, 3, 1, 1], channels: [0], numbers: new Float32Array(9), bias: 0 };
  const all = { given, size: [4, 4], strides: [1, 1], dilation: [1, 1], before: [1, 1] };
  assert.deepEqual(outermostCorner(all, filter), [0, 0]);
  const end = { given, size: [2, 2], strides: [2, 2], dilation: [1, 1], before: [0, 0] };
  assert.deepEqual(outermostCorner(end, filter), [1, 1]);
});

test("normalisation and ReLU are applied in their order", () => {
  for (const { sent, map, passed } of expected.unfolded) {
    const convolution = readConvolution(sent);
    const [filter] = convolution.filters;
    assertAllNear(
      map.map((value) => passOn(convolution, filter, value)),
      passed,
      NEAR,
    );
  }
  const [sent] = expected.unfolded.map((one) => one.sent);
  const { filters } = readConvolution({ ...sent, filters: [{ ...sent.filters[0], scale: null, offset: null }] });
  assert.equal(normalise(filters[0], -3), -3);
  assert.equal(passOn({ rectified: false }, filters[0], -3), -3);
  assert.equal(passOn({ rectified: true, ceiling: null }, filters[0], -3), 0);
  assert.deepEqual(
    [-3, 3, 8].map((value) => passOn({ rectified: true, ceiling: 6 }, filters[0], value)),
    [0, 3, 6],
  );
});

test("at the edge, what lies outside is told and counts as 0", () => {
  const convolution = readConvolution(expected.unfolded[0].sent); // 5 x 5, one row and column before the first
  const [filter] = convolution.filters;
  assert.deepEqual(cornerOf(convolution, 0, 0), [-1, -1]);
  const { channels, outside } = unfoldAt(convolution, filter, 0, 0);
  assert.equal(outside, 9);
  const [{ patch, products }] = channels;
  const isOutside = patch.map((_, cell) => cell < 5 || cell % 5 === 0);
  assert.deepEqual(
    patch.map((value) => value === null),
    isOutside,
  );
  assert.ok(products.every((product, cell) => !isOutside[cell] || product === 0));
  assert.equal(unfoldAt(convolution, filter, 1, 1).outside, 0);
});

test("a filter that sees some channels only leaves the others alone", () => {
  const { sent } = expected.unfolded[3]; // two channels
  const [filter] = sent.filters;
  const one = { ...filter, channels: [1], kernel: [3, 3, 1] };
  const convolution = readConvolution({ ...sent, filters: [filter, one] });
  const [both, alone] = convolution.filters;
  alone.numbers = both.numbers.filter((_, at) => at % 2 === 1);
  const { channels } = unfoldAt(convolution, both, 2, 3);
  const { channels: seen } = unfoldAt(convolution, alone, 2, 3);
  assert.deepEqual(seen, [channels[1]]);
});

test("pooling keeps the largest of each square and leaves an odd last row and column out", () => {
  const map = [1, 2, 3, 0, 9, -5, 4, -1, -2, 9, 7, 7, 7, 7, 7];
  assert.deepEqual(poolLargest(map, [3, 5]), { map: Float64Array.from([4, 3]), size: [1, 2] });
});
