// A picture that the browser cannot show is shown as the server has drawn it.
watch("value", () => {
  const drawn = element.querySelector("[data-preview]")?.dataset.preview;
  const shown = document.querySelector(".chosen .image-frame img");
  if (drawn && shown) shown.src = drawn;
});
