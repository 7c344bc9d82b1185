// Dropout: twelve neurons of which some are silent, and how often each was over many draws.

import { circle, label, line, svg } from "../../js/charts.js";
import { number, percent } from "../../js/format.js";
import { brief } from "./concept_panel.js";
import { plot, widthOf } from "./concept_plot.js";

const NEURONS = 12;
const INPUTS = 3;
const HEIGHT = 320;

const range = (count) => Array.from({ length: count }, (_, at) => at);

// Where the neurons of the drawing stand: inputs, hidden neurons, the output.
const placesIn = (width) => ({
  input: (at) => [22, (HEIGHT / (INPUTS + 1)) * (at + 1)],
  neuron: (at) => [width / 2, (HEIGHT / NEURONS) * (at + 0.5)],
  output: [width - 26, HEIGHT / 2],
});

const drawLinks = ({ input, neuron, output }, at) => [
  ...range(INPUTS).map((from) => line(...input(from), ...neuron(at), "link")),
  line(...neuron(at), ...output, "link"),
];

const drawCross = (x, y) => [line(x - 5, y - 5, x + 5, y + 5, "cross"), line(x - 5, y + 5, x + 5, y - 5, "cross")];

const drawNeuron = ({ neuron }, at, isSilent) => {
  const place = neuron(at);
  return isSilent ? [circle(...place, "silent", 11), ...drawCross(...place)] : [circle(...place, "speaks", 11)];
};

const drawNeurons = ({ find }, say, silent) => {
  const place = find('[data-plot="neurons"]');
  const width = widthOf(place);
  const places = placesIn(width);
  const alt = say("dropout_alt", { silent: silent.filter(Boolean).length });
  svg(place, width, HEIGHT, alt, [
    ...silent.flatMap((isSilent, at) => (isSilent ? [] : drawLinks(places, at))),
    ...silent.flatMap((isSilent, at) => drawNeuron(places, at, isSilent)),
    ...range(INPUTS).map((at) => circle(...places.input(at), "end", 11)),
    circle(...places.output, "end", 14),
  ]);
};

const drawBar = ({ x, y }, count, at) => [
  `<rect class="bar-of" x="${x(at + 0.15)}" y="${y(count)}" width="${x(0.7) - x(0)}" height="${y(0) - y(count)}"/>`,
  label(x(at + 0.5), y(0) + 17, String(at + 1), "middle"),
];

const countsText = (say, counts, draws, expected) => {
  if (!draws) return say("dropout_counts_none");
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return say("dropout_counts_told", { draws, least, most, expected: brief(expected) });
};

const drawCounts = ({ find, put }, say, counts, draws, share) => {
  const expected = draws * share;
  const text = countsText(say, counts, draws, expected);
  const top = 5 * Math.ceil(Math.max(...counts, expected, 1) / 5);
  const frame = { x: [0, NEURONS], y: [0, top], height: 140, ticks: { x: [], y: [0, top] } };
  plot(find('[data-plot="counts"]'), { ...frame, alt: say("dropout_counts_alt", { told: text }) }, (at) => [
    ...counts.flatMap((count, neuron) => drawBar(at, count, neuron)),
    line(at.x(0), at.y(expected), at.x(NEURONS), at.y(expected), "expected"),
  ]);
  put("counts", text);
};

export const dropout = (parts, say) => {
  const { find, put, show, slider, read, choose, onClick } = parts;
  let isTraining = true;
  let silent = []; // of each neuron, whether it is
  let counts = [];
  let draws = 0;
  const share = () => read("dropout_share") / 100;

  const drawLots = () => {
    silent = range(NEURONS).map(() => Math.random() < share());
    counts = counts.map((count, at) => count + (silent[at] ? 1 : 0));
    draws += 1;
  };
  const restart = () => {
    counts = Array(NEURONS).fill(0);
    draws = 0;
    drawLots();
  };

  const draw = () => {
    const shown = isTraining ? silent : Array(NEURONS).fill(false);
    const left = shown.filter((isSilent) => !isSilent).length;
    const scale = 1 / (1 - share());
    const values = { silent: NEURONS - left, left, scale: number(scale, 2), total: number(left * scale, 1) };
    show("dropout_share", percent(share()));
    drawNeurons(parts, say, shown);
    put("told", isTraining ? say("dropout_told", values) : say("dropout_told_prediction"));
    put("why", isTraining ? say("dropout_why", values) : "");
    for (const action of ["draw", "hundred"]) find(`[data-do="${action}"]`).disabled = !isTraining;
    drawCounts(parts, say, counts, draws, share());
  };

  slider("dropout_share").addEventListener("input", () => {
    restart();
    draw();
  });
  onClick("mode", (mode) => {
    isTraining = mode === "training";
    choose("mode", mode);
    draw();
  });
  onClick("do", (action) => {
    for (let time = 0; time < (action === "hundred" ? 100 : 1); time += 1) drawLots();
    draw();
  });
  restart();
  return draw;
};
