// The curves of the real training: a measure, a stage and an epoch to choose, and the same in a sentence.
//
// A row is [epoch, loss, accuracy, auc, val_loss, val_accuracy, val_auc]. The sentences are the data attributes of the
// box, unfilled.

import { fill, number, percent } from "../../js/format.js";
import { rememberGuess } from "../../js/guess_log.js";
import { judge } from "../../js/guesses.js";
import { rate } from "../../js/statistics.js";
import { press } from "../../js/widget.js";
import { around, drawEpochs } from "./chart.js";

const COLUMNS = { loss: [1, 4], accuracy: [2, 5], auc: [3, 6] };
const CHANCE = 0.02; // on so few images, such a difference may be chance

const pairOf = (row, measure) => COLUMNS[measure].map((column) => row[column]);
const write = (value, measure) => (measure === "accuracy" ? percent(value) : number(value, 3));
const writeTick = (measure) => (value, step) =>
  measure === "accuracy" ? percent(value) : number(value, step < 0.1 ? 2 : 1);

const sideOf = (seen, held) => {
  if (Math.abs(held - seen) < 1e-9) return "same";
  return held > seen ? "above" : "below";
};

const gapText = (sentences, measure, [seen, held]) => {
  const difference = Math.abs(held - seen);
  const gap = measure === "accuracy" ? number(difference * 100, 1) + sentences.points : number(difference, 3);
  return fill(sentences[sideOf(seen, held)], { gap });
};

const reading = (sentences, stage, measure, row) => {
  const [seen, held] = pairOf(row, measure);
  const { low, high } = rate(Math.round(held * stage.valN), stage.valN);
  const counts = { epoch: row[0], n: number(stage.n), val_n: number(stage.valN) };
  const values = { seen: write(seen, measure), held: write(held, measure), low: percent(low), high: percent(high) };
  return fill(sentences[measure], { ...counts, ...values });
};

const altText = (sentences, measureName, measure, rows) => {
  const [first, last] = [rows[0], rows.at(-1)];
  return fill(sentences.alt, {
    measure: measureName,
    first: first[0],
    last: last[0],
    seen_first: write(first[1], measure),
    seen_last: write(last[1], measure),
    held_first: write(first[2], measure),
    held_last: write(last[2], measure),
  });
};

// A bet on the epoch, judged kindly: whoever saw a better value among the epochs that could not be chosen read the curve
// well, and a hundredth or two on so few images may be chance.
const judgeBet = (sentences, stage, epoch, here, best) => {
  const behind = stage.criterion === COLUMNS.loss[1] ? here - best : best - here;
  const say = (name) => fill(sentences[name], { epoch, here: number(here, 3) });
  if (epoch === stage.best) return ["right", say("exact")];
  if (epoch < stage.first) return behind < 0 ? ["near", say("other_read_well")] : ["open", say("other_excluded")];
  return behind <= CHANCE ? ["near", say("other_near")] : ["wrong", say("other")];
};

export const mount = ({ element }) => {
  const box = element.querySelector(".curves");
  const find = (selector) => box.querySelector(selector);
  const sentences = box.dataset;
  const stages = JSON.parse(sentences.stages);
  const slider = find("[data-epoch]");
  const revealed = find("[data-revealed]");
  let measure = "loss";
  let stage = stages[0];
  let isMoved = false; // a slider that nobody touched is no guess
  let isGuessing = stage.rows.length > 1;

  const rowAt = (epoch) => stage.rows.find((row) => row[0] === epoch) ?? stage.rows.at(-1);

  const drawChart = () => {
    const rows = stage.rows.map((row) => [row[0], ...pairOf(row, measure)]);
    const range = around(rows.flatMap((row) => row.slice(1)));
    if (measure !== "loss") range[1] = Math.min(1, range[1]);
    drawEpochs(find(".plot"), {
      rows,
      epochs: [rows[0][0], rows.at(-1)[0]],
      range,
      write: writeTick(measure),
      words: sentences,
      alt: altText(sentences, find(`[data-measure="${measure}"]`).textContent, measure, rows),
      here: slider.valueAsNumber,
      first: stage.first,
      best: isGuessing ? 0 : stage.best,
    });
  };

  const draw = () => {
    const epoch = slider.valueAsNumber;
    const text = reading(sentences, stage, measure, rowAt(epoch));
    find("[data-gap]").textContent = gapText(sentences, measure, pairOf(rowAt(epoch), measure));
    drawChart();
    find("p[data-said]").textContent = text;
    slider.setAttribute("aria-valuetext", text);
    find("[data-number]").textContent = epoch;
  };

  const choose = (kind, name) =>
    press(box.querySelectorAll(`[data-${kind}]`), (button) => button.dataset[kind] === name);

  const openMeasure = (name) => {
    measure = name;
    choose("measure", name);
    draw();
  };

  const openStage = (name) => {
    const isMain = name === stages[0].name;
    stage = stages.find((one) => one.name === name);
    isGuessing = isMain && revealed.textContent === "" && stage.rows.length > 1;
    slider.min = stage.rows[0][0];
    slider.max = stage.rows.at(-1)[0];
    slider.value = isGuessing ? Math.round((Number(slider.min) + Number(slider.max)) / 2) : stage.best;
    find("[data-guess]").hidden = !isMain;
    find("[data-population]").textContent = stage.population;
    choose("stage", name);
    draw();
  };

  const reveal = () => {
    const epoch = slider.valueAsNumber;
    const [here, best] = [epoch, stage.best].map((at) => rowAt(at)[stage.criterion]);
    const [kind, verdict] = judgeBet(sentences, stage, epoch, here, best);
    const values = { best: stage.best, first: stage.first, value: number(best, 3), val_n: number(stage.valN) };
    isGuessing = false;
    const gap = Math.min(1, Math.abs(epoch - stage.best) / stage.rows.length);
    if (isMoved) rememberGuess("training.epoch", { guess: epoch, truth: stage.best, verdict: kind || "wrong", gap });
    judge(revealed, kind, `${verdict} ${fill(sentences.kept, values)}`);
    find("[data-reveal]").hidden = true;
    draw();
  };

  element.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.measure) openMeasure(button.dataset.measure);
    else if (button?.dataset.stage) openStage(button.dataset.stage);
    else if (button && "reveal" in button.dataset) reveal();
  });
  slider.addEventListener("input", () => {
    isMoved = true;
    draw();
  });
  new ResizeObserver(draw).observe(find(".plot"));
  openStage(stages[0].name);
};
