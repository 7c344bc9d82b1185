// Calibration: the images in ten slices of probability, and in each the share that was malignant, with its interval.

import { chart, circle, grid, label, line, squareScales, svg, tickLabels } from "../../js/charts.js";
import { number, percent } from "../../js/format.js";
import { drag } from "../../js/pointer.js";
import { intervalText, sayFrom } from "../../js/sentences.js";
import { calibrationSlices } from "../../js/statistics.js";
import { widget } from "../../js/widget.js";
import { follow } from "./choices.js";

const SLICES = 10;
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];
const EDGE = { left: 46, right: 20, top: 26, bottom: 64 };
const LARGEST = 380; // pixels
const points = (share) => number(100 * share, 1);
const squareOf = (width) => squareScales(width, EDGE, LARGEST);
const boundsOf = (at) => ({ low: (100 / SLICES) * at, high: (100 / SLICES) * (at + 1) });

// Fewer than ten images, or an interval wider than 40 points, conclude nothing.
const isThin = ({ n, estimate }) => n < 10 || estimate.high - estimate.low > 0.4;

const drawColumn = ({ x, y }, { n }, at, isChosen) => [
  `<rect class="slice${isChosen ? " chosen" : ""}" x="${x(at / SLICES)}" y="${y(1)}" ` +
    `width="${x(1 / SLICES) - x(0)}" height="${y(0) - y(1)}"/>`,
  label(x((at + 0.5) / SLICES), y(0) + 36, String(n), "middle", isChosen ? "mark" : "tick"),
];

const drawShare = ({ x, y }, slice, isChosen) => {
  const { mean, estimate } = slice;
  const kind = isThin(slice) ? "thin" : "firm";
  return [
    line(x(mean), y(estimate.low), x(mean), y(estimate.high), `whisker ${kind}`),
    circle(x(mean), y(estimate.value), `point ${kind}`, isChosen ? 8 : 6),
  ];
};

const drawSlice = (at, slice, index, chosen) => [
  ...drawColumn(at, slice, index, index === chosen),
  ...(slice.n ? drawShare(at, slice, index === chosen) : []),
];

// The chart in words: each slice that has images.
const altText = (say, slices, population) => {
  const parts = slices.map(
    ({ n, malignant }, at) => n && say("calibration_alt_slice", { ...boundsOf(at), malignant, n }),
  );
  return say("calibration_alt", { population, slices: parts.filter(Boolean).join(", ") });
};

const draw = (say, place, width, { rows, name }, chosen) => {
  const slices = calibrationSlices(rows, SLICES);
  const at = squareOf(width);
  const { x, y, height } = at;
  svg(place, width, height, altText(say, slices, name), [
    ...slices.flatMap((slice, index) => drawSlice(at, slice, index, chosen)),
    ...grid(at, { y: TICKS }),
    line(x(0), y(0), x(1), y(1), "chance"),
    ...tickLabels(at, { x: TICKS, y: TICKS }, percent),
    label(x(0) - 8, y(0) + 36, say("calibration_n"), "end", "tick"),
    label(x(0) - 40, 14, say("calibration_y"), "start", "axis-name"),
    label(x(0.5), y(0) + 58, say("calibration_x"), "middle", "axis-name"),
  ]);
};

const verdict = (slice) => {
  const { mean, estimate } = slice;
  if (isThin(slice)) return "slice_thin";
  if (mean < estimate.low) return "slice_above";
  return mean > estimate.high ? "slice_below" : "slice_fits";
};

const reading = (say, slice, at) => {
  const { n, malignant, mean, estimate } = slice;
  if (!n) return say("slice_none", boundsOf(at));
  const interval = intervalText(say, estimate, percent);
  const values = { ...boundsOf(at), n, malignant, mean: percent(mean), share: percent(estimate.value), interval };
  return `${say(n === 1 ? "slice_one" : "slice_many", values)} ${say(verdict(slice), values)}`;
};

// Few images alone make a gap: whether this one is larger than what they explain.
const comparedWithChance = (say, { above_chance: isAbove, by_chance: [mean, low, high, n] }) => {
  const range = { mean: points(mean), low: points(low), high: points(high), n };
  return `${say("error_chance", range)} ${say(isAbove ? "error_beyond" : "error_within")}`;
};

const showError = (put, say, choices) => {
  const [value, low, high, n] = choices.metrics.calibration_error;
  put("population", choices.name);
  put("calibration_error", say("error_points", { points: points(value) }));
  put("calibration_error_interval", say("error_interval", { low: points(low), high: points(high) }));
  put("calibration_error_n", say("n", { n }));
  put("calibration_error_reading", `${say("error_reading")} ${comparedWithChance(say, choices)}`);
};

export const mount = ({ element }) => {
  const say = sayFrom(element.querySelector("[data-said]"));
  const { find, put } = widget(element);
  const slider = find("#evaluation-slice");
  const place = find("[data-chart=calibration]");
  let choices = null;
  const redraw = chart(place, (_, width) => choices && draw(say, place, width, choices, slider.valueAsNumber));

  const showSlice = () => {
    const at = slider.valueAsNumber;
    const name = say("slice", boundsOf(at));
    put("slice", name);
    slider.setAttribute("aria-valuetext", name);
    put("slice_reading", reading(say, calibrationSlices(choices.rows, SLICES)[at], at));
    redraw();
  };

  slider.addEventListener("input", showSlice);
  drag(place, (pixels) => {
    slider.value = Math.floor(SLICES * squareOf(place.clientWidth).x.invert(pixels));
    showSlice();
  });
  follow(element, (now) => {
    const isAnother = now.population !== choices?.population;
    choices = now;
    if (!isAnother) return; // the threshold changes nothing here
    showError(put, say, now);
    showSlice();
  });
};
