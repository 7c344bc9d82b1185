// The ROC curve with the bar's threshold on it, and the two numbers that do not depend on a threshold.

import { chart } from "../../js/charts.js";
import { number, percent } from "../../js/format.js";
import { drag } from "../../js/pointer.js";
import { drawRoc, nearestCorner, rocScales } from "../../js/roc_curve.js";
import { intervalText, sayFrom } from "../../js/sentences.js";
import { confusion, crossEntropyOfShare, rocPoint } from "../../js/statistics.js";
import { widget } from "../../js/widget.js";
import { choose, follow } from "./choices.js";

const TICKS = [0, 0.25, 0.5, 0.75, 1];
const two = (value) => number(value, 2);

const altText = (say, { rows, threshold, name, written, metrics }) => {
  const [alarms, sensitivity] = rocPoint(confusion(rows, threshold)).map(percent);
  return say("roc_alt", { population: name, threshold: written, sensitivity, alarms, auc: two(metrics.auc[0]) });
};

const draw = (say, place, width, choices) => {
  const { rows, threshold, written } = choices;
  const names = { chance: say("roc_chance"), here: say("roc_here", { threshold: written }), ...say.texts };
  drawRoc(place, width, { rows, threshold, alt: altText(say, choices), names, ticks: TICKS, filled: true });
};

const showNumber = (put, say, name, [value, low, high, n], reading) => {
  put(name, two(value));
  put(`${name}_interval`, intervalText(say, { low, high }, two));
  put(`${name}_n`, say("n", { n }));
  put(`${name}_reading`, reading);
};

const lossReading = (say, rows) => {
  const malignant = rows.filter((row) => row[0]).length / rows.length;
  return say("loss_reading", { share: percent(malignant), baseline: two(crossEntropyOfShare(malignant)) });
};

export const mount = ({ element }) => {
  const say = sayFrom(element.querySelector("[data-said]"));
  const { find, put } = widget(element);
  const place = find("[data-chart=roc]");
  let choices = null;
  const redraw = chart(place, (_, width) => choices && draw(say, place, width, choices));

  follow(element, (now) => {
    choices = now;
    const { auc, loss } = now.metrics;
    put("population", now.name);
    showNumber(put, say, "auc", auc, say("auc_reading", { times: number(100 * auc[0]) }));
    showNumber(put, say, "loss", loss, lossReading(say, now.rows));
    redraw();
  });
  // A pointer on the curve chooses the threshold of the nearest corner.
  drag(place, (across, down) => {
    const [, , threshold] = nearestCorner(choices.rows, rocScales(place.clientWidth), across, down);
    choose({ exact: threshold });
  });
};
