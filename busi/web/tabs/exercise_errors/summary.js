// What was noted, counted, and a table of it to take away. All in this browser.
const section = element.querySelector(".errors-summary");
const rows = JSON.parse(section.dataset.rows), said = JSON.parse(section.dataset.said);
const put = (name, text) => (section.querySelector(`[data-out=${name}]`).textContent = text);
const comma = atelier.language === "fr";

// Notes on errors that are there; an older network may have left others.
const noted = () =>
  Object.entries(atelier.kept.get("notes", {}))
    .filter(([image, note]) => image in rows && Array.isArray(note?.causes) && typeof note?.note === "string")
    .map(([image, { causes, note }]) => ({ image, causes: causes.filter((cause) => cause in said.causes), note, row: rows[image] }));

const show = () => {
  if (!element.isConnected) return document.removeEventListener("atelier-kept", show);
  const all = noted(), total = Object.keys(rows).length;
  put("counted", all.length ? atelier.fill(said.counted, { noted: all.length, total }) : said.nothing);
  const counts = Object.keys(said.causes)
    .map((cause) => {
      const having = all.filter(({ causes }) => causes.includes(cause));
      const missed = having.filter(({ row }) => row[1] === "missed").length;
      return { cause, n: having.length, missed, alarms: having.length - missed };
    })
    .filter(({ n }) => n)
    .sort((a, b) => b.n - a.n);
  const most = Math.max(1, ...counts.map(({ n }) => n));
  section.querySelector(".causes-counted").replaceChildren(...counts.map(({ cause, n, missed, alarms }) => {
    const item = document.createElement("li");
    const bar = document.createElement("i");
    bar.style.width = `${(100 * n) / most}%`;
    const name = document.createElement("span");
    name.textContent = atelier.fill(said.bar, { cause: said.causes[cause], n });
    const of_kinds = document.createElement("small");
    of_kinds.textContent = atelier.fill(said.of_kinds, { missed, alarms });
    item.append(name, bar, of_kinds);
    return item;
  }));
  put("exported", "");
};

// One cell, as RFC 4180 has it. A note that a spreadsheet would take for a formula gets an apostrophe before it.
const cell = (value) => {
  const text = typeof value === "number" ? (comma ? String(value).replace(".", ",") : String(value)) : value;
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};
const table = (all) => {
  const lines = all.map(({ image, causes, note, row: [source, kind, label, probability, ...measures] }) => {
    const told = causes.map((cause) => said.causes[cause]).join(" | ");
    return [image, source, said.labels[label], probability, said.answers[kind], told, note, ...measures];
  });
  // French spreadsheets expect semicolons, since the comma is theirs for decimals. The mark at the front says UTF-8.
  return "\ufeff" + [said.columns, ...lines].map((line) => line.map(cell).join(comma ? ";" : ",") + "\r\n").join("");
};

section.querySelector("[data-export]").addEventListener("click", () => {
  const all = noted();
  if (!all.length) return put("exported", said.nothing);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([table(all)], { type: "text/csv;charset=utf-8" }));
  link.download = `demystifions-ia-${new Date().toISOString().slice(0, 10)}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  put("exported", atelier.fill(said.exported, { noted: all.length, file: link.download }));
});
document.addEventListener("atelier-kept", show);
show();
