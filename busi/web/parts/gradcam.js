// Grad-CAM: which class is shown, how thick the veil is, and whether the outline is drawn. No server needed.
const show = (name) => {
  element.querySelectorAll("[data-class]").forEach((part) => (part.hidden = part.dataset.class !== name));
  element.querySelectorAll("[data-show]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.show === name)));
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show]");
  if (button) show(button.dataset.show);
});
element.addEventListener("input", (event) => {
  if (event.target.matches("[data-veil]")) element.querySelector(".plate").style.setProperty("--veil", event.target.value / 100);
  if (event.target.matches("[data-outline]")) element.querySelector(".edge").toggleAttribute("hidden", !event.target.checked);
});
// On a phone what was asked for may appear below the screen.
watch("value", () => element.firstElementChild && element.scrollIntoView({ block: "nearest" }));
