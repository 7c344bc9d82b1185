// Calibration: the images in ten slices of probability, and in each the share that was malignant, with its interval.
const CALIBRATION_EDGE = { left: 46, right: 12, top: 26, bottom: 64 };
const SLICES = 10;
const slider = find("#evaluation-slice");
let choices;

// Fewer than ten images, or an interval wider than 40 points, conclude nothing.
const isThin = ({ n, estimate }) => n < 10 || estimate.high - estimate.low > 0.4;

// As expected_calibration_error in metrics.py.
const slices = (rows) => {
  const found = Array.from({ length: SLICES }, () => ({ n: 0, malignant: 0, sum: 0 }));
  for (const [malignant, probability] of rows) {
    const slice = found[Math.min(SLICES - 1, Math.floor(probability * SLICES))];
    slice.n += 1;
    slice.malignant += malignant;
    slice.sum += probability;
  }
  return found.map(({ n, malignant, sum }) => ({ n, malignant, mean: sum / n, estimate: share(malignant, n) }));
};

const drawSlice = (slice, at, chosen, x, y) => {
  const { n, mean, estimate } = slice;
  const column = `<rect class="slice${at === chosen ? " chosen" : ""}" x="${x(at / SLICES)}" y="${y(1)}" width="${x(0.1) - x(0)}" height="${y(0) - y(1)}"/>`;
  const amount = label((x(at / SLICES) + x((at + 1) / SLICES)) / 2, y(0) + 36, String(n), "middle", at === chosen ? "mark" : "tick");
  if (!n) return column + amount;
  const kind = isThin(slice) ? "thin" : "firm";
  return (
    column +
    amount +
    line(x(mean), y(estimate.low), x(mean), y(estimate.high), `whisker ${kind}`) +
    `<circle class="point ${kind}" cx="${x(mean)}" cy="${y(estimate.value)}" r="${at === chosen ? 8 : 6}"/>`
  );
};

// The chart in words: each slice that has images.
const told = (all) =>
  all
    .map(({ n, malignant }, at) => n && say("calibration_alt_slice", { low: 10 * at, high: 10 * (at + 1), malignant, n }))
    .filter(Boolean)
    .join(", ");

const drawCalibration = (place, width) => {
  const side = Math.min(width - CALIBRATION_EDGE.left - CALIBRATION_EDGE.right, 380);
  const x = (share) => CALIBRATION_EDGE.left + share * side;
  const y = (share) => CALIBRATION_EDGE.top + (1 - share) * side;
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const inside = [
    ...slices(choices.rows).map((slice, at) => drawSlice(slice, at, slider.valueAsNumber, x, y)),
    ...ticks.map((tick) => line(x(0), y(tick), x(1), y(tick), "grid")),
    line(x(0), y(0), x(1), y(1), "chance"),
    ...ticks.map((tick) => label(x(tick), y(0) + 18, atelier.percent(tick), "middle", "tick")),
    ...ticks.map((tick) => label(x(0) - 6, y(tick) + 4, atelier.percent(tick), "end", "tick")),
    label(x(0) - 8, y(0) + 36, say("calibration_n"), "end", "tick"),
    label(x(0) - 40, 14, say("calibration_y"), "start", "axis-name"),
    label(x(0.5), y(0) + 58, say("calibration_x"), "middle", "axis-name"),
  ];
  const alt = say("calibration_alt", { population: choices.name, slices: told(slices(choices.rows)) });
  picture(place, width, side + CALIBRATION_EDGE.top + CALIBRATION_EDGE.bottom, alt, inside.join(""));
};
const draw = chart(find("[data-chart=calibration]"), drawCalibration);

const verdict = (slice) => {
  const { mean, estimate } = slice;
  if (isThin(slice)) return "slice_thin";
  if (mean < estimate.low) return "slice_above";
  return mean > estimate.high ? "slice_below" : "slice_fits";
};

const reading = (slice, at) => {
  const bounds = { low: 10 * at, high: 10 * (at + 1) };
  if (!slice.n) return say("slice_none", bounds);
  const values = {
    ...bounds,
    n: slice.n,
    malignant: slice.malignant,
    mean: atelier.percent(slice.mean),
    share: atelier.percent(slice.estimate.value),
    interval: between(slice.estimate.low, slice.estimate.high, atelier.percent),
  };
  return `${say(slice.n === 1 ? "slice_one" : "slice_many", values)} ${say(verdict(slice), values)}`;
};

const showSlice = () => {
  const at = slider.valueAsNumber;
  const name = say("slice", { low: 10 * at, high: 10 * (at + 1) });
  put("slice", name);
  slider.setAttribute("aria-valuetext", name);
  put("slice_reading", reading(slices(choices.rows)[at], at));
  draw();
};

const points = (share) => atelier.number(100 * share, 1);

// Few images alone make a gap: whether this one is larger than what they explain.
const besideChance = ({ above_chance: above, by_chance: [mean, low, high, n] }) => {
  const range = { mean: points(mean), low: points(low), high: points(high), n };
  return `${say("error_chance", range)} ${say(above ? "error_beyond" : "error_within")}`;
};

const show = (now) => {
  const moved = now.population !== choices?.population;
  choices = now;
  if (!moved) return;
  const [value, low, high, n] = now.metrics.calibration_error;
  put("population", now.name);
  put("calibration_error", say("error_points", { points: points(value) }));
  put("calibration_error_interval", say("error_interval", { low: points(low), high: points(high) }));
  put("calibration_error_n", say("n", { n }));
  put("calibration_error_reading", `${say("error_reading")} ${besideChance(now)}`);
  showSlice();
};

slider.addEventListener("input", showSlice);
drag(find("[data-chart=calibration]"), (px) => {
  const place = find("[data-chart=calibration]");
  const side = Math.min(place.clientWidth - CALIBRATION_EDGE.left - CALIBRATION_EDGE.right, 380);
  slider.value = Math.floor((SLICES * (px - CALIBRATION_EDGE.left)) / side);
  showSlice();
});
follow(show);
