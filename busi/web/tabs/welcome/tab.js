// The visitor's guess goes to the server, which answers in the same place.
export const mount = ({ element, trigger }) => {
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-guess]");
    if (!button) return;
    for (const one of element.querySelectorAll("button[data-guess]")) one.disabled = true;
    trigger("apply", { guess: button.dataset.guess });
  });
};
