// The drawing of the network, which is fetched when the tab opens; a click on a layer tells the server which one to show.

import { press } from "../../js/widget.js";

export const mount = ({ element, trigger }) => {
  trigger("apply", {});
  element.addEventListener("click", (event) => {
    const clicked = event.target.closest("button[data-layer]");
    if (!clicked) return;
    press(element.querySelectorAll("button[data-layer]"), (button) => button === clicked);
    document.getElementById("layer-view").dataset.awaited = "yes";
    trigger("click", { layer: clicked.dataset.layer });
  });
};
