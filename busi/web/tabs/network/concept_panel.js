// One concept's panel: its parts by their data attributes, its sentences, its buttons, and what plays by itself.

import { number } from "../../js/format.js";
import { prefersStillness } from "../../js/motion.js";
import { press } from "../../js/widget.js";

// A number with as many decimals as it needs, two at most.
export const brief = (value) => {
  const isWhole = (digits) => Math.abs(value * 10 ** digits - Math.round(value * 10 ** digits)) < 1e-6;
  return number(value, [0, 1].find(isWhole) ?? 2);
};

// Only what is new is written, so that a screen reader says nothing twice.
const write = (place, text) => {
  if (place.textContent !== text) place.textContent = text;
};

export const panelOf = (panel) => {
  const find = (selector) => panel.querySelector(selector);
  const put = (part, text) => write(find(`[data-out="${part}"]`), text);
  const slider = (part) => find(`[data-in="${part}"]`);

  return {
    panel,
    find,
    put,
    slider,
    read: (part) => slider(part).valueAsNumber,

    // What a slider stands for, written beside it.
    show: (part, text) => {
      put(part, text);
      slider(part).setAttribute("aria-valuetext", text);
    },

    // Of the buttons with such a data attribute, the one with this value is pressed.
    choose: (attribute, value) =>
      press(panel.querySelectorAll(`[data-${attribute}]`), (button) => button.dataset[attribute] === value),

    onClick: (attribute, act) =>
      panel.addEventListener("click", (event) => {
        const button = event.target.closest(`[data-${attribute}]`);
        if (button) act(button.dataset[attribute], button);
      }),
  };
};

// Calls `act` again and again until it returns a falsy value, or the panel is left; the value is the pause in ms.
export const playerIn = ({ panel }, say, act, afterwards = () => {}) => {
  const button = panel.querySelector('[data-do="play"]');
  let timer = null;
  button.hidden = prefersStillness();

  const stop = () => {
    clearTimeout(timer);
    timer = null;
    button.setAttribute("aria-pressed", "false");
    button.textContent = say("play");
    afterwards();
  };
  const tick = () => {
    const pause = panel.offsetParent && act();
    if (pause) timer = setTimeout(tick, pause);
    else stop();
  };
  const start = () => {
    button.setAttribute("aria-pressed", "true");
    button.textContent = say("pause");
    tick();
  };
  return { start, stop, isPlaying: () => timer !== null };
};
