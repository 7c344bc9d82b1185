// Convolution: a 3 x 3 window over the image, nine pixels times nine weights, and the map that this makes.

import { bytesOf } from "../../js/base64.js";
import { number } from "../../js/format.js";
import { drag } from "../../js/pointer.js";
import { sayFrom } from "../../js/sentences.js";
import { between, paint, placeFrame, shadeCell } from "./canvas.js";
import { brief, panelOf, playerIn } from "./concept_panel.js";
import { followPicture } from "./picture.js";

const SIDE = 56; // of the image
const MAP = SIDE - 2; // and of its map
const LARGEST = 99; // weight
const NINE = Array.from({ length: 9 }, (_, at) => at);
const MINUS = "\u2212";
const PAUSES = { pixel: 70, row: 90 }; // milliseconds
const ARROWS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  Home: [0, -MAP],
  End: [0, MAP],
  PageUp: [-6, 0],
  PageDown: [6, 0],
};

const sumOf = (numbers) => numbers.reduce((total, value) => total + value, 0);

// "0,5", "0.5", "-1" or "1/9"; anything else counts as 0.
const weightOf = (text) => {
  const [top, bottom = "1"] = text
    .trim()
    .replace(/[\u2212\u2013]/g, "-")
    .replace(",", ".")
    .split("/");
  const value = top === "" || bottom === "" ? 0 : Number(top) / Number(bottom);
  return Number.isFinite(value) ? between(-LARGEST, value, LARGEST) : 0;
};

const patchAt = (levels, row, column) =>
  NINE.map((at) => levels[(row + Math.floor(at / 3)) * SIDE + column + (at % 3)]);

const convolve = (levels, weights) => {
  const map = new Float64Array(MAP * MAP);
  for (let row = 0; row < MAP; row += 1)
    for (let column = 0; column < MAP; column += 1)
      for (let at = 0; at < 9; at += 1)
        map[row * MAP + column] += levels[(row + Math.floor(at / 3)) * SIDE + column + (at % 3)] * weights[at];
  return map;
};

// From a value to a gray level: around middle gray if there are negative values, else from black up.
const shadesOf = (say, map, isRectified) => {
  const [low, high] = [Math.min(...map), Math.max(...map)];
  const most = Math.max(Math.abs(low), Math.abs(high), 1);
  if (low < -1e-9) {
    const legend = say("convolution_legend_signed", { low: number(-most), high: number(most) });
    return { gray: (value) => 127.5 + (127.5 * value) / most, legend };
  }
  const top = isRectified ? most : Math.max(255, most);
  return { gray: (value) => (255 * value) / top, legend: say("convolution_legend", { high: number(top) }) };
};

// Short enough for a small cell: one decimal at most, no thousands separator.
const tight = (value) => brief(Math.round(10 * value) / 10).replace(/[\u00a0](?=\d)|,(?=\d{3})/g, "");

const LONG = 5; // characters that fit a small cell at its usual size

const showProducts = (cells, products) =>
  cells.forEach((cell, at) => {
    cell.textContent = tight(products[at]);
    cell.classList.toggle("long", cell.textContent.length > LONG);
  });

const showPatch = (cells, pixels) =>
  cells.forEach((cell, at) => {
    cell.textContent = pixels[at];
    Object.assign(cell.style, shadeCell(pixels[at]));
  });

const presetOf = (buttons, weights) => {
  const isThis = ({ dataset }) => dataset.kernel.split(" ").every((text, at) => weightOf(text) === weights[at]);
  return [...buttons].find(isThis)?.dataset.name;
};

// What the kernel answers to: the end of a sentence's key.
const reactionOf = (preset, weights) => {
  if (weights.every((weight) => weight === 0)) return "zero";
  if (preset) return preset;
  if (weights.every((weight) => weight >= 0) || weights.every((weight) => weight <= 0)) return "average";
  return Math.abs(sumOf(weights)) < 1e-9 ? "change" : "mixed";
};

// A walk over the map that draws it as it goes: the first row pixel by pixel, then a row at a time.
const walkerOver = (parts, say, view) => {
  const sum = parts.find(".sum");
  let slowRow = 0;

  const stepOn = () => {
    const next = (view.row * MAP + view.column + 1) % (MAP * MAP);
    view.move(Math.floor(next / MAP), next % MAP);
  };
  const walkOn = () => {
    if (view.row > slowRow) view.move(view.row + 1, MAP - 1);
    else stepOn();
    view.light(view.row * MAP + view.column + 1);
    return view.isWhole() ? 0 : PAUSES[view.row > slowRow ? "row" : "pixel"];
  };
  const player = playerIn(parts, say, walkOn, () => {
    sum.setAttribute("aria-live", "polite");
    view.light(MAP * MAP);
  });

  const play = () => {
    if (player.isPlaying()) return player.stop();
    if (view.row === MAP - 1 || view.column === MAP - 1) view.goTo(0, 0);
    slowRow = view.row;
    view.lit = view.row * MAP + view.column;
    sum.setAttribute("aria-live", "off");
    player.start();
  };
  return { play, stepOn, stop: player.stop };
};

export const mount = ({ element }) => {
  const say = sayFrom(element.querySelector(".concepts"), "say");
  const parts = panelOf(element.querySelector("[data-panel]"));
  const { panel, find, put, choose, onClick } = parts;
  const fields = [...panel.querySelectorAll("[data-weight]")];
  const presets = panel.querySelectorAll("[data-kernel]");
  const slider = find("[data-window]");
  let levels = new Uint8Array(SIDE * SIDE);
  let sums = new Float64Array(MAP * MAP); // of each place of the map

  const weightsNow = () => fields.map((field) => weightOf(field.value));
  const isRectified = () => find('[data-in="rectify"]').checked;
  const rectified = (value) => (isRectified() ? Math.max(0, value) : value);

  const showSum = (sum, { gray }, place) => {
    const light = Math.round(gray(rectified(sum)));
    put("sum", say(rectified(sum) === sum ? "convolution_sum" : "convolution_rectified", { sum: brief(sum) }));
    find('[data-out="light"]').style.background = `rgb(${light},${light},${light})`;
    put("lights", say("convolution_lights", { place }));
  };

  const showWindow = (shades, weights) => {
    const { row, column } = view;
    const pixels = patchAt(levels, row, column);
    const place = say("convolution_place", { row: row + 1, column: column + 1 });
    showPatch(find('[data-nine="patch"]').childNodes, pixels);
    const products = pixels.map((pixel, at) => pixel * weights[at]);
    showProducts(find('[data-nine="products"]').childNodes, products);
    showSum(sums[row * MAP + column], shades, place);
    slider.setAttribute("aria-valuenow", row * MAP + column);
    slider.setAttribute("aria-valuetext", place);
    placeFrame(find('[data-frame="image"]'), [SIDE, SIDE], [row, column], [3, 3]);
    placeFrame(find('[data-frame="map"]'), [MAP, MAP], [row, column], [1, 1]);
  };

  const showKernel = (weights) => {
    const preset = presetOf(presets, weights);
    put("reacts", say(`convolution_reacts_${reactionOf(preset, weights)}`, { sum: brief(sumOf(weights)) }));
    choose("name", preset);
  };

  const draw = () => {
    const weights = weightsNow();
    sums = convolve(levels, weights);
    const map = Array.from(sums, rectified);
    const shades = shadesOf(say, map, isRectified());
    paint(find('[data-canvas="image"]'), [SIDE, SIDE], levels);
    paint(find('[data-canvas="map"]'), [MAP, MAP], map.map(shades.gray), view.lit);
    put("legend", shades.legend);
    find("[data-map]").setAttribute("aria-label", say("convolution_map_alt", { legend: shades.legend }));
    showKernel(weights);
    showWindow(shades, weights);
  };

  // Where the window stands, and how many pixels of the map are painted; fewer while it plays.
  const view = {
    row: 0,
    column: 0,
    lit: MAP * MAP,
    goTo: (row, column) => {
      view.row = between(0, row, MAP - 1);
      view.column = between(0, column, MAP - 1);
    },
    move: (row, column) => {
      view.goTo(row, column);
      draw();
    },
    light: (count) => {
      view.lit = count;
      draw();
    },
    isWhole: () => view.lit >= MAP * MAP,
  };
  const walker = walkerOver(parts, say, view);

  const goToStrongest = () => {
    const at = sums.reduce((best, value, now) => (value > sums[best] ? now : best), 0);
    view.move(Math.floor(at / MAP), at % MAP);
  };
  // The pixel under a pointer, in the middle of a window of this size.
  const point = (side, size) => (across, down, box) => {
    walker.stop();
    const pixelAt = (pixels, length) => Math.floor((pixels / length) * side) - (size - 1) / 2;
    view.move(pixelAt(down, box.height), pixelAt(across, box.width));
  };

  onClick("kernel", (weights) => {
    weights.split(" ").forEach((weight, at) => {
      fields[at].value = weight.replace("-", MINUS);
    });
    draw();
  });
  onClick("do", (action) => {
    if (action === "play") return walker.play();
    walker.stop();
    if (action === "step") walker.stepOn();
    if (action === "strongest") goToStrongest();
  });
  panel.addEventListener("input", draw);
  // What is counted stands in the field once it is left.
  panel.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-weight]")) return;
    const value = weightOf(target.value);
    if (!target.value.includes("/") || value === 0) target.value = brief(value);
    draw();
  });
  slider.addEventListener("keydown", (event) => {
    const by = ARROWS[event.key];
    if (!by) return;
    event.preventDefault();
    walker.stop();
    view.move(view.row + by[0], view.column + by[1]);
  });
  drag(slider, point(SIDE, 3));
  drag(find("[data-map]"), point(MAP, 1));

  draw();
  followPicture(({ pixels, told: caption, badge, refused }) => {
    walker.stop();
    levels = bytesOf(pixels);
    put("told", caption);
    for (const place of panel.querySelectorAll('[data-out="badge"]')) {
      place.hidden = !badge;
      place.textContent = badge;
    }
    put("refused", refused);
    find('[data-out="refused"]').hidden = !refused;
    draw();
    goToStrongest();
  });
};
