// Convolution: a 3 x 3 window over the image, nine pixels times nine weights, and the map that this makes.
const { panel, find, out, press, onClick } = concept("convolution");
const SIDE = 56;
const MAP = SIDE - 2;
const LARGEST = 99; // weight
const fields = [...panel.querySelectorAll("[data-weight]")];
const slider = find("[data-window]");
let levels = new Uint8Array(SIDE * SIDE);
let row = 0, column = 0;
let lit = MAP * MAP; // how many pixels of the map are painted; fewer while it plays

// "0,5", "0.5", "-1" or "1/9"; anything else counts as 0.
const weightOf = (text) => {
  const [top, bottom = "1"] = text.trim().replace(/[\u2212\u2013]/g, "-").replace(",", ".").split("/");
  const value = top === "" || bottom === "" ? 0 : Number(top) / Number(bottom);
  return Number.isFinite(value) ? Math.max(-LARGEST, Math.min(LARGEST, value)) : 0;
};
const kernel = () => fields.map((field) => weightOf(field.value));
const patchAt = (r, c) => Array.from({ length: 9 }, (_, at) => levels[(r + Math.floor(at / 3)) * SIDE + c + (at % 3)]);
const rectified = (value) => (find('[data-in="rectify"]').checked ? Math.max(0, value) : value);

const convolve = () => {
  const weights = kernel();
  const map = new Float64Array(MAP * MAP);
  for (let r = 0; r < MAP; r += 1)
    for (let c = 0; c < MAP; c += 1)
      for (let at = 0; at < 9; at += 1) map[r * MAP + c] += levels[(r + Math.floor(at / 3)) * SIDE + c + (at % 3)] * weights[at];
  Object.assign(response, { map, side: MAP });
};

// From a value to a gray level: around middle gray if there are negative values, else from black up.
const scale = () => {
  const shown = response.map.map(rectified);
  const low = Math.min(...shown), high = Math.max(...shown);
  const most = Math.max(Math.abs(low), Math.abs(high), 1);
  if (low < -1e-9) return { gray: (value) => 127.5 + (127.5 * value) / most, legend: say("convolution_legend_signed", { low: atelier.number(-most), high: atelier.number(most) }) };
  const top = find('[data-in="rectify"]').checked ? most : Math.max(255, most);
  return { gray: (value) => (255 * value) / top, legend: say("convolution_legend", { high: atelier.number(top) }) };
};

const paint = (name, side, grays, count) => {
  const context = find(`[data-canvas="${name}"]`).getContext("2d");
  const picture = context.createImageData(side, side);
  grays.slice(0, count).forEach((gray, at) => picture.data.set([gray, gray, gray, 255], 4 * at));
  context.putImageData(picture, 0, 0);
};

const frame = (name, side, size) => {
  const share = 100 / side;
  Object.assign(find(`[data-frame="${name}"]`).style, { left: `${column * share}%`, top: `${row * share}%`, width: `${size * share}%`, height: `${size * share}%` });
};
const cell = (gray) => `background:rgb(${gray},${gray},${gray});color:${gray > 120 ? "#000" : "#fff"}`;
// Short enough for a small cell: one decimal at most, no thousands separator.
const tight = (value) => brief(Math.round(10 * value) / 10).replace(/[\u00a0](?=\d)|,(?=\d{3})/g, "");

const drawWindow = ({ gray }) => {
  const pixels = patchAt(row, column), weights = kernel();
  const sum = response.map[row * MAP + column];
  find('[data-nine="patch"]').childNodes.forEach((span, at) => {
    span.textContent = pixels[at];
    span.style.cssText = cell(pixels[at]);
  });
  find('[data-nine="products"]').childNodes.forEach((span, at) => (span.textContent = tight(pixels[at] * weights[at])));
  const place = say("convolution_place", { row: row + 1, column: column + 1 });
  out("sum", say(rectified(sum) === sum ? "convolution_sum" : "convolution_rectified", { sum: brief(sum) }));
  find('[data-out="light"]').style.background = `rgb(${Array(3).fill(Math.round(gray(rectified(sum)))).join()})`;
  out("lights", say("convolution_lights", { place }));
  slider.setAttribute("aria-valuenow", row * MAP + column);
  slider.setAttribute("aria-valuetext", place);
  frame("image", SIDE, 3);
  frame("map", MAP, 1);
};

const presetOf = (weights) =>
  [...panel.querySelectorAll("[data-kernel]")].find((button) => button.dataset.kernel.split(" ").every((text, at) => weightOf(text) === weights[at]))?.dataset.name;
const reaction = (weights) => {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.every((weight) => weight === 0)) return "zero";
  if (presetOf(weights)) return presetOf(weights);
  if (weights.every((weight) => weight >= 0) || weights.every((weight) => weight <= 0)) return "average";
  return Math.abs(sum) < 1e-9 ? "change" : "mixed";
};

const draw = () => {
  const weights = kernel();
  convolve();
  const shades = scale();
  paint("image", SIDE, levels, levels.length);
  paint("map", MAP, Array.from(response.map, (value) => shades.gray(rectified(value))), lit);
  out("legend", shades.legend);
  find("[data-map]").setAttribute("aria-label", say("convolution_map_alt", { legend: shades.legend }));
  out("reacts", say(`convolution_reacts_${reaction(weights)}`, { sum: brief(weights.reduce((total, weight) => total + weight, 0)) }));
  press("name", presetOf(weights));
  drawWindow(shades);
};
drawings.convolution = draw;

const move = (r, c) => {
  row = Math.max(0, Math.min(MAP - 1, r));
  column = Math.max(0, Math.min(MAP - 1, c));
  draw();
};
const stepOn = () => {
  const next = (row * MAP + column + 1) % (MAP * MAP);
  move(Math.floor(next / MAP), next % MAP);
  return next;
};
const strongest = () => {
  const at = response.map.reduce((best, value, now) => (value > response.map[best] ? now : best), 0);
  move(Math.floor(at / MAP), at % MAP);
};

// The first line pixel by pixel, then a line at a time.
let slowRow = 0;
const live = panel.querySelector(".sum");
const paintOn = () => {
  if (row > slowRow) move(row + 1, MAP - 1);
  else stepOn();
  lit = row * MAP + column + 1;
  draw();
  return lit < MAP * MAP && (row > slowRow ? 90 : 70);
};
const { start, stop, playing } = player(panel, paintOn, () => {
  lit = MAP * MAP;
  live.setAttribute("aria-live", "polite");
  draw();
});
const play = () => {
  if (playing()) return stop();
  if (row === MAP - 1 || column === MAP - 1) row = column = 0;
  slowRow = row;
  lit = row * MAP + column;
  live.setAttribute("aria-live", "off");
  start();
};

onClick("kernel", (weights) => {
  weights.split(" ").forEach((weight, at) => (fields[at].value = weight.replace("-", "\u2212")));
  draw();
});
onClick("do", (what) => {
  if (what === "play") return play();
  stop();
  if (what === "step") stepOn();
  if (what === "strongest") strongest();
});
panel.addEventListener("input", draw);
// What is counted stands in the field once it is left.
panel.addEventListener("change", (event) => {
  if (!event.target.matches("[data-weight]")) return;
  const value = weightOf(event.target.value);
  if (!event.target.value.includes("/") || value === 0) event.target.value = brief(value);
  draw();
});
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -MAP], End: [0, MAP], PageUp: [-6, 0], PageDown: [6, 0] };
slider.addEventListener("keydown", (event) => {
  const by = ARROWS[event.key];
  if (!by) return;
  event.preventDefault();
  stop();
  move(row + by[0], column + by[1]);
});
const point = (side, size) => (x, y, box) => {
  stop();
  move(Math.floor((y / box.height) * side) - (size - 1) / 2, Math.floor((x / box.width) * side) - (size - 1) / 2);
};
drag(slider, point(SIDE, 3));
drag(find("[data-map]"), point(MAP, 1));

// The picture, sent by the server in a component of its own.
const read = () => {
  const source = document.querySelector("[data-pixels]");
  if (!source) return;
  stop();
  levels = atelier.bytes(source.dataset.pixels);
  out("told", source.dataset.told);
  panel.querySelectorAll('[data-out="badge"]').forEach((badge) => {
    badge.hidden = !source.dataset.badge;
    badge.textContent = source.dataset.badge;
  });
  out("refused", source.dataset.refused);
  find('[data-out="refused"]').hidden = !source.dataset.refused;
  convolve();
  strongest();
};
document.addEventListener("concept-picture", read);
draw();
read();
