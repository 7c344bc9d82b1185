// The visitor's guess goes to the server, which answers in the same place; then the next picture is asked for.
export const mount = ({ element, trigger }) => {
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-guess], button[data-next]");
    if (!button) return;
    const number = Number(element.querySelector("[data-case]").dataset.case);
    const isNext = "next" in button.dataset;
    for (const one of element.querySelectorAll("button[data-guess], button[data-next]")) one.disabled = true;
    trigger("apply", isNext ? { case: number + 1 } : { case: number, guess: button.dataset.guess });
  });
};
