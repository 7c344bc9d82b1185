// A threshold and what follows from it: counts, rates, the point on the ROC curve, missions, and which images are shown.
// counts.js stands before this.
const bench = element.querySelector("[data-bench]");
const { threshold: chosen, populations, shown, few } = JSON.parse(bench.dataset.bench);
const slider = find("#confidence-threshold");
const names = Object.fromEntries(
  [...element.querySelectorAll("input[type=radio]")].map((radio) => [radio.value, radio.parentElement.textContent.trim()]),
);
let state = { population: find("input[type=radio]:checked").value, threshold: chosen, order: "least_sure" };
let asked = "", waiting;
const reached = new Set(); // missions that were fulfilled once stay ticked, for the same images

const rows = () => populations[state.population];
const written = (threshold) => say("threshold_value", { threshold: atelier.number(100 * threshold, 1) });
const counted = (threshold) => count(rows(), threshold);
const logOdds = (p) => Math.log(Math.min(Math.max(p, 1e-6), 1 - 1e-6) / (1 - Math.min(Math.max(p, 1e-6), 1 - 1e-6)));
// How sure an answer is: how far the image is from the threshold, in log-odds.
const sureness = (p) => Math.abs(logOdds(p) - logOdds(state.threshold));
const wrong = ([malignant, p]) => p >= state.threshold !== Boolean(malignant);

const order = {
  least_sure: (all) => all.sort((a, b) => sureness(a.p) - sureness(b.p) || a.at - b.at),
  errors: (all) => all.filter(({ at }) => wrong(rows()[at])).sort((a, b) => sureness(b.p) - sureness(a.p) || a.at - b.at),
  most_sure: (all) => all.sort((a, b) => sureness(b.p) - sureness(a.p) || a.at - b.at),
};
const places = () => order[state.order](rows().map(([, p], at) => ({ p, at }))).slice(0, shown).map(({ at }) => at);

const showCounts = (counts) => {
  for (const cell of ["tp", "fn", "fp", "tn"]) put(cell, atelier.number(counts[cell]));
  for (const name of ["sensitivity", "specificity", "accuracy"]) {
    const estimate = rates(counts)[name];
    put(name, atelier.percent(estimate.value));
    const range = say("interval", { low: atelier.percent(estimate.low), high: atelier.percent(estimate.high) });
    put(`${name}_interval`, `${range} ${say("share_of", { part: estimate.part, n: estimate.n })}`);
  }
};

const corners = () => {
  const stops = [...new Set(rows().map((row) => row[1]))].sort((a, b) => b - a);
  return [[0, 0], ...stops.map((stop) => point(counted(stop)))];
};
const point = ({ tp, fn, fp, tn }) => [fp / (fp + tn), tp / (tp + fn)];
const drawRoc = chart(find("[data-chart=roc]"), (place, width) => {
  const side = Math.min(width - 72, 300);
  const x = (value) => 46 + value * side, y = (value) => 26 + (1 - value) * side;
  const here = point(counted(state.threshold));
  const path = corners().map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(" ");
  const ticks = [0, 0.5, 1].map((tick) =>
    line(x(tick), y(0), x(tick), y(1), "grid") + line(x(0), y(tick), x(1), y(tick), "grid") +
    label(x(tick), y(0) + 18, atelier.percent(tick), "middle") + label(x(0) - 6, y(tick) + 4, atelier.percent(tick), "end"));
  const alt = say("roc_alt", { threshold: written(state.threshold), alarms: atelier.percent(here[0]), sensitivity: atelier.percent(here[1]) });
  picture(place, width, side + 74, alt, [
    ...ticks,
    line(x(0), y(0), x(1), y(1), "chance"),
    `<polyline class="curve-line" points="${path}"/>`,
    `<circle class="here" cx="${x(here[0])}" cy="${y(here[1])}" r="8"/>`,
    label(2, 14, say("roc_y")),
    label(x(0.5), y(0) + 40, say("roc_x"), "middle"),
  ].join(""));
});

// The missions: what each asks of the counts, and what it cost. The best balance is the highest mean of the two rates.
const balance = (counts) => rates(counts).sensitivity.value + rates(counts).specificity.value;
const best = () => Math.max(...rows().map((row) => balance(counted(row[1]))));
const missions = {
  none_missed: (counts) => counts.fn === 0,
  few_alarms: (counts) => counts.fp <= few * (counts.fp + counts.tn),
  balance: (counts) => balance(counts) >= best() - 0.01, // within half a point of the mean: a thumb is no vernier
};
const showMissions = (counts) => {
  for (const item of element.querySelectorAll("[data-mission]")) {
    const { mission } = item.dataset;
    const done = missions[mission](counts);
    const key = `${state.population} ${mission}`;
    if (done) reached.add(key);
    item.classList.toggle("done", reached.has(key));
    item.querySelector("span").textContent = reached.has(key) ? "✓" : "○";
    const values = { ...counts, malignant: counts.tp + counts.fn, benign: counts.fp + counts.tn, threshold: written(state.threshold) };
    item.querySelector("[role=status]").textContent = done ? say(`mission_${mission}_done`, values) : "";
  }
};

// What was guessed at the beginning, beside what halving the threshold does here.
const showReply = () => {
  const [guess] = atelier.kept.get("answers", {})["confidence.guess"] ?? [];
  const reply = find("[data-out=reply]");
  if (!guess || !said[`guessed_${guess}`]) return atelier.judge(reply, "", "");
  const before = counted(chosen), after = counted(chosen / 2);
  const values = { from: written(chosen), to: written(chosen / 2), fn: before.fn, fn_half: after.fn, fp: before.fp, fp_half: after.fp, all: before.fn + before.fp, all_half: after.fn + after.fp, population: names[state.population] };
  const found = values.all_half > values.all ? "more" : values.all_half < values.all ? "fewer" : "same";
  const kind = guess === found ? "right" : "wrong";
  atelier.judge(reply, kind, `${say(kind)} ${say(`guessed_${guess}`)} ${say("halved", values)}`);
};

const ask = () => {
  const question = { population: state.population, rows: places() };
  const key = JSON.stringify(question);
  put("told", toldOfImages(question.rows.length));
  if (key === asked) return mark();
  asked = key;
  trigger("apply", question);
};
const toldOfImages = (number) => {
  if (state.order === "errors" && !number) return say("no_error");
  return say(`order_${state.order}_told`, { number, population: names[state.population] });
};
// The cards mark themselves for the threshold; see exercise_confidence_wall.js.
const mark = () => document.dispatchEvent(new CustomEvent("confidence-threshold", { detail: state.threshold }));

const show = () => {
  const counts = counted(state.threshold);
  slider.value = state.threshold;
  slider.setAttribute("aria-valuetext", written(state.threshold));
  bench.dataset.threshold = state.threshold;
  put("threshold", written(state.threshold));
  const extreme = counts.tn + counts.fn === 0 ? say("all_malignant") : counts.tp + counts.fp === 0 ? say("all_benign") : "";
  put("extreme", extreme);
  showCounts(counts);
  showMissions(counts);
  drawRoc();
  mark();
  clearTimeout(waiting);
  if (element.offsetParent) waiting = setTimeout(ask, 300);
};
const set = (change) => {
  state = { ...state, ...change };
  show();
};

slider.addEventListener("input", () => set({ threshold: Math.round(1000 * slider.valueAsNumber) / 1000 }));
element.addEventListener("change", ({ target }) => {
  if (target.type !== "radio") return;
  set({ population: target.value });
  showReply();
});
element.addEventListener("click", ({ target }) => {
  const { to, order: first } = target.closest("button")?.dataset ?? {};
  if (to) set({ threshold: Number(to) });
  if (!first) return;
  element.querySelectorAll("[data-order]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.order === first)));
  set({ order: first });
});
const follow_answers = () => (element.isConnected ? showReply() : document.removeEventListener("atelier-kept", follow_answers));
document.addEventListener("atelier-kept", follow_answers);
document.addEventListener("confidence-ask", () => element.isConnected && mark());
show();
showReply();
atelier.whenSeen(element, ask);
