// Which two images, which layer, which filters: every choice asks the server for the bench anew.

import { whenSeen } from "../../js/visibility.js";

export const mount = ({ element, trigger }) => {
  const ask = (change = {}) => {
    const { left, right, layer, differing } = element.querySelector(".layers-bench")?.dataset ?? {};
    trigger("apply", { left, right, layer, differing: differing === "true", ...change });
  };
  element.addEventListener("click", ({ target }) => {
    const { side, example, chooseLayer } = target.closest("button")?.dataset ?? {};
    if (side) ask({ [side]: example });
    if (chooseLayer) ask({ layer: chooseLayer });
  });
  element.addEventListener("change", ({ target }) => {
    if ("differ" in target.dataset) ask({ differing: target.checked });
  });
  whenSeen(element, () => ask());
};
