// What was guessed on the first screen is remembered for the end of the workshop. Guesses may have been made before this
// script came: they stand on the steps.

import { rememberGuess } from "../../js/guess_log.js";

const remember = (step) => {
  const { truth, network } = step.querySelector("[data-after]").dataset;
  const guess = step.dataset.guessed;
  const [, number] = /^case_(\d)$/.exec(step.dataset.step) ?? [];
  if (number) rememberGuess(`welcome.${number}`, { guess, truth, network });
  else rememberGuess("welcome.smiley", { guess, truth });
};

export const rememberFirstGuesses = () => {
  const rememberAll = () => {
    for (const step of document.querySelectorAll(".first-step[data-guessed]")) remember(step);
  };
  document.addEventListener("atelier-first-guess", rememberAll);
  rememberAll();
};
