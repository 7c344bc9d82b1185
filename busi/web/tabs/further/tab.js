// Which network is the best? The table comes after the guess.
const section = element.querySelector(".architectures");
const reply = section.querySelector(".reply");
section.querySelector(".guesses").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  section.querySelectorAll(".guesses button").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
  const kind = button.dataset.guess === section.dataset.winner ? "best" : "other";
  const { verdict } = button.dataset;
  atelier.judge(reply, verdict, `${reply.dataset[verdict]} ${atelier.fill(reply.dataset[kind], { guess: button.textContent })}`);
  section.querySelector("[data-after]").hidden = false;
});
