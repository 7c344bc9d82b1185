// Numbers as the page's language writes them, to the character what `Words` in busi/words/text.py writes.

import { language } from "./language.js";

const MOST_DIGITS = 6; // of a score next to the threshold
const MINUS = "\u2212";
const NO_BREAK = "\u00a0";
const SIGNS = {
  fr: { thousands: NO_BREAK, decimal: ",", beforePercent: NO_BREAK },
  en: { thousands: ",", decimal: ".", beforePercent: "" },
};

// Digits as Python rounds them: a tie goes to the even digit. Twenty-five more digits tell a tie from what is near it.
const rounded = (value, digits) => {
  const text = value.toFixed(digits);
  const rest = value.toFixed(digits + 25).slice(-25);
  if (!/^50*$/.test(rest) || Number(text.at(-1)) % 2 === 0) return text;
  return (value - 10 ** -digits / 2).toFixed(digits);
};

const wholePercent = (share) => Number(rounded(100 * share, 0));

// The functions below for one language, "fr" or "en".
export const formatFor = (name) => {
  const { thousands, decimal, beforePercent } = SIGNS[name];

  const number = (value, digits = 0) => {
    const text = rounded(Math.abs(value), digits);
    const minus = value < 0 && Number(text) !== 0 ? MINUS : "";
    const [whole, decimals] = text.split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
    return minus + grouped + (decimals ? decimal + decimals : "");
  };

  // Never a false 0 or 100.
  const percentTo = (share, digits) => {
    const step = 10 ** -digits;
    const percent = 100 * share;
    if (percent > 0 && percent < step) return `<${beforePercent}${number(step, digits)}${beforePercent}%`;
    if (percent > 100 - step && percent < 100) return `>${beforePercent}${number(100 - step, digits)}${beforePercent}%`;
    return `${number(share * 100, digits)}${beforePercent}%`;
  };
  const percent = (share) => percentTo(share, 0); // of one argument, so that it can be mapped

  const digitsFor = (score, threshold) => {
    if (Math.abs(wholePercent(score) - wholePercent(threshold)) > 1) return 0;
    const readTheSame = (digits) => percentTo(score, digits) === percentTo(threshold, digits);
    let digits = 1;
    while (digits < MOST_DIGITS && score !== threshold && readTheSame(digits)) digits += 1;
    return digits;
  };

  // Scores and the threshold that they are compared with, so that none can be taken for the other.
  const scoresAndThreshold = (scores, threshold) => {
    const digits = scores.map((score) => digitsFor(score, threshold));
    return [scores.map((score, at) => percentTo(score, digits[at])), percentTo(threshold, Math.max(1, ...digits))];
  };
  const scoreAndThreshold = (score, threshold) => {
    const [[written], at] = scoresAndThreshold([score], threshold);
    return [written, at];
  };

  return { number, percent, scoresAndThreshold, scoreAndThreshold };
};

export const { number, percent, scoresAndThreshold, scoreAndThreshold } = formatFor(language);

// A sentence of busi/words/content, its {placeholders} filled.
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
