// Activation: a point on the curves of ReLU and sigmoid; two neurons and their sum, which bends with ReLU only.
const { panel, find, out, press, onClick, dial, show } = concept("activation");
const FUNCTIONS = { relu: (x) => Math.max(0, x), sigmoid: (x) => 1 / (1 + Math.exp(-x)) };
const CURVES = { relu: { y: [0, 6], ticks: [0, 2, 4, 6] }, sigmoid: { y: [0, 1], ticks: [0, 0.5, 1] } };
const REACH = 5; // of x, for the pair
let rectify = true;
const scales = {};

const drawCurve = (name) => {
  const f = FUNCTIONS[name], { y, ticks } = CURVES[name], x = Number(dial("activation_x").value);
  const values = { x: brief(x), y: atelier.number(f(x), 2) };
  const frame = { x: [-6, 6], y, height: 190, ticks: { x: [-6, -3, 0, 3, 6], y: ticks }, alt: say(`activation_${name}_alt`, values) };
  scales[name] = plot(find(`[data-plot="${name}"]`), frame, (at) =>
    stroke(at.x(x), at.y(0), at.x(x), at.y(f(x)), "guide") +
    stroke(at.x(-6), at.y(f(x)), at.x(x), at.y(f(x)), "guide") +
    curve(at, f, [-6, 6], y, "line") + dot(at.x(x), at.y(f(x)), "here"));
  out(name, say(`activation_${name}_told`, values));
};

const neurons = () =>
  ["first", "second"].map((name) => ({ name, slope: Number(dial(`activation_slope_${name}`).value), offset: Number(dial(`activation_offset_${name}`).value) }));
const output = ({ slope, offset }) => (x) => (rectify ? FUNCTIONS.relu(slope * x + offset) : slope * x + offset);

const told = (pair) => {
  if (!rectify) {
    const slope = pair[0].slope + pair[1].slope, offset = pair[0].offset + pair[1].offset;
    return say("activation_line", { slope: brief(slope), sign: offset < -1e-9 ? "\u2212" : "+", offset: brief(Math.abs(offset)) });
  }
  const bends = pair.filter(({ slope }) => Math.abs(slope) > 1e-9).map(({ slope, offset }) => -offset / slope).filter((x) => Math.abs(x) < REACH);
  const places = [...new Set(bends.sort((a, b) => a - b).map(brief))];
  return places.length ? say("activation_bend", { places: places.join(say("activation_and")) }) : say("activation_no_bend");
};

const drawPair = () => {
  const pair = neurons(), sentence = told(pair);
  const parts = pair.map(output), sum = (x) => parts[0](x) + parts[1](x);
  const y = [-4, 8];
  const frame = { x: [-REACH, REACH], y, height: 270, ticks: { x: [-4, -2, 0, 2, 4], y: [-4, 0, 4, 8] }, alt: say("activation_pair_alt", { told: sentence }) };
  plot(find('[data-plot="pair"]'), frame, (at) =>
    curve(at, parts[0], [-REACH, REACH], y, "thin") + curve(at, parts[1], [-REACH, REACH], y, "thin dashed") + curve(at, sum, [-REACH, REACH], y, "line") + legend(at));
  out("pair", sentence);
};
const legend = (at) =>
  [["thin", "first"], ["thin dashed", "second"], ["line", "both"]]
    .map(([kind, name], row) => stroke(at.x(-REACH) + 8, 20 + 18 * row, at.x(-REACH) + 34, 20 + 18 * row, kind) + label(at.x(-REACH) + 40, 24 + 18 * row, say(`activation_${name}`), "start", "name"))
    .join("");

const draw = () => {
  panel.querySelectorAll('input[type="range"]').forEach((input) => show(input.dataset.in, brief(Number(input.value))));
  Object.keys(FUNCTIONS).forEach(drawCurve);
  drawPair();
};
drawings.activation = draw;
panel.addEventListener("input", draw);
onClick("mode", (mode) => {
  rectify = mode === "relu";
  press("mode", mode);
  draw();
});
for (const name of Object.keys(FUNCTIONS))
  drag(find(`[data-plot="${name}"]`), (pixel) => {
    dial("activation_x").value = scales[name].valueOf(pixel);
    draw();
  });
