// Which part of a picture is covered, as the path of an SVG whose sides are 1; a box is [top, left, height, width].

const box = ([top, left, height, width]) => `M${left},${top}h${width}v${height}h${-width}z`;

// The box of a size whose middle is at a place, moved so far that it lies inside of the picture.
export const boxAt = (across, down, [, , height, width]) => [
  Math.min(Math.max(down - height / 2, 0), 1 - height),
  Math.min(Math.max(across - width / 2, 0), 1 - width),
  height,
  width,
];

export const coverOf = (way, { patch, elsewhere }, own) => {
  if (way === "lesion") return box(patch);
  if (way === "elsewhere") return box(elsewhere);
  if (way === "rest") return `M0,0h1v1h-1z${box(patch)}`;
  return way === "own" ? box(own) : "";
};
