// The live training: its two charts grow as the server sends epochs, and what matters is announced to screen readers.

import { number, percent } from "../../js/format.js";
import { rememberGuess } from "../../js/guess_log.js";
import { bringIntoView } from "../../js/visibility.js";
import { drawEpochs } from "./chart.js";
import { tellOfRun } from "./run_list.js";

const WRONG_BET = 0.5; // of the scale of surprises
const LARGEST_LOSS = 2.5; // what is above it stays at the edge

// For each measure: which values of a row are drawn, the ends of the scale, what it is compared with, how it is written.
const CHARTS = {
  loss: {
    pairOf: ([, loss, , valLoss]) => [loss, valLoss],
    rangeOf: (values) => [0, Math.min(LARGEST_LOSS, Math.max(1, ...values))],
    levelOf: () => undefined,
    write: (value, step) => number(value, step < 0.1 ? 2 : 1),
  },
  accuracy: {
    pairOf: ([, , accuracy, , valAccuracy]) => [accuracy, valAccuracy],
    rangeOf: () => [0, 1],
    levelOf: (run) => run.baseline,
    write: (value) => percent(value),
  },
};

const drawChart = (place, run, epochsName) => {
  const { pairOf, rangeOf, levelOf, write } = CHARTS[place.dataset.chart];
  const rows = run.rows.map((row) => [row[0], ...pairOf(row)]);
  drawEpochs(place, {
    rows,
    epochs: [0, run.epochs],
    range: rangeOf(rows.flatMap((row) => row.slice(1))),
    write,
    words: { epochs: epochsName, level: place.dataset.level },
    alt: place.dataset.alt,
    level: levelOf(run),
  });
};

// A place that screen readers listen to, after the panel, which is written anew with each epoch.
const announcerAfter = (element) => {
  const place = document.createElement("p");
  place.setAttribute("role", "status");
  place.className = "told";
  element.after(place);
  return place;
};

// A bet on a training that came to its end.
const rememberBet = (outcome) => {
  const { guess, truth, verdict } = outcome?.dataset ?? {};
  if (guess) rememberGuess("training.live", { guess, truth, verdict, gap: verdict === "wrong" ? WRONG_BET : 0 });
};

export const mount = ({ element, watch }) => {
  const announcer = announcerAfter(element);

  const draw = () => {
    const box = element.querySelector("[data-run]");
    if (!box) return;
    const run = JSON.parse(box.dataset.run);
    for (const place of box.querySelectorAll("[data-chart]")) drawChart(place, run, box.dataset.epochs);
  };

  const tell = () => {
    const box = element.querySelector("[data-run]");
    if (!box) return;
    const { name, rows, epochs } = JSON.parse(box.dataset.run);
    tellOfRun({ name, rows, epochs, markup: box.querySelector("template[data-kept]")?.content });
  };

  const announce = () => {
    const news = element.querySelector("[data-announce]")?.textContent ?? "";
    if (announcer.textContent !== news) announcer.textContent = news;
  };

  watch("value", () => {
    draw();
    tell();
    announce();
    rememberBet(element.querySelector(".outcome"));
    // What a click on "start" began may appear below the screen.
    if (element.querySelector(".card.waiting")) bringIntoView(element, "center");
  });
  new ResizeObserver(draw).observe(element);
  draw();
};
