// The game of twins: which round is wanted, and which picture the visitor takes for the twin. The server is the judge.

import { rememberGuess } from "../../js/guess_log.js";

export const mount = ({ element, trigger, watch }) => {
  element.addEventListener("click", ({ target }) => {
    const { round, choice } = target.closest("button[data-round]")?.dataset ?? {};
    if (round === undefined) return;
    trigger("apply", { round: Number(round), ...(choice === undefined ? {} : { choice: Number(choice) }) });
  });
  watch("value", () => {
    const { taken, answer } = element.querySelector("[data-taken]")?.dataset ?? {};
    if (!taken) return;
    // Pictures have no distance: the one beside the twin is as wrong as any.
    const found = taken === answer ? { verdict: "right", gap: 0 } : { verdict: "wrong", gap: 0.5 };
    rememberGuess("data.twins", { guess: Number(taken), truth: Number(answer), ...found });
  });
  if (element.querySelector("[data-to-come]")) trigger("apply", { round: 0 });
};
