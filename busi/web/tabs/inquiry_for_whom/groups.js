// Two groups of the lesions, and whether the network errs more for one: by a property, or by chance alone.
//
// A lesion is [malignant, score, ...its group of each property]. A difference is called clear where its 95 % interval
// leaves out 0 (R. G. Newcombe 1998).

import { confusion, difference, rate, shuffle } from "../../js/statistics.js";

// Of some lesions: sensitivity, specificity and the share of wrong answers, null where there is nothing to count.
export const ratesOf = (lesions, threshold) => {
  const { tp, fn, fp, tn } = confusion(lesions, threshold);
  return { sensitivity: rate(tp, tp + fn), specificity: rate(tn, tn + fp), errors: rate(fp + fn, lesions.length) };
};

// The second number less the first, and whether chance alone would hardly part them; null where one is missing.
export const apart = (one, other) => {
  if (!one || !other) return null;
  const found = difference(one, other);
  return { ...found, isClear: found.low > 0 || found.high < 0 };
};

// The lesions of two groups of a property, which stands at a place behind the score.
export const byProperty = (lesions, place, names) =>
  names.map((name) => lesions.filter((lesion) => lesion[2 + place] === name));

// Two halves that chance alone makes.
export const byChance = (lesions, random) => {
  const dealt = [...lesions];
  shuffle(dealt, random);
  const half = Math.floor(dealt.length / 2);
  return [dealt.slice(0, half), dealt.slice(half)];
};
