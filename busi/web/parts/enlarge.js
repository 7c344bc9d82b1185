// The box in which small pictures open large. parts/thumbnails.js, mounted on the same component, makes one the chosen
// image.

const open = (box, item) => {
  const small = item.querySelector(".case-open");
  const plate = item.querySelector(".plate").cloneNode(true);
  const image = plate.querySelector("img");
  if (image) image.alt = small.getAttribute("aria-label");
  // The facts are ordinary elements, not a <template>: Gradio updates what is in the page in place, and would leave it
  // out.
  const facts = item.querySelector("[data-facts] > *").cloneNode(true);
  box.querySelector("[data-inside]").replaceChildren(plate, facts);
  const use = box.querySelector("[data-then]");
  use.dataset.key = small.dataset.example;
  use.hidden = !use.dataset.key;
  box.showModal();
};

export const mount = ({ element }) => {
  const box = element.querySelector("dialog.enlarged");
  const follow = ({ target }) => {
    if (!element.isConnected) return document.removeEventListener("click", follow);
    const item = target.closest?.(".case-open")?.closest(".case-item");
    if (item && element.closest(".tabitem").contains(item)) open(box, item);
  };
  document.addEventListener("click", follow);
  box.querySelector("[data-then]").addEventListener("click", () => box.close());
  // A click outside the picture closes it as well.
  box.addEventListener("click", (event) => event.target === box && box.close());
};
