// What the visitor thinks of each error. It is kept in this browser and never sent: only the page asked for is.
const notes = () => atelier.kept.get("notes", {});
const known = (note) => ({ causes: Array.isArray(note?.causes) ? note.causes : [], note: typeof note?.note === "string" ? note.note : "" });

const fill = () => {
  if (!element.isConnected) return document.removeEventListener("atelier-kept", fill);
  for (const article of element.querySelectorAll("[data-error]")) {
    const { causes, note } = known(notes()[article.dataset.error]);
    article.querySelectorAll("[data-cause]").forEach((box) => (box.checked = causes.includes(box.dataset.cause)));
    const area = article.querySelector("[data-note]");
    if (document.activeElement !== area && area.value !== note) area.value = note;
    const guessed = causes.length > 0 || note.trim() !== "";
    const drawn = article.querySelector(".drawn");
    if (drawn) {
      drawn.hidden = !guessed;
      article.querySelector("[data-before]").hidden = guessed;
    }
  }
};
const keep = (article) => {
  const all = { ...notes() };
  const causes = [...article.querySelectorAll("[data-cause]:checked")].map((box) => box.dataset.cause);
  const note = article.querySelector("[data-note]").value;
  if (causes.length || note) all[article.dataset.error] = { causes, note };
  else delete all[article.dataset.error];
  atelier.kept.set("notes", all);
};

element.addEventListener("input", ({ target }) => {
  const article = target.closest("[data-error]");
  if (article) keep(article);
});
element.addEventListener("click", ({ target }) => {
  const { page, population, kind } = target.closest("button[data-page]")?.dataset ?? {};
  if (page === undefined) return;
  trigger("apply", { page: Number(page), population, kind });
  document.querySelector(".errors-bench .kinds").scrollIntoView({ block: "start" });
});
document.addEventListener("atelier-kept", fill);
watch("value", fill);
