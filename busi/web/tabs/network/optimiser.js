// Optimiser: plain gradient descent and Adam on a landscape with two valleys.
// Adam: D. P. Kingma and J. Ba 2015, https://arxiv.org/abs/1412.6980, with Keras' epsilon.
//
// A walker is { trail, isOut }: its places so far, and whether it left the landscape. Adam's has m, v and its last step too.

import { circle, functionCurve, label } from "../../js/charts.js";
import { number } from "../../js/format.js";
import { drag } from "../../js/pointer.js";
import { brief, playerIn } from "./concept_panel.js";
import { plot } from "./concept_plot.js";

const REACH = 3.2; // the landscape goes from -3.2 to 3.2
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7;
const FLAT = 0.01; // a slope below this counts as none
const MOST = 2000; // steps
const PAUSE = 140; // milliseconds between two steps
const AT_ONCE = { step: 1, many: 20, play: 0 }; // steps, by the button
const FRAME = {
  x: [-REACH, REACH],
  y: [0, 7.2],
  height: 300,
  ticks: { x: [-3, -2, -1, 0, 1, 2, 3], y: [0, 2, 4, 6] },
};
const LEGEND = [
  ["disc", "gradient"],
  ["square", "adam"],
];

const height = (x) => x ** 4 / 8 - x ** 2 + 0.375 * x + 3;
const slope = (x) => x ** 3 / 2 - 2 * x + 0.375;

const beginAt = (x) => ({
  gradient: { trail: [x], isOut: false },
  adam: { trail: [x], isOut: false, m: 0, v: 0, last: null },
});

const place = ({ trail }) => trail.at(-1);

const moveTo = (walker, x) => {
  walker.trail.push(x);
  walker.isOut = Math.abs(x) > REACH;
};

const descend = (walker, rate) => moveTo(walker, place(walker) - rate * slope(place(walker)));

const adapt = (walker, rate) => {
  const x = place(walker);
  const t = walker.trail.length;
  const g = slope(x);
  walker.m = BETA1 * walker.m + (1 - BETA1) * g;
  walker.v = BETA2 * walker.v + (1 - BETA2) * g ** 2;
  const m = walker.m / (1 - BETA1 ** t);
  const v = Math.sqrt(walker.v / (1 - BETA2 ** t));
  const move = (-rate * m) / (v + EPSILON);
  walker.last = { slope: g, m, v, move };
  moveTo(walker, x + move);
};

const stepsOf = ({ gradient, adam }) => Math.max(gradient.trail.length, adam.trail.length) - 1;

const step = (walkers, rate) => {
  if (stepsOf(walkers) >= MOST) return;
  if (!walkers.gradient.isOut) descend(walkers.gradient, rate);
  if (!walkers.adam.isOut) adapt(walkers.adam, rate);
};

const isSettled = (walker) => {
  if (walker.isOut) return true;
  if (walker.trail.length === 1) return false;
  return Math.abs(slope(place(walker))) < FLAT && Math.abs(place(walker) - walker.trail.at(-2)) < 1e-3;
};

const valleyAt = (x) => {
  if (Math.abs(x) < 1) return "top";
  return x < -1 ? "deep" : "shallow";
};

const stateText = (say, walker) => {
  const x = place(walker);
  const values = { x: number(x, 2), loss: number(height(x), 2) };
  if (walker.trail.length === 1) return say("optimiser_state_start");
  if (walker.isOut) return say("optimiser_state_out");
  if (Math.abs(slope(x)) > FLAT) return say("optimiser_state_rolling", values);
  return say(`optimiser_state_${valleyAt(x)}`, values);
};

// A disc for plain descent, a square for Adam.
const mark = (kind, x, y, size) =>
  kind === "disc"
    ? circle(x, y, kind, size)
    : `<rect class="${kind}" x="${x - size}" y="${y - size}" width="${2 * size}" height="${2 * size}"/>`;

// The places so far as small marks, the last one large; above the ground or below it.
const drawTrail = ({ x, y }, { trail }, kind, lift) =>
  trail.slice(-40).map((at, index, all) => {
    const inside = Math.max(-REACH, Math.min(REACH, at));
    return mark(kind, x(inside), y(height(inside)) + lift, index === all.length - 1 ? 8 : 3);
  });

const drawLegend = (say, left) =>
  LEGEND.flatMap(([kind, name], row) => [
    mark(kind, left, 34 + 22 * row, 7),
    label(left + 14, 38 + 22 * row, say(`optimiser_${name}`), "start", "name"),
  ]);

const drawLandscape = (ground, say, { gradient, adam }, told) => {
  const names = [say("optimiser_weight_axis"), say("optimiser_loss_axis")];
  const frame = { ...FRAME, names, alt: say("optimiser_landscape_alt", { told }) };
  return plot(ground, frame, (at) => [
    functionCurve(at, height, "ground"),
    ...drawTrail(at, gradient, "disc", -9),
    ...drawTrail(at, adam, "square", 9),
    ...drawLegend(say, at.x(0) - 44),
  ]);
};

const lastStepText = (say, last) => {
  if (!last) return "";
  const written = Object.entries(last).map(([name, value]) => [name, number(value, 3)]);
  return say("optimiser_last", Object.fromEntries(written));
};

// 0.003 without the zeros that follow.
const rateText = (rate) => number(rate, 3).replace(/0+$/, "").replace(/[.,]$/, "");

export const optimiser = (parts, say) => {
  const { panel, find, put, show, slider, read, onClick } = parts;
  const ground = find('[data-plot="landscape"]');
  const rates = slider("optimiser_rate").dataset.rates.split(" ").map(Number);
  const rate = () => rates[read("optimiser_rate")];
  let walkers = beginAt(read("optimiser_start"));
  let at = null; // the scales of the drawing

  const draw = () => {
    const { gradient, adam } = walkers;
    const states = { gradient: stateText(say, gradient), adam: stateText(say, adam) };
    const text = say("optimiser_told", { steps: stepsOf(walkers), ...states });
    show("optimiser_start", brief(read("optimiser_start")));
    show("optimiser_rate", rateText(rate()));
    at = drawLandscape(ground, say, walkers, text);
    // The walkers' places with all their digits, for whoever wants to check them.
    ground.dataset.gradient = JSON.stringify(gradient.trail.slice(0, 50));
    ground.dataset.adam = JSON.stringify(adam.trail.slice(0, 50));
    put("told", text);
    put("last", lastStepText(say, adam.last));
  };

  const restart = () => {
    walkers = beginAt(read("optimiser_start"));
    draw();
  };

  const { start, stop, isPlaying } = playerIn(parts, say, () => {
    step(walkers, rate());
    draw();
    const isOver = Object.values(walkers).every(isSettled) || stepsOf(walkers) >= MOST;
    return isOver ? 0 : PAUSE;
  });

  panel.addEventListener("input", () => {
    stop();
    restart();
  });
  onClick("do", (action) => {
    if (action === "play" && !isPlaying()) return start();
    stop();
    if (action === "restart") return restart();
    for (let time = 0; time < AT_ONCE[action]; time += 1) step(walkers, rate());
    draw();
  });
  drag(ground, (pixels) => {
    stop();
    slider("optimiser_start").value = at.x.invert(pixels);
    restart();
  });
  return draw;
};
