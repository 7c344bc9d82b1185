// Grad-CAM: which class is shown, how thick the veil is, and whether the outline is drawn. No server needed.

import { press } from "../js/widget.js";

const showClass = (element, name) => {
  for (const part of element.querySelectorAll("[data-class]")) part.hidden = part.dataset.class !== name;
  press(element.querySelectorAll("[data-show]"), (button) => button.dataset.show === name);
};

export const mount = ({ element, watch }) => {
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show]");
    if (button) showClass(element, button.dataset.show);
  });
  element.addEventListener("input", ({ target }) => {
    if (target.matches("[data-veil]"))
      element.querySelector(".plate").style.setProperty("--veil", target.valueAsNumber / 100);
    if (target.matches("[data-outline]")) element.querySelector(".edge").toggleAttribute("hidden", !target.checked);
  });
  // On a phone the answer to a click may appear below the screen.
  watch("value", () => element.firstElementChild && element.scrollIntoView({ block: "nearest" }));
};
