// The image that all tabs look at. Whatever is chosen last counts, though what was chosen before may arrive later; a file
// that was announced to the tabs is not announced again while the server surely has it.

const LASTS = 20 * 60 * 1000; // milliseconds; the server keeps a file for at least fifty minutes
let turn = 0;
let emptied = null; // the turn in which the picker was emptied
let announced = { path: null, until: Number.POSITIVE_INFINITY };

export const picture = {
  given: null, // what has been sent to the server, for Gradio to fetch
  takeTurn: () => {
    turn += 1;
    return turn;
  },
  isLast: (mine) => mine === turn,
  empty: () => {
    emptied = picture.takeTurn();
    unpress();
    return [];
  },
  // For what was chosen before the picker was emptied, and arrives afterwards. Fails where it may stay.
  mustGo: () => {
    if (emptied !== turn) throw new Error("not emptied since");
    return [];
  },
  // For Gradio's event of a new file: fails where the file is the one that was announced last.
  announce: (path) => {
    if (path === announced.path && performance.now() < announced.until) throw new Error("the same file");
    announced = { path, until: path === null ? Number.POSITIVE_INFINITY : performance.now() + LASTS };
    return [];
  },
  forget: () => {
    announced = { path: undefined, until: 0 };
  },
};

// No small picture is the chosen one any more.
export const unpress = () => {
  for (const button of document.querySelectorAll("button[data-key][aria-pressed]"))
    button.removeAttribute("aria-pressed");
};
