// A click on a small picture tells the server which example it is. One listener on the row survives a change of page.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-key]");
  if (!button) return;
  atelier.picture.takeTurn();
  atelier.unpress();
  button.setAttribute("aria-pressed", "true");
  trigger("click", { key: button.dataset.key });
  if (button.dataset.then) atelier.openTab(button.dataset.then);
});
