// The game of twins: which round is wanted, and which picture the visitor takes for the twin. The server is the judge.

export const mount = ({ element, trigger }) => {
  element.addEventListener("click", ({ target }) => {
    const { round, choice } = target.closest("button[data-round]")?.dataset ?? {};
    if (round === undefined) return;
    trigger("apply", { round: Number(round), ...(choice === undefined ? {} : { choice: Number(choice) }) });
  });
  if (element.querySelector("[data-to-come]")) trigger("apply", { round: 0 });
};
