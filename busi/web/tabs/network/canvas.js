// Numbers as shades of gray, in pictures and in cells.

const DARKEST_UNDER_BLACK = 118; // of gray, on which black and white can be read alike

export const between = (low, value, high) => Math.max(low, Math.min(high, value));

// From numbers to gray levels: middle gray is 0 if some are negative, else black is.
export const graysOf = (numbers) => {
  let most = 0;
  let isSigned = false;
  for (const number of numbers) {
    most = Math.max(most, Math.abs(number));
    isSigned ||= number < -1e-9;
  }
  const gray = (value) =>
    between(0, most ? (isSigned ? 127.5 + (127.5 * value) / most : (255 * value) / most) : 0, 255);
  return { gray, most, isSigned };
};

// Draws one gray level for each pixel, row by row; `count` only the first of them.
export const paint = (canvas, [rows, columns], grays, count = rows * columns) => {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const picture = context.createImageData(columns, rows);
  for (let at = 0; at < count; at += 1) picture.data.set([grays[at], grays[at], grays[at], 255], 4 * at);
  context.putImageData(picture, 0, 0);
};

export const paintNumbers = (canvas, size, numbers, { gray } = graysOf(numbers)) =>
  paint(canvas, size, Float64Array.from(numbers, gray));

// The frame around so many rows and columns of a picture, from a row and a column on.
export const placeFrame = (frame, [rows, columns], [row, column], [high, wide]) => {
  const share = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(frame.style, {
    top: share(row, rows),
    left: share(column, columns),
    height: share(high, rows),
    width: share(wide, columns),
  });
};

// A cell of this gray level, with a number that can be read on it.
export const shadeCell = (level) => {
  const gray = Math.round(level);
  return { background: `rgb(${gray},${gray},${gray})`, color: gray >= DARKEST_UNDER_BLACK ? "#000" : "#fff" };
};
