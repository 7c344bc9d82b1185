// The network's own convolution over the current image: its kernels and their maps, and at one place of a map the sum
// unfolded. unfold.js computes, this draws.

import { number } from "../../js/format.js";
import { escapeHtml } from "../../js/markup.js";
import { drag } from "../../js/pointer.js";
import { sayFrom } from "../../js/sentences.js";
import { press, widget } from "../../js/widget.js";
import { between, graysOf, paintNumbers, placeFrame, shadeCell } from "./canvas.js";
import { followKernels } from "./kernels_source.js";
import { announceMap } from "./network_map.js";
import { cornerOf, mapOf, normalise, outermostCorner, passOn, readConvolution, unfoldAt } from "./unfold.js";

const DIGITS = 3; // of a sum
const SHOWN_CHANNELS = 4;
const FAR = 8; // places that a page key moves
const KEYS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  Home: [0, -Number.MAX_SAFE_INTEGER],
  End: [0, Number.MAX_SAFE_INTEGER],
  PageUp: [-FAR, 0],
  PageDown: [FAR, 0],
};

const times = ([rows, columns]) => `${rows}\u00a0×\u00a0${columns}`;

// The cells of a grid, written at once: of each its number as text and its gray level; null lies outside. `terms` are
// what stands over a number where there is no room for grids side by side.
const fillCells = (place, [, columns], numbers, { gray }, digits, terms = () => "") => {
  place.style.setProperty("--columns", columns);
  place.dataset.columns = columns;
  const cell = (value, at) => {
    if (value === null) return '<span class="outside">0</span>';
    const { background, color } = shadeCell(gray(value));
    return `<span style="background:${background};color:${color}">${terms(at)}${number(value, digits)}</span>`;
  };
  place.innerHTML = numbers.map(cell).join("");
};

const strongestIn = (map) => map.reduce((best, value, at) => (value > map[best] ? at : best), 0);

// Whether a kernel lies on the input with all its numbers, at this place of the map.
const liesInside = (convolution, filter, place) => {
  const columns = convolution.size[1];
  const corner = cornerOf(convolution, Math.floor(place / columns), place % columns);
  return corner.every((start, axis) => {
    const last = start + (filter.kernel[axis] - 1) * convolution.dilation[axis];
    return start >= 0 && last < convolution.given.size[axis];
  });
};

// One of the channels that a filter sees, with its patch, its kernel and their sum.
const channelMarkup = (say, { channel, sum }, at) =>
  `<figure data-channel="${at}"><div class="pixels"><canvas></canvas><i></i></div>` +
  `<div class="numbers"></div><b>×</b><div class="numbers"></div>` +
  `<figcaption>${escapeHtml(say("channel", { number: channel + 1 }))}<small>${escapeHtml(say("partial", { sum: number(sum, DIGITS) }))}</small></figcaption></figure>`;

export const mount = ({ element, trigger }) => {
  const { find, findAll, put } = widget(element);
  const root = find(".kernels");
  const say = sayFrom(root, "say");
  const mapPlace = find("[data-map]");
  const at = { convolution: 0, filter: 0, row: 0, column: 0 };
  let convolutions = [];
  let maps = []; // of the convolution that is shown, one for each filter
  let chosen = {}; // by convolution, the number of the filter that the visitor chose

  const convolution = () => convolutions[at.convolution];
  const filter = () => convolution().filters[at.filter];
  const isOne = () => filter().channels.length === 1;

  // The sum, and what it is made of, at the place that is pointed at.

  const showPlace = () => {
    const { row, column } = at;
    const place = say("place", { row: row + 1, column: column + 1 });
    const [rows, columns] = convolution().size;
    mapPlace.setAttribute("aria-valuemax", rows * columns - 1);
    mapPlace.setAttribute("aria-valuenow", row * columns + column);
    mapPlace.setAttribute("aria-valuetext", place);
    placeFrame(find('[data-frame="map"]'), [rows, columns], [row, column], [1, 1]);
    put("equals", say("equals", { place }));
  };

  const showSum = ({ channels, sum, value, outside }) => {
    const { bias } = filter();
    const [height, width] = filter().kernel;
    const key = `${isOne() ? "sum" : "sum_many"}${bias ? "_bias" : ""}`;
    const write = (some) => number(some, DIGITS);
    const count = isOne() ? height * width : channels.length;
    put("sum", say(key, { count, sum: write(sum), bias: write(bias), value: write(value) }));
    put("outside", outside ? say("outside", { outside, count: height * width }) : "");
    put("after", after(value));
  };

  // What the layers behind it make of the sum.
  const after = (value) => {
    const { scale, offset } = filter();
    const normalised = normalise(filter(), value);
    const { rectified, ceiling } = convolution();
    const isCapped = ceiling !== null && normalised > ceiling;
    const passed = isCapped ? "capped" : normalised > 0 ? "passed" : "silent";
    const capped = { ceiling: number(ceiling ?? 0, 0) };
    if (scale === null) return rectified ? say(`after_relu_${passed}`, capped) : "";
    const values = {
      ...capped,
      scale: number(scale, 2),
      sign: offset < 0 ? "\u2212" : "+",
      offset: number(Math.abs(offset), 2),
      normalised: number(normalised, 2),
    };
    return say(rectified ? `after_both_${passed}` : "after_normalised", values);
  };

  const frameOf = () => {
    const { kernel } = filter();
    const { dilation } = convolution();
    return [0, 1].map((axis) => (kernel[axis] - 1) * dilation[axis] + 1);
  };
  const showFrame = (frame) => {
    const corner = cornerOf(convolution(), at.row, at.column);
    placeFrame(frame, convolution().given.size, corner, frameOf());
  };

  const grayOfGiven = () =>
    convolution().given.isImage ? { gray: (value) => 255 * value } : graysOf(convolution().given.numbers);

  const showOne = ({ channels: [one] }) => {
    const { kernel } = filter();
    const cells = (name) => find(`[data-cells="${name}"]`);
    fillCells(cells("patch"), kernel, one.patch, grayOfGiven(), 2);
    fillCells(cells("kernel"), kernel, one.kernel, graysOf(filter().numbers), 2);
    const terms = (cell) => `<em>${number(one.patch[cell] ?? 0, 2)}</em><em>× ${number(one.kernel[cell], 2)}</em>`;
    fillCells(cells("products"), kernel, one.products, graysOf(one.products), DIGITS, terms);
    put("products", say("cells", { count: one.products.length }));
    showFrame(find('[data-frame="image"]'));
  };

  const numbersOfChannel = (channel) => {
    const { numbers, size } = convolution().given;
    return Float64Array.from({ length: size[0] * size[1] }, (_, place) => numbers[place * size[2] + channel]);
  };

  const showMany = ({ channels }) => {
    const strongest = [...channels].sort((one, other) => Math.abs(other.sum) - Math.abs(one.sum));
    const shown = strongest.slice(0, SHOWN_CHANNELS);
    const rest = strongest.slice(SHOWN_CHANNELS);
    const place = find("[data-channels]");
    const given = grayOfGiven();
    const weights = graysOf(filter().numbers);
    place.innerHTML = shown.map((one, index) => channelMarkup(say, one, index)).join("");
    shown.forEach((one, index) => {
      const figure = place.querySelector(`[data-channel="${index}"]`);
      const [patch, kernel] = figure.querySelectorAll(".numbers");
      paintNumbers(figure.querySelector("canvas"), convolution().given.size, numbersOfChannel(one.channel), given);
      showFrame(figure.querySelector("i"));
      fillCells(patch, filter().kernel, one.patch, given, 2);
      fillCells(kernel, filter().kernel, one.kernel, weights, 2);
    });
    put("channels", say("channels", { count: channels.length, shown: shown.length }));
    const sum = rest.reduce((total, one) => total + one.sum, 0);
    put("rest", rest.length ? say("rest", { count: rest.length, sum: number(sum, DIGITS) }) : "");
  };

  const showUnfolded = () => {
    const unfolded = unfoldAt(convolution(), filter(), at.row, at.column);
    showPlace();
    showSum(unfolded);
    if (isOne()) showOne(unfolded);
    else showMany(unfolded);
  };

  const goTo = (row, column) => {
    const [rows, columns] = convolution().size;
    at.row = between(0, row, rows - 1);
    at.column = between(0, column, columns - 1);
    showUnfolded();
  };
  const goToStrongest = (mayStandOut) => {
    const place = strongestIn(
      maps[at.filter].map((value, here) =>
        mayStandOut || liesInside(convolution(), filter(), here) ? passOn(convolution(), filter(), value) : -Infinity,
      ),
    );
    const columns = convolution().size[1];
    goTo(Math.floor(place / columns), place % columns);
  };

  // The chosen filter: its map beside the image.

  const showFilter = () => {
    const map = maps[at.filter];
    const values = { number: filter().number + 1, size: times(convolution().size) };
    const shades = graysOf(map);
    press(findAll("[data-filter]"), ({ dataset }) => Number(dataset.filter) === at.filter);
    paintNumbers(find('[data-canvas="map"]'), convolution().size, map, shades);
    put("map", say("map_caption", values));
    put("legend", say("legend", { low: number(-shades.most, 2), high: number(shades.most, 2) }));
    mapPlace.setAttribute("aria-label", say("map_of", values));
    root.classList.toggle("is-one", isOne());
    announceMap({
      map: map.map((value) => passOn(convolution(), filter(), value)),
      size: convolution().size,
      name: say(convolution().rectified ? "filter_rectified" : "filter_of", {
        number: filter().number + 1,
        layer: convolution().title,
      }),
    });
  };
  const chooseFilter = (index) => {
    at.filter = index;
    showFilter();
    showUnfolded();
  };

  // All filters of a convolution, each a button with its kernel and its map.

  const showFilters = () => {
    const { filters, size, allFilters } = convolution();
    const button = (one, index) =>
      `<button type="button" data-filter="${index}" aria-pressed="false"><canvas class="kernel"></canvas>` +
      `<canvas class="map"></canvas><span>${escapeHtml(say("filter", { number: one.number + 1 }))}</span></button>`;
    find("[data-filters]").innerHTML = filters.map(button).join("");
    findAll("[data-filter]").forEach((place, index) => {
      const [kernel, map] = place.querySelectorAll("canvas");
      const one = filters[index];
      // Of many channels the one whose weights are the largest.
      paintNumbers(kernel, one.kernel, kernelShown(one), graysOf(one.numbers));
      paintNumbers(map, size, maps[index]);
    });
    put("filters", say("filters", { shown: filters.length, all: allFilters }));
  };
  const kernelShown = ({ numbers, kernel: [rows, columns], channels }) => {
    const of = channels.map((_, seen) =>
      Array.from({ length: rows * columns }, (_, cell) => numbers[cell * channels.length + seen]),
    );
    const size = (weights) => weights.reduce((total, weight) => total + Math.abs(weight), 0);
    return of.reduce((best, weights) => (size(weights) > size(best) ? weights : best));
  };

  const showGiven = () => {
    const { given } = convolution();
    if (given.size[2] !== 1) return;
    const canvas = find('[data-canvas="image"]');
    const caption = say(given.isImage ? "image_caption" : "given_caption", { size: times(given.size) });
    paintNumbers(canvas, given.size, given.numbers, grayOfGiven());
    canvas.setAttribute("aria-label", caption);
    put("given", caption);
  };

  const showWhich = () => {
    const button = (one, index) => {
      const looks = one.given.isImage ? say("looks_image") : say("looks_maps", { count: one.given.size[2] });
      return `<button type="button" class="plain" data-convolution="${index}" aria-pressed="${index === at.convolution}"><b>${escapeHtml(one.title)}</b> <small>${escapeHtml(looks)}</small></button>`;
    };
    const place = find("[data-which]");
    place.hidden = convolutions.length < 2;
    place.innerHTML = convolutions.map(button).join("");
  };

  const chooseConvolution = (index) => {
    at.convolution = index;
    maps = convolution().filters.map((one) => mapOf(convolution(), one));
    press(findAll("[data-convolution]"), ({ dataset }) => Number(dataset.convolution) === index);
    showFilters();
    showGiven();
    const before = convolution().filters.findIndex((one) => one.number === chosen[convolution().title]);
    at.filter = Math.max(0, before);
    showFilter();
    goToStrongest(false); // the edge is for later
  };

  const show = (sent) => {
    root.hidden = !sent;
    if (!sent) return;
    convolutions = JSON.parse(sent.convolutions).map(readConvolution);
    at.convolution = Math.min(at.convolution, convolutions.length - 1);
    const badge = find('[data-out="badge"]');
    badge.hidden = !sent.badge;
    badge.textContent = sent.badge;
    showWhich();
    chooseConvolution(at.convolution);
  };

  element.addEventListener("click", ({ target }) => {
    const { filter: index, convolution: which, go } = target.closest("button")?.dataset ?? {};
    if (which) chooseConvolution(Number(which));
    if (go === "strongest") goToStrongest(true);
    if (go === "corner") goTo(...outermostCorner(convolution(), filter()));
    if (!index) return;
    chooseFilter(Number(index));
    chosen = { ...chosen, [convolution().title]: filter().number };
  });
  drag(mapPlace, (across, down, box) => {
    const [rows, columns] = convolution().size;
    goTo(Math.floor((down / box.height) * rows), Math.floor((across / box.width) * columns));
  });
  mapPlace.addEventListener("keydown", (event) => {
    const by = KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    goTo(at.row + by[0], at.column + by[1]);
  });
  followKernels(show);
  trigger("apply", {});
};
