// The curves of the real training: a measure, a stage and an epoch to choose, and the same said in a sentence.
const box = element.querySelector(".curves");
const stages = JSON.parse(box.dataset.stages);
const slider = box.querySelector("[data-epoch]");
const said = box.querySelector("[data-said]");
const revealed = box.querySelector("[data-revealed]");
const COLUMNS = { loss: [1, 4], accuracy: [2, 5], auc: [3, 6] };
let measure = "loss";
let stage = stages[0];
let guessing = stage.rows.length > 1;

const show = (value) => (measure === "accuracy" ? atelier.percent(value) : atelier.number(value, 3));
const rowAt = (epoch) => stage.rows.find((row) => row[0] === epoch) ?? stage.rows.at(-1);
const pairOf = (row) => COLUMNS[measure].map((column) => row[column]);

const gap = ([seen, held]) => {
  const difference = Math.abs(held - seen);
  const size = measure === "accuracy" ? atelier.number(difference * 100, 1) : atelier.number(difference, 3);
  const side = difference < 1e-9 ? "same" : held > seen ? "above" : "below";
  const unit = measure === "accuracy" ? box.dataset.points : "";
  return atelier.fill(box.dataset[side], { gap: size + unit });
};

const sentence = (row) => {
  const [seen, held] = pairOf(row);
  const bounds = atelier.rate(Math.round(held * stage.valN), stage.valN);
  const values = { epoch: row[0], seen: show(seen), held: show(held), n: atelier.number(stage.n), val_n: atelier.number(stage.valN), low: atelier.percent(bounds.low), high: atelier.percent(bounds.high) };
  return `${atelier.fill(box.dataset[measure], values)} ${gap([seen, held])}`;
};

const tick = (value, step) => (measure === "accuracy" ? atelier.percent(value) : atelier.number(value, step < 0.1 ? 2 : 1));

const draw = () => {
  const epochs = [stage.rows[0][0], stage.rows.at(-1)[0]];
  const rows = stage.rows.map((row) => [row[0], ...pairOf(row)]);
  const epoch = Number(slider.value);
  const ends = { measure: box.querySelector(`[data-measure="${measure}"]`).textContent, first: epochs[0], last: epochs[1], seen_first: show(rows[0][1]), seen_last: show(rows.at(-1)[1]), held_first: show(rows[0][2]), held_last: show(rows.at(-1)[2]) };
  const words = { epochs: box.dataset.epochs, best: box.dataset.best, excluded: box.dataset.excluded, seen: box.dataset.seen, held: box.dataset.held };
  const range = chart.around(rows.flatMap((row) => row.slice(1)));
  if (measure !== "loss") range[1] = Math.min(1, range[1]);
  chart.draw(box.querySelector(".plot"), { rows, epochs, range, show: tick, words, alt: atelier.fill(box.dataset.alt, ends), here: epoch, first: stage.first, best: guessing ? 0 : stage.best });
  said.textContent = sentence(rowAt(epoch));
  slider.setAttribute("aria-valuetext", said.textContent);
  box.querySelector("[data-number]").textContent = epoch;
};

const choose = (kind, name) =>
  box.querySelectorAll(`[data-${kind}]`).forEach((button) => button.setAttribute("aria-pressed", button.dataset[kind] === name));

const openStage = (name) => {
  stage = stages.find((one) => one.name === name);
  guessing = name === stages[0].name && revealed.textContent === "" && stage.rows.length > 1;
  slider.min = stage.rows[0][0];
  slider.max = stage.rows.at(-1)[0];
  slider.value = guessing ? slider.max : stage.best;
  box.querySelector("[data-guess]").hidden = name !== stages[0].name;
  box.querySelector("[data-population]").textContent = stage.population;
  choose("stage", name);
  draw();
};

// A bet on the epoch, judged kindly: whoever saw a better value among the epochs that could not be kept read the curve
// well, and a hundredth or two on so few images may be chance.
const CHANCE = 0.02;
const judgeBet = (epoch, here, kept) => {
  const behind = stage.criterion === COLUMNS.loss[1] ? here - kept : kept - here;
  const say = (name) => atelier.fill(box.dataset[name], { epoch, here: atelier.number(here, 3) });
  if (epoch === stage.best) return ["right", say("exact")];
  if (epoch < stage.first) return behind < 0 ? ["near", say("other_read_well")] : ["open", say("other_excluded")];
  return behind <= CHANCE ? ["near", say("other_near")] : ["wrong", say("other")];
};

const reveal = () => {
  const row = rowAt(stage.best);
  guessing = false;
  const epoch = Number(slider.value);
  const [kind, verdict] = judgeBet(epoch, rowAt(epoch)[stage.criterion], row[stage.criterion]);
  atelier.judge(revealed, kind, `${verdict} ${atelier.fill(box.dataset.kept, { best: stage.best, first: stage.first, value: atelier.number(row[stage.criterion], 3), val_n: atelier.number(stage.valN) })}`);
  box.querySelector("[data-reveal]").hidden = true;
  draw();
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.measure) {
    measure = button.dataset.measure;
    choose("measure", measure);
    draw();
  } else if (button.dataset.stage) openStage(button.dataset.stage);
  else if ("reveal" in button.dataset) reveal();
});
slider.addEventListener("input", draw);
new ResizeObserver(draw).observe(box.querySelector(".plot"));
openStage(stages[0].name);
