// The rates at the bar's threshold, wherever they are shown: the two that count first, and all of them with their intervals.

import { percent } from "../../js/format.js";
import { intervalText, sayFrom } from "../../js/sentences.js";
import { confusion, rate, ratesOf } from "../../js/statistics.js";
import { widget } from "../../js/widget.js";
import { follow } from "./choices.js";

const showWhisker = (whisker, estimate) => {
  if (!whisker) return;
  whisker.hidden = !estimate;
  if (!estimate) return;
  const [band, point] = whisker.children;
  band.style.left = `${100 * estimate.low}%`;
  band.style.width = `${100 * (estimate.high - estimate.low)}%`;
  point.style.left = `${100 * estimate.value}%`;
};

const showRate = ({ find, put }, say, name, estimate) => {
  put(name, estimate ? percent(estimate.value) : "–");
  put(`${name}_interval`, estimate ? intervalText(say, estimate, percent) : say("no_ppv"));
  put(`${name}_of`, estimate ? say("share_of", { part: estimate.part, n: estimate.n }) : "");
  showWhisker(find(`[data-rate=${name}] .whisker`), estimate);
};

// What somebody reaches who calls everything benign.
const alwaysBenign = (say, rows, counts) => {
  const benign = counts.fp + counts.tn;
  // Fewer right answers than "always benign" has: more false alarms than malignant lesions found.
  const sentence = counts.tp < counts.fp ? "always_benign_better" : "always_benign";
  const shares = { share: rate(benign, rows.length), accuracy: ratesOf(counts).accuracy };
  const written = Object.entries(shares).map(([name, { value }]) => [name, percent(value)]);
  return say(sentence, { benign, n: rows.length, tp: counts.tp, fp: counts.fp, ...Object.fromEntries(written) });
};

export const mount = ({ element }) => {
  const say = sayFrom(element.querySelector("[data-said]"));
  const parts = widget(element);
  follow(element, ({ rows, threshold }) => {
    const counts = confusion(rows, threshold);
    for (const [name, estimate] of Object.entries(ratesOf(counts))) showRate(parts, say, name, estimate);
    parts.put("always_benign", alwaysBenign(say, rows, counts));
  });
};
