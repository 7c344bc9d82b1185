// One epoch, batch by batch: as many squares as batches, lit up to where the slider stands.
const box = element.querySelector(".batches");
const slider = box.querySelector("input");
const squares = [...box.querySelectorAll(".squares i")];
const still = matchMedia("(prefers-reduced-motion: reduce)");
const EPOCH_LASTS = 4000; // ms
let began = 0;

const show = () => {
  const number = Number(slider.value);
  squares.forEach((square, at) => square.classList.toggle("lit", at < number));
  const images = Math.min(number * Number(box.dataset.size), Number(box.dataset.images));
  const values = { number: atelier.number(number), batches: atelier.number(squares.length), seen: atelier.number(images), images: atelier.number(Number(box.dataset.images)) };
  box.querySelector("[data-said]").textContent = atelier.fill(box.dataset.words, values);
};

const advance = (now) => {
  if (!began) return;
  slider.value = Math.ceil(Math.min(1, (now - began) / EPOCH_LASTS) * squares.length);
  show();
  if (Number(slider.value) < squares.length) requestAnimationFrame(advance);
  else began = 0;
};

slider.addEventListener("input", () => {
  began = 0;
  show();
});
box.querySelector("button").addEventListener("click", () => {
  began = performance.now();
  if (still.matches) began -= EPOCH_LASTS;
  requestAnimationFrame(advance);
});
show();
