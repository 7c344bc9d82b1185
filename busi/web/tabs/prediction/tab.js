// The answer comes into view when it changes. A visitor's guess shows at once who was right, and opens the true answer.

import { rememberGuess } from "../../js/guess_log.js";
import { bringIntoView } from "../../js/visibility.js";
import { press } from "../../js/widget.js";

const showVerdict = (place, guess) => {
  press(place.querySelectorAll("button[data-guess]"), (button) => button.dataset.guess === guess);
  for (const verdict of place.querySelectorAll("[data-guessed]")) verdict.hidden = verdict.dataset.guessed !== guess;
  const details = place.querySelector("details");
  details.hidden = false; // what the radiologist wrote comes after a guess, never before
  details.open = true;
};

// The picture of the first screen was guessed at there.
const isFirstPicture = () => {
  const chosen = document.querySelector(".picker button[data-key][aria-pressed]")?.dataset.key;
  return chosen === document.querySelector(".frame").dataset.thread;
};

export const mount = ({ element, watch }) => {
  watch("value", () => bringIntoView(element));
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-guess]");
    const place = button?.closest(".own-guess");
    if (!place) return;
    const { truth, network } = place.dataset;
    if (!isFirstPicture()) rememberGuess("prediction.first", { guess: button.dataset.guess, truth, network });
    showVerdict(place, button.dataset.guess);
  });
};
