// Loss: binary cross-entropy of one answer, on its curve, after a guess.

import { circle, functionCurve, label, line, path } from "../../js/charts.js";
import { number, percent } from "../../js/format.js";
import { rememberGuess } from "../../js/guess_log.js";
import { judge } from "../../js/guesses.js";
import { drag } from "../../js/pointer.js";
import { crossEntropy } from "../../js/statistics.js";
import { plot } from "./concept_plot.js";

const LEAST = 1e-7; // what is given less than this is clipped, as Keras does
const TOP = 5; // of the drawing
const CAREFUL = 0.6; // the two errors of the guess
const SURE = 0.99;
const FRAME = {
  x: [0, 1],
  y: [0, TOP],
  height: 320,
  ticks: { x: [0, 0.25, 0.5, 0.75, 1], y: [0, 1, 2, 3, 4, 5] },
  write: percent,
};

const two = (value) => number(value, 2);

// What a prediction of "malignant" gives to what is true, and what that costs.
const givenTo = (truth, prediction) => (truth === "malignant" ? prediction : 1 - prediction);
const lossOf = (truth) => (prediction) => crossEntropy(givenTo(truth, prediction));

// The prediction that is wrong with so much sureness.
const wrongPrediction = (truth, sureness) => (truth === "malignant" ? 1 - sureness : sureness);

// What a coin costs.
const drawHalf = (say, { x, y }, truth) => {
  const text = say("loss_half", { loss: two(Math.LN2) });
  const isMalignant = truth === "malignant";
  const place = isMalignant ? [x(1) - 4, y(Math.LN2) - 6, text, "end"] : [x(0) + 4, y(Math.LN2) - 6, text];
  return [line(x(0), y(Math.LN2), x(1), y(Math.LN2), "expected"), label(...place)];
};

// The prediction on the curve; a triangle where its loss is beyond the drawing.
const drawPrediction = ({ x, y }, prediction, loss) => {
  const [across, down] = [x(prediction), y(Math.min(TOP, loss))];
  const isRight = prediction > 0.5;
  return [
    line(across, y(0), across, down, "guide"),
    loss > TOP ? path(`M${across} ${down - 14}l9 14h-18z`, "here") : circle(across, down, "here", 8),
    label(across + (isRight ? -14 : 14), down + 4, two(loss), isRight ? "end" : "start", "value"),
  ];
};

const drawCurve = ({ find }, say, { truth, hasGuessed }, prediction) => {
  const f = lossOf(truth);
  const marked = hasGuessed ? [CAREFUL, SURE].map((sureness) => wrongPrediction(truth, sureness)) : [];
  const values = { truth: find(".loss").dataset[truth], prediction: percent(prediction), loss: two(f(prediction)) };
  const frame = { ...FRAME, names: [say("loss_axis_x"), say("loss_axis_y")], alt: say("loss_alt", values) };
  return plot(find('[data-plot="loss"]'), frame, (at) => [
    ...drawHalf(say, at, truth),
    functionCurve(at, f, `line ${truth}`),
    ...marked.map((one) => circle(at.x(one), at.y(f(one)), "mark-of", 6)),
    ...drawPrediction(at, prediction, f(prediction)),
  ]);
};

const costText = (say, given, loss) => {
  if (given < LEAST) return say("loss_clipped", { loss: two(loss) });
  const cost = say("loss_told", { given: percent(given), share: two(given), loss: two(loss) });
  return `${cost} ${say("loss_told_times", { times: number(loss / Math.LN2, 1) })}`;
};

const judgeGuess = ({ panel, find }, say, name) => {
  const truth = panel.querySelector('[data-verdict="right"]').dataset.guess;
  rememberGuess("network.loss", { guess: name, truth });
  const [low, high] = [CAREFUL, SURE].map((sureness) => -Math.log(1 - sureness));
  for (const one of panel.querySelectorAll("[data-guess]")) one.classList.toggle("taken", one.dataset.guess === name);
  const text = say(`loss_answer_${name}`, { low: two(low), high: two(high), times: number(high / low, 1) });
  judge(find('[data-out="answer"]'), find(`[data-guess="${name}"]`).dataset.verdict, text);
};

export const loss = (parts, say) => {
  const { panel, find, put, show, slider, read, choose, onClick } = parts;
  const state = { truth: "benign", hasGuessed: false };
  let at = null; // the scales of the drawing

  const draw = () => {
    const prediction = read("loss_prediction") / 100;
    show("loss_prediction", percent(prediction));
    at = drawCurve(parts, say, state, prediction);
    put("told", costText(say, givenTo(state.truth, prediction), lossOf(state.truth)(prediction)));
  };

  panel.addEventListener("input", draw);
  onClick("truth", (label) => {
    state.truth = label;
    choose("truth", label);
    draw();
  });
  onClick("guess", (name) => {
    state.hasGuessed = true;
    choose("guess", name);
    judgeGuess(parts, say, name);
    draw();
  });
  drag(find('[data-plot="loss"]'), (pixels) => {
    slider("loss_prediction").value = Math.round(100 * at.x.invert(pixels));
    draw();
  });
  return draw;
};
