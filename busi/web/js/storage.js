// What a visitor answers and writes stays in this browser; where that may store nothing, until the page is left.
// Every change is announced by the event "atelier-kept" on the document, with the name of what changed, or "" for all.

const PREFIX = "atelier.";
const unsaved = {};

const announce = (name) => document.dispatchEvent(new CustomEvent("atelier-kept", { detail: name }));

export const stored = (name, otherwise) => {
  try {
    return unsaved[name] ?? JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise; // forbidden, or not written by us
  }
};

export const store = (name, value) => {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
    delete unsaved[name];
  } catch {
    unsaved[name] = value; // full, or forbidden
  }
  announce(name);
};

export const forgetStored = () => {
  for (const name of Object.keys(unsaved)) delete unsaved[name];
  try {
    const ours = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
    for (const name of ours) localStorage.removeItem(name);
  } catch {} // forbidden
  announce("");
};

// What was answered to a question of an exercise, such as "groups.guess": undefined, or the first choice taken.
export const answerTo = (question) => stored("answers", {})[question]?.[0];

// Calls `show` after each change, as long as an element is in the page.
export const whenStoredChanges = (element, show) => {
  const follow = () => (element.isConnected ? show() : document.removeEventListener("atelier-kept", follow));
  document.addEventListener("atelier-kept", follow);
};
