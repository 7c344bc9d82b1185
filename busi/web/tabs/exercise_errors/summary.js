// What was noted, counted, and a table of it to take away. All in this browser.

import { sayFrom } from "../../js/sentences.js";
import { stored, whenStoredChanges } from "../../js/storage.js";
import { widget } from "../../js/widget.js";
import { offer, tableOf } from "./export.js";

// Notes on errors that are there; an older network may have left others.
const notesOn = (rows, causes) =>
  Object.entries(stored("notes", {}))
    .filter(([image, note]) => image in rows && Array.isArray(note?.causes) && typeof note?.note === "string")
    .map(([image, { causes: named, note }]) => {
      return { image, causes: named.filter((cause) => cause in causes), note, row: rows[image] };
    });

// How many notes name each cause, and of which kind the errors are; the most frequent first.
const countCauses = (notes, causes) =>
  Object.keys(causes)
    .map((cause) => {
      const having = notes.filter((note) => note.causes.includes(cause));
      const missed = having.filter(({ row }) => row[1] === "missed").length;
      return { cause, n: having.length, missed, alarms: having.length - missed };
    })
    .filter(({ n }) => n)
    .sort((one, other) => other.n - one.n);

const textElement = (kind, text) => Object.assign(document.createElement(kind), { textContent: text });

const barOf = ({ cause, n, missed, alarms }, most, say) => {
  const item = document.createElement("li");
  const bar = document.createElement("i");
  bar.style.width = `${(100 * n) / most}%`;
  const name = textElement("span", say("bar", { cause: say.texts.causes[cause], n }));
  item.append(name, bar, textElement("small", say("of_kinds", { missed, alarms })));
  return item;
};

export const mount = ({ element }) => {
  const { find, put } = widget(element);
  const section = find(".errors-summary");
  const rows = JSON.parse(section.dataset.rows);
  const say = sayFrom(section);
  const { causes } = say.texts;
  const notes = () => notesOn(rows, causes);

  const show = () => {
    const all = notes();
    const total = Object.keys(rows).length;
    put("counted", all.length ? say("counted", { noted: all.length, total }) : say("nothing"));
    const counts = countCauses(all, causes);
    const most = Math.max(1, ...counts.map(({ n }) => n));
    find(".causes-counted").replaceChildren(...counts.map((count) => barOf(count, most, say)));
    put("exported", "");
  };

  find("[data-export]").addEventListener("click", () => {
    const all = notes();
    if (!all.length) return put("exported", say("nothing"));
    const file = `demystifions-ia-${new Date().toISOString().slice(0, 10)}.csv`;
    offer(tableOf(all, say.texts), file);
    put("exported", say("exported", { noted: all.length, file }));
  });
  whenStoredChanges(element, show);
  show();
};
