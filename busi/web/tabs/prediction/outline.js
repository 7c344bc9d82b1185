// The outline, redrawn with a finger or grown by buttons: what the browser sends is the path, and the server scores it.

import { press } from "../../js/widget.js";
import { followFinger } from "../../parts/finger.js";

const MOST_STEPS = 6;

const setDrawing = (figure, isOn) => {
  figure.toggleAttribute("data-drawing", isOn);
  press([figure.querySelector("[data-redraw]")], () => isOn);
  figure.querySelector("[data-hint]").hidden = !isOn;
};

export const mount = ({ element, trigger }) => {
  followFinger(element, "figure[data-drawing] .plate", (path) => {
    setDrawing(element.querySelector("figure"), false);
    trigger("apply", { points: path });
  });

  element.addEventListener("click", ({ target }) => {
    const button = target.closest(".outline-tools button");
    const figure = button?.closest("figure");
    if (!figure) return;
    if (button.matches("[data-redraw]")) setDrawing(figure, !figure.hasAttribute("data-drawing"));
    if (button.matches("[data-back]")) trigger("apply", {});
    if (button.dataset.step) {
      const steps = Number(figure.dataset.grow) + Number(button.dataset.step);
      if (Math.abs(steps) <= MOST_STEPS) trigger("apply", { grow: steps });
    }
  });
};
