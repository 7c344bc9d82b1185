// What chance alone does: the unevenness of the groups in many shuffles, and that of the groups as they are.

import { label, line, scales, svg } from "../../js/charts.js";
import { number } from "../../js/format.js";
import { histogram } from "../../js/statistics.js";

const HEIGHT = 170;
const EDGE = { left: 12, right: 12, top: 26, bottom: 34 };
const BINS = 40;
const RARE = 0.05;

const percentText = (p) => number(100 * p, p < 0.01 ? 1 : 0);

const bars = ({ x, y }, counts, observed) => {
  const [, top] = x.domain();
  const [left, right] = x.range();
  const width = Math.max(1, (right - left) / BINS - 1).toFixed(1);
  return counts.map((count, bin) => {
    const kind = ((bin + 0.5) * top) / BINS >= observed ? "as-large" : "";
    const place = `x="${x((bin * top) / BINS).toFixed(1)}" y="${y(count).toFixed(1)}"`;
    return `<rect class="${kind}" ${place} width="${width}" height="${(y(0) - y(count)).toFixed(1)}"/>`;
  });
};

const observedMark = ({ x, y }, observed, width, say) => {
  const isRight = x(observed) > width / 2;
  return [
    line(x(observed), 18, x(observed), y(0), "here"),
    label(x(observed) + (isRight ? -6 : 6), 16, say("observed"), isRight ? "end" : "start", "here"),
  ];
};

// `found` is what `permutationTest` gives; without it the place stays empty.
export const drawChance = (place, width, found, say) => {
  if (!found) {
    place.innerHTML = "";
    return;
  }
  const { values, observed, p } = found;
  const top = Math.max(observed, ...values) * 1.05 || 1;
  const counts = histogram(values, BINS, top);
  const at = scales({ width, height: HEIGHT, edge: EDGE, x: [0, top], y: [0, Math.max(...counts)] });
  const [left, right] = at.x.range();
  svg(place, width, HEIGHT, say("chance_alt", { percent: percentText(p) }), [
    ...bars(at, counts, observed),
    line(left, at.y(0), right, at.y(0), "axis"),
    ...observedMark(at, observed, width, say),
    label(width / 2, HEIGHT - 10, say("chance_axis"), "middle"),
  ]);
};

export const chanceText = ({ values, asLarge, p }, say) => {
  const counts = { percent: percentText(p), as_large: number(asLarge), shuffles: number(values.length) };
  return `${say("chance_told", counts)} ${say(p < RARE ? "chance_rare" : "chance_common")}`;
};
