// The ROC curve: what every threshold would give, and where one threshold stands on it.

import { areaUnder, circle, curve, grid, label, line, squareScales, svg, tickLabels } from "./charts.js";
import { percent } from "./format.js";
import { confusion, rocCorners, rocPoint } from "./statistics.js";

const EDGE = { left: 46, right: 20, top: 26, bottom: 44 };
const LARGEST = 380; // pixels

const axisNames = ({ x, y }, { roc_x: across, roc_y: upwards }) => [
  label(x(0) - 40, 14, upwards, "start", "axis-name"),
  label(x(0.5), y(0) + 38, across, "middle", "axis-name"),
];

// The name of the point, on the side where there is room.
const pointName = ({ x, y }, [alarms, sensitivity], name) => {
  const left = alarms > 0.6;
  return label(x(alarms) + (left ? -14 : 14), y(sensitivity) + 24, name, left ? "end" : "start", "mark");
};

export const rocScales = (width, { edge = EDGE, largest = LARGEST } = {}) => squareScales(width, edge, largest);

// Draws the curve of rows with the point of a threshold. `names` has roc_x and roc_y, and, where they are wanted, `chance`
// for the diagonal and `here` for the point; `ticks` are the shares that have a line of the grid; beside(at) gives markup
// that is drawn under the curve, at these scales.
export const drawRoc = (place, width, { rows, threshold, alt, names, ticks, layout, filled = false, beside }) => {
  const at = rocScales(width, layout);
  const { x, y, height } = at;
  const here = rocPoint(confusion(rows, threshold));
  const points = rocCorners(rows).map(([alarms, sensitivity]) => [x(alarms), y(sensitivity)]);
  svg(place, width, height, alt, [
    ...grid(at, { x: ticks, y: ticks }),
    ...tickLabels(at, { x: ticks, y: ticks }, percent),
    filled ? areaUnder(points, y(0), "under") : "",
    line(x(0), y(0), x(1), y(1), "chance"),
    names.chance ? label(x(0.62), y(0.62) + 22, names.chance, "start", "tick") : "",
    ...(beside?.(at) ?? []),
    curve(points, "curve-line"),
    circle(x(here[0]), y(here[1]), "here", 8),
    names.here ? pointName(at, here, names.here) : "",
    ...axisNames(at, names),
  ]);
};

// The corner of the curve that is nearest to a place in pixels: [false alarm rate, sensitivity, threshold].
export const nearestCorner = (rows, { x, y }, acrossPixels, downPixels) => {
  const distance = ([alarms, sensitivity]) => (x(alarms) - acrossPixels) ** 2 + (y(sensitivity) - downPixels) ** 2;
  return rocCorners(rows).reduce((best, corner) => (distance(corner) < distance(best) ? corner : best));
};
