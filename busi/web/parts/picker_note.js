// What the server found out about the chosen file: that it is refused, and why; or what it looks like, where the browser
// cannot show it.

const showRefusal = (refused) => {
  const banner = document.querySelector(".picker .banner");
  if (!refused && !("judged" in banner.dataset)) return; // what stands there is not the server's; see picker_upload.js
  banner.textContent = refused ?? "";
  banner.hidden = !refused;
  banner.toggleAttribute("data-judged", Boolean(refused));
};

const showPreview = (preview) => {
  const shown = document.querySelector(".chosen .image-frame img");
  if (preview && shown) shown.src = preview;
};

export const mount = ({ element, watch }) => {
  watch("value", () => {
    const { refused, preview } = element.querySelector("[data-refused], [data-preview]")?.dataset ?? {};
    showRefusal(refused);
    showPreview(preview);
  });
};
