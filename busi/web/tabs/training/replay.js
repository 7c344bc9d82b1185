// A training seen again: a slider over its moments shows the score, what spoke for each class, and where on the curve
// it is. Everything was recorded; no server is needed.

import { circle, curve, grid, label, line, path, scales, svg, tickLabels } from "../../js/charts.js";
import { number } from "../../js/format.js";
import { prefersStillness } from "../../js/motion.js";
import { press } from "../../js/widget.js";
import { highest, lengthOf, lossesAt, offsets, strength } from "./timeline.js";

const HEIGHT = 220;
const NARROWEST = 260;
const EDGE = { left: 46, right: 14, top: 30, bottom: 38 };
const EACH_LASTS = 1100; // milliseconds
const COLOURS = { malignant: [234, 88, 12], benign: [37, 99, 235] };
const THICKEST = 0.7; // of the colour over the picture

// A small canvas, a pixel for each place of the map: the browser smooths it when it is laid over the picture.
const drawEvidence = (canvas, places, top) => {
  const [rows, columns] = [places.length, places[0].length];
  const image = new ImageData(columns, rows);
  for (const [at, value] of places.flat().entries()) {
    const alpha = Math.round(255 * THICKEST * strength(value, top));
    image.data.set([...COLOURS[value > 0 ? "malignant" : "benign"], alpha], 4 * at);
  }
  Object.assign(canvas, { width: columns, height: rows });
  canvas.getContext("2d").putImageData(image, 0, 0);
};

const seenMark = (x, y) => circle(x, y, "seen", 5);
const heldMark = (x, y) => path(`M${x} ${y - 6.5}l6.5 6.5-6.5 6.5-6.5-6.5z`, "held mark");

// The losses of all stages on one line of time, with a line at the moment that is shown and a star at the one kept.
const drawCurve = (place, { curves, moment, kept, words }) => {
  const width = Math.max(NARROWEST, place.clientWidth);
  const begins = offsets(curves);
  const values = Object.values(curves).flatMap((rows) => rows.flatMap((row) => row.slice(1)));
  const top = Math.max(...values) * 1.08;
  const axes = scales({ width, height: HEIGHT, edge: EDGE, x: [0, lengthOf(curves)], y: [0, top] });
  const { x, y } = axes;
  const levels = y.ticks(4);
  const [bottom, upper] = y.range();
  const layers = [...grid(axes, { y: levels }), ...tickLabels(axes, { y: levels }, (value) => number(value, 1))];
  for (const [name, rows] of Object.entries(curves)) {
    const points = (column) => rows.map((row) => [x(begins[name] + row[0]), y(row[column])]);
    const isFirst = begins[name] === 0;
    if (!isFirst) layers.push(line(x(begins[name]), bottom, x(begins[name]), upper, "divider"));
    layers.push(curve(points(1), "curve seen"), curve(points(2), "curve held"));
    const ends = Object.keys(curves).length > 1 && !isFirst;
    layers.push(label(ends ? x.range()[1] : x.range()[0], bottom + 18, words[name], ends ? "end" : "start", "tick"));
  }
  layers.push(label(x.range()[1], HEIGHT - 4, words.epochs, "end", "tick"));
  const [keptStage, keptEpoch] = kept;
  layers.push(label(x(begins[keptStage] + keptEpoch), upper - 12, "★", "middle", "best"));
  const here = x(begins[moment.stage] + moment.epoch);
  layers.push(line(here, bottom, here, upper - 6, "here"));
  const losses = lossesAt(curves, moment);
  if (losses) layers.push(seenMark(here, y(losses[0])), heldMark(here, y(losses[1])));
  svg(place, width, HEIGHT, words.alt, layers);
};

export const mount = ({ element }) => {
  const box = element.querySelector(".replay");
  const find = (selector) => box.querySelector(selector);
  const moments = JSON.parse(box.dataset.moments);
  const curves = JSON.parse(box.dataset.curves);
  const kept = JSON.parse(box.dataset.kept);
  const words = JSON.parse(box.dataset.words);
  const slider = find("[data-moment]");
  const figures = [...box.querySelectorAll("figure[data-name]")].map((figure) => {
    const answers = JSON.parse(figure.dataset.moments);
    return { figure, answers, top: highest(answers.flatMap(({ grid: places }) => (places ? [places] : []))) };
  });
  let shown = figures[0];
  let timer = 0;

  const show = () => {
    const at = slider.valueAsNumber;
    const answer = shown.answers[at];
    for (const { figure } of figures) figure.hidden = figure !== shown.figure;
    const canvas = shown.figure.querySelector("canvas");
    if (canvas && answer.grid) drawEvidence(canvas, answer.grid, shown.top);
    find("[data-title]").textContent = moments[at].title;
    find("[data-verdict]").textContent = `${answer.verdict}.`;
    find("[data-where]").textContent = answer.where;
    const bar = find(".score-bar");
    bar.setAttribute("aria-label", answer.bar);
    bar.querySelector("b").textContent = answer.written;
    bar.querySelector(".fill").style.width = `${100 * answer.score}%`;
    const said = `${moments[at].title}. ${answer.bar}. ${answer.where}`;
    slider.setAttribute("aria-valuetext", said);
    drawCurve(find("[data-curve]"), { curves, moment: moments[at], kept, words });
    find('[data-step="-1"]').disabled = at === 0;
    find('[data-step="1"]').disabled = at === moments.length - 1;
    return said;
  };

  const halt = () => {
    clearInterval(timer);
    timer = 0;
    find("[data-play]").textContent = words.play;
  };

  const advance = () => {
    slider.value = slider.valueAsNumber + 1;
    const said = show();
    if (slider.valueAsNumber < moments.length - 1) return;
    halt();
    find("[data-told]").textContent = said;
  };

  const play = () => {
    if (slider.valueAsNumber === moments.length - 1) slider.value = 0;
    show();
    timer = setInterval(advance, EACH_LASTS);
    find("[data-play]").textContent = words.halt;
  };

  const step = (by) => {
    slider.value = slider.valueAsNumber + by;
    find("[data-told]").textContent = show();
  };

  const choose = (name) => {
    shown = figures.find(({ figure }) => figure.dataset.name === name);
    press(box.querySelectorAll("[data-picture]"), (button) => button.dataset.picture === name);
    find("[data-told]").textContent = show();
  };

  box.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const wasPlaying = timer !== 0;
    if (button.dataset.picture) choose(button.dataset.picture);
    else if (button.dataset.step) {
      halt();
      step(Number(button.dataset.step));
    } else if ("play" in button.dataset) wasPlaying ? halt() : play();
  });
  slider.addEventListener("input", () => {
    halt();
    show();
  });
  find("[data-play]").hidden = prefersStillness(); // the buttons beside it do the same, without moving by themselves
  new ResizeObserver(show).observe(find("[data-curve]"));
};
