// Guesses, outlines, more examples, and the game of twins. What the server must judge is sent to it.
const guessed = (card) => {
  const guess = card.querySelector("input").value;
  const place = card.querySelector("[data-told]");
  const { told, low, high, saidWithin, saidHigher, saidLower } = place.dataset;
  const within = Number(guess) >= Number(low) && Number(guess) <= Number(high);
  const verdict = within ? saidWithin : Number(guess) < Number(low) ? saidHigher : saidLower;
  atelier.judge(place, within ? "right" : "wrong", `${verdict} ${atelier.fill(told, { guess })}`);
};

element.addEventListener("input", (event) => {
  const card = event.target.closest(".data-guess");
  if (card) card.querySelector("output").textContent = event.target.value;
  if (event.target.matches("[data-outline]")) {
    element.querySelector(".example-rows").classList.toggle("outlined", event.target.checked);
  }
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("reveal" in button.dataset) guessed(button.closest(".data-guess"));
  if (button.dataset.page) {
    outlined = element.querySelector("[data-outline]").checked;
    trigger("apply", { page: Number(button.dataset.page) });
  }
  if (button.dataset.round) {
    const choice = button.dataset.choice;
    trigger("apply", { round: Number(button.dataset.round), ...(choice ? { choice: Number(choice) } : {}) });
  }
});

// The switch stays as it was when other examples come.
let outlined = false;
watch("value", () => {
  const toggle = element.querySelector("[data-outline]");
  if (!toggle) return;
  toggle.checked = outlined;
  element.querySelector(".example-rows").classList.toggle("outlined", outlined);
});

if (element.querySelector("[data-to-come]")) trigger("apply", { page: 0, round: 0 });
