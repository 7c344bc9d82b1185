// The parts of a widget by what they hold: `find` the first that a selector names, `put` a text into all that have it as
// data-out.

export const widget = (element) => ({
  find: (selector) => element.querySelector(selector),
  findAll: (selector) => [...element.querySelectorAll(selector)],
  put: (name, text) => {
    for (const place of element.querySelectorAll(`[data-out="${name}"]`)) place.textContent = text;
  },
});

// Of a group of radio buttons: what the page calls each, by its value.
export const radioNames = (element) =>
  Object.fromEntries(
    [...element.querySelectorAll("input[type=radio]")].map((radio) => [
      radio.value,
      radio.parentElement.textContent.trim(),
    ]),
  );

// Of some buttons: which are pressed.
export const press = (buttons, isPressed) => {
  for (const button of buttons) button.setAttribute("aria-pressed", String(isPressed(button)));
};
