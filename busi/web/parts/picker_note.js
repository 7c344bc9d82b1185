// What the server found out about the chosen file: that it is refused, and why; or what it looks like, where the browser
// cannot show it.
watch("value", () => {
  const banner = document.querySelector(".picker .banner");
  const { refused, preview } = element.querySelector("[data-refused], [data-preview]")?.dataset ?? {};
  if (refused || "judged" in banner.dataset) {
    banner.textContent = refused ?? "";
    banner.hidden = !refused;
    banner.toggleAttribute("data-judged", Boolean(refused));
  }
  const shown = document.querySelector(".chosen .image-frame img");
  if (preview && shown) shown.src = preview;
});
