// Some cases of another hospital are drawn, and what training sets on its validation images is set on them anew: the
// threshold, or the calibration. All the other cases judge it, so that none ever judges itself.

import {
  calibrationError,
  chooseThreshold,
  confusion,
  fitCalibration,
  quantile,
  ratesOf,
  recalibrated,
  shuffle,
} from "../../js/statistics.js";

// Of so many cases, drawn with `random`; `threshold` is the network's own, which stays where the rule has no malignant
// case to choose another by.
export const drawCases = (rows, { cases, target, threshold }, random) => {
  const order = [...rows];
  shuffle(order, random);
  const [local, others] = [order.slice(0, cases), order.slice(cases)];
  const chosen = chooseThreshold(local, target);
  return { local, others, isChosen: chosen !== null, threshold: chosen ?? threshold };
};

// What the threshold of a draw does on the others.
export const judgeThreshold = ({ others, threshold }) => ratesOf(confusion(others, threshold));

// The calibration of a draw on the others, as it was and fitted anew; it stays where the rule stays.
export const judgeCalibration = ({ local, others, isChosen }) => {
  const before = calibrationError(others);
  if (!isChosen) return { temperature: 1, shift: 0, mended: others, before, after: before };
  const fit = fitCalibration(local);
  const mended = others.map(([kind, probability]) => [kind, recalibrated(probability, fit)]);
  return { ...fit, mended, before, after: calibrationError(mended) };
};

// The value in the middle, and between which two the middle 90 % lie.
export const spread = (values) => {
  const sorted = [...values].sort((one, other) => one - other);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.05), high: quantile(sorted, 0.95) };
};
