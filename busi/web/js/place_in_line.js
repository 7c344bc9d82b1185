// How many questions are before the visitor's own, told after a second of waiting.

import { hearMessages } from "./answer_stream.js";
import { fill, number } from "./format.js";

const PATIENCE = 1000; // milliseconds
const before = new Map(); // by question: how many wait before it
let since = null;

const tell = () => {
  const note = document.querySelector(".place-in-line");
  if (!note) return;
  const most = Math.max(0, ...before.values());
  if (!most) since = null;
  else if (since === null) {
    since = Date.now();
    setTimeout(tell, PATIENCE);
  }
  const isLong = since !== null && Date.now() - since >= PATIENCE;
  note.hidden = !isLong;
  if (isLong) note.textContent = most === 1 ? note.dataset.one : fill(note.dataset.many, { count: number(most) });
};

const hear = (message) => {
  if (message.msg === "estimation") before.set(message.event_id, message.rank);
  else if (message.msg === "close_stream") before.clear();
  else before.delete(message.event_id);
  tell();
};

export const tellPlaceInLine = () => hearMessages(hear);
