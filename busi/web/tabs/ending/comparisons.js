// What became of each guess: the visitor's beside the truth. Nothing here touches the page.

import { fill, number } from "../../js/format.js";
import { judgeEntry } from "../../js/guess_log.js";
import { alertsRight } from "../../js/statistics.js";

const WOMEN = 1000;
const MOST_SURPRISES = 3;

// Whole points, but never a false 0 or 100.
export const points = (value) => {
  if (value > 0 && value < 1) return `<${number(1)}`;
  return value > 99 && value < 100 ? `>${number(99)}` : number(value);
};

// What is true now, of the network that is served: what the server says, or what follows from its rates.
const truthNow = ({ rates, truth, low, high }, { ill }) => {
  if (truth !== undefined) return { truth, low, high };
  const right = rates && ill && alertsRight(rates, WOMEN, ill);
  return right ? { truth: 100 * right.value, low: 100 * right.low, high: 100 * right.high } : {};
};

const known = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

// A guess beside its truth, or null if it is none that can be shown here (an older network had other choices). `about` is
// what the server says of the guess, `entry` what the browser remembers. Where the server knows the truth, the guess is
// judged anew, so that what is shown is never that of another network.
export const compare = (about, entry) => {
  const { kind, choices, network } = about;
  const isShare = kind === "share";
  if ((isShare || kind === "number") !== (typeof entry.guess === "number")) return null;
  const now = known({ ...truthNow(about, entry), network });
  const found = { ...entry, ...now };
  const judged = "truth" in now ? { ...found, ...judgeEntry(found) } : found;
  const values = [judged.guess, judged.truth];
  if (typeof judged.guess === "string" && !values.every((value) => value in choices)) return null;
  if (isShare && !values.every((value) => value >= 0 && value <= 100)) return null;
  return { ...judged, kind, hasInterval: isShare && "low" in judged && !about.tolerance };
};

// Its two sides as the page writes them, and as they stand in a sentence.
export const written = ({ choices, kind }, pattern, { guess, truth }) => {
  const write = {
    share: (value) => fill(pattern, { value: points(value) }),
    number: (value) => fill(pattern, { value }),
  };
  const side = write[kind] ?? ((value) => choices[value]);
  const inSentence = kind === "share" ? points : side;
  return { sides: [guess, truth].map(side), sentence: [guess, truth].map(inSentence) };
};

// The guesses that were furthest from the truth, the furthest first.
export const surprises = (compared) =>
  compared
    .filter(({ verdict }) => verdict === "wrong" || verdict === "near")
    .sort((one, other) => other.gap - one.gap)
    .slice(0, MOST_SURPRISES);

export const tally = (compared) => {
  const counts = { right: 0, near: 0, wrong: 0, open: 0 };
  for (const { verdict } of compared) counts[verdict] += 1;
  return counts;
};
