// The image that all tabs look at. Whatever is chosen last counts, though what was chosen before may arrive later; a file
// that was announced to the tabs is not announced again while the server surely has it, and no other before all of them
// have answered. While a picture comes, the page's element says so (data-picture-comes): what concerns the one before, as
// the question where the network looked, is not to be had.

const COMES = 15 * 1000; // milliseconds, after which an example that was chosen is not waited for
const IS_NEWS = 1000; // milliseconds, after which one that arrived was there before
const LASTS = 20 * 60 * 1000; // milliseconds; the server keeps a file for at least fifty minutes
const PATIENCE = 2 * 60 * 1000; // milliseconds, after which the tabs are not waited for
let turn = 0;
let awaited = null; // the example that was chosen last; null where a file was given since, or none shall be there
let announced = { path: null, until: Number.POSITIVE_INFINITY };
let comesUntil = 0; // an example was chosen and is not here yet, in the time of performance.now()
let busyUntil = 0; // the tabs answer
let isNews = false; // something came meanwhile
let timer;

const nameOf = (file) =>
  (file?.path ?? "")
    .split(/[/\\]/)
    .pop()
    .replace(/\.\w+$/, "");

const tell = () => {
  const left = Math.max(comesUntil, busyUntil) - performance.now();
  document.documentElement.toggleAttribute("data-picture-comes", left > 0);
  clearTimeout(timer);
  if (left > 0) timer = setTimeout(tell, left + 1);
};

// The tabs have answered; what came meanwhile is announced now.
const rest = () => {
  busyUntil = 0;
  tell();
  if (isNews) picture.announceAgain();
  isNews = false;
};

export const picture = {
  given: null, // what has been sent to the server, for Gradio to fetch
  announceAgain: () => {}, // as soon as the picker is there; see parts/picker_upload.js
  takeTurn: () => {
    turn += 1;
    awaited = null;
    comesUntil = 0;
    tell();
    return turn;
  },
  isLast: (mine) => mine === turn,
  isTaken: () => turn > 0,
  choose: (key) => {
    picture.takeTurn();
    awaited = key;
    comesUntil = performance.now() + COMES;
    tell();
    unpress();
  },
  // Of an example that has arrived; fails where something else has been chosen since.
  accept: (file) => {
    if (nameOf(file) !== awaited) throw new Error("something else came since");
    comesUntil = performance.now() + IS_NEWS;
    return file;
  },
  empty: () => {
    picture.takeTurn();
    unpress();
    return [];
  },
  // For Gradio's event of a new file: fails where the file is the one that was announced last, or must wait.
  announce: (path) => {
    const now = performance.now();
    if (nameOf({ path }) === awaited) comesUntil = 0;
    tell();
    if (path === announced.path && now < announced.until) throw new Error("the same file");
    if (now < busyUntil) {
      isNews = true;
      throw new Error("the tabs have not answered yet");
    }
    announced = { path, until: path === null ? Number.POSITIVE_INFINITY : now + LASTS };
    busyUntil = now + PATIENCE;
    tell();
    return [];
  },
  rest: () => {
    rest();
    return [];
  },
  // A tab could not answer: the same file may be asked for again.
  forget: () => {
    announced = { path: undefined, until: 0 };
    rest();
  },
};

// No small picture is the chosen one any more.
export const unpress = () => {
  for (const button of document.querySelectorAll("button[data-key][aria-pressed]"))
    button.removeAttribute("aria-pressed");
};
