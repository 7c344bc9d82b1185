// A run of a small training: begun and stopped by its buttons, shown as it comes, and a recorded one told while it waits.

import { widget } from "../../js/widget.js";
import { whenArrived } from "./arrived.js";

const PATIENCE = 3000; // milliseconds before a recorded run is told
const LONGEST = 60000; // and before a run counts as lost

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// What is chosen in a bench's radio buttons, whose names begin alike: numbers where they are.
export const choicesIn = (element, prefix, names) =>
  Object.fromEntries(
    names.map((name) => {
      const { value } = element.querySelector(`input[name=${prefix}-${name}]:checked`);
      return [name, /^\d+$/.test(value) ? Number(value) : value];
    }),
  );

// Checks the radio buttons that an address names, as far as there are such.
export const choose = (element, prefix, names, asked) => {
  for (const name of names) {
    const radios = [...element.querySelectorAll(`input[name=${prefix}-${name}]`)];
    const radio = radios.find(({ value }) => value === asked[name]);
    if (radio) radio.checked = true;
  }
};

// Wires a bench: `choices()` is what a run is asked for, `recordedText()` a sentence on the recorded one, `hindered()` one on
// what keeps it from beginning, if anything does, and `shown()` is called when something was shown.
export const followRuns = ({ element, trigger, say, choices, recordedText, hindered = () => "", shown = () => {} }) => {
  const { find, put } = widget(element);
  const [run, stop] = [find("[data-run]"), find("[data-stop]")];
  let timers = [];

  const end = (state) => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    run.disabled = false;
    stop.disabled = true;
    put("state", state);
  };

  const begin = () => {
    const why = hindered();
    if (why) return put("state", why);
    run.disabled = true;
    stop.disabled = false;
    put("state", say("waiting"));
    find("[data-shown]").replaceChildren();
    timers = [setTimeout(() => put("state", recordedText()), PATIENCE), setTimeout(() => end(say("lost")), LONGEST)];
    trigger("apply", { ...choices(), seed: Math.floor(Math.random() * 2 ** 31) });
  };

  element.addEventListener("click", ({ target }) => {
    if (target.closest("[data-run]")) begin();
    if (!target.closest("[data-stop]")) return;
    trigger("stop");
    end(say("stopped"));
  });
  whenArrived(element, (markup) => {
    if (!markup || !timers.length) return;
    find("[data-shown]").innerHTML = markup;
    shown();
    const progress = find("progress");
    clearTimeout(timers[0]);
    if (!progress || progress.value >= progress.max) end("");
    else put("state", say("learning", { done: progress.value, all: progress.max }));
  });
};
