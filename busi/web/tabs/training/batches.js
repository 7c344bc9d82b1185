// One epoch, batch by batch: as many squares as batches, lit up to where the slider stands.

import { fill, number } from "../../js/format.js";
import { prefersStillness } from "../../js/motion.js";

const EPOCH_LASTS = 4000; // milliseconds

export const mount = ({ element }) => {
  const box = element.querySelector(".batches");
  const slider = box.querySelector("input");
  const squares = [...box.querySelectorAll(".squares i")];
  const size = Number(box.dataset.size);
  const images = Number(box.dataset.images);
  let began = 0;

  const show = () => {
    const batch = slider.valueAsNumber;
    squares.forEach((square, at) => {
      square.classList.toggle("lit", at < batch);
    });
    const counts = { number: batch, batches: squares.length, seen: Math.min(batch * size, images), images };
    const written = Object.entries(counts).map(([name, count]) => [name, number(count)]);
    box.querySelector("[data-said]").textContent = fill(box.dataset.words, Object.fromEntries(written));
  };

  const advance = (now) => {
    if (!began) return;
    slider.value = Math.ceil(Math.min(1, (now - began) / EPOCH_LASTS) * squares.length);
    show();
    if (slider.valueAsNumber < squares.length) requestAnimationFrame(advance);
    else began = 0;
  };

  slider.addEventListener("input", () => {
    began = 0;
    show();
  });
  box.querySelector("button").addEventListener("click", () => {
    began = performance.now();
    if (prefersStillness()) began -= EPOCH_LASTS;
    requestAnimationFrame(advance);
  });
  show();
};
