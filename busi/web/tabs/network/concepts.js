// Four concepts to try: the buttons that choose one. Each has a script of its own, which draws into the panel of its name
// and gives the function that draws it anew, once its panel can be seen.

import { sayFrom } from "../../js/sentences.js";
import { press } from "../../js/widget.js";
import { activation } from "./activation.js";
import { panelOf } from "./concept_panel.js";
import { dropout } from "./dropout.js";
import { loss } from "./loss.js";
import { optimiser } from "./optimiser.js";

const CONCEPTS = { activation, dropout, optimiser, loss };

export const mount = ({ element }) => {
  const root = element.querySelector(".concepts");
  const say = sayFrom(root, "say");
  const placeOf = (name) => root.querySelector(`[data-panel="${name}"]`);
  const start = ([name, concept]) => [name, concept(panelOf(placeOf(name)), say)];
  const drawings = Object.fromEntries(Object.entries(CONCEPTS).map(start));

  const choose = (name) => {
    for (const panel of root.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== name;
    press(root.querySelectorAll("[data-concept]"), (button) => button.dataset.concept === name);
    drawings[name]();
  };

  root.addEventListener("click", (event) => {
    const { concept, next } = event.target.closest("[data-concept], [data-next]")?.dataset ?? {};
    if (concept ?? next) choose(concept ?? next);
    if (next) placeOf(next).querySelector("h4").focus();
  });

  let drawnWidth = 0;
  new ResizeObserver(() => {
    if (!root.clientWidth || root.clientWidth === drawnWidth) return;
    drawnWidth = root.clientWidth;
    drawings[root.querySelector("[data-panel]:not([hidden])").dataset.panel]();
  }).observe(root);
};
