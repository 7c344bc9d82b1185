// A thousand women, a mark for each. The shape tells the truth (a triangle: cancer), the filling what the network says.

import { disc, svg, triangle } from "./charts.js";
import { naturalFrequencies } from "./statistics.js";

export const WOMEN = 1000;
export const SHAPES = { found: triangle, missed: triangle, alarmed: disc, reassured: disc };
// Those with a cancer first, and those who get an alert next to each other.
export const ORDER = ["missed", "found", "alarmed", "reassured"];

// How many are of each kind, from the two rates and of how many a thousand have a cancer.
export const countsOf = ({ sensitivity, specificity }, ill) =>
  naturalFrequencies(WOMEN, ill, sensitivity.value, specificity.value);

export const drawWomen = (place, width, counts, alt) => {
  const columns = width < 480 ? 32 : 40;
  const cell = width / columns;
  let at = 0;
  const markOf = (shape) => {
    const x = ((at % columns) + 0.5) * cell;
    const y = (Math.floor(at / columns) + 0.5) * cell;
    at += 1;
    return shape(+x.toFixed(1), +y.toFixed(1), +(cell * 0.33).toFixed(2));
  };
  const groups = ORDER.map((kind) => {
    const marks = Array.from({ length: counts[kind] }, () => markOf(SHAPES[kind]));
    return `<path class="${kind}" data-count="${marks.length}" d="${marks.join("")}"/>`;
  });
  svg(place, width, Math.ceil(cell * Math.ceil(WOMEN / columns)), alt, groups);
};
