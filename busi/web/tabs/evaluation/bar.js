// The bar that stays in view: which images, and the threshold. It owns both; the widgets below hear of every change.

import { number } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { radioNames } from "../../js/widget.js";
import { own, publish } from "./choices.js";

// Steps of 0.1 %, and the network's threshold exactly where it is.
const rounded = (threshold, chosen) => {
  const near = Math.min(1, Math.max(0, Math.round(1000 * threshold) / 1000));
  return Math.abs(near - chosen) <= 0.0005 ? chosen : near;
};

export const mount = ({ element }) => {
  const bar = element.querySelector("[data-evaluation]");
  const { threshold: chosen, populations } = JSON.parse(bar.dataset.evaluation);
  const say = sayFrom(bar);
  const slider = bar.querySelector("#evaluation-threshold");
  const back = bar.querySelector("[data-back]");
  const names = radioNames(bar);
  let state = { population: "test", threshold: chosen };

  const written = () => say("threshold_value", { threshold: number(100 * state.threshold, 1) });

  const announce = () =>
    publish({
      ...populations[state.population],
      ...state,
      chosen,
      name: names[state.population],
      written: written(),
      populations,
    });

  const set = (change) => {
    state = { ...state, ...change };
    slider.value = state.threshold;
    slider.setAttribute("aria-valuetext", written());
    bar.querySelector("[data-out=threshold]").textContent = written();
    bar.dataset.threshold = state.threshold;
    back.disabled = state.threshold === chosen;
    announce();
  };

  slider.addEventListener("input", () => set({ threshold: rounded(slider.valueAsNumber, chosen) }));
  back.addEventListener("click", () => {
    set({ threshold: chosen });
    slider.focus();
  });
  bar.addEventListener("change", ({ target }) => target.type === "radio" && set({ population: target.value }));
  own(element, {
    announce,
    set: ({ exact, threshold }) => set({ threshold: exact ?? rounded(threshold, chosen) }),
  });
  set({});
};
