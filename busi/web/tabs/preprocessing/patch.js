// A few pixels of the image as numbers, before and after scaling. The numbers are read from the picture itself.

import { fill, number } from "../../js/format.js";

const SIDE = 8;
const LIGHT = 117; // gray levels: above, black digits are easier to read than white ones

// The gray levels of a square picture, row by row.
const levelsOf = async (picture) => {
  await picture.decode();
  const side = picture.naturalWidth;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  const levels = context.getImageData(0, 0, side, side).data.filter((_, index) => index % 4 === 0);
  return { levels, side };
};

const cell = (level, text) =>
  `<td style="background:rgb(${level},${level},${level});color:${level > LIGHT ? "#000" : "#fff"}">${text}</td>`;

// The patch whose upper left pixel is at a row and a column, as rows of a table.
const tableRows = ({ levels, side }, row, column, write) =>
  Array.from({ length: SIDE }, (_, down) => {
    const start = (row + down) * side + column;
    return `<tr>${Array.from(levels.slice(start, start + SIDE), (level) => cell(level, write(level))).join("")}</tr>`;
  }).join("");

const scaled = (level) => number(level / 255, 2);

const moveFrame = (frame, side, row, column) => {
  const percent = (pixels) => `${pixels * (100 / side)}%`;
  Object.assign(frame.style, {
    left: percent(column),
    top: percent(row),
    width: percent(SIDE),
    height: percent(SIDE),
  });
};

// Where a patch begins so that a share of the picture's side lies in its middle.
const around = (share, side) => Math.max(0, Math.min(side - SIDE, Math.round(share * side - SIDE / 2)));

export const mount = ({ element, watch }) => {
  const part = (name) => element.querySelector(`[data-patch="${name}"]`);
  let pixels = null;

  const draw = () => {
    if (!pixels) return;
    const { levels, side } = pixels;
    const [row, column] = [Number(part("row").value), Number(part("column").value)];
    part("levels").innerHTML = tableRows(pixels, row, column, (level) => level);
    part("scaled").innerHTML = tableRows(pixels, row, column, scaled);
    moveFrame(part("frame"), side, row, column);
    const level = levels[row * side + column];
    const place = part("told");
    place.textContent = fill(place.dataset.sentence, { row, column, last: side - 1, level, scaled: scaled(level) });
  };

  const read = async () => {
    pixels = null;
    const picture = part("picture");
    if (!picture) return;
    pixels = await levelsOf(picture);
    draw();
  };

  const moveTo = (event) => {
    const picture = event.target.closest(".patch-picture");
    if (!picture || !pixels) return;
    const box = picture.getBoundingClientRect();
    part("column").value = around((event.clientX - box.left) / box.width, pixels.side);
    part("row").value = around((event.clientY - box.top) / box.height, pixels.side);
    draw();
  };

  element.addEventListener("input", ({ target }) => target.dataset.patch && draw());
  element.addEventListener("click", moveTo);
  watch("value", read);
  read();
};
