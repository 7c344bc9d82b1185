// Gradio's sliders, with their numbers as the page's language writes them: Gradio's own field has a decimal point in every
// language. It is hidden (style.css), and what stands in its place follows the slider.

import { number } from "./format.js";

const RANGE = "input[type=range][data-testid=range-input]";

const digitsOf = (step) => (step.split(".")[1] ?? "").length;

const written = (range, value) => number(Number(value), digitsOf(range.step));

// An end of the scale is short: "0,35", but "1".
const end = (range, value) => number(Number(value), Number.isInteger(Number(value)) ? 0 : digitsOf(range.step));

const outputBeside = (range) => {
  const output = document.createElement("output");
  output.className = "knob-value";
  output.htmlFor = range.id;
  range.closest(".block").querySelector(".tab-like-container").append(output);
  return output;
};

const take = (range) => {
  const output = outputBeside(range);
  const show = () => {
    output.textContent = written(range, range.value);
    range.setAttribute("aria-valuetext", output.textContent);
  };
  for (const [name, value] of Object.entries({ min: range.min, max: range.max })) {
    const place = range.parentElement.querySelector(`.${name}_value`);
    if (place) place.textContent = end(range, value);
  }
  range.addEventListener("input", () => requestAnimationFrame(show));
  // A value that comes from elsewhere changes how far Gradio fills the slider.
  new MutationObserver(show).observe(range, { attributeFilter: ["style"] });
  show();
};

// Takes every slider of the part that `element` stands in, now and when Gradio shows another one.
export const mount = ({ element }) => {
  const part = element.closest("[role=tabpanel]");
  const taken = new WeakSet();
  const takeNew = () => {
    for (const range of part.querySelectorAll(RANGE)) {
      if (taken.has(range)) continue;
      taken.add(range);
      take(range);
    }
  };
  new MutationObserver(takeNew).observe(part, { childList: true, subtree: true });
  takeNew();
};
