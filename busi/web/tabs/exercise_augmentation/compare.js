// What the visitor guessed, which stays in the browser, with what came out.

import { rememberGuess } from "../../js/guess_log.js";
import { judge } from "../../js/guesses.js";
import { answerTo, whenStoredChanges } from "../../js/storage.js";

export const mount = ({ element, watch }) => {
  const show = () => {
    const summary = element.querySelector("[data-guesses]");
    if (!summary) return;
    const guesses = JSON.parse(summary.dataset.guesses);
    const guess = answerTo("augmentation.guess");
    const judged = guesses[guess];
    const truth = Object.keys(guesses).find((name) => guesses[name][0] === "right");
    if (judged) rememberGuess("exercises.augmentation", { guess, truth });
    judge(summary.querySelector("[data-guessed]"), ...(judged ?? ["", ""]));
  };
  whenStoredChanges(element, show);
  watch("value", show);
};
