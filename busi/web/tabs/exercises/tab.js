// How many questions of each exercise have an answer, and a button that forgets them all.
const place = element.querySelector("[data-exercises]");
const forget = element.querySelector("[data-forget]");
const counts = Object.fromEntries(place.dataset.exercises.split(" ").map((pair) => pair.split(":")));

const show = () => {
  if (!element.isConnected) return document.removeEventListener("atelier-kept", show);
  const answered = Object.keys(atelier.kept.get("answers", {})).map((question) => question.split(".")[0]);
  const done = Object.entries(counts).filter(([name, count]) => answered.filter((of) => of === name).length >= Number(count));
  const total = Object.values(counts).reduce((sum, count) => sum + Number(count), 0);
  const given = answered.filter((name) => name in counts).length;
  place.textContent = atelier.fill(place.dataset.said, { given, total, done: done.length, all: Object.keys(counts).length });
  forget.hidden = !given && !Object.keys(atelier.kept.get("notes", {})).length;
};
document.addEventListener("atelier-kept", show);
forget.addEventListener("click", () => confirm(forget.dataset.forget) && atelier.kept.forget());
show();
