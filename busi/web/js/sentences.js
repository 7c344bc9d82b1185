// The sentences that a widget writes: the server puts them, unfilled, as JSON into an attribute of its markup.

import { fill } from "./format.js";

// say(key, values) for the sentences of an element's data-said, or of another attribute; `say.has(key)` tells whether
// there is one, and `say.texts` holds them as they came, for what is not a sentence (a table of names).
export const sayFrom = (place, attribute = "said") => {
  const texts = JSON.parse(place.dataset[attribute]);
  const say = (key, values = {}) => fill(texts[key], values);
  return Object.assign(say, { texts, has: (key) => Object.hasOwn(texts, key) });
};

// An interval as a widget's sentence "interval" puts it, both ends written by `write`.
export const intervalText = (say, { low, high }, write) => say("interval", { low: write(low), high: write(high) });
