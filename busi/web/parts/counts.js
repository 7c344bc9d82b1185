// What the widgets of the evaluation share: their sentences, the two choices of the bar at the top, and counting.
const said = JSON.parse(element.querySelector("[data-said]").dataset.said);
const say = (key, values = {}) => atelier.fill(said[key], values);
const find = (selector) => element.querySelector(selector);
const put = (name, text) => element.querySelectorAll(`[data-out="${name}"]`).forEach((place) => (place.textContent = text));
const safe = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

// Calls show(choices) now and whenever the images or the threshold change; see evaluation.js.
const follow = (show) => {
  document.addEventListener("evaluation-state", (event) => element.isConnected && show(event.detail));
  document.dispatchEvent(new CustomEvent("evaluation-ask"));
};
const choose = (change) => document.dispatchEvent(new CustomEvent("evaluation-set", { detail: change }));

// A row is [1 if malignant, probability]; called malignant from the threshold on.
const count = (rows, threshold) => {
  const counts = { tp: 0, fn: 0, fp: 0, tn: 0 };
  for (const [malignant, probability] of rows) {
    counts[probability >= threshold ? (malignant ? "tp" : "fp") : malignant ? "fn" : "tn"] += 1;
  }
  return counts;
};

// A share with Wilson's interval, its ends exact where nobody or everybody is counted; null for 0 of 0.
const share = (part, whole) => {
  const found = atelier.rate(part, whole);
  return found && { ...found, part, low: part === 0 ? 0 : found.low, high: part === whole ? 1 : found.high };
};
const rates = ({ tp, fn, fp, tn }) => ({
  accuracy: share(tp + tn, tp + fn + fp + tn),
  sensitivity: share(tp, tp + fn),
  specificity: share(tn, tn + fp),
  ppv: share(tp, tp + fp),
});
const between = (low, high, written) => say("interval", { low: written(low), high: written(high) });

// What is said of a guess in percent, beside a share that is known only up to its interval: which mark, and the sentence.
const judgeShare = (guess, { value, low, high }) => {
  const within = guess >= Math.floor(100 * low) && guess <= Math.ceil(100 * high);
  return within ? ["right", say("within")] : ["wrong", say(100 * value > guess ? "higher" : "lower")];
};

// Draws a chart in pixels of the screen, so that its words keep their size, and again when its place changes.
const chart = (place, draw) => {
  let width = 0;
  const redraw = () => width && draw(place, width);
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    redraw();
  }).observe(place);
  return redraw;
};
const picture = (place, width, height, alt, inside) => {
  place.innerHTML =
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" ` +
    `aria-label="${safe(alt)}">${inside}</svg>`;
};
const label = (x, y, text, anchor = "start", kind = "") =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" class="${kind}">${safe(text)}</text>`;
const line = (x1, y1, x2, y2, kind) => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="${kind}"/>`;

// The two shapes of the classes, around a point.
const disc = (x, y, r) => `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0Z`;
const triangle = (x, y, r) => `M${x},${y - r}L${x + r},${y + r * 0.85}L${x - r},${y + r * 0.85}Z`;

// A pointer on a chart chooses what is under it, while it is held down.
const drag = (place, choose_at) => {
  const move = (event) => {
    const box = place.getBoundingClientRect();
    choose_at(event.clientX - box.left, event.clientY - box.top);
  };
  place.addEventListener("pointerdown", (event) => {
    move(event);
    if (event.pointerType === "mouse") place.setPointerCapture(event.pointerId);
  });
  place.addEventListener("pointermove", (event) => event.buttons && move(event));
};
