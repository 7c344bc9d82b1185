// The pictures of an open cell: the next ones, and the way to them. parts/thumbnails.js, mounted on the same component,
// picks one.

export const mount = ({ element, trigger, watch }) => {
  let isWanted = false;
  element.addEventListener("click", ({ target }) => {
    const more = target.closest("button[data-question]");
    if (!more) return;
    isWanted = true;
    trigger("apply", JSON.parse(more.dataset.question));
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.("button[data-cell]")) isWanted = true;
  });
  // Only what was asked for by a click takes the eye there; a threshold that moves does not.
  watch("value", () => {
    const title = element.querySelector("h3");
    if (!isWanted || !title) return;
    isWanted = false;
    title.focus({ preventScroll: true });
    if (title.getBoundingClientRect().top > 0.75 * window.innerHeight) title.scrollIntoView({ block: "center" });
  });
};
