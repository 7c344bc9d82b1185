// Every image as a mark at its probability, the benign above, the malignant below, and the threshold through both.

import { disc, label, line, path, scales, svg, triangle } from "../../js/charts.js";
import { percent } from "../../js/format.js";
import { confusion } from "../../js/statistics.js";

const EDGE = 12;

export const stripScale = (width) =>
  scales({ width, height: 0, edge: { left: EDGE, right: EDGE, top: 0, bottom: 0 } }).x;

// Where marks of one class go: each at its true place, in the lowest row where it touches no other.
export const piled = (probabilities, size, x) => {
  const ends = [];
  return probabilities.map((probability) => {
    const at = x(probability);
    let row = ends.findIndex((end) => end <= at - size);
    if (row < 0) row = ends.length;
    ends[row] = at;
    return { at, row, probability };
  });
};

const heightOf = (marks, size) => size * (1 + Math.max(...marks.map(({ row }) => row)));

// The marks of one class on their line: those that the threshold calls right, and those that it calls wrong.
const pile = (marks, { shape, size, floor, threshold, malignant }) =>
  ["right", "wrong"].map((kind) => {
    const some = marks.filter(({ probability }) => (probability >= threshold === malignant) === (kind === "right"));
    const shapes = some.map(({ at, row }) =>
      shape(+at.toFixed(1), +(floor - size * (row + 0.5)).toFixed(1), size / 2 - 0.6),
    );
    return path(shapes.join(""), `${malignant ? "malignant" : "benign"} ${kind}`);
  });

const anchorOf = (tick) => (tick === 0 ? "start" : tick === 1 ? "end" : "middle");

const probabilityTicks = (x, width, height) =>
  (width < 520 ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.2, 0.4, 0.6, 0.8, 1]).map((tick) =>
    label(x(tick), height, percent(tick), anchorOf(tick), "tick"),
  );

// What is called malignant, and the words on both sides of the threshold where there is room for them.
const sides = (say, width, here, threshold, bottom) => [
  `<rect class="called" x="${here}" y="22" width="${Math.max(0, width - EDGE - here)}" height="${bottom - 22}"/>`,
  label(EDGE, 36, threshold > 0.2 ? say("said_benign") : "", "start", "side"),
  label(width - EDGE, 36, threshold < 0.75 ? say("said_malignant") : "", "end", "side"),
];

const thresholdMark = (width, here, bottom, text) => [
  line(here, 20, here, bottom + 4, "threshold"),
  label(Math.min(Math.max(here, 66), width - 66), 14, text, "middle", "mark"),
];

export const drawStrip = (place, width, { rows, threshold, name, written }, say) => {
  const size = width < 520 ? 8 : 10;
  const x = stripScale(width);
  const here = x(threshold);
  const probabilities = (kind) => rows.filter((row) => row[0] === kind).map((row) => row[1]);
  const [benign, malignant] = [0, 1].map((kind) => piled(probabilities(kind), size, x));
  const first = 62 + heightOf(benign, size);
  const second = first + 34 + heightOf(malignant, size);
  svg(
    place,
    width,
    second + 28,
    say("strip_alt", { population: name, threshold: written, ...confusion(rows, threshold) }),
    [
      ...sides(say, width, here, threshold, second),
      label(width - EDGE, 55, say("strip_benign", { n: benign.length }), "end", "name benign"),
      ...pile(benign, { shape: disc, size, floor: first, threshold, malignant: false }),
      line(EDGE, first, width - EDGE, first, "axis"),
      label(width - EDGE, first + 20, say("strip_malignant", { n: malignant.length }), "end", "name malignant"),
      ...pile(malignant, { shape: triangle, size, floor: second, threshold, malignant: true }),
      line(EDGE, second, width - EDGE, second, "axis"),
      ...probabilityTicks(x, width, second + 20),
      ...thresholdMark(width, here, second, say("threshold_mark", { threshold: written })),
    ],
  );
};
