// A guess in percent before the answer: right from `low` to `high`, else too low or too high.

import { fill } from "../../js/format.js";
import { rememberGuess } from "../../js/guess_log.js";
import { judge } from "../../js/guesses.js";

const reveal = (card) => {
  const guess = card.querySelector("input").value;
  const place = card.querySelector("[data-answer]");
  const { name, truth, answer, low, high, within, higher, lower } = place.dataset;
  const isWithin = Number(guess) >= Number(low) && Number(guess) <= Number(high);
  const verdict = isWithin ? within : Number(guess) < Number(low) ? higher : lower;
  const [points, ...ends] = [truth, low, high].map(Number);
  rememberGuess(`data.${name}`, { guess: Number(guess), truth: points, low: ends[0], high: ends[1] });
  judge(place, isWithin ? "right" : "wrong", `${verdict} ${fill(answer, { guess })}`);
};

export const mount = ({ element }) => {
  element.addEventListener("input", ({ target }) => {
    const card = target.closest(".data-guess");
    if (card) card.querySelector("output").textContent = target.value;
  });
  element.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-reveal]");
    if (button) reveal(button.closest(".data-guess"));
  });
};
