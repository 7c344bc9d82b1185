// Dropout: twelve neurons of which some are silent, and how often each was over many draws.
const { find, out, press, onClick, dial, show } = concept("dropout");
const NEURONS = 12, INPUTS = 3;
let training = true;
let silent = []; // one bool per neuron
let counts = Array(NEURONS).fill(0), draws = 0;

const share = () => Number(dial("dropout_share").value) / 100;
const lot = () => {
  silent = Array.from({ length: NEURONS }, () => Math.random() < share());
  silent.forEach((is, at) => (counts[at] += is));
  draws += 1;
};
const forget = () => {
  counts = Array(NEURONS).fill(0);
  draws = 0;
  lot();
};

const drawNeurons = (quiet) => {
  const place = find('[data-plot="neurons"]'), width = place.clientWidth || 320, height = 320;
  const x = [22, width / 2, width - 26], y = (at, of) => (height / (of + (of === INPUTS ? 1 : 0))) * (at + (of === INPUTS ? 1 : 0.5));
  const links = quiet.flatMap((is, at) => (is ? [] : [
    ...Array.from({ length: INPUTS }, (_, from) => stroke(x[0], y(from, INPUTS), x[1], y(at, NEURONS), "link")),
    stroke(x[1], y(at, NEURONS), x[2], height / 2, "link"),
  ]));
  const cross = (cy) => stroke(x[1] - 5, cy - 5, x[1] + 5, cy + 5, "cross") + stroke(x[1] - 5, cy + 5, x[1] + 5, cy - 5, "cross");
  const circles = quiet.map((is, at) => dot(x[1], y(at, NEURONS), is ? "silent" : "speaks", 11) + (is ? cross(y(at, NEURONS)) : ""));
  const ends = Array.from({ length: INPUTS }, (_, from) => dot(x[0], y(from, INPUTS), "end", 11)).join("") + dot(x[2], height / 2, "end", 14);
  place.innerHTML = `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">${links.join("")}${circles.join("")}${ends}</svg>`;
  place.firstChild.setAttribute("aria-label", say("dropout_alt", { silent: quiet.filter(Boolean).length }));
};

const drawCounts = () => {
  const expected = draws * share(), most = Math.max(...counts, expected, 1);
  const told = draws ? say("dropout_counts_told", { draws, least: Math.min(...counts), most: Math.max(...counts), expected: brief(expected) }) : say("dropout_counts_none");
  const top = 5 * Math.ceil(most / 5);
  const frame = { x: [0, NEURONS], y: [0, top], height: 140, ticks: { x: [], y: [0, top] }, alt: say("dropout_counts_alt", { told }) };
  plot(find('[data-plot="counts"]'), frame, (at) =>
    counts.map((count, neuron) => `<rect class="bar-of" x="${at.x(neuron + 0.15)}" y="${at.y(count)}" width="${at.x(0.7) - at.x(0)}" height="${at.y(0) - at.y(count)}"/>` + label(at.x(neuron + 0.5), at.y(0) + 17, neuron + 1, "middle")).join("") +
    stroke(at.x(0), at.y(expected), at.x(NEURONS), at.y(expected), "expected"));
  out("counts", told);
};

const draw = () => {
  const quiet = training ? silent : Array(NEURONS).fill(false);
  const left = quiet.filter((is) => !is).length, scale = 1 / (1 - share());
  show("dropout_share", atelier.percent(share()));
  drawNeurons(quiet);
  const values = { silent: NEURONS - left, left, scale: atelier.number(scale, 2), total: atelier.number(left * scale, 1) };
  out("told", training ? say("dropout_told", values) : say("dropout_told_prediction"));
  out("why", training ? say("dropout_why", values) : "");
  ["draw", "hundred"].forEach((what) => (find(`[data-do="${what}"]`).disabled = !training));
  drawCounts();
};
drawings.dropout = draw;
dial("dropout_share").addEventListener("input", () => {
  forget();
  draw();
});
onClick("mode", (mode) => {
  training = mode === "training";
  press("mode", mode);
  draw();
});
onClick("do", (what) => {
  for (let time = 0; time < (what === "hundred" ? 100 : 1); time += 1) lot();
  draw();
});
forget();
