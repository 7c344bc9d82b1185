// The box in which small pictures open large. thumbnails.js, which stands before this, makes one the current image.
const box = element.querySelector("dialog.enlarged");
const inside = box.querySelector("[data-inside]");
const use = box.querySelector("[data-then]");

// The facts are ordinary elements, not a <template>: Gradio updates what is in the page in place, and would leave it out.
const open = (item) => {
  const plate = item.querySelector(".plate").cloneNode(true);
  const alt = plate.querySelector("img");
  if (alt) alt.alt = item.querySelector(".case-open").getAttribute("aria-label");
  inside.replaceChildren(plate, item.querySelector("[data-facts] > *").cloneNode(true));
  use.dataset.key = item.querySelector(".case-open").dataset.example;
  use.hidden = !use.dataset.key;
  box.showModal();
};

const follow = ({ target }) => {
  if (!element.isConnected) return document.removeEventListener("click", follow);
  const item = target.closest?.(".case-open")?.closest(".case-item");
  if (item && element.closest(".tabitem").contains(item)) open(item);
};
document.addEventListener("click", follow);
use.addEventListener("click", () => box.close());
// A click beside the picture closes it as well.
box.addEventListener("click", (event) => event.target === box && box.close());
