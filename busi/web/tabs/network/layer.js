// What was asked for by a click comes into view, if it appeared below the screen.
watch("value", () => {
  const view = document.getElementById("layer-view");
  if (!view?.dataset.asked) return;
  delete view.dataset.asked;
  if (element.getBoundingClientRect().top > 0.6 * window.innerHeight) element.scrollIntoView({ block: "start" });
});
