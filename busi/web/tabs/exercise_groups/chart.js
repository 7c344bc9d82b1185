// The error rate of each group with its interval, and that of all images.

import { circle, grid, label, line, scales, svg, tickLabels } from "../../js/charts.js";
import { percent } from "../../js/format.js";

const HEIGHT = 260;
const EDGE = { left: 46, right: 16, top: 28, bottom: 44 };
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const namesOf = (across, { number, n }, say) => [
  label(across, HEIGHT - 24, say("group", { number }), "middle", "name"),
  label(across, HEIGHT - 7, `n = ${n}`, "middle"),
];

const estimateOf = (across, y, { value, low, high }) => [
  line(across, y(low), across, y(high), "whisker"),
  circle(across, y(value), "point"),
];

const overallLine = ({ x, y }, overall, say) => {
  const [left, right] = x.range();
  const name = label(left + 6, y(overall) - 6, say("overall", { rate: percent(overall) }));
  return `<g class="overall">${line(left, y(overall), right, y(overall), "overall")}${name}</g>`;
};

const altText = (groups, say, names) => {
  const described = groups.filter(({ n }) => n);
  const sentences = described.map(({ number, n, errors, rate }) =>
    say("chart_alt_group", { number, n, errors, rate: percent(rate.value) }),
  );
  return [say("chart_alt", names), ...sentences].join(" ");
};

// `overall` is the error rate of all images, `names` those of the measure and the population.
export const drawGroups = (place, width, { groups, overall, names, say }) => {
  const at = scales({ width, height: HEIGHT, edge: EDGE, x: [0, groups.length] });
  const across = ({ number }) => at.x(number - 0.5);
  svg(place, width, HEIGHT, altText(groups, say, names), [
    ...grid(at, { y: TICKS }),
    ...tickLabels(at, { y: TICKS }, percent),
    overallLine(at, overall, say),
    ...groups.filter(({ n }) => n).flatMap((group) => estimateOf(across(group), at.y, group.rate)),
    ...groups.flatMap((group) => namesOf(across(group), group, say)),
    label(2, 14, say("axis")),
  ]);
};
