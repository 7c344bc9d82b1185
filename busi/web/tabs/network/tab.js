// The network is asked for when the tab opens; a click on a layer tells the server which one to show.
trigger("apply", {});
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-layer]");
  if (!button) return;
  element.querySelectorAll("button[data-layer]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
  document.getElementById("layer-view").dataset.asked = "yes";
  trigger("click", { layer: button.dataset.layer });
});
