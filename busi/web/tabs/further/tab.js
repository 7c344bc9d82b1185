// Which network is the best? The table comes after the guess.

import { fill } from "../../js/format.js";
import { rememberGuess } from "../../js/guess_log.js";
import { judge } from "../../js/guesses.js";
import { press } from "../../js/widget.js";

export const mount = ({ element }) => {
  const section = element.querySelector(".architectures");
  const reply = section.querySelector(".reply");
  const guesses = section.querySelector(".guesses");
  guesses.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    press(guesses.querySelectorAll("button"), (one) => one === button);
    const { guess, verdict } = button.dataset;
    rememberGuess("further.best", {
      guess,
      truth: section.dataset.winner,
      verdict,
      gap: verdict === "wrong" ? 0.5 : 0,
    });
    const sentence = reply.dataset[guess === section.dataset.winner ? "best" : "other"];
    judge(reply, verdict, `${reply.dataset[verdict]} ${fill(sentence, { guess: button.textContent })}`);
    section.querySelector("[data-after]").hidden = false;
  });
};
