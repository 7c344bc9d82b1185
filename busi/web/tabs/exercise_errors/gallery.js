// What the visitor thinks of each error. It is stored in this browser and never sent: only the page wanted is.

import { store, stored, whenStoredChanges } from "../../js/storage.js";

const notes = () => stored("notes", {});

const noteOf = (article) => {
  const note = notes()[article.dataset.error];
  const causes = Array.isArray(note?.causes) ? note.causes : [];
  return { causes, text: typeof note?.note === "string" ? note.note : "" };
};

// What is known of a picture is shown once there is a hypothesis.
const reveal = (article, isGuessed) => {
  const known = article.querySelector(".known");
  if (!known) return;
  known.hidden = !isGuessed;
  article.querySelector("[data-before]").hidden = isGuessed;
};

const fillIn = (article) => {
  const { causes, text } = noteOf(article);
  for (const box of article.querySelectorAll("[data-cause]")) box.checked = causes.includes(box.dataset.cause);
  const area = article.querySelector("[data-note]");
  if (document.activeElement !== area && area.value !== text) area.value = text;
  reveal(article, causes.length > 0 || text.trim() !== "");
};

const storeNote = (article) => {
  const all = { ...notes() };
  const causes = [...article.querySelectorAll("[data-cause]:checked")].map((box) => box.dataset.cause);
  const note = article.querySelector("[data-note]").value;
  if (causes.length || note) all[article.dataset.error] = { causes, note };
  else delete all[article.dataset.error];
  store("notes", all);
};

export const mount = ({ element, trigger, watch }) => {
  const fillAll = () => {
    for (const article of element.querySelectorAll("[data-error]")) fillIn(article);
  };
  element.addEventListener("input", ({ target }) => {
    const article = target.closest("[data-error]");
    if (article) storeNote(article);
  });
  element.addEventListener("click", ({ target }) => {
    const { page, population, kind } = target.closest("button[data-page]")?.dataset ?? {};
    if (page === undefined) return;
    trigger("apply", { page: Number(page), population, kind });
    document.querySelector(".errors-bench .kinds").scrollIntoView({ block: "start" });
  });
  whenStoredChanges(element, fillAll);
  watch("value", fillAll);
};
