// The knobs of the augmentation: what they stand at goes to the server, which draws the variants.

import { fill, number } from "../../js/format.js";
import { whenSeen } from "../../js/visibility.js";
import { press, widget } from "../../js/widget.js";

const RESTS = 200; // milliseconds without a change, after which a knob that was turned asks

const showValue = (knob) => {
  const output = knob.previousElementSibling.querySelector("output");
  const value = knob.dataset.knob === "rotation" ? knob.valueAsNumber : 100 * knob.valueAsNumber;
  const text = fill(output.dataset.said, { value: number(value) });
  output.textContent = text;
  knob.setAttribute("aria-valuetext", text);
};

export const mount = ({ element, trigger }) => {
  const { find, findAll } = widget(element);
  const section = find(".augmentation-controls");
  const [knobs, switches, images] = ["knob", "switch", "image"].map((name) => findAll(`[data-${name}]`));
  let seed = 1;
  let waiting;

  const ask = () => {
    const chosen = images.find((button) => button.getAttribute("aria-pressed") === "true");
    const amounts = knobs.map((knob) => [knob.dataset.knob, knob.valueAsNumber]);
    const chosenSwitches = switches.map((box) => [box.dataset.switch, box.checked]);
    trigger("apply", { image: chosen.dataset.image, seed, ...Object.fromEntries([...chosenSwitches, ...amounts]) });
  };
  const askSoon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, RESTS);
  };

  const setAll = (settings) => {
    for (const knob of knobs) {
      knob.value = settings[knob.dataset.knob];
      showValue(knob);
    }
    const isOn = Object.values(settings).some((value) => value > 0);
    for (const box of switches) box.checked = isOn;
  };

  section.addEventListener("input", ({ target }) => {
    if (target.dataset.knob) showValue(target);
    askSoon();
  });
  section.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const { image, preset, again } = button.dataset;
    if (image !== undefined) press(images, (one) => one === button);
    if (preset) setAll(JSON.parse(preset));
    if (again !== undefined) seed += 1;
    ask();
  });
  for (const knob of knobs) showValue(knob);
  whenSeen(section, ask);
};
