// The strip of images and the confusion matrix: both from the rows, for the threshold of the bar.

import { chart } from "../../js/charts.js";
import { number } from "../../js/format.js";
import { drag } from "../../js/pointer.js";
import { sayFrom } from "../../js/sentences.js";
import { confusion } from "../../js/statistics.js";
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
  const cells = cellOpener(parts, trigger, () => choices);
  const redraw = chart(strip, (place, width) => choices && drawStrip(place, width, choices, say));

  const show = (now) => {
    const isMoved = choices && (now.threshold !== choices.threshold || now.population !== choices.population);
    choices = now;
    showMatrix(parts, confusion(now.rows, now.threshold));
    parts.put("population", now.name);
    redraw();
    cells.refresh(isMoved);
  };

  element.addEventListener("click", ({ target }) => {
    const cell = target.closest("button[data-cell]")?.dataset.cell;
    if (cell) cells.toggle(cell);
  });
  drag(strip, (pixels) => choose({ threshold: stripScale(strip.clientWidth).invert(pixels) }));
  follow(element, show);
};
