// How many questions are before the visitor's own, told after a second of waiting. The server says so in the stream of
// answers, which Gradio's page reads; it is read along here, and nothing in it is changed.

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
  else before.delete(message.event_id);
  tell();
};

// The messages of a stream of server-sent events, one after the other.
async function* messagesOf(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (text + value).split("\n");
    text = lines.pop();
    for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice(6));
  }
}

const readAlong = async (stream) => {
  const questions = new Set();
  try {
    for await (const message of messagesOf(stream)) {
      questions.add(message.event_id);
      hear(message);
    }
  } catch {
    // a stream that broke off, or no JSON: Gradio's page will say what there is to say
  }
  for (const question of questions) before.delete(question);
  tell();
};

const addressOf = (request) => (typeof request === "string" ? request : (request.url ?? String(request)));

export const tellPlaceInLine = () => {
  const originalFetch = window.fetch;
  window.fetch = async (...request) => {
    const answer = await originalFetch(...request);
    if (!addressOf(request[0]).includes("/queue/data") || !answer.ok || !answer.body) return answer;
    const [theirs, ours] = answer.body.tee();
    readAlong(ours);
    return new Response(theirs, { status: answer.status, statusText: answer.statusText, headers: answer.headers });
  };
};
