// A chart of two lines over epochs, training and validation, as wide as its figure.
//
//   drawEpochs(place, { rows: [[epoch, training, validation], ...], epochs: [first, last], range: [low, high], alt,
//     write: (value, step) => text, words: { epochs, ... } });
//
// Where wanted it also has a `height` and `here` and `best` (epochs), `first` (the first epoch that could be chosen) and `level` (a
// value to compare with), with `words` for what is written at them: best, excluded, level, seen, held.

import { circle, curve, label, line, path, scales, svg } from "../../js/charts.js";

const HEIGHT = 280;
const NARROWEST = 280;
const EDGE = { left: 46, right: 14, top: 26, bottom: 38 };
const LEVEL_STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
const EPOCH_STEPS = [1, 2, 5, 10, 20];
const KINDS = ["seen", "held"]; // columns 1 and 2 of a row

// What is off the scale stays at its edge.
const scalesOf = (width, { epochs: [first, last], range, height = HEIGHT }) => {
  const { x, y } = scales({ width, height, edge: EDGE, x: [first, Math.max(first + 1, last)], y: range });
  return { x, y: y.clamp(true), height, foot: height - EDGE.bottom };
};

const levelsOf = ([low, high]) => {
  const step = LEVEL_STEPS.find((size) => (high - low) / size <= 6) ?? 1;
  const levels = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + 1e-9; at += step) levels.push(at);
  return { step, levels };
};

const drawLevels = ({ epochs: [first, last], range, write }, { x, y }) => {
  const { step, levels } = levelsOf(range);
  return levels.flatMap((at) => [
    line(x(first), y(at), x(last), y(at), "grid"),
    label(EDGE.left - 8, y(at) + 4, write(at, step), "end", "tick"),
  ]);
};

// The first epoch, then round numbers, none too near to it.
const epochTicks = ([first, last]) => {
  const step = EPOCH_STEPS.find((size) => (last - first) / size <= 8) ?? 50;
  const ticks = [first];
  for (let at = Math.ceil((first + 1) / step) * step; at <= last; at += step)
    if (at - first >= step / 2) ticks.push(at);
  return ticks;
};

const drawEpochTicks = ({ epochs, words }, { x, height, foot }) => [
  ...epochTicks(epochs).map((at) => label(x(at), foot + 18, String(at), "middle", "tick")),
  label(x(epochs[1]), height - 4, words.epochs, "end", "tick"),
];

// A disc for training, a diamond for validation: the two are told apart without colour.
const mark = (kind, x, y) =>
  kind === "seen" ? circle(x, y, "seen", 5) : path(`M${x} ${y - 6.5}l6.5 6.5-6.5 6.5-6.5-6.5z`, "held mark");

const drawCurves = ({ rows }, { x, y }) =>
  KINDS.flatMap((kind, at) => {
    const points = rows.map((row) => [x(row[0]), y(row[at + 1])]);
    const end = points.at(-1);
    return [curve(points, `curve ${kind}`), end ? mark(kind, ...end) : ""];
  });

// Each line's name at its end, the upper one's above and the lower one's below, clear of the last few epochs.
const drawNames = ({ rows, words }, { x, y }) => {
  if (!words.seen || rows.length < 2) return [];
  const tail = rows.slice(-Math.ceil(rows.length / 3));
  const end = rows.at(-1);
  const upper = end[1] > end[2] ? 0 : 1;
  return KINDS.map((kind, at) => {
    const heights = tail.map((row) => y(row[at + 1]));
    const height = at === upper ? Math.min(...heights) - 10 : Math.max(...heights) + 20;
    return label(x(end[0]) - 10, height, words[kind], "end", kind);
  });
};

const drawHere = ({ rows, here }, { x, y, foot }) => {
  const row = rows.find(([epoch]) => epoch === here);
  if (!row) return [];
  const marks = KINDS.map((kind, at) => mark(kind, x(row[0]), y(row[at + 1])));
  return [line(x(row[0]), EDGE.top, x(row[0]), foot, "here"), ...marks];
};

// How a text at an epoch is aligned, so that it stays in the chart.
const anchorOf = (epoch, [first, last]) => {
  const quarter = (last - first) / 4;
  if (epoch < first + quarter) return "start";
  return epoch > last - quarter ? "end" : "middle";
};

const drawBest = ({ best, epochs, words }, { x, foot }) => {
  if (!best) return [];
  const at = x(best);
  return [
    line(at, EDGE.top, at, foot, "best"),
    label(at, EDGE.top - 9, `★ ${words.best}`, anchorOf(best, epochs), "best"),
  ];
};

// The epochs that cannot be chosen, hatched, with a word at the foot of the chart.
const drawExcluded = ({ first, epochs: [start], words }, { x, foot }) => {
  if (!first || first <= start) return [];
  const left = x(start);
  const width = x(first - 0.5) - left;
  return [
    '<defs><pattern id="excluded-epochs" width="8" height="8" patternUnits="userSpaceOnUse" ' +
      'patternTransform="rotate(45)"><path d="M0 0V8"/></pattern></defs>',
    `<rect class="excluded" x="${left}" y="${EDGE.top}" width="${width}" height="${foot - EDGE.top}"/>`,
    label(left + width / 2, foot - 8, words.excluded, "middle", "excluded"),
  ];
};

const drawLevel = ({ level, epochs: [first, last], words }, { x, y }) => {
  if (level === undefined) return [];
  return [
    line(x(first), y(level), x(last), y(level), "level"),
    label(x(last), y(level) + 16, words.level, "end", "tick"),
  ];
};

const LAYERS = [drawExcluded, drawLevels, drawEpochTicks, drawLevel, drawBest, drawCurves, drawNames, drawHere];

export const drawEpochs = (place, wanted) => {
  const width = Math.max(NARROWEST, place.clientWidth);
  const at = scalesOf(width, wanted);
  const layers = LAYERS.flatMap((draw) => draw(wanted, at));
  svg(place, width, at.height, wanted.alt, layers);
};

// The ends of a scale that holds all these values, with some room.
export const around = (values) => {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = Math.max(0.02, (high - low) * 0.12);
  return [Math.max(0, low - room), high + room];
};
