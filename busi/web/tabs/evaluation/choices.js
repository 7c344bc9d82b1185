// The two choices that all widgets of the evaluation follow: which images, and which threshold. bar.js owns both and
// announces every change; a widget that comes later asks for them, and may ask for a change.

const STATE = "evaluation-state";
const ASK = "evaluation-ask";
const SET = "evaluation-set";

// Calls show(choices) now and whenever a choice changes. Choices are { population, threshold, chosen, name, written }
// (the threshold of the network is `chosen`; `name` and `written` are for people), and what the page knows of the
// population: { rows, source, metrics, by_chance, above_chance }; `populations` holds the same of all, by their names.
export const follow = (element, show) => {
  document.addEventListener(STATE, (event) => element.isConnected && show(event.detail));
  document.dispatchEvent(new CustomEvent(ASK));
};

// { threshold }, or { exact } for a threshold that is not to be rounded.
export const choose = (change) => document.dispatchEvent(new CustomEvent(SET, { detail: change }));

// For the owner: `announce` is called for whoever asks, `set` with what somebody chose.
export const own = (element, { announce, set }) => {
  document.addEventListener(ASK, () => element.isConnected && announce());
  document.addEventListener(SET, ({ detail }) => element.isConnected && set(detail));
};

export const publish = (choices) => document.dispatchEvent(new CustomEvent(STATE, { detail: choices }));
