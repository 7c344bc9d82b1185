// A few pixels of the image as numbers, before and after scaling. The numbers are read from the picture itself.
const SIDE = 8;
let levels = null; // Uint8Array of the whole picture, row by row
let width = 0;

const part = (name) => element.querySelector(`[data-patch="${name}"]`);

const read = async () => {
  levels = null;
  const picture = part("picture");
  if (!picture) return;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  levels = context.getImageData(0, 0, width, width).data.filter((_, index) => index % 4 === 0);
  draw();
};

const place = () => ({ row: Number(part("row").value), column: Number(part("column").value) });

const cell = (level, text) =>
  `<td style="background:rgb(${level},${level},${level});color:${level > 117 ? "#000" : "#fff"}">${text}</td>`;

const rows = (write) => {
  const { row, column } = place();
  return Array.from({ length: SIDE }, (_, down) => {
    const start = (row + down) * width + column;
    return `<tr>${Array.from(levels.slice(start, start + SIDE), (level) => cell(level, write(level))).join("")}</tr>`;
  }).join("");
};

const draw = () => {
  if (!levels) return;
  const { row, column } = place();
  part("levels").innerHTML = rows((level) => level);
  part("scaled").innerHTML = rows((level) => atelier.number(level / 255, 2));
  const share = 100 / width;
  Object.assign(part("frame").style, {
    left: `${column * share}%`,
    top: `${row * share}%`,
    width: `${SIDE * share}%`,
    height: `${SIDE * share}%`,
  });
  const told = part("told");
  const first = levels[row * width + column];
  const last = width - 1;
  told.textContent = atelier.fill(told.dataset.sentence, { row, column, last, level: first, scaled: atelier.number(first / 255, 2) });
};

element.addEventListener("input", (event) => event.target.dataset.patch && draw());
element.addEventListener("click", (event) => {
  const picture = event.target.closest(".patch-picture");
  if (!picture || !levels) return;
  const box = picture.getBoundingClientRect();
  const at = (share) => Math.max(0, Math.min(width - SIDE, Math.round(share * width - SIDE / 2)));
  part("column").value = at((event.clientX - box.left) / box.width);
  part("row").value = at((event.clientY - box.top) / box.height);
  draw();
});
watch("value", read);
read();
