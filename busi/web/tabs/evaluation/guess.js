// How many of the malignant lesions does the network find? A guess, then its answer at the bar's threshold.

import { rememberGuess } from "../../js/guess_log.js";
import { judge, judgeShare } from "../../js/guesses.js";
import { sayFrom } from "../../js/sentences.js";
import { confusion, ratesOf } from "../../js/statistics.js";
import { widget } from "../../js/widget.js";
import { follow } from "./choices.js";

const showReply = ({ find }, say, counts, written) => {
  const { sensitivity } = ratesOf(counts);
  const guess = find("#evaluation-guess").value;
  const values = {
    guess,
    found: counts.tp,
    malignant: counts.tp + counts.fn,
    alarms: counts.fp,
    benign: counts.fp + counts.tn,
    threshold: written,
  };
  const [kind, sentence] = judgeShare(say, Number(guess), sensitivity);
  judge(find("[data-out=reply]"), kind, `${sentence} ${say("guess_reply", values)}`);
};

export const mount = ({ element }) => {
  const say = sayFrom(element.querySelector("[data-said]"));
  const parts = widget(element);
  let choices = null;
  const show = () => showReply(parts, say, confusion(choices.rows, choices.threshold), choices.written);

  // Only of the network as it is: at another threshold, or on other images, the question is another one.
  const remember = () => {
    if (choices.population !== "test" || choices.threshold !== choices.chosen) return;
    const { sensitivity } = ratesOf(confusion(choices.rows, choices.threshold));
    const [truth, low, high] = [sensitivity.value, sensitivity.low, sensitivity.high].map((share) => 100 * share);
    rememberGuess("evaluation.sensitivity", { guess: parts.find("#evaluation-guess").valueAsNumber, truth, low, high });
  };

  element.addEventListener("input", ({ target }) => {
    if (target.id === "evaluation-guess") parts.find("output[for=evaluation-guess]").textContent = target.value;
  });
  element.addEventListener("click", ({ target }) => {
    if (!target.closest("button[data-show]")) return;
    remember();
    show();
  });
  // A guess is judged once, at the threshold at which it was made: what the visitor turns afterwards is another question.
  follow(element, (now) => {
    choices = now;
  });
};
