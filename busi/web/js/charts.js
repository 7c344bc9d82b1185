// Charts in SVG, over d3's scales and shapes. What is drawn is a list of strings of markup; `svg` puts it into the page.
//
//   const redraw = chart(place, (place, width) => {
//     const { x, y } = scales({ width, height: 200, edge: { left: 46, right: 12, top: 26, bottom: 44 } });
//     svg(place, width, 200, alt, [...grid({ x, y }, { x: [0, 1], y: [0, 1] }), curve(points, "curve-line")]);
//   });

import { area, line as lineThrough, scaleLinear } from "../vendor/d3.js";
import { escapeHtml } from "./markup.js";

const STEPS = 400; // of a function that is drawn

// Calls draw(place, width) when the place gets a width or another one: a chart is in pixels of the screen, so that its
// words keep their size. Returns a function that draws it again.
export const chart = (place, draw) => {
  let width = 0;
  const redraw = () => width && draw(place, width);
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    redraw();
  }).observe(place);
  return redraw;
};

export const svg = (place, width, height, alt, inside) => {
  place.innerHTML =
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" ` +
    `aria-label="${escapeHtml(alt)}">${inside.join("")}</svg>`;
};

// From values to pixels, y upwards; `edge` is what stays free around the axes.
export const scales = ({ width, height, edge, x = [0, 1], y = [0, 1] }) => ({
  x: scaleLinear(x, [edge.left, width - edge.right]),
  y: scaleLinear(y, [height - edge.bottom, edge.top]),
});

// A square of shares from 0 to 1, as wide as there is room, `largest` pixels at most.
export const squareScales = (width, edge, largest) => {
  const side = Math.min(width - edge.left - edge.right, largest);
  const height = side + edge.top + edge.bottom;
  return { side, height, ...scales({ width: side + edge.left + edge.right, height, edge }) };
};

// Lines across the chart at some values of x and of y.
export const grid = ({ x, y }, at) => {
  const [left, right] = x.range();
  const [bottom, top] = y.range();
  const upright = (at.x ?? []).map((value) => line(x(value), bottom, x(value), top, "grid"));
  return [...upright, ...(at.y ?? []).map((value) => line(left, y(value), right, y(value), "grid"))];
};

// The values under the x axis and left of the y axis.
export const tickLabels = ({ x, y }, at, write, kind = "tick") => {
  const [left] = x.range();
  const [bottom] = y.range();
  const under = (at.x ?? []).map((value) => label(x(value), bottom + 18, write(value), "middle", kind));
  return [...under, ...(at.y ?? []).map((value) => label(left - 6, y(value) + 4, write(value), "end", kind))];
};

export const label = (x, y, text, anchor = "start", kind = "") =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" class="${kind}">${escapeHtml(text)}</text>`;

export const line = (x1, y1, x2, y2, kind) => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="${kind}"/>`;

export const circle = (x, y, kind, radius = 7) => `<circle class="${kind}" cx="${x}" cy="${y}" r="${radius}"/>`;

export const path = (shape, kind) => `<path class="${kind}" d="${shape}"/>`;

// Shapes of a path around a point: those of the two classes, so that they are told apart without colour.
export const disc = (x, y, r) => `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0Z`;
export const triangle = (x, y, r) => `M${x},${y - r}L${x + r},${y + r * 0.85}L${x - r},${y + r * 0.85}Z`;

// Straight lines through points in pixels; a point that is null leaves a gap.
export const curve = (points, kind) => path(lineThrough().defined(Boolean).digits(1)(points) ?? "", kind);

// What lies between such a curve and a height in pixels.
export const areaUnder = (points, bottom, kind) => path(area().y0(bottom).digits(1)(points) ?? "", kind);

// A function from one end of the x axis to the other, left out where it goes beyond the ends of y.
export const functionCurve = ({ x, y }, f, kind) => {
  const [from, to] = x.domain();
  const [low, high] = y.domain();
  const points = Array.from({ length: STEPS + 1 }, (_, step) => {
    const value = from + ((to - from) * step) / STEPS;
    return f(value) >= low && f(value) <= high ? [x(value), y(f(value))] : null;
  });
  return curve(points, kind);
};
