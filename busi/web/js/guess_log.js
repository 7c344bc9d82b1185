// What a visitor guessed through the workshop, for the page at its end (tabs/ending). It is stored in this browser alone.
//
// An entry holds values and never sentences, so that either language can show what was guessed in the other: `guess` and
// `truth` are keys of choices ("benign"), or numbers; a share is written in points from 0 to 100.

import { store, stored } from "./storage.js";

const PLACE = "guesses"; // under which all of them are stored
const MOST = 64; // names, so that the browser's storage cannot fill up
const NAME = /^[a-z_]{1,30}\.[a-z0-9_]{1,30}$/;
const LONGEST = 40; // letters of a value
const OPTIONAL = ["network", "low", "high", "ill"];
const NEAR = 10; // points of 100
const CHOICE_GAP = 0.5; // choices have no distance: as much as half of a scale

export const VERDICTS = ["right", "near", "wrong", "open"];

const isValue = (value) =>
  typeof value === "string" ? value.length > 0 && value.length <= LONGEST : Number.isFinite(value);

// What a number from 0 to 100 was worth: right within the interval of the truth, whose ends are rounded outwards because
// a slider gives whole numbers; `gap` is a share of the scale.
export const judgeNumber = (guess, { truth, low = truth, high = truth }) => {
  const isWithin = guess >= Math.floor(low) && guess <= Math.ceil(high);
  const points = Math.abs(guess - truth);
  if (isWithin) return { verdict: "right", gap: points / 100 };
  return { verdict: points <= NEAR ? "near" : "wrong", gap: points / 100 };
};

export const judgeChoice = (guess, { truth }) =>
  guess === truth ? { verdict: "right", gap: 0 } : { verdict: "wrong", gap: CHOICE_GAP };

export const judgeEntry = (entry) =>
  typeof entry.guess === "number" ? judgeNumber(entry.guess, entry) : judgeChoice(entry.guess, entry);

// An entry with nothing in it but what is known, or null if it is none of ours: anybody may write into a browser's storage.
const cleaned = (entry) => {
  const { guess, truth } = entry ?? {};
  if (!isValue(guess) || !isValue(truth) || typeof guess !== typeof truth) return null;
  const kept = OPTIONAL.filter((name) => isValue(entry[name])).map((name) => [name, entry[name]]);
  const found = { guess, truth, ...Object.fromEntries(kept) };
  const judged = judgeEntry(found);
  const isJudged = VERDICTS.includes(entry.verdict);
  return {
    ...found,
    verdict: isJudged ? entry.verdict : judged.verdict,
    gap: isJudged && Number.isFinite(entry.gap) ? Math.min(1, Math.max(0, entry.gap)) : judged.gap,
  };
};

// All guesses by their names, the first made first.
export const rememberedGuesses = () => {
  const all = stored(PLACE, {});
  const entries = all && typeof all === "object" ? Object.entries(all) : [];
  const ours = entries.map(([name, entry]) => [name, NAME.test(name) ? cleaned(entry) : null]);
  return Object.fromEntries(ours.filter(([, entry]) => entry).slice(0, MOST));
};

// Remembers a guess under a stable name, as "evaluation.sensitivity". Without a verdict it is judged here: by `low` and
// `high` around the truth if it is a number, else by whether it is the truth. `network` is what the network answered, and
// `ill` of how many ill women in 1,000 a question was. The first guess counts, and whoever guesses again has seen the
// answer: a later one does not replace it.
export const rememberGuess = (name, entry) => {
  const all = rememberedGuesses();
  const found = NAME.test(name) ? cleaned(entry) : null;
  if (!found || name in all || Object.keys(all).length >= MOST) return;
  store(PLACE, { ...all, [name]: found });
};
