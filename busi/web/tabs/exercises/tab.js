// How many questions of each exercise have an answer, and a button that forgets them all.

import { fill } from "../../js/format.js";
import { forgetStored, stored, whenStoredChanges } from "../../js/storage.js";

export const mount = ({ element }) => {
  const place = element.querySelector("[data-exercises]");
  const forget = element.querySelector("[data-forget]");
  const counts = new Map(place.dataset.exercises.split(" ").map((pair) => pair.split(":")));
  const total = [...counts.values()].reduce((sum, count) => sum + Number(count), 0);

  const show = () => {
    const answered = Object.keys(stored("answers", {})).map((question) => question.split(".")[0]);
    const answersIn = (name) => answered.filter((exercise) => exercise === name).length;
    const given = answered.filter((name) => counts.has(name)).length;
    const done = [...counts].filter(([name, count]) => answersIn(name) >= Number(count)).length;
    place.textContent = fill(place.dataset.said, { given, total, done, all: counts.size });
    for (const link of element.querySelectorAll("a[data-exercise]")) {
      const name = link.dataset.exercise;
      link.classList.toggle("is-done", answersIn(name) >= Number(counts.get(name)));
    }
    forget.hidden = !given && !Object.keys(stored("notes", {})).length;
  };
  forget.addEventListener("click", () => confirm(forget.dataset.forget) && forgetStored());
  whenStoredChanges(element, show);
  show();
};
