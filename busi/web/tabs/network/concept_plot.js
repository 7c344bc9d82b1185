// The drawings of the concepts: axes with a grid, as wide as their place, and what a concept draws inside.

import { grid, label, scales, svg, tickLabels } from "../../js/charts.js";
import { brief } from "./concept_panel.js";

const NARROWEST = 320; // pixels, for a place that has no width yet

export const widthOf = (place) => place.clientWidth || NARROWEST;

const axisNames = ({ x }, height, [across, upwards]) => {
  const [from, to] = x.domain();
  return [across ? label(x((from + to) / 2), height - 6, across, "middle") : "", upwards ? label(2, 14, upwards) : ""];
};

// Draws into a place what `marks` gives for the scales { x, y }; returns these. `x` and `y` are the ends of the axes,
// `ticks` the values that have a line, `write` how those of x are written, `names` those of the axes.
export const plot = (place, { x, y, height, ticks, write = brief, names = [], alt }, marks) => {
  const width = widthOf(place);
  const edge = { left: 34, right: 22, top: names[1] ? 26 : 10, bottom: names[0] ? 42 : 26 };
  const at = { ...scales({ width, height, edge, x, y }), width };
  svg(place, width, height, alt, [
    ...grid(at, ticks),
    ...tickLabels(at, { x: ticks.x }, write, ""),
    ...tickLabels(at, { y: ticks.y }, brief, ""),
    ...axisNames(at, height, names),
    ...marks(at),
  ]);
  return at;
};
