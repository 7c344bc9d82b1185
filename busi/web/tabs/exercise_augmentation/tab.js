// The knobs of the augmentation: what they stand at goes to the server, which draws the variants.
const section = element.querySelector(".augmentation-controls");
const knobs = [...section.querySelectorAll("[data-knob]")];
const switches = [...section.querySelectorAll("[data-switch]")];
const images = [...section.querySelectorAll("[data-image]")];
let seed = 1, waiting;

const say = (knob) => {
  const output = knob.previousElementSibling.querySelector("output");
  const value = knob.dataset.knob === "rotation" ? knob.valueAsNumber : 100 * knob.valueAsNumber;
  const text = atelier.fill(output.dataset.said, { value: atelier.number(value) });
  output.textContent = text;
  knob.setAttribute("aria-valuetext", text);
};
const ask = () => {
  const image = images.find((button) => button.getAttribute("aria-pressed") === "true").dataset.image;
  const asked = { image, seed };
  switches.forEach((one) => (asked[one.dataset.switch] = one.checked));
  knobs.forEach((knob) => (asked[knob.dataset.knob] = knob.valueAsNumber));
  trigger("apply", asked);
};
// A knob that is being turned asks once it rests.
const soon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, 200);
};

section.addEventListener("input", ({ target }) => {
  if (target.dataset.knob) say(target);
  soon();
});
section.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  const { image, preset } = button.dataset;
  if (image !== undefined) images.forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
  if (preset) {
    const settings = JSON.parse(preset);
    knobs.forEach((knob) => {
      knob.value = settings[knob.dataset.knob];
      say(knob);
    });
    const some = Object.values(settings).some((value) => value > 0);
    switches.forEach((one) => (one.checked = some));
  }
  if ("again" in button.dataset) seed += 1;
  ask();
});
knobs.forEach(say);
atelier.whenSeen(section, ask);
