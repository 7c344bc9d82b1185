// The view of a layer: what a click called for comes into view, if it appeared below the screen.

import { bringIntoView } from "../../js/visibility.js";

export const mount = ({ element, watch }) => {
  watch("value", () => {
    const view = document.getElementById("layer-view");
    if (!view?.dataset.awaited) return;
    delete view.dataset.awaited;
    bringIntoView(element);
  });
};
