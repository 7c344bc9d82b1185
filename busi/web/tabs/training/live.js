// The live training: its two charts grow as the server sends epochs, and what matters is told to screen readers.
const teller = document.createElement("p");
teller.setAttribute("role", "status");
teller.className = "told";
element.after(teller);

const row = ([epoch, loss, accuracy, valLoss, valAccuracy], measure) =>
  measure === "loss" ? [epoch, loss, valLoss] : [epoch, accuracy, valAccuracy];

const tick = {
  loss: (value, step) => atelier.number(value, step < 0.1 ? 2 : 1),
  accuracy: (value) => atelier.percent(value),
};

const draw = () => {
  const box = element.querySelector("[data-run]");
  if (!box) return;
  const run = JSON.parse(box.dataset.run);
  box.querySelectorAll("[data-chart]").forEach((place) => {
    const measure = place.dataset.chart;
    const rows = run.rows.map((one) => row(one, measure));
    const highest = Math.max(1, ...rows.flatMap((one) => one.slice(1)));
    const words = { epochs: box.dataset.epochs, level: place.dataset.level };
    const range = measure === "loss" ? [0, Math.min(2.5, highest)] : [0, 1];
    const level = measure === "accuracy" ? run.baseline : undefined;
    chart.draw(place, { rows, epochs: [0, run.epochs], range, show: tick[measure], words, alt: place.dataset.alt, level });
  });
};

const tell = () => {
  const news = element.querySelector("[data-announce]")?.textContent ?? "";
  if (teller.textContent !== news) teller.textContent = news;
};

watch("value", () => {
  draw();
  tell();
});
new ResizeObserver(draw).observe(element);
draw();

// What a click on "start" began may appear below the screen.
watch("value", () => {
  if (element.querySelector(".card.waiting") && element.getBoundingClientRect().top > 0.6 * window.innerHeight) {
    element.scrollIntoView({ block: "center" });
  }
});
