// On a phone the answer stands below the picker, out of sight: bring it into view when it changes.
watch("value", () => {
  if (element.getBoundingClientRect().top > 0.6 * window.innerHeight) element.scrollIntoView({ block: "start" });
});
// What the visitor would have said: who was right is told at once, and the true answer opens.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-guess]");
  const place = button?.closest(".own-guess");
  if (!place) return;
  const { guess } = button.dataset;
  place.querySelectorAll("button[data-guess]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
  place.querySelectorAll("[data-guessed]").forEach((told) => (told.hidden = told.dataset.guessed !== guess));
  place.querySelector("details").open = true;
});
