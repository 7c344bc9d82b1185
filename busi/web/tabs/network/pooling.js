// Pooling: a grid of 6 x 6 numbers, the largest and the average of each 2 x 2 block, and what a shift changes.

import { brief } from "./concept_panel.js";

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
const shade = (number) => {
  const gray = Math.round(20 + (number / 9) * 225);
  return { background: `rgb(${gray},${gray},${gray})`, color: gray > 120 ? "#000" : "#fff" };
};

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

// The places of the convolution's map, 6 x 6 pixels each, where it answers: { row, column, numbers }.
const answeringPlaces = ({ map, side }) => {
  const places = [];
  for (let row = 0; row <= side - SIDE; row += 1)
    for (let column = 0; column <= side - SIDE; column += 1) {
      const numbers = FIRST.map((_, cell) => Math.max(0, map[(row + rowOf(cell)) * side + column + (cell % SIDE)]));
      if (numbers.filter((number) => number > 0).length >= FEWEST_ANSWERS) places.push({ row, column, numbers });
    }
  return places;
};

export const pooling = ({ panel, find, put, onClick }, say, response) => {
  const cells = [...panel.querySelectorAll(".grid input")];
  const pooledPlaces = Object.fromEntries(Object.keys(POOLINGS).map((kind) => [kind, find(`[data-kept="${kind}"]`)]));
  let grid = FIRST; // before any shift
  let shift = 0;
  let here = 0; // the cell that is pointed at
  let from = say("pooling_example");

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

  // One of the places where the convolution answers, in digits.
  const take = () => {
    const places = answeringPlaces(response);
    if (!places.length) {
      put("from", say("pooling_nothing"));
      return;
    }
    const { row, column, numbers } = places[Math.floor(Math.random() * places.length)];
    const most = Math.max(...numbers);
    grid = numbers.map((number) => Math.round((9 * number) / most));
    shift = 0;
    from = say("pooling_taken", { row: row + 1, column: column + 1 });
    draw();
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
    if (action === "take") return take();
    shift = action === "shift" ? shift + 1 : 0;
    draw();
  });
  draw();
  return draw;
};
