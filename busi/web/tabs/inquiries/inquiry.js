// The frame of an inquiry: the guess that opens it, what is said of that, and a link to where it stands.
//
// What is chosen in it travels in the page's address ("?inquiry=abstain&share=0.2#inquiry_abstain"), so that a
// facilitator can hand it on; the guess stays in this browser.

import { rememberGuess } from "../../js/guess_log.js";
import { judge } from "../../js/guesses.js";
import { sayFrom } from "../../js/sentences.js";
import { store, stored, whenStoredChanges } from "../../js/storage.js";
import { widget } from "../../js/widget.js";

export const GUESSED = "inquiries"; // under which the guesses are stored, by the inquiry's name

// What the page's address says of an inquiry: its settings as text, by their names.
export const settingsIn = (search, name) => {
  const { inquiry, ...settings } = Object.fromEntries(new URLSearchParams(search));
  return inquiry === name ? settings : {};
};

export const addressOf = (name, settings) =>
  `${location.origin}${location.pathname}?${new URLSearchParams({ inquiry: name, ...settings })}#inquiry_${name}`;

const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // forbidden; then the address stands in the address line
  }
};

// Makes an inquiry of an element; `truth()` is the choice that is true (or "open"), `told(guess)` a sentence on it,
// `settings()` what is to stand in the address, and `opened()` is called whenever what the guess opens is shown.
export const beginInquiry = ({ element, name, truth, told, settings, opened }) => {
  const { find, findAll, put } = widget(element);
  const say = sayFrom(find("[data-frame]"), "frame");
  const radios = findAll(`input[name=inquiry_${name}]`);

  const show = () => {
    const guess = stored(GUESSED, {})[name];
    const radio = radios.find(({ value }) => value === guess);
    find("[data-after]").hidden = !radio;
    for (const one of radios) one.disabled = Boolean(radio);
    find("[data-show]").hidden = Boolean(radio);
    if (!radio) return judge(find("[data-out=reply]"), "", "");
    radio.checked = true;
    const isTrue = truth();
    const kind = isTrue === "open" ? "open" : guess === isTrue ? "right" : "wrong";
    judge(find("[data-out=reply]"), kind, `${say(kind)} ${told(guess)}`.trim());
    rememberGuess(`inquiries.${name}`, { guess, truth: isTrue, ...(kind === "open" ? { verdict: "open" } : {}) });
    opened();
  };

  element.addEventListener("click", async ({ target }) => {
    if (target.closest("[data-show]")) {
      const chosen = radios.find(({ checked }) => checked);
      if (!chosen) return judge(find("[data-out=reply]"), "", say("choose_first"));
      store(GUESSED, { ...stored(GUESSED, {}), [name]: chosen.value });
    }
    if (target.closest("[data-copy]")) {
      const address = addressOf(name, settings());
      history.replaceState(history.state, "", address);
      if (await copy(address)) put("copied", say("copied"));
    }
  });
  whenStoredChanges(element, show);
  show();
};
