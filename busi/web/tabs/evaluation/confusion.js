// A guess, the strip of images, the confusion matrix and the rates: all from the rows, for the threshold of the bar.

import { chart } from "../../js/charts.js";
import { number, percent } from "../../js/format.js";
import { judge, judgeShare } from "../../js/guesses.js";
import { drag } from "../../js/pointer.js";
import { intervalText, sayFrom } from "../../js/sentences.js";
import { confusion, rate, ratesOf } from "../../js/statistics.js";
import { widget } from "../../js/widget.js";
import { choose, follow } from "./choices.js";
import { drawStrip, stripScale } from "./strip.js";

const SETTLED = 250; // milliseconds without a change before the server is asked for the pictures of an open cell

const showMatrix = ({ findAll, put }, counts) => {
  const malignant = counts.tp + counts.fn;
  const benign = counts.fp + counts.tn;
  for (const [cell, n] of Object.entries(counts)) put(cell, number(n));
  put("n_malignant", number(malignant));
  put("n_benign", number(benign));
  for (const button of findAll("button[data-cell]")) {
    const { cell } = button.dataset;
    const row = cell === "tp" || cell === "fn" ? malignant : benign;
    button.style.setProperty("--share", row ? counts[cell] / row : 0);
  }
};

const showWhisker = (whisker, estimate) => {
  whisker.hidden = !estimate;
  if (!estimate) return;
  const [band, point] = whisker.children;
  band.style.left = `${100 * estimate.low}%`;
  band.style.width = `${100 * (estimate.high - estimate.low)}%`;
  point.style.left = `${100 * estimate.value}%`;
};

const showRate = ({ find, put }, say, name, estimate) => {
  put(name, estimate ? percent(estimate.value) : "–");
  put(`${name}_interval`, estimate ? intervalText(say, estimate, percent) : say("no_ppv"));
  put(`${name}_of`, estimate ? say("share_of", { part: estimate.part, n: estimate.n }) : "");
  showWhisker(find(`[data-rate=${name}] .whisker`), estimate);
};

// What somebody reaches who calls everything benign.
const alwaysBenign = (say, rows, counts) => {
  const benign = counts.fp + counts.tn;
  // Fewer right answers than "always benign" has: more false alarms than malignant lesions found.
  const sentence = counts.tp < counts.fp ? "always_benign_better" : "always_benign";
  const shares = { share: rate(benign, rows.length), accuracy: ratesOf(counts).accuracy };
  const written = Object.entries(shares).map(([name, { value }]) => [name, percent(value)]);
  return say(sentence, { benign, n: rows.length, tp: counts.tp, fp: counts.fp, ...Object.fromEntries(written) });
};

const showReply = ({ find }, say, counts, written) => {
  const { sensitivity } = ratesOf(counts);
  const guess = find("#evaluation-guess").value;
  const values = {
    guess,
    found: counts.tp,
    malignant: counts.tp + counts.fn,
    share: percent(sensitivity.value),
    interval: intervalText(say, sensitivity, percent),
    alarms: counts.fp,
    benign: counts.fp + counts.tn,
    threshold: written,
  };
  const [kind, sentence] = judgeShare(say, Number(guess), sensitivity);
  judge(find("[data-out=reply]"), kind, `${sentence} ${say("guess_reply", values)}`);
};

// The pictures of a cell, which the server has: opened by a click, and asked for anew when a choice has changed.
const cellOpener = ({ findAll }, trigger, choices) => {
  let opened = "";
  let waiting;
  const open = (cell) => {
    clearTimeout(waiting);
    opened = cell;
    for (const button of findAll("button[data-cell]")) {
      button.setAttribute("aria-pressed", String(button.dataset.cell === cell));
    }
    const { threshold, population } = choices();
    trigger("apply", { cell, threshold, population, page: 0 });
  };
  const refresh = (isMoved) => {
    clearTimeout(waiting);
    if (isMoved && opened) waiting = setTimeout(() => open(opened), SETTLED);
  };
  return { toggle: (cell) => open(cell === opened ? "" : cell), refresh };
};

export const mount = ({ element, trigger }) => {
  const say = sayFrom(element.querySelector("[data-said]"));
  const parts = widget(element);
  const strip = parts.find("[data-chart=strip]");
  let choices = null;
  let isRevealed = false;
  const cells = cellOpener(parts, trigger, () => choices);
  const redraw = chart(strip, (place, width) => choices && drawStrip(place, width, choices, say));

  const show = (now) => {
    const isMoved = choices && (now.threshold !== choices.threshold || now.population !== choices.population);
    choices = now;
    const counts = confusion(now.rows, now.threshold);
    showMatrix(parts, counts);
    for (const [name, estimate] of Object.entries(ratesOf(counts))) showRate(parts, say, name, estimate);
    parts.put("population", now.name);
    parts.put("always_benign", alwaysBenign(say, now.rows, counts));
    if (isRevealed) showReply(parts, say, counts, now.written);
    redraw();
    cells.refresh(isMoved);
  };

  const reveal = () => {
    isRevealed = true;
    showReply(parts, say, confusion(choices.rows, choices.threshold), choices.written);
  };

  element.addEventListener("input", ({ target }) => {
    if (target.id === "evaluation-guess") parts.find("output[for=evaluation-guess]").textContent = target.value;
  });
  element.addEventListener("click", ({ target }) => {
    const cell = target.closest("button[data-cell]")?.dataset.cell;
    if (cell) cells.toggle(cell);
    if (target.closest("button[data-show]")) reveal();
  });
  drag(strip, (pixels) => choose({ threshold: stripScale(strip.clientWidth).invert(pixels) }));
  follow(element, show);
};
