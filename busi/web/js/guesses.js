// A sentence on a visitor's guess with a mark before it, as macros.html writes it on the server.

const MARKS = { right: "✓", wrong: "✗", near: "≈", open: "?" };

// Writes the sentence into a place; with a kind that is none of the marks', the sentence alone.
export const judge = (place, kind, text) => {
  for (const name of Object.keys(MARKS)) place.classList.toggle(name, name === kind);
  place.classList.toggle("judged", kind in MARKS);
  if (!(kind in MARKS)) {
    place.textContent = text;
    return;
  }
  const sign = document.createElement("span");
  sign.className = "sign";
  sign.setAttribute("aria-hidden", "true");
  sign.textContent = MARKS[kind];
  place.replaceChildren(sign, ` ${text}`);
};

// A guess in percent, compared with a share that is known only up to its interval: which mark, and which sentence.
export const judgeShare = (say, guess, { value, low, high }) => {
  const within = guess >= Math.floor(100 * low) && guess <= Math.ceil(100 * high);
  return within ? ["right", say("within")] : ["wrong", say(100 * value > guess ? "higher" : "lower")];
};
