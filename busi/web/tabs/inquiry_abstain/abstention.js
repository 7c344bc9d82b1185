// Who is referred when the least sure are, and what is left.
//
// A row is [malignant, score]; sure is a score that lies far from the threshold, in log-odds.

import { isError, logOdds, rate } from "../../js/statistics.js";

export const sureness = (score, threshold) => Math.abs(logOdds(score) - logOdds(threshold));

// Below which sureness an image is referred, so that this share of the rows is, or as much of it as ties allow.
export const cutFor = (rows, threshold, share) => {
  const rising = rows.map(([, score]) => sureness(score, threshold)).sort((one, other) => one - other);
  const referred = Math.floor(share * rows.length + 1e-9);
  return rising[referred] ?? Infinity;
};

// What becomes of rows: how many are referred, and of those that are kept the errors, as a share with its interval.
export const outcomeOf = (rows, threshold, cut) => {
  const kept = rows.filter(([, score]) => sureness(score, threshold) >= cut);
  const wrong = kept.filter((row) => isError(row, threshold));
  return {
    n: rows.length,
    referred: rows.length - kept.length,
    kept: kept.length,
    missed: wrong.filter(([malignant]) => malignant).length,
    alarms: wrong.filter(([malignant]) => !malignant).length,
    errors: rate(wrong.length, kept.length),
  };
};
