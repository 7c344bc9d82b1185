// Pooling: a grid of 6 x 6 numbers, the largest and the average of each 2 x 2 block, and what a shift changes.
const { panel, find, out, onClick } = concept("pooling");
const FIRST = ["001000", "820030", "000060", "309000", "000050", "410021"].map((line) => [...line].map(Number));
const cells = [...panel.querySelectorAll(".grid input")];
const kept = { max: [...find('[data-kept="max"]').children], average: [...find('[data-kept="average"]').children] };
let grid = FIRST.flat(); // before any shift
let shift = 0, here = 0, from = say("pooling_example");

const shifted = (by) => grid.map((_, at) => (at % 6 < by ? 0 : grid[at - by]));
const blockOf = (at) => Math.floor(at / 12) * 3 + Math.floor((at % 6) / 2);
const blocks = (numbers) => Array.from({ length: 9 }, (_, block) => numbers.filter((_, at) => blockOf(at) === block));
const sumOf = (numbers) => numbers.reduce((total, number) => total + number, 0);
const pooled = { max: (numbers) => Math.max(...numbers), average: (numbers) => sumOf(numbers) / 4 };
const changed = (before, after) => after.filter((number, at) => number !== before[at]).length;
// A cell as dark as its number is small.
const shade = (number) => {
  const gray = Math.round(20 + (number / 9) * 225);
  return { background: `rgb(${gray},${gray},${gray})`, color: gray > 120 ? "#000" : "#fff" };
};

const light = () => {
  const block = blockOf(here);
  cells.forEach((input, at) => input.classList.toggle("lit", blockOf(at) === block));
  Object.values(kept).flat().forEach((span, at) => span.classList.toggle("lit", at % 9 === block));
  const numbers = blocks(shifted(shift))[block];
  out("told", say("pooling_told", { numbers: numbers.join(", "), max: pooled.max(numbers), sum: sumOf(numbers), average: brief(pooled.average(numbers)) }));
};

const draw = () => {
  const now = shifted(shift);
  cells.forEach((input, at) => {
    if (input.value !== String(now[at])) input.value = now[at];
    Object.assign(input.style, shade(now[at]));
  });
  for (const [kind, spans] of Object.entries(kept)) {
    const values = blocks(now).map(pooled[kind]), was = blocks(grid).map(pooled[kind]);
    spans.forEach((span, block) => {
      span.textContent = brief(values[block]);
      Object.assign(span.style, shade(values[block]));
      span.classList.toggle("moved", values[block] !== was[block]);
    });
    const place = find(`[data-kept="${kind}"]`);
    place.setAttribute("aria-label", `${place.nextElementSibling.textContent}: ${values.map(brief).join("; ")}`);
  }
  const count = (kind) => changed(blocks(grid).map(pooled[kind]), blocks(now).map(pooled[kind]));
  const values = { pixels: shift, before: changed(grid, now), max: count("max"), average: count("average") };
  out("shifted", shift ? say("pooling_shifted", values) : say("pooling_unshifted"));
  out("from", from);
  find('[data-do="shift"]').disabled = shift === 2;
  find('[data-do="back"]').disabled = shift === 0;
  light();
};
drawings.pooling = draw;

const goTo = (at) => {
  cells[here].tabIndex = -1;
  here = at;
  cells[here].tabIndex = 0;
  light();
};

// Six by six pixels of the convolution's map, from one of the places where it responds.
const take = () => {
  const { map, side } = response;
  const places = [];
  for (let row = 0; row <= side - 6; row += 1)
    for (let column = 0; column <= side - 6; column += 1) {
      const numbers = FIRST.flat().map((_, at) => Math.max(0, map[(row + Math.floor(at / 6)) * side + column + (at % 6)]));
      if (numbers.filter((number) => number > 0).length >= 8) places.push({ row, column, numbers });
    }
  if (!places.length) return out("from", say("pooling_nothing"));
  const { row, column, numbers } = places[Math.floor(Math.random() * places.length)];
  const most = Math.max(...numbers);
  grid = numbers.map((number) => Math.round((9 * number) / most));
  shift = 0;
  from = say("pooling_taken", { row: row + 1, column: column + 1 });
  draw();
};

const edit = (at, digit) => {
  grid = shifted(shift);
  shift = 0;
  grid[at] = digit;
  draw();
};
panel.addEventListener("input", (event) => {
  const digit = Number(event.target.value);
  edit(cells.indexOf(event.target), Number.isInteger(digit) ? digit : 0);
  event.target.select();
});
panel.addEventListener("focusin", (event) => {
  if (!cells.includes(event.target)) return;
  goTo(cells.indexOf(event.target));
  event.target.select();
});
panel.addEventListener("pointerover", (event) => {
  const at = cells.indexOf(event.target);
  const block = [...Object.values(kept)].map((spans) => spans.indexOf(event.target)).find((found) => found >= 0);
  if (at >= 0) goTo(at);
  else if (block !== undefined) goTo(Math.floor(block / 3) * 12 + (block % 3) * 2);
});
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
find(".grid").addEventListener("keydown", (event) => {
  const by = ARROWS[event.key], at = cells.indexOf(event.target); // where the keys are, wherever the mouse may be
  if (!by || at < 0) return;
  event.preventDefault();
  const row = Math.floor(at / 6) + by[0], column = (at % 6) + by[1];
  if (row >= 0 && row < 6 && column >= 0 && column < 6) cells[row * 6 + column].focus();
});
onClick("do", (what) => {
  if (what === "take") return take();
  shift = what === "shift" ? shift + 1 : 0;
  draw();
});
draw();
