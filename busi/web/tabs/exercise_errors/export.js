// The visitor's notes as a table, as the spreadsheets of their language read it.

import { language } from "../../js/language.js";

const UTF8_MARK = "\ufeff"; // at the front, for spreadsheets
// French spreadsheets expect semicolons, since the comma is theirs for decimals.
const [SEPARATOR, DECIMAL] = language === "fr" ? [";", ","] : [",", "."];
const FORMULA = /^[=+\-@\t\r]/;

// One cell, as RFC 4180 has it. A note that a spreadsheet would take for a formula gets an apostrophe before it.
const cell = (value) => {
  const text = typeof value === "number" ? String(value).replace(".", DECIMAL) : value;
  const safe = typeof value === "string" && FORMULA.test(text) ? `'${text}` : text;
  return /[",;\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

const lineOf = ({ image, causes, note, row: [source, kind, label, probability, ...measures] }, texts) => {
  const named = causes.map((cause) => texts.causes[cause]).join(" | ");
  return [image, source, texts.labels[label], probability, texts.answers[kind], named, note, ...measures];
};

export const tableOf = (notes, texts) => {
  const lines = [texts.columns, ...notes.map((note) => lineOf(note, texts))];
  return UTF8_MARK + lines.map((line) => `${line.map(cell).join(SEPARATOR)}\r\n`).join("");
};

// Hands a file to the visitor.
export const offer = (text, file) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};
