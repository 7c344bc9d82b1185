// A threshold and what follows from it: counts, rates, the point on the ROC curve, missions, and which images are shown.

import { chart } from "../../js/charts.js";
import { number, percent } from "../../js/format.js";
import { rememberGuess } from "../../js/guess_log.js";
import { judge } from "../../js/guesses.js";
import { drawRoc } from "../../js/roc_curve.js";
import { intervalText, sayFrom } from "../../js/sentences.js";
import { confusion, ratesOf, rocPoint } from "../../js/statistics.js";
import { answerTo, whenStoredChanges } from "../../js/storage.js";
import { whenSeen } from "../../js/visibility.js";
import { press, radioNames, widget } from "../../js/widget.js";
import { firstPlaces } from "./images.js";
import { missionBoard } from "./missions.js";
import { announceThreshold, whenThresholdIsAsked } from "./threshold.js";

const SETTLED = 300; // milliseconds without a change before the server is asked for pictures
const TICKS = [0, 0.5, 1];
const LAYOUT = { edge: { left: 46, right: 26, top: 26, bottom: 48 }, largest: 300 };

const showCounts = (put, say, counts) => {
  for (const [cell, n] of Object.entries(counts)) put(cell, number(n));
  const { sensitivity, specificity, accuracy } = ratesOf(counts);
  for (const [name, estimate] of Object.entries({ sensitivity, specificity, accuracy })) {
    const { part, n } = estimate;
    put(name, percent(estimate.value));
    put(`${name}_interval`, `${intervalText(say, estimate, percent)} ${say("share_of", { part, n })}`);
  }
};

// What to remark where every image is called the same.
const extremeText = (say, { tp, fn, fp, tn }) => {
  if (tn + fn === 0) return say("all_malignant");
  return tp + fp === 0 ? say("all_benign") : "";
};

const drawCurve = (place, width, say, rows, threshold, written) => {
  const [alarms, sensitivity] = rocPoint(confusion(rows, threshold)).map(percent);
  const alt = say("roc_alt", { threshold: written, alarms, sensitivity });
  const { roc_x, roc_y } = say.texts;
  drawRoc(place, width, { rows, threshold, alt, names: { roc_x, roc_y }, ticks: TICKS, layout: LAYOUT });
};

// What was guessed at the beginning, and what halving the threshold does here.
const showReply = (place, say, rows, values, chosen) => {
  const guess = answerTo("confidence.guess");
  if (!guess || !say.has(`guessed_${guess}`)) return judge(place, "", "");
  const [{ fn, fp }, half] = [confusion(rows, chosen), confusion(rows, chosen / 2)];
  const counts = { fn, fp, all: fn + fp, fn_half: half.fn, fp_half: half.fp, all_half: half.fn + half.fp };
  const change = Math.sign(counts.all_half - counts.all);
  const truth = { "-1": "fewer", 0: "same", 1: "more" }[change];
  const kind = guess === truth ? "right" : "wrong";
  rememberGuess("exercises.confidence", { guess, truth });
  judge(place, kind, `${say(kind)} ${say(`guessed_${guess}`)} ${say("halved", { ...values, ...counts })}`);
};

const imagesText = (say, { order, population }, number) => {
  if (order === "errors" && !number) return say("no_error");
  return say(`order_${order}_told`, { number, population });
};

export const mount = ({ element, trigger }) => {
  const { find, findAll, put } = widget(element);
  const bench = find("[data-bench]");
  const { threshold: chosen, populations, shown, few } = JSON.parse(bench.dataset.bench);
  const say = sayFrom(bench);
  const slider = find("#confidence-threshold");
  const names = radioNames(element);
  const showMissions = missionBoard(findAll("[data-mission]"), say);
  let state = { population: find("input[type=radio]:checked").value, threshold: chosen, order: "least_sure" };
  let answered = ""; // the question for pictures that was sent last
  let waiting;

  const rows = () => populations[state.population];
  const write = (threshold) => say("threshold_value", { threshold: number(100 * threshold, 1) });
  // The cards mark themselves for the threshold; see wall.js.
  const mark = () => announceThreshold(state.threshold);

  const redraw = chart(find("[data-chart=roc]"), (place, width) =>
    drawCurve(place, width, say, rows(), state.threshold, write(state.threshold)),
  );

  const reply = () => {
    const values = { from: write(chosen), to: write(chosen / 2), population: names[state.population] };
    showReply(find("[data-out=reply]"), say, rows(), values, chosen);
  };

  const askForImages = () => {
    const question = { population: state.population, rows: firstPlaces(rows(), state, shown) };
    put("told", imagesText(say, { ...state, population: names[state.population] }, question.rows.length));
    if (JSON.stringify(question) === answered) return mark();
    answered = JSON.stringify(question);
    trigger("apply", question);
  };

  const showThreshold = () => {
    const written = write(state.threshold);
    slider.value = state.threshold;
    slider.setAttribute("aria-valuetext", written);
    bench.dataset.threshold = state.threshold;
    put("threshold", written);
  };

  const show = () => {
    const counts = confusion(rows(), state.threshold);
    showThreshold();
    put("extreme", extremeText(say, counts));
    showCounts(put, say, counts);
    showMissions(counts, { rows: rows(), population: state.population, few, threshold: write(state.threshold) });
    redraw();
    mark();
    clearTimeout(waiting);
    if (element.offsetParent) waiting = setTimeout(askForImages, SETTLED);
  };
  const set = (change) => {
    state = { ...state, ...change };
    show();
  };

  slider.addEventListener("input", () => set({ threshold: Math.round(1000 * slider.valueAsNumber) / 1000 }));
  element.addEventListener("change", ({ target }) => {
    if (target.type !== "radio") return;
    set({ population: target.value });
    reply();
  });
  element.addEventListener("click", ({ target }) => {
    const { to, order } = target.closest("button")?.dataset ?? {};
    if (to) set({ threshold: Number(to) });
    if (!order) return;
    press(findAll("[data-order]"), (button) => button.dataset.order === order);
    set({ order });
  });
  whenStoredChanges(element, reply);
  whenThresholdIsAsked(element, mark);
  show();
  reply();
  whenSeen(element, askForImages);
};
