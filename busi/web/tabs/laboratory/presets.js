// A click on a preset tells the server which one it is.

export const mount = ({ element, trigger }) => {
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-preset]");
    if (button) trigger("click", { preset: button.dataset.preset });
  });
};
