// Files that cannot be used are refused here, in the page's language, before Gradio refuses them in the browser's.
const message = element.querySelector("p");

const refuse = (event, file) => {
  document.querySelectorAll("button[data-key][aria-pressed]").forEach((button) => button.removeAttribute("aria-pressed"));
  const isPicture = !file || !file.type || file.type.startsWith("image/");
  const isLarge = file && file.size > Number(message.dataset.limit);
  message.textContent = isLarge ? message.dataset.large : isPicture ? "" : message.dataset.kind;
  message.hidden = message.textContent === "";
  if (message.hidden) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.target.type === "file") event.target.value = "";
};

const listen = (name, fileOf) =>
  document.addEventListener(name, (event) => event.target.closest?.(".chosen") && refuse(event, fileOf(event)), true);

listen("change", (event) => event.target.files?.[0]);
listen("drop", (event) => event.dataTransfer?.files?.[0]);
