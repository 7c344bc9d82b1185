// The table of the groups. On a phone each cell carries the head of its column.

import { number, percent } from "../../js/format.js";
import { escapeHtml } from "../../js/markup.js";

const EMPTY = "–";

// What the cells say, before the one with the button.
const cellsOf = (group, say) => {
  if (!group.n) return [EMPTY, "0", say("empty"), "", ""];
  return [
    say("range", { low: number(group.low), high: number(group.high) }),
    number(group.n),
    say("rate", { rate: percent(group.rate.value), errors: group.errors }),
    say("errors_of", { low: percent(group.rate.low), high: percent(group.rate.high) }),
    say("malignant_of", { share: percent(group.malignant / group.n) }),
  ];
};

const buttonOf = (group, opened, text) => {
  const at = group.number - 1;
  const isPressed = opened === at;
  return `<button type="button" class="plain" data-group="${at}" aria-pressed="${isPressed}">${escapeHtml(text)}</button>`;
};

const rowOf = (group, heads, opened, say, see) => {
  const cells = cellsOf(group, say).map(escapeHtml);
  cells.push(group.n ? buttonOf(group, opened, see) : "");
  const columns = cells.map((cell, at) => `<td data-head="${escapeHtml(heads[at + 1])}">${cell}</td>`);
  const first = `<th scope="row" data-head="${escapeHtml(heads[0])}">${group.number}</th>`;
  return `<tr data-n="${group.n}">${first}${columns.join("")}</tr>`;
};

export const showTable = (table, groups, opened, say) => {
  const body = table.querySelector("tbody");
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
  body.innerHTML = groups.map((group) => rowOf(group, heads, opened, say, body.dataset.see)).join("");
};
