// Every image as a mark at its probability, the benign above, the malignant below, and the threshold through both.
const STRIP_EDGE = 12;

// Where marks of one class go: each at its true place, in the lowest row where it touches no other.
const piled = (points, size, x) => {
  const ends = [];
  return points.map((probability) => {
    const at = x(probability);
    let row = ends.findIndex((end) => end <= at - size);
    if (row < 0) row = ends.length;
    ends[row] = at;
    return { at, row, probability };
  });
};

const pile = (marks, shape, size, floor, threshold, malignant) =>
  ["right", "wrong"]
    .map((kind) => {
      const chosen = marks.filter(({ probability }) => (probability >= threshold === malignant) === (kind === "right"));
      const path = chosen.map(({ at, row }) => shape(+at.toFixed(1), +(floor - size * (row + 0.5)).toFixed(1), size / 2 - 0.6));
      return `<path class="${malignant ? "malignant" : "benign"} ${kind}" d="${path.join("")}"/>`;
    })
    .join("");

const drawStrip = (place, width, { rows, threshold, name, written }) => {
  const size = width < 520 ? 8 : 10;
  const x = (probability) => STRIP_EDGE + probability * (width - 2 * STRIP_EDGE);
  const [benign, malignant] = [0, 1].map((kind) => piled(rows.filter((row) => row[0] === kind).map((row) => row[1]), size, x));
  const height = (marks) => size * (1 + Math.max(...marks.map(({ row }) => row)));
  const first = 62 + height(benign);
  const second = first + 34 + height(malignant);
  const here = x(threshold);
  const ticks = (width < 520 ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.2, 0.4, 0.6, 0.8, 1]).map((tick) =>
    label(x(tick), second + 20, atelier.percent(tick), tick === 0 ? "start" : tick === 1 ? "end" : "middle", "tick"),
  );
  const mark = say("threshold_mark", { threshold: written });
  const inside = [
    `<rect class="called" x="${here}" y="22" width="${Math.max(0, width - STRIP_EDGE - here)}" height="${second - 22}"/>`,
    label(STRIP_EDGE, 36, threshold > 0.2 ? say("said_benign") : "", "start", "side"),
    label(width - STRIP_EDGE, 36, threshold < 0.75 ? say("said_malignant") : "", "end", "side"),
    label(STRIP_EDGE, 55, say("strip_benign", { n: benign.length }), "start", "name benign"),
    pile(benign, disc, size, first, threshold, false),
    line(STRIP_EDGE, first, width - STRIP_EDGE, first, "axis"),
    label(STRIP_EDGE, first + 22, say("strip_malignant", { n: malignant.length }), "start", "name malignant"),
    pile(malignant, triangle, size, second, threshold, true),
    line(STRIP_EDGE, second, width - STRIP_EDGE, second, "axis"),
    ...ticks,
    line(here, 20, here, second + 4, "threshold"),
    label(Math.min(Math.max(here, 66), width - 66), 14, mark, "middle", "mark"),
  ];
  const { tp, fn, fp, tn } = count(rows, threshold);
  picture(place, width, second + 28, say("strip_alt", { population: name, threshold: written, tp, fn, fp, tn }), inside.join(""));
};
