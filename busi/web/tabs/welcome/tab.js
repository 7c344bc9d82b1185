// The visitor's guess goes to the server, which answers in the same place.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-guess]");
  if (!button) return;
  element.querySelectorAll("button[data-guess]").forEach((one) => (one.disabled = true));
  trigger("apply", { guess: button.dataset.guess });
});
