// What the visitor guessed, which stays in the browser, with what came out.

import { judge } from "../../js/guesses.js";
import { answerTo, whenStoredChanges } from "../../js/storage.js";

export const mount = ({ element, watch }) => {
  const show = () => {
    const summary = element.querySelector("[data-guesses]");
    if (!summary) return;
    const judged = JSON.parse(summary.dataset.guesses)[answerTo("augmentation.guess")];
    judge(summary.querySelector("[data-guessed]"), ...(judged ?? ["", ""]));
  };
  whenStoredChanges(element, show);
  watch("value", show);
};
