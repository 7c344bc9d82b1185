// Shows the terms that hold what is typed, whatever its accents.

const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();

export const mount = ({ element }) => {
  const status = element.querySelector("[data-none]");
  element.querySelector("input").addEventListener("input", (event) => {
    const wanted = plain(event.target.value.trim());
    const entries = [...element.querySelectorAll("[data-term]")];
    for (const entry of entries) entry.hidden = !plain(entry.textContent).includes(wanted);
    status.textContent = entries.every((entry) => entry.hidden) ? status.dataset.none : "";
  });
};
