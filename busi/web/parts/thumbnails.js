// A click on a small picture tells the server which example it is. One listener on the row survives a change of page.

import { openTab } from "../js/navigation.js";
import { picture } from "../js/picture.js";

export const mount = ({ element, trigger }) => {
  element.classList.add("mounted");
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-key]");
    if (!button) return;
    picture.choose(button.dataset.key);
    button.setAttribute("aria-pressed", "true");
    trigger("click", { key: button.dataset.key });
    if (button.dataset.then) openTab(button.dataset.then);
  });
};
