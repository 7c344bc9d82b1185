// The stream of answers that Gradio's page hears while it has questions. The server ends it with the last answer, and
// the page opens another with its next question. Between both, two things go wrong, and are put right on the way:
//
// - the end comes while the next question is being asked: the page takes what is ending for what it will hear that
//   answer on, and waits for ever. Here the stream goes on instead, by another request;
// - the line is cut: the page does not notice that it must open another stream, and waits for ever. Here it is told.

const CLOSES = 500; // milliseconds in which a page closes a stream that has ended
const TAKES_NOTICE = 50; // milliseconds in which it knows that its question was taken
const END = { msg: "close_stream" };
const CUT = { msg: "broken_connection", message: "Connection errored out. " };

const listeners = []; // who else hears the messages
const asked = new Set(); // questions that the server has taken and not answered
const answered = new Set(); // those whose answer was here before the page knew that they were taken
let beingAsked = 0; // questions that the server may or may not have
let closed = Promise.resolve(); // the page has closed what it was told had ended
let allTaken = Promise.resolve();
let tellTaken = () => {};

const addressOf = (request) => (typeof request === "string" ? request : (request.url ?? String(request)));
const signalOf = ([request, settings]) => settings?.signal ?? request.signal;

// The messages of a stream of server-sent events, one after the other.
async function* messagesOf(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (text + value).split("\n");
    text = lines.pop();
    for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice(6));
  }
}

// The page hears that its stream has ended; until it has closed that, it is not told that a question was taken.
const waitUntilClosed = (signal) => {
  closed = new Promise((close) => {
    signal?.addEventListener("abort", close);
    setTimeout(close, CLOSES);
  });
};

// A message counts from here on: a question is answered, or none will be.
const note = (message) => {
  if (message.msg === "process_completed" && !asked.delete(message.event_id)) answered.add(message.event_id);
  if (!message.event_id && message.msg === "unexpected_error") asked.clear();
  for (const hear of listeners) hear(message);
};

// All that a page is told from one opening of its stream to its end, over as many requests as that takes.
async function* heard(first, again, signal) {
  for (let answer = first; ; answer = await again()) {
    let isOver = false;
    for await (const message of messagesOf(answer)) {
      isOver = message.msg === END.msg;
      if (isOver) break;
      note(message);
      yield message;
    }
    await allTaken;
    await new Promise((go) => setTimeout(go, TAKES_NOTICE));
    await allTaken;
    if (!isOver || !asked.size || signal?.aborted) return;
  }
}

async function* toldPage(first, again, signal) {
  try {
    yield* heard(first, again, signal);
  } catch {
    // a line that was cut, or no JSON
  }
  const isCut = asked.size > 0;
  asked.clear();
  if (signal?.aborted) return; // the page has closed it, or is left
  if (isCut) yield CUT;
  note(END);
  waitUntilClosed(signal);
  yield END;
}

const bodyOf = (messages) => {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      const { value, done } = await messages.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`data: ${JSON.stringify(value)}\n\n`));
    },
  });
};

const listen = async (request, fetch) => {
  const again = async () => {
    const answer = await fetch(...request);
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer;
  };
  const answer = await fetch(...request);
  if (!answer.ok || !answer.body) return answer;
  const { status, statusText, headers } = answer;
  return new Response(bodyOf(toldPage(answer, again, signalOf(request))), { status, statusText, headers });
};

const ask = async (request, fetch) => {
  if (!beingAsked) allTaken = new Promise((tell) => (tellTaken = tell));
  beingAsked += 1;
  try {
    const answer = await fetch(...request);
    const { event_id } = answer.ok ? await answer.clone().json() : {};
    if (event_id && !answered.delete(event_id)) asked.add(event_id);
    await closed;
    return answer;
  } finally {
    beingAsked -= 1;
    if (!beingAsked) tellTaken();
  }
};

// Hears all messages that the page hears, and `{ msg: "close_stream" }` when a stream is over.
export const hearMessages = (hear) => listeners.push(hear);

export const mendAnswerStream = () => {
  const originalFetch = window.fetch;
  window.fetch = (...request) => {
    const address = addressOf(request[0]);
    if (address.includes("/queue/data")) return listen(request, originalFetch);
    if (address.includes("/queue/join")) return ask(request, originalFetch);
    return originalFetch(...request);
  };
};
