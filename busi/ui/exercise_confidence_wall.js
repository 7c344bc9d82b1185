// The wall of images: each says what the network says of it at the threshold of the bench, and whether that is right.
const mark = (threshold) => {
  for (const card of element.querySelectorAll(".case-item")) {
    const bar = card.querySelector("[data-probability]");
    const malignant = Number(bar.dataset.probability) >= threshold;
    card.querySelector("[data-says=malignant]").hidden = !malignant;
    card.querySelector("[data-says=benign]").hidden = malignant;
    bar.querySelector("u").style.left = `${100 * threshold}%`;
  }
};
const follow = ({ detail }) => {
  if (!element.isConnected) return document.removeEventListener("confidence-threshold", follow);
  mark(detail);
};
document.addEventListener("confidence-threshold", follow);
watch("value", () => document.dispatchEvent(new CustomEvent("confidence-ask")));
