// The rail: which parts are done, and the one that comes next. What is done stays in this browser.

import { outerOf } from "../js/navigation.js";
import { store, stored, whenStoredChanges } from "../js/storage.js";

const STAYS = 4000; // milliseconds

const rail = () => document.querySelector(".rail");
const linksOf = () => [...rail().querySelectorAll("a[data-part]")];

const isWithin = (part) => outerOf(part) !== part;

// A part is done once its end was in view, an exercise or an inquiry once its guess is made.
const isDone = (part) => {
  const name = part.slice(part.indexOf("_") + 1);
  if (outerOf(part) === "exercises" && isWithin(part)) return Boolean(stored("answers", {})[`${name}.guess`]);
  if (isWithin(part)) return Object.hasOwn(stored("inquiries", {}), name);
  return stored("done", []).includes(part);
};

const showDone = () => {
  const { done } = rail().dataset;
  for (const link of linksOf()) {
    const is = isDone(link.dataset.part);
    link.classList.toggle("is-done", is);
    if (is) link.setAttribute("aria-description", done);
    else link.removeAttribute("aria-description");
  }
};

const markDone = (part) => {
  const done = stored("done", []);
  if (!done.includes(part)) store("done", [...done, part]);
};

// The part that comes after one, or before it (way -1); among the exercises each of them is one, so among inquiries.
export const neighbourOf = (part, way) => {
  const parts = linksOf()
    .map((link) => link.dataset.part)
    .filter((name) => !isWithin(name) || outerOf(name) === outerOf(part));
  return parts[parts.indexOf(part) + way];
};

// The part of the exercises is its first exercise, and so of the inquiries.
const startOf = (part) => (isWithin(neighbourOf(part, 1) ?? part) && !isWithin(part) ? neighbourOf(part, 1) : part);

// The button at the thumb of a phone: the next part, by its name.
const showNext = (part) => {
  const [button, next] = [document.querySelector(".go-on"), neighbourOf(startOf(part), 1)];
  button.hidden = !next;
  if (!next) return;
  button.href = `#${next}`;
  button.querySelector("b").textContent = rail().querySelector(`a[data-part="${next}"]`).textContent;
};

// What stands at the end of a part, once it was in view for a while: a short part begins with its end in view.
const watchEnds = () => {
  const waiting = new Map(); // timers, by the end that is in view
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      clearTimeout(waiting.get(target));
      const part = target.closest("[role=tabpanel]")?.id.replace("tab-", "");
      if (!isIntersecting || !part || isWithin(part)) continue;
      waiting.set(
        target,
        setTimeout(() => markDone(part), STAYS),
      );
    }
  });
  const watched = new WeakSet();
  return () => {
    for (const end of document.querySelectorAll("[role=tabpanel] .next")) {
      if (!watched.has(end)) seen.observe(end);
      watched.add(end);
    }
  };
};

// On a phone the button that leads on waits for the first screen's last step.
const letGoOn = () => {
  document.documentElement.dataset.firstDone = "";
};

export const followWay = () => {
  const watchNewEnds = watchEnds();
  document.addEventListener("atelier-part", ({ detail: part }) => {
    showNext(part);
    setTimeout(watchNewEnds, 500); // by then Gradio has made them
  });
  document.addEventListener("atelier-first-guess", ({ detail }) => {
    if (detail !== "women") return;
    markDone("welcome");
    letGoOn();
  });
  if (stored("done", []).includes("welcome")) letGoOn();
  whenStoredChanges(rail(), showDone);
  showDone();
  showNext(document.documentElement.dataset.part);
};
