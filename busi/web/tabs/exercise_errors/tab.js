// Which errors are looked at: it asks the server for them; the guess is compared here, where it was made.
const bench = element.querySelector(".errors-bench");
const counts = JSON.parse(bench.dataset.counts), said = JSON.parse(bench.dataset.said);
const names = Object.fromEntries([...bench.querySelectorAll("input[type=radio]")].map((radio) => [radio.value, radio.parentElement.textContent.trim()]));
let kind = null;

const population = () => bench.querySelector("input[type=radio]:checked").value;
const show = () => {
  const now = counts[population()];
  kind ??= now.missed.n ? "missed" : "alarms";
  bench.querySelectorAll("[data-kind]").forEach((button) => {
    button.textContent = atelier.fill(said[`kind_${button.dataset.kind}`], now[button.dataset.kind]);
    button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
  });
  const [guess] = atelier.kept.get("answers", {})["errors.guess"] ?? [];
  const told = { missed: now.missed.n, malignant: now.missed.of, alarms: now.alarms.n, benign: now.alarms.of, population: names[population()], target: said.target };
  const found = told.missed > told.alarms ? "missed" : told.missed < told.alarms ? "alarmed" : "as_many";
  const reply = said[`guessed_${guess}`], verdict = guess === found ? "right" : "wrong";
  const sentence = reply ? `${said[verdict]} ${reply} ${atelier.fill(said.guess_told, told)}` : "";
  atelier.judge(bench.querySelector("[data-out=reply]"), reply ? verdict : "", sentence);
};
const ask = () => trigger("apply", { population: population(), kind, page: 0 });

bench.addEventListener("click", ({ target }) => {
  const chosen = target.closest("[data-kind]")?.dataset.kind;
  if (!chosen) return;
  kind = chosen;
  show();
  ask();
});
bench.addEventListener("change", ({ target }) => {
  if (target.type === "radio") {
    show();
    ask();
  }
  // The gallery wears the two switches as classes, so that pictures to come obey them too.
  const gallery = document.getElementById("errors-gallery");
  if ("veil" in target.dataset) gallery.classList.toggle("veiled", target.checked);
  if ("edge" in target.dataset) gallery.classList.toggle("outlined", target.checked);
});
const follow = () => (element.isConnected ? show() : document.removeEventListener("atelier-kept", follow));
document.addEventListener("atelier-kept", follow);
show();
atelier.whenSeen(bench, ask);
