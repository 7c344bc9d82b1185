// What only the curious need is closed until asked for. Who opens one finds them all open from then on, until one is closed.

import { store, stored } from "./storage.js";

const DETAILS = "details.curious";
const BOX = ".curious > button.label-wrap"; // Gradio's accordion
const [LOOKS, SETTLES] = [5, 200]; // milliseconds between two looks whether a box of Gradio's is open
const seen = new WeakSet(); // opened here, or left as they are

const isOpen = (part) => (part.matches("details") ? part.open : part.classList.contains("open"));

// Gradio closes a box anew while it still makes it, so a press may have to be repeated.
const press = (box, looks) => {
  if (!looks || !stored("curious", false)) return;
  if (!isOpen(box)) box.click();
  setTimeout(() => press(box, looks - 1), SETTLES);
};

const open = (part) => {
  if (part.matches("details")) part.open = true;
  else press(part, LOOKS);
};

const openNew = () => {
  for (const part of document.querySelectorAll(`${DETAILS}, ${BOX}`)) {
    if (seen.has(part)) continue;
    seen.add(part);
    if (stored("curious", false) && !isOpen(part)) open(part);
  }
};

// Told once, where it happens.
const tellThatAllOpen = (pressed) => {
  const { curious } = document.querySelector(".frame").dataset;
  pressed.after(
    Object.assign(document.createElement("p"), { className: "aside", role: "status", textContent: curious }),
  );
};

// A press of the visitor's own decides for all that are shown later.
const decide = (pressed) => {
  const opens = isOpen(pressed.matches("summary") ? pressed.parentElement : pressed);
  if (opens && stored("curious", null) === null) tellThatAllOpen(pressed);
  store("curious", opens);
};

const remember = ({ target }) => {
  const pressed = target.closest?.(`${DETAILS} > summary, ${BOX}`);
  if (pressed) setTimeout(() => decide(pressed));
};

export const openForTheCurious = () => {
  document.addEventListener("click", (event) => event.isTrusted && remember(event));
  let waits = false;
  const later = () => {
    waits = false;
    openNew();
  };
  new MutationObserver(() => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(later);
  }).observe(document.documentElement, { childList: true, subtree: true });
};
