// The bench of local cases: each draw of a few cases is a mark, and a hundred of them show how much luck there is.

import {
  chart,
  circle,
  disc,
  grid,
  label,
  line,
  path,
  scales,
  squareScales,
  svg,
  tickLabels,
} from "../../js/charts.js";
import { number, percent } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { calibrationSlices, confusion, randomNumbers, ratesOf } from "../../js/statistics.js";
import { widget } from "../../js/widget.js";
import { follow } from "./choices.js";
import { drawCases, judgeCalibration, judgeThreshold, spread } from "./local_cases.js";
import { piled } from "./strip.js";

const MANY = 100; // draws, at most
const SEED = 2024; // the same draws for everybody
const MARK = 8; // pixels across
const ROW = { left: 12, right: 12, top: 26, gap: 34 };
const NARROW = 520; // pixels, under which what a line means stands under the name of its row
const SQUARE = { left: 46, right: 12, top: 26, bottom: 44 };
const LARGEST = 320; // pixels
const SHARES = [0, 0.25, 0.5, 0.75, 1];
const TICKS = [0, 0.5, 1];
const MOST_ERROR = 0.4; // that the axis of errors shows, unless one is larger

const points = (share) => number(100 * share, 1);
const column = (draws, name) => draws.map((draw) => draw[name]);

// The rows of marks: their names, their values, and the line that stands in each, with what it means.
const rowsOf = {
  threshold: (say, draws, { own, target }) => [
    {
      name: say("local_row_sensitivity"),
      values: column(draws, "sensitivity"),
      at: target,
      mark: say("local_target", { target: percent(target) }),
    },
    {
      name: say("local_row_specificity"),
      values: column(draws, "specificity"),
      at: own.specificity.value,
      mark: say("local_own", { share: percent(own.specificity.value) }),
    },
  ],
  calibration: (say, draws, { population }) => {
    const [error] = population.metrics.calibration_error;
    const mark = say("local_unset", { points: points(error) });
    return [{ name: say("local_row_after"), values: column(draws, "after"), at: error, mark }];
  },
};

const axisOf = {
  threshold: () => ({ top: 1, ticks: SHARES, write: percent }),
  calibration: (draws) => {
    const top = Math.max(MOST_ERROR, ...column(draws, "after"));
    return { top, ticks: [0, 0.1, 0.2, 0.3, 0.4].filter((tick) => tick <= top), write: (share) => number(100 * share) };
  },
};

const rowHeight = (marks) => MARK * (1 + Math.max(0, ...marks.map(({ row }) => row)));

// Filled where something was set, hollow where the rule had nothing to set it by; the latest is set apart.
const shapesOf = (marks, draws, floor) =>
  marks.map(({ at, row, draw }) => {
    const kind = [draws[draw].isChosen ? "draw" : "draw kept", draw === draws.length - 1 ? "latest" : ""].join(" ");
    return path(disc(+at.toFixed(1), +(floor - MARK * (row + 0.5)).toFixed(1), MARK / 2 - 0.6), kind.trim());
  });

const pileOf = (values, x) => {
  const order = values.map((_, draw) => draw).sort((one, other) => values[one] - values[other]);
  const sorted = order.map((draw) => values[draw]);
  return piled(sorted, MARK, x).map((mark, at) => ({ ...mark, draw: order[at] }));
};

const drawRow = ({ name, values, at, mark }, draws, x, top, right) => {
  const marks = pileOf(values, x);
  const under = right < NARROW ? 16 : 0;
  const first = top + 20 + under;
  const floor = first + 2 + Math.max(rowHeight(marks), 3 * MARK);
  return {
    floor,
    inside: [
      label(ROW.left, top + 12, name, "start", "row-name"),
      line(x(at), first, x(at), floor + 3, "reference"),
      label(under ? ROW.left : right, top + 12 + under, mark, under ? "start" : "end", "mark"),
      line(ROW.left, floor, right, floor, "axis"),
      ...shapesOf(marks, draws, floor),
    ],
  };
};

const stripAlt = (say, rows) => {
  const told = rows.map(({ name, values, write }) =>
    say("local_strip_alt_row", { name, lowest: write(Math.min(...values)), highest: write(Math.max(...values)) }),
  );
  return say("local_strip_alt", { rows: told.join(" ") });
};

const drawStrips = (place, width, say, what, draws, known) => {
  if (!draws.length) return place.replaceChildren();
  const { top: most, ticks, write } = axisOf[what](draws);
  const { x } = scales({ width, height: 0, edge: { ...ROW, bottom: 0 }, x: [0, most] });
  const rows = rowsOf[what](say, draws, known);
  let top = 4;
  const inside = rows.flatMap((row) => {
    const drawn = drawRow(row, draws, x, top, width - ROW.right);
    top = drawn.floor + ROW.gap;
    return [
      ...drawn.inside,
      ...ticks.map((tick) => label(x(tick), drawn.floor + 17, write(tick), anchorOf(tick, most), "tick")),
    ];
  });
  const alt = stripAlt(
    say,
    rows.map((row) => ({ ...row, write: what === "threshold" ? percent : points })),
  );
  svg(place, width, top - 10, alt, inside);
};

const anchorOf = (tick, most) => (tick === 0 ? "start" : tick === most ? "end" : "middle");

const slicesAt = ({ x, y }, rows, kind) =>
  calibrationSlices(rows)
    .filter(({ n }) => n)
    .map(({ n, mean, estimate }) => circle(x(mean), y(estimate.value), kind, 3 + Math.sqrt(n) / 1.5));

const drawCalibration = (place, width, say, { others, mended, before, after }) => {
  const at = squareScales(width, SQUARE, LARGEST);
  const { x, y } = at;
  const alt = say("local_calibration_alt", { others: others.length, before: points(before), after: points(after) });
  svg(place, width, at.height, alt, [
    ...grid(at, { x: TICKS, y: TICKS }),
    ...tickLabels(at, { x: TICKS, y: TICKS }, percent),
    line(x(0), y(0), x(1), y(1), "chance"),
    ...slicesAt(at, others, "before"),
    ...slicesAt(at, mended, "after"),
    label(x(0) - 40, 14, say("local_calibration_y"), "start", "axis-name"),
    label(x(0.5), y(0) + 38, say("local_calibration_x"), "middle", "axis-name"),
  ]);
};

const luckOf = ({ low, high }) => (high - low > 0.3 ? "luck_large" : high - low > 0.12 ? "luck_some" : "luck_little");

const spreadIn = (name, { median, low, high }, write) => ({
  [name]: write(median),
  [`${name}_low`]: write(low),
  [`${name}_high`]: write(high),
});

// What is said of the latest draw, and of a hundred.
const toldOne = (say, what, draws, cases) => {
  const latest = draws.at(-1);
  const values = {
    number: draws.length,
    cases,
    malignant: latest.local.filter(([kind]) => kind).length,
    others: latest.others.length,
  };
  if (what === "calibration") {
    const [temperature, shift] = [latest.temperature, latest.shift].map((value) => number(value, 2));
    const errors = { before: points(latest.before), after: points(latest.after) };
    return say("local_one_calibration", { ...values, temperature, shift, ...errors });
  }
  return say("local_one", {
    ...values,
    threshold: say("threshold_value", { threshold: number(100 * latest.threshold, 1) }),
    sensitivity: percent(latest.sensitivity),
    alarms: percent(1 - latest.specificity),
  });
};

const toldMany = (say, what, draws, cases) => {
  const of = (name) => spread(column(draws, name));
  const kept = draws.filter(({ isChosen }) => !isChosen).length;
  const values = { count: draws.length, cases };
  const sentences =
    what === "calibration"
      ? [
          say("local_many_calibration", {
            ...values,
            before: points(of("before").median),
            ...spreadIn("after", of("after"), points),
            worse: draws.filter(({ before, after }) => after > before).length,
          }),
        ]
      : [
          say("local_many_threshold", {
            ...values,
            ...spreadIn("sensitivity", of("sensitivity"), percent),
            ...spreadIn("specificity", of("specificity"), percent),
          }),
          say(`local_${luckOf(of("sensitivity"))}`, { missed: percent(1 - of("sensitivity").low) }),
        ];
  return [...sentences, kept ? say("local_kept", { kept }) : ""].filter(Boolean).join(" ");
};

const chanceText = (say, { metrics, by_chance: [mean, low, high, n], above_chance: isBeyond }) => {
  const range = {
    n,
    error: points(metrics.calibration_error[0]),
    mean: points(mean),
    low: points(low),
    high: points(high),
  };
  return `${say("local_chance", range)} ${say(isBeyond ? "local_chance_beyond" : "local_chance_within")}`;
};

// Draws, made one after the other; the calibration of each only once it is wanted.
const drawer = (rows, settings) => {
  const random = randomNumbers(SEED + settings.cases);
  const draws = [];
  return {
    draw: (count) => {
      while (draws.length < Math.min(count, MANY)) {
        const drawn = drawCases(rows, settings, random);
        const { sensitivity, specificity } = judgeThreshold(drawn);
        draws.push({ ...drawn, sensitivity: sensitivity.value, specificity: specificity.value });
      }
    },
    all: (what) => {
      if (what === "calibration")
        for (const draw of draws) if (!draw.mended) Object.assign(draw, judgeCalibration(draw));
      return draws;
    },
  };
};

export const mount = ({ element }) => {
  const { find, findAll, put } = widget(element);
  const section = find(".local");
  const say = sayFrom(section);
  const target = Number(section.dataset.target);
  const choice = (name) => find(`input[name=local-${name}]:checked`).value;
  const cases = () => Number(choice("cases"));
  const what = () => choice("what");
  let known = null; // the population, the network's threshold, and what it does there
  let current = null;

  const draws = () => current?.all(what()) ?? [];
  const redraw = [
    chart(find("[data-chart=draws]"), (place, width) => drawStrips(place, width, say, what(), draws(), known)),
    chart(find("[data-chart=local-calibration]"), (place, width) => {
      const latest = draws().at(-1);
      if (latest?.mended) drawCalibration(place, width, say, latest);
    }),
  ];

  const show = () => {
    const some = draws();
    for (const part of findAll("[data-for]")) part.hidden = part.dataset.for !== what();
    const told = some.length === MANY ? toldMany : toldOne;
    put("draws_told", some.length ? told(say, what(), some, cases()) : say("local_empty"));
    put("draws_chance", known ? chanceText(say, known.population) : "");
    for (const button of findAll("[data-draw]")) button.disabled = some.length >= MANY;
    for (const again of redraw) again();
  };

  const begin = (count) => {
    if (!known) return;
    current = drawer(known.population.rows, { cases: cases(), target, threshold: known.threshold });
    current.draw(count);
    show();
  };

  section.addEventListener("click", ({ target: { dataset } }) => {
    if (!dataset.draw || !current) return;
    current.draw(draws().length + Number(dataset.draw));
    show();
  });
  section.addEventListener("change", ({ target: { name } }) => {
    if (name === "local-cases") begin(draws().length);
    if (name === "local-what") show();
  });
  follow(element, ({ populations, chosen: threshold }) => {
    if (known) return; // the bar's choices change nothing here
    const population = populations.breast;
    known = { population, threshold, target, own: ratesOf(confusion(population.rows, threshold)) };
    begin(0);
  });
};
