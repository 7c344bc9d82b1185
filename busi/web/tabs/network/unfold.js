// A convolution unfolded: what lies under the kernel at one place, the products, their sum, and what becomes of it.
// The server sends input and kernels (unfolding.py); `size` is always rows, columns and, of an input, channels.

import { bytesOf } from "../../js/base64.js";

const floatsOf = (base64) => new Float32Array(bytesOf(base64).buffer);
const sumOf = (numbers) => numbers.reduce((total, value) => total + value, 0);

// As the server sends it, with its numbers as arrays: given.numbers of (rows, columns, channels), filter.numbers of
// (rows, columns, channels seen).
export const readConvolution = ({ given, filters, ...settings }) => {
  const { levels, floats, ...about } = given;
  const numbers = levels ? Float32Array.from(bytesOf(levels), (level) => level / 255) : floatsOf(floats);
  const read = (one) => ({ ...one, numbers: floatsOf(one.numbers) });
  return { ...settings, given: { ...about, numbers }, filters: filters.map(read) };
};

// Where the kernel's first number lies: the row and column of the input, below 0 if outside.
export const cornerOf = ({ strides, before }, row, column) => [
  row * strides[0] - before[0],
  column * strides[1] - before[1],
];

// What lies under each of the kernel's numbers: its place in given.numbers for channel 0, or -1 outside of the input.
const placesUnder = (convolution, filter, row, column) => {
  const { dilation, given } = convolution;
  const [height, width, channels] = given.size;
  const [top, left] = cornerOf(convolution, row, column);
  const places = [];
  for (let i = 0; i < filter.kernel[0]; i += 1)
    for (let j = 0; j < filter.kernel[1]; j += 1) {
      const [y, x] = [top + i * dilation[0], left + j * dilation[1]];
      places.push(y < 0 || x < 0 || y >= height || x >= width ? -1 : (y * width + x) * channels);
    }
  return places;
};

// One place of a filter's map: for each channel that it sees { channel, patch, kernel, products, sum }, where null in a
// patch lies outside of the input and counts as 0; how many are `outside`; `sum` of all products; `value` with the bias.
export const unfoldAt = (convolution, filter, row, column) => {
  const places = placesUnder(convolution, filter, row, column);
  const seen = filter.channels.length;
  const channels = filter.channels.map((channel, at) => {
    const patch = places.map((place) => (place < 0 ? null : convolution.given.numbers[place + channel]));
    const kernel = places.map((_, cell) => filter.numbers[cell * seen + at]);
    const products = patch.map((number, cell) => (number ?? 0) * kernel[cell]);
    return { channel, patch, kernel, products, sum: sumOf(products) };
  });
  const sum = sumOf(channels.map((one) => one.sum));
  return { channels, outside: places.filter((place) => place < 0).length, sum, value: sum + filter.bias };
};

// The corner of a filter's map in which most of the kernel lies outside of the input: its row and column.
export const outermostCorner = (convolution, filter) => {
  const [bottom, right] = convolution.size.map((length) => length - 1);
  const corners = [
    [0, 0],
    [0, right],
    [bottom, 0],
    [bottom, right],
  ];
  const outside = corners.map(([row, column]) => unfoldAt(convolution, filter, row, column).outside);
  return corners[outside.indexOf(Math.max(...outside))];
};

// All places of a filter's map: sums with the bias, before any normalisation and activation.
export const mapOf = (convolution, filter) => {
  const [rows, columns] = convolution.size;
  const { numbers } = convolution.given;
  const seen = filter.channels.length;
  const map = new Float64Array(rows * columns).fill(filter.bias);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      placesUnder(convolution, filter, row, column).forEach((place, cell) => {
        if (place < 0) return;
        for (let at = 0; at < seen; at += 1)
          map[row * columns + column] += numbers[place + filter.channels[at]] * filter.numbers[cell * seen + at];
      });
  return map;
};

// What the normalisation makes of a sum; the sum itself where none follows.
export const normalise = ({ scale, offset }, value) => (scale === null ? value : value * scale + offset);

// What the layers behind a convolution pass on of a sum.
export const passOn = ({ rectified, ceiling }, filter, value) => {
  const normalised = normalise(filter, value);
  return rectified ? Math.min(ceiling ?? Infinity, Math.max(0, normalised)) : normalised;
};

// The largest of each square of 2 x 2 of a map; an odd last row or column is left out, as the network leaves it out.
export const poolLargest = (map, [rows, columns]) => {
  const size = [Math.floor(rows / 2), Math.floor(columns / 2)];
  const pooled = Float64Array.from({ length: size[0] * size[1] }, (_, at) => {
    const first = 2 * Math.floor(at / size[1]) * columns + 2 * (at % size[1]);
    return Math.max(map[first], map[first + 1], map[first + columns], map[first + columns + 1]);
  });
  return { map: pooled, size };
};
