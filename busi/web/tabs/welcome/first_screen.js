// Stands in the page itself and is no module: the first guess is answered before any other script has come. What each
// guess leads to is in the page already. A guess is told to whoever comes later by the event "atelier-first-guess".
(() => {
  const screen = document.getElementById("first-screen");

  const focus = (part) => part?.querySelector("h2:not([hidden])")?.focus({ preventScroll: true });

  const answer = (step, guess) => {
    step.querySelector(".asks").hidden = true;
    for (const part of step.querySelectorAll("[data-answer]")) part.hidden = part.dataset.answer !== guess;
    step.querySelector("[data-after]").hidden = false;
    step.dataset.guessed = guess;
    focus(step.querySelector("[data-answer]:not([hidden])"));
    document.dispatchEvent(new CustomEvent("atelier-first-guess", { detail: step.dataset.step }));
  };

  const goOn = (step) => {
    const steps = [...screen.querySelectorAll(".first-step")];
    const next = steps[steps.indexOf(step) + 1];
    step.hidden = true;
    next.hidden = false;
    document.getElementById("first-screen").dataset.at = next.dataset.step;
    window.scrollTo({ top: 0 });
    focus(next);
    document.dispatchEvent(new CustomEvent("atelier-first-step", { detail: next.dataset.step }));
  };

  screen.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-guess], button[data-next]");
    if (!button) return;
    if ("guess" in button.dataset) answer(button.closest(".first-step"), button.dataset.guess);
    else goOn(button.closest(".first-step"));
  });
})();
