// busi/web/js/navigation.js and busi/web/frame/rail.js, as far as they compute: which part an address leads to, and which
// comes next. The page is a rail that is made of names.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const PARTS = ["welcome", "data", "network", "exercises", "exercise_layers", "exercise_errors", "further", "glossary"];
const SELECTOR = /^\.rail a\[data-part="(.*)"\]$/;

const links = PARTS.map((part) => ({ dataset: { part }, textContent: `The part ${part}` }));
const rail = { querySelectorAll: () => links };

globalThis.CSS ??= { escape: (text) => text };
globalThis.document = Object.assign(new EventTarget(), {
  documentElement: { dataset: {} },
  querySelector: (selector) => {
    if (selector === ".rail") return rail;
    const [, part] = SELECTOR.exec(selector) ?? [];
    return links.find((link) => link.dataset.part === part) ?? null;
  },
});
globalThis.location ??= { pathname: "/", search: "", hash: "" };

const { placeOf } = await import("../../busi/web/js/navigation.js");
const { neighbourOf } = await import("../../busi/web/frame/rail.js");

beforeEach(() => {
  document.documentElement.dataset = {};
});

test("an address leads to a part, and a section of one", () => {
  assert.deepEqual(placeOf("#network"), { part: "network", section: undefined });
  assert.deepEqual(placeOf("#network/pooling"), { part: "network", section: "pooling" });
  assert.deepEqual(placeOf("#exercise_layers"), { part: "exercise_layers", section: undefined });
});

test("older addresses begin with tab-", () => {
  assert.deepEqual(placeOf("#tab-network"), placeOf("#network"));
  assert.deepEqual(placeOf("#tab-network/pooling"), placeOf("#network/pooling"));
});

test("what leads to no part is no place", () => {
  for (const hash of ["", "#", "network", "#nonsense", "#tab-", "#Network", "#room", "#term-pixel", "#network/"])
    assert.equal(placeOf(hash), null, hash);
  for (const hash of ["#network/pooling/more", '#"]', "#network pooling", "#constructor", "#__proto__"])
    assert.equal(placeOf(hash), null, hash);
});

test("after each part comes the next, and exercises are passed over from outside", () => {
  assert.equal(neighbourOf("welcome", 1), "data");
  assert.equal(neighbourOf("network", 1), "exercises");
  assert.equal(neighbourOf("further", -1), "exercises");
  assert.equal(neighbourOf("further", 1), "glossary");
});

test("among the exercises each is a part of the way", () => {
  assert.equal(neighbourOf("exercises", 1), "exercise_layers");
  assert.equal(neighbourOf("exercise_layers", 1), "exercise_errors");
  assert.equal(neighbourOf("exercise_errors", 1), "further");
  assert.equal(neighbourOf("exercise_layers", -1), "exercises");
});

test("before the first and after the last there is none", () => {
  assert.equal(neighbourOf("welcome", -1), undefined);
  assert.equal(neighbourOf("glossary", 1), undefined);
});
