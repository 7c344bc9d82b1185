// Pooling: the map that was chosen above before and after it, and of 36 of its numbers, brought to digits, the largest and
// the average of each 2 x 2 block, and what a shift changes.

import { drag } from "../../js/pointer.js";
import { sayFrom } from "../../js/sentences.js";
import { between, paintNumbers, placeFrame, shadeCell } from "./canvas.js";
import { brief, panelOf } from "./concept_panel.js";
import { followMap } from "./network_map.js";
import { poolLargest } from "./unfold.js";

const SIDE = 6;
const BLOCKS = 9;
const FIRST = ["001000", "820030", "000060", "309000", "000050", "410021"].join("").split("").map(Number);
const LARGEST_SHIFT = 2;
const FEWEST_ANSWERS = 8; // of a place of the convolution's map that is worth taking
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const sumOf = (numbers) => numbers.reduce((total, number) => total + number, 0);
const POOLINGS = { max: (numbers) => Math.max(...numbers), average: (numbers) => sumOf(numbers) / 4 };

const rowOf = (cell) => Math.floor(cell / SIDE);
const blockOf = (cell) => Math.floor(rowOf(cell) / 2) * 3 + Math.floor((cell % SIDE) / 2);
const firstCellOf = (block) => Math.floor(block / 3) * 2 * SIDE + (block % 3) * 2;
const blocksOf = (numbers) =>
  Array.from({ length: BLOCKS }, (_, block) => numbers.filter((_number, cell) => blockOf(cell) === block));
const pool = (kind, numbers) => blocksOf(numbers).map(POOLINGS[kind]);
const shifted = (grid, by) => grid.map((_, cell) => (cell % SIDE < by ? 0 : grid[cell - by]));
const countChanged = (before, after) => after.filter((number, at) => number !== before[at]).length;

// A cell as dark as its number is small.
const shade = (number) => shadeCell(20 + (number / 9) * 225);

const showGrid = (cells, numbers) => {
  cells.forEach((input, cell) => {
    if (input.value !== String(numbers[cell])) input.value = numbers[cell];
    Object.assign(input.style, shade(numbers[cell]));
  });
};

// What a pooling makes of the grid; underlined where the shift changed it.
const showPooled = (place, values, before) => {
  [...place.children].forEach((span, block) => {
    span.textContent = brief(values[block]);
    Object.assign(span.style, shade(values[block]));
    span.classList.toggle("moved", values[block] !== before[block]);
  });
  place.setAttribute("aria-label", `${place.nextElementSibling.textContent}: ${values.map(brief).join("; ")}`);
};

// 36 numbers of a map as digits, from a row and a column on: the largest is 9.
const digitsAt = ({ map, size }, row, column) => {
  const numbers = FIRST.map((_, cell) => Math.max(0, map[(row + rowOf(cell)) * size[1] + column + (cell % SIDE)]));
  const most = Math.max(...numbers);
  return numbers.map((number) => (most ? Math.round((9 * number) / most) : 0));
};

// The places where a map answers: { row, column }, whole blocks of the network's own pooling.
const answeringPlaces = (found) => {
  const places = [];
  for (let row = 0; row <= found.size[0] - SIDE; row += 2)
    for (let column = 0; column <= found.size[1] - SIDE; column += 2)
      if (digitsAt(found, row, column).filter((digit) => digit > 0).length >= FEWEST_ANSWERS)
        places.push({ row, column });
  return places;
};

export const mount = ({ element }) => {
  const say = sayFrom(element.querySelector(".concepts"), "say");
  const { panel, find, put, onClick } = panelOf(element.querySelector("[data-panel]"));
  const cells = [...panel.querySelectorAll(".grid input")];
  const pooledPlaces = Object.fromEntries(Object.keys(POOLINGS).map((kind) => [kind, find(`[data-kept="${kind}"]`)]));
  let grid = FIRST; // before any shift
  let shift = 0;
  let here = 0; // the cell that is pointed at
  let from = say("pooling_example");
  let found = null; // the map that was chosen above: { map, size, name }

  const showBlock = () => {
    const block = blockOf(here);
    cells.forEach((input, cell) => {
      input.classList.toggle("lit", blockOf(cell) === block);
    });
    for (const place of Object.values(pooledPlaces))
      [...place.children].forEach((span, at) => {
        span.classList.toggle("lit", at === block);
      });
    const numbers = blocksOf(shifted(grid, shift))[block];
    const pooled = { max: POOLINGS.max(numbers), average: brief(POOLINGS.average(numbers)) };
    put("told", say("pooling_told", { numbers: numbers.join(", "), sum: sumOf(numbers), ...pooled }));
  };

  const showShift = (now) => {
    const countOf = (kind) => countChanged(pool(kind, grid), pool(kind, now));
    const values = { pixels: shift, before: countChanged(grid, now), max: countOf("max"), average: countOf("average") };
    put("shifted", shift ? say("pooling_shifted", values) : say("pooling_unshifted"));
    find('[data-do="shift"]').disabled = shift === LARGEST_SHIFT;
    find('[data-do="back"]').disabled = shift === 0;
  };

  const draw = () => {
    const now = shifted(grid, shift);
    showGrid(cells, now);
    for (const [kind, place] of Object.entries(pooledPlaces)) showPooled(place, pool(kind, now), pool(kind, grid));
    showShift(now);
    put("from", from);
    showBlock();
  };

  const goTo = (cell) => {
    cells[here].tabIndex = -1;
    here = cell;
    cells[here].tabIndex = 0;
    showBlock();
  };

  // The 36 numbers of the map from there on, in whole blocks of the network's own pooling.
  const takeAt = (row, column) => {
    const start = (place, length) => 2 * Math.floor(between(0, place, length - SIDE) / 2);
    const [top, left] = [start(row, found.size[0]), start(column, found.size[1])];
    grid = digitsAt(found, top, left);
    shift = 0;
    from = say("pooling_taken", { name: found.name, row: top + 1, column: left + 1 });
    placeFrame(find('[data-frame="whole"]'), found.size, [top, left], [SIDE, SIDE]);
    placeFrame(find('[data-frame="pooled"]'), poolLargest(found.map, found.size).size, [top / 2, left / 2], [3, 3]);
    draw();
  };

  const takeSomewhere = () => {
    const places = answeringPlaces(found);
    if (!places.length) {
      put("from", say("pooling_nothing"));
      return;
    }
    const { row, column } = places[Math.floor(Math.random() * places.length)];
    takeAt(row, column);
  };

  const takeStrongest = () => {
    const at = found.map.reduce((best, value, place) => (value > found.map[best] ? place : best), 0);
    if (found.map[at] <= 0) return put("from", say("pooling_nothing"));
    const columns = found.size[1];
    takeAt(Math.floor(at / columns) - SIDE / 2, (at % columns) - SIDE / 2);
  };

  const showMap = (now) => {
    if (now.size.some((length) => length < SIDE)) return;
    found = now;
    const pooled = poolLargest(found.map, found.size);
    const about = ([height, width]) => ({ name: found.name, size: `${height}\u00a0×\u00a0${width}` });
    find(".pooled-maps").hidden = false;
    find('[data-do="take"]').hidden = false;
    paintNumbers(find('[data-canvas="whole"]'), found.size, found.map);
    paintNumbers(find('[data-canvas="pooled"]'), pooled.size, pooled.map);
    put("whole", say("pooling_whole", about(found.size)));
    put("pooled", say("pooling_pooled", about(pooled.size)));
    takeStrongest();
  };

  panel.addEventListener("input", ({ target }) => {
    const digit = Number(target.value);
    grid = shifted(grid, shift);
    grid[cells.indexOf(target)] = Number.isInteger(digit) ? digit : 0;
    shift = 0;
    draw();
    target.select();
  });
  panel.addEventListener("focusin", ({ target }) => {
    if (!cells.includes(target)) return;
    goTo(cells.indexOf(target));
    target.select();
  });
  panel.addEventListener("pointerover", ({ target }) => {
    const places = Object.values(pooledPlaces).map((place) => [...place.children].indexOf(target));
    const block = places.find((found) => found >= 0);
    if (cells.includes(target)) goTo(cells.indexOf(target));
    else if (block !== undefined) goTo(firstCellOf(block));
  });
  find(".grid").addEventListener("keydown", (event) => {
    const by = ARROWS[event.key];
    const cell = cells.indexOf(event.target); // where the keys are, wherever the mouse may be
    if (!by || cell < 0) return;
    event.preventDefault();
    const row = rowOf(cell) + by[0];
    const column = (cell % SIDE) + by[1];
    if (row >= 0 && row < SIDE && column >= 0 && column < SIDE) cells[row * SIDE + column].focus();
  });
  onClick("do", (action) => {
    if (action === "take") return takeSomewhere();
    shift = action === "shift" ? shift + 1 : 0;
    draw();
  });
  drag(find("[data-whole]"), (across, down, box) => {
    const [rows, columns] = found.size;
    takeAt((down / box.height) * rows - SIDE / 2, (across / box.width) * columns - SIDE / 2);
  });
  draw();
  followMap(showMap);
};
