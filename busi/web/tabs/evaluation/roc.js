// The ROC curve: what every threshold would give, and where the threshold of the bar stands on it.
const ROC_EDGE = { left: 46, right: 12, top: 26, bottom: 44 };
let choices;

// Corners of the curve from the highest threshold to the lowest: [false alarm rate, sensitivity, threshold].
const corners = (rows) => {
  const malignant = rows.filter((row) => row[0]).length;
  let tp = 0, fp = 0;
  const found = [[0, 0, 1]];
  [...rows].reverse().forEach(([kind, probability], at, all) => {
    if (kind) tp += 1;
    else fp += 1;
    if (all[at + 1]?.[1] !== probability) found.push([fp / (rows.length - malignant), tp / malignant, probability]);
  });
  return found;
};

const scales = (width) => {
  const side = Math.min(width - ROC_EDGE.left - ROC_EDGE.right, 380);
  return {
    side,
    x: (share) => ROC_EDGE.left + share * side,
    y: (share) => ROC_EDGE.top + (1 - share) * side,
  };
};

const drawRoc = (place, width) => {
  const { side, x, y } = scales(width);
  const { tp, fn, fp, tn } = count(choices.rows, choices.threshold);
  const here = [fp / (fp + tn), tp / (tp + fn)];
  const path = corners(choices.rows).map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const right = here[0] > 0.6;
  const inside = [
    ...ticks.map((tick) => line(x(tick), y(0), x(tick), y(1), "grid") + line(x(0), y(tick), x(1), y(tick), "grid")),
    ...ticks.map((tick) => label(x(tick), y(0) + 18, atelier.percent(tick), "middle", "tick")),
    ...ticks.map((tick) => label(x(0) - 6, y(tick) + 4, atelier.percent(tick), "end", "tick")),
    `<polygon class="under" points="${path.join(" ")} ${x(1)},${y(0)}"/>`,
    line(x(0), y(0), x(1), y(1), "chance"),
    label(x(0.62), y(0.62) + 22, say("roc_chance"), "start", "tick"),
    `<polyline class="curve-line" points="${path.join(" ")}"/>`,
    `<circle class="here" cx="${x(here[0])}" cy="${y(here[1])}" r="8"/>`,
    label(x(here[0]) + (right ? -14 : 14), y(here[1]) + 24, say("roc_here", { threshold: choices.written }), right ? "end" : "start", "mark"),
    label(x(0) - 40, 14, say("roc_y"), "start", "axis-name"),
    label(x(0.5), y(0) + 38, say("roc_x"), "middle", "axis-name"),
  ];
  const values = {
    population: choices.name,
    threshold: choices.written,
    sensitivity: atelier.percent(here[1]),
    alarms: atelier.percent(here[0]),
    auc: atelier.number(choices.metrics.auc[0], 2),
  };
  picture(place, width, side + ROC_EDGE.top + ROC_EDGE.bottom, say("roc_alt", values), inside.join(""));
};
const draw = chart(find("[data-chart=roc]"), drawRoc);

const two = (value) => atelier.number(value, 2);
const showNumber = (name, reading) => {
  const [value, low, high, n] = choices.metrics[name];
  put(name, two(value));
  put(`${name}_interval`, between(low, high, two));
  put(`${name}_n`, say("n", { n }));
  put(`${name}_reading`, reading);
};

// The loss of someone who gives every image the share of malignant ones.
const lossOfPrevalence = (share) => -(share * Math.log(share) + (1 - share) * Math.log(1 - share));

const show = (now) => {
  choices = now;
  const malignant = now.rows.filter((row) => row[0]).length / now.rows.length;
  put("population", now.name);
  showNumber("auc", say("auc_reading", { times: atelier.number(100 * now.metrics.auc[0]) }));
  const values = { share: atelier.percent(malignant), baseline: two(lossOfPrevalence(malignant)) };
  showNumber("loss", say("loss_reading", values));
  draw();
};

// A pointer on the curve chooses the threshold of the nearest corner.
drag(find("[data-chart=roc]"), (px, py) => {
  const { x, y } = scales(find("[data-chart=roc]").clientWidth);
  const far = ([a, b]) => (x(a) - px) ** 2 + (y(b) - py) ** 2;
  const nearest = corners(choices.rows).reduce((best, corner) => (far(corner) < far(best) ? corner : best));
  choose({ exact: nearest[2] });
});
follow(show);
