// busi/web/js/storage.js where a browser stores, where it refuses, and with what others left there.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { answerTo, forgetStored, store, stored } from "../../busi/web/js/storage.js";
import { Storage } from "./browser_storage.js";

let announced = [];

const refuse = () => {
  throw new Error("forbidden");
};

beforeEach(() => {
  globalThis.document = new EventTarget();
  globalThis.localStorage = new Storage();
  forgetStored();
  announced = [];
  document.addEventListener("atelier-kept", ({ detail }) => announced.push(detail));
});

test("what is stored comes back, and is announced", () => {
  store("answers", { "groups.guess": ["blurred"] });
  assert.deepEqual(stored("answers", {}), { "groups.guess": ["blurred"] });
  assert.equal(localStorage["atelier.answers"], '{"groups.guess":["blurred"]}');
  assert.equal(answerTo("groups.guess"), "blurred");
  assert.equal(answerTo("errors.guess"), undefined);
  assert.deepEqual(announced, ["answers"]);
});

test("what is forgotten is ours alone", () => {
  localStorage.setItem("another", "1");
  store("notes", { a: 1 });
  forgetStored();
  assert.equal(stored("notes", "none"), "none");
  assert.equal(localStorage.getItem("another"), "1");
  assert.deepEqual(announced, ["notes", ""]);
});

test("what was not written by us counts as nothing", () => {
  localStorage.setItem("atelier.answers", "not json");
  assert.deepEqual(stored("answers", {}), {});
});

test("where the browser refuses, it is there until the page is left", () => {
  globalThis.localStorage = { getItem: refuse, setItem: refuse, removeItem: refuse };
  store("notes", { a: 1 });
  assert.deepEqual(stored("notes", {}), { a: 1 });
  forgetStored();
  assert.deepEqual(stored("notes", {}), {});
});
