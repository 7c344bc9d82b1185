// Activation: a point on the curves of ReLU and sigmoid; two neurons and their sum, which bends with ReLU only.

import { circle, functionCurve, label, line } from "../../js/charts.js";
import { number } from "../../js/format.js";
import { drag } from "../../js/pointer.js";
import { brief } from "./concept_panel.js";
import { plot } from "./concept_plot.js";

const FUNCTIONS = { relu: (x) => Math.max(0, x), sigmoid: (x) => 1 / (1 + Math.exp(-x)) };
const CURVES = { relu: { y: [0, 6], ticks: [0, 2, 4, 6] }, sigmoid: { y: [0, 1], ticks: [0, 0.5, 1] } };
const X_TICKS = [-6, -3, 0, 3, 6];
const REACH = 5; // of x, for the pair
const PAIR = { x: [-REACH, REACH], y: [-4, 8], height: 270, ticks: { x: [-4, -2, 0, 2, 4], y: [-4, 0, 4, 8] } };
const LEGEND = [
  ["thin", "first"],
  ["thin dashed", "second"],
  ["line", "both"],
];

// One of the two curves with its point at x; returns the drawing's scales.
const drawCurve = ({ find, put }, say, name, x) => {
  const f = FUNCTIONS[name];
  const { y, ticks } = CURVES[name];
  const values = { x: brief(x), y: number(f(x), 2) };
  const frame = { x: [-6, 6], y, height: 190, ticks: { x: X_TICKS, y: ticks } };
  put(name, say(`activation_${name}_told`, values));
  return plot(find(`[data-plot="${name}"]`), { ...frame, alt: say(`activation_${name}_alt`, values) }, (at) => [
    line(at.x(x), at.y(0), at.x(x), at.y(f(x)), "guide"),
    line(at.x(-6), at.y(f(x)), at.x(x), at.y(f(x)), "guide"),
    functionCurve(at, f, "line"),
    circle(at.x(x), at.y(f(x)), "here"),
  ]);
};

const outputOf = ({ slope, offset }, hasRelu) => {
  const sum = (x) => slope * x + offset;
  return hasRelu ? (x) => FUNCTIONS.relu(sum(x)) : sum;
};

const lineText = (say, pair) => {
  const [slope, offset] = ["slope", "offset"].map((part) => pair[0][part] + pair[1][part]);
  const sign = offset < -1e-9 ? "\u2212" : "+";
  return say("activation_line", { slope: brief(slope), sign, offset: brief(Math.abs(offset)) });
};

// Where the sum bends: where one of the two neurons begins to answer.
const bendsText = (say, pair) => {
  const sloping = pair.filter(({ slope }) => Math.abs(slope) > 1e-9);
  const bends = sloping.map(({ slope, offset }) => -offset / slope).filter((x) => Math.abs(x) < REACH);
  const places = [...new Set(bends.sort((one, other) => one - other).map(brief))];
  if (!places.length) return say("activation_no_bend");
  return say("activation_bend", { places: places.join(say("activation_and")) });
};

const drawLegend = (say, { x }) =>
  LEGEND.flatMap(([kind, name], row) => [
    line(x(-REACH) + 8, 20 + 18 * row, x(-REACH) + 34, 20 + 18 * row, kind),
    label(x(-REACH) + 40, 24 + 18 * row, say(`activation_${name}`), "start", "name"),
  ]);

const drawPair = ({ find, put }, say, pair, hasRelu) => {
  const text = hasRelu ? bendsText(say, pair) : lineText(say, pair);
  const [first, second] = pair.map((neuron) => outputOf(neuron, hasRelu));
  plot(find('[data-plot="pair"]'), { ...PAIR, alt: say("activation_pair_alt", { told: text }) }, (at) => [
    functionCurve(at, first, "thin"),
    functionCurve(at, second, "thin dashed"),
    functionCurve(at, (x) => first(x) + second(x), "line"),
    ...drawLegend(say, at),
  ]);
  put("pair", text);
};

export const activation = (parts, say) => {
  const { panel, find, show, slider, read, choose, onClick } = parts;
  const scales = {};
  let hasRelu = true;

  const draw = () => {
    for (const { dataset, valueAsNumber } of panel.querySelectorAll('input[type="range"]'))
      show(dataset.in, brief(valueAsNumber));
    for (const name of Object.keys(FUNCTIONS)) scales[name] = drawCurve(parts, say, name, read("activation_x"));
    const pair = ["first", "second"].map((name) => ({
      slope: read(`activation_slope_${name}`),
      offset: read(`activation_offset_${name}`),
    }));
    drawPair(parts, say, pair, hasRelu);
  };

  panel.addEventListener("input", draw);
  onClick("mode", (mode) => {
    hasRelu = mode === "relu";
    choose("mode", mode);
    draw();
  });
  for (const name of Object.keys(FUNCTIONS))
    drag(find(`[data-plot="${name}"]`), (pixels) => {
      slider("activation_x").value = scales[name].x.invert(pixels);
      draw();
    });
  return draw;
};
