// The pictures of an open cell: the next ones, and the way to them. thumbnails.js, which stands before this, picks one.
let asked = false;
element.addEventListener("click", ({ target }) => {
  const more = target.closest("button[data-question]");
  if (!more) return;
  asked = true;
  trigger("apply", JSON.parse(more.dataset.question));
});
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("button[data-cell]")) asked = true;
});
// Only what was asked for by a click takes the eye there; a threshold that moves does not.
watch("value", () => {
  const title = element.querySelector("h3");
  if (!asked || !title) return;
  asked = false;
  title.focus({ preventScroll: true });
  if (title.getBoundingClientRect().top > 0.75 * window.innerHeight) title.scrollIntoView({ block: "center" });
});
