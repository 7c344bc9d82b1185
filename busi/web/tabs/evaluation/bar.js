// The bar that stays in view: which images, and the threshold. It owns both; the widgets below are told of every change.
const bar = element.querySelector("[data-evaluation]");
const { threshold: chosen, populations } = JSON.parse(bar.dataset.evaluation);
const sentence = JSON.parse(bar.dataset.said).threshold_value;
const slider = bar.querySelector("#evaluation-threshold");
const back = bar.querySelector("[data-back]");
const names = Object.fromEntries(
  [...bar.querySelectorAll("input[type=radio]")].map((radio) => [radio.value, radio.parentElement.textContent.trim()]),
);
let state = { population: "test", threshold: chosen };

const written = (threshold) => atelier.fill(sentence, { threshold: atelier.number(100 * threshold, 1) });

// Steps of 0.1 %, and the chosen threshold exactly where it is.
const rounded = (threshold) => {
  const near = Math.min(1, Math.max(0, Math.round(1000 * threshold) / 1000));
  return Math.abs(near - chosen) <= 0.0005 ? chosen : near;
};

const tell = () => {
  const { population, threshold } = state;
  const detail = { ...populations[population], population, threshold, chosen, name: names[population], written: written(threshold) };
  document.dispatchEvent(new CustomEvent("evaluation-state", { detail }));
};

const show = () => {
  slider.value = state.threshold;
  slider.setAttribute("aria-valuetext", written(state.threshold));
  bar.querySelector("[data-out=threshold]").textContent = written(state.threshold);
  bar.dataset.threshold = state.threshold;
  back.disabled = state.threshold === chosen;
  tell();
};

const set = (change) => {
  state = { ...state, ...change };
  show();
};

slider.addEventListener("input", () => set({ threshold: rounded(slider.valueAsNumber) }));
back.addEventListener("click", () => {
  set({ threshold: chosen });
  slider.focus();
});
bar.addEventListener("change", (event) => event.target.type === "radio" && set({ population: event.target.value }));
document.addEventListener("evaluation-ask", () => element.isConnected && tell());
document.addEventListener("evaluation-set", ({ detail }) => {
  if (element.isConnected) set({ ...detail, threshold: detail.exact ?? rounded(detail.threshold) });
});
show();
