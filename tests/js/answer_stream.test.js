// busi/web/js/answer_stream.js before a server of which the test says what it sends, and when; and a page like Gradio's.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { hearMessages, mendAnswerStream } from "../../busi/web/js/answer_stream.js";

const pause = (milliseconds = 5) => new Promise((go) => setTimeout(go, milliseconds));
const messagesHere = [];
hearMessages((message) => messagesHere.push(message.msg));

// What the server sends on each stream that is opened, and how it takes questions.
class Server {
  streams = [];
  letTake = Promise.resolve();

  constructor() {
    globalThis.window = { fetch: (address, settings) => this.answer(String(address), settings) };
    mendAnswerStream();
  }

  async answer(address, settings) {
    if (address.includes("/queue/join")) {
      const { id } = JSON.parse(settings.body);
      await this.letTake;
      return Response.json(id ? { event_id: id } : { error: "full" }, { status: id ? 200 : 503 });
    }
    if (!address.includes("/queue/data")) return new Response("something else");
    if (this.isGone) throw new TypeError("network error");
    const body = new ReadableStream({ start: (controller) => this.streams.push(controller) });
    settings?.signal?.addEventListener("abort", () => this.streams.at(-1).error(settings.signal.reason));
    return new Response(body);
  }

  say(...messages) {
    const text = messages.map((message) => `data: ${JSON.stringify(message)}\n\n`).join("");
    this.streams.at(-1).enqueue(new TextEncoder().encode(text));
  }

  complete(id, isLast = true) {
    this.say({ msg: "process_completed", event_id: id, output: {} });
    if (!isLast) return;
    this.say({ msg: "close_stream" });
    this.streams.at(-1).close();
  }
}

// As Gradio's: opens a stream where it believes that none is open, closes it when it is told that it ended.
class GradiosPage {
  isOpen = false;
  told = [];

  async ask(id) {
    const answer = await window.fetch("/gradio_api/queue/join", { method: "POST", body: JSON.stringify({ id }) });
    const { event_id } = await answer.json();
    if (event_id && !this.isOpen) this.open();
    return answer.status;
  }

  async open() {
    this.isOpen = true;
    const leaving = new AbortController();
    this.leave = () => leaving.abort();
    const answer = await window.fetch("/gradio_api/queue/data?session_hash=s", { signal: leaving.signal });
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream()))
      for (const line of piece.split("\n\n").filter(Boolean)) {
        const message = JSON.parse(line.slice(6));
        this.told.push(message.event_id ?? message.msg);
        if (message.msg !== "close_stream") continue;
        this.isOpen = false;
        leaving.abort();
      }
    this.hasEnded = true;
  }
}

let server;
let page;

beforeEach(() => {
  server = new Server();
  page = new GradiosPage();
  messagesHere.length = 0;
});

// A question that the server takes when it is told to.
const askHeldUp = async (id) => {
  let take;
  server.letTake = new Promise((go) => (take = go));
  const asking = page.ask(id);
  await pause();
  return { asking, take };
};

test("a question is answered, the stream ends, and the next question opens another", async () => {
  await page.ask("one");
  await pause();
  server.complete("one");
  await pause(80);
  assert.deepEqual(page.told, ["one", "close_stream"]);
  assert.equal(page.isOpen, false);
  await page.ask("two");
  await pause();
  assert.equal(server.streams.length, 2);
  server.complete("two");
  await pause(80);
  assert.deepEqual(page.told, ["one", "close_stream", "two", "close_stream"]);
});

test("where the end comes while a question is being asked, the stream goes on", async () => {
  await page.ask("one");
  await pause();
  const { asking, take } = await askHeldUp("two");
  server.complete("one"); // the server does not know the other yet
  await pause(100);
  assert.deepEqual(page.told, ["one"]);
  take();
  await asking;
  await pause(100);
  assert.equal(server.streams.length, 2);
  server.complete("two");
  await pause(80);
  assert.deepEqual(page.told, ["one", "two", "close_stream"]);
  assert.equal(page.isOpen, false);
});

test("a question that is asked while the end is on its way here is heard", async () => {
  await page.ask("one");
  await pause();
  server.complete("one");
  await pause(20);
  await page.ask("two");
  await pause(80);
  assert.equal(server.streams.length, 2);
  server.complete("two");
  await pause(80);
  assert.deepEqual(page.told, ["one", "two", "close_stream"]);
});

test("where the question is refused meanwhile, the stream ends", async () => {
  await page.ask("one");
  await pause();
  const asking = page.ask(null);
  server.complete("one");
  assert.equal(await asking, 503);
  await pause(100);
  assert.deepEqual(page.told, ["one", "close_stream"]);
});

test("a line that is cut between two questions is noticed: the next opens another stream", async () => {
  await page.ask("one");
  await pause();
  server.complete("one", false);
  await pause();
  server.streams.at(-1).error(new TypeError("network error"));
  await pause(80);
  assert.deepEqual(page.told, ["one", "close_stream"]);
  await page.ask("two");
  await pause();
  assert.equal(server.streams.length, 2);
});

for (const [how, cut] of [
  ["breaks", (stream) => stream.error(new TypeError("network error"))],
  ["ends without a word", (stream) => stream.close()],
])
  test(`a line that ${how} before the answer fails the question, and the next opens another`, async () => {
    await page.ask("one");
    await pause();
    cut(server.streams.at(-1));
    await pause(80);
    assert.deepEqual(page.told, ["broken_connection", "close_stream"]);
    await page.ask("two");
    await pause();
    server.complete("two");
    await pause(80);
    assert.deepEqual(page.told.slice(2), ["two", "close_stream"]);
  });

test("where the stream cannot go on, the question fails", async () => {
  await page.ask("one");
  await pause();
  const asking = page.ask("two");
  server.complete("one");
  server.isGone = true;
  await asking;
  await pause(100);
  assert.deepEqual(page.told, ["one", "broken_connection", "close_stream"]);
});

test("of a session that the server does not know any more, the page is told once", async () => {
  await page.ask("one");
  await pause();
  server.say({ msg: "unexpected_error", session_not_found: true });
  server.streams.at(-1).close();
  await pause(80);
  assert.deepEqual(page.told, ["unexpected_error", "close_stream"]);
});

test("a page that is left closes its stream, and says nothing", async () => {
  await page.ask("one");
  await pause();
  page.leave();
  await pause(80);
  assert.equal(page.hasEnded, true);
  assert.deepEqual(page.told, []);
});

test("an answer that was here before its question was known to be taken is not waited for", async () => {
  await page.ask("one");
  await pause();
  const { asking, take } = await askHeldUp("two");
  server.complete("two", false);
  server.complete("one");
  take();
  await asking;
  await pause(100);
  assert.equal(server.streams.length, 1);
  assert.equal(page.isOpen, false);
});

test("what comes in pieces is put together, and heard here too", async () => {
  await page.ask("one");
  await pause();
  const bytes = new TextEncoder().encode('data: {"msg":"estimation","event_id":"one","rank":3,"é":1}\n\n');
  for (const byte of bytes) server.streams.at(-1).enqueue(Uint8Array.of(byte));
  server.complete("one");
  await pause(80);
  assert.deepEqual(messagesHere, ["estimation", "process_completed", "close_stream"]);
  assert.deepEqual(page.told, ["one", "one", "close_stream"]);
});

test("other requests are let through as they are", async () => {
  assert.equal(await (await window.fetch("/gradio_api/upload")).text(), "something else");
});
