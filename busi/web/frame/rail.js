// The rail: which parts are done, and the one that comes next. What is done stays in this browser.

import { store, stored, whenStoredChanges } from "../js/storage.js";

const STAYS = 4000; // milliseconds

const rail = () => document.querySelector(".rail");
const linksOf = () => [...rail().querySelectorAll("a[data-part]")];

const isAnswered = (exercise) => Boolean(stored("answers", {})[`${exercise}.guess`]);

// A part is done once its end was in view, an exercise once its guess is answered.
const isDone = (part) =>
  part.startsWith("exercise_") ? isAnswered(part.slice("exercise_".length)) : stored("done", []).includes(part);

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

// The part that comes after one, or before it (way -1); among the exercises each of them is one.
export const neighbourOf = (part, way) => {
  const parts = linksOf()
    .map((link) => link.dataset.part)
    .filter((name) => !name.startsWith("exercise_") || part.startsWith("exercise"));
  return parts[parts.indexOf(part) + way];
};

// The part of the exercises is its first exercise.
const startOf = (part) => (part === "exercises" ? neighbourOf(part, 1) : part);

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
      if (!isIntersecting || !part || part.startsWith("exercise_")) continue;
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
