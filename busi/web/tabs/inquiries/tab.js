// Which of the inquiries have their guess.

import { stored, whenStoredChanges } from "../../js/storage.js";
import { GUESSED } from "./inquiry.js";

export const mount = ({ element }) => {
  const show = () => {
    const guessed = stored(GUESSED, {});
    for (const link of element.querySelectorAll("a[data-name]"))
      link.classList.toggle("is-done", Object.hasOwn(guessed, link.dataset.name));
  };
  whenStoredChanges(element, show);
  show();
};
