// busi/web/tabs/ending/comparisons.js and poster.js: guesses beside the truth of the network that is served.

import assert from "node:assert/strict";
import { test } from "node:test";

import { compare, points, surprises, tally, written } from "../../busi/web/tabs/ending/comparisons.js";
import { posterOf, wrap } from "../../busi/web/tabs/ending/poster.js";

const CHOICE = { kind: "choice", choices: { more: "plus", fewer: "moins" } };
const SHARE = { kind: "share", choices: {} };

test("where the server knows the truth, that counts and not the one of another network", () => {
  const entry = { guess: 90, truth: 50, low: 40, high: 60, verdict: "wrong", gap: 0.4 };
  const found = compare({ ...SHARE, truth: 92, low: 85, high: 96 }, entry);
  assert.deepEqual([found.truth, found.verdict, found.hasInterval], [92, "right", true]);
  assert.ok(Math.abs(found.gap - 0.02) < 1e-12);
  assert.equal(compare(SHARE, entry).verdict, "wrong");
});

test("how often an alert is right follows from the rates and from how many are ill", () => {
  const rates = { sensitivity: { value: 0.9, low: 0.8, high: 1 }, specificity: { value: 0.8, low: 0.7, high: 0.9 } };
  const found = compare({ ...SHARE, rates }, { guess: 33, truth: 99, ill: 100, verdict: "wrong", gap: 0.66 });
  // Of 1,000 women 100 are ill: 90 found; of the other 900, 180 alarmed.
  assert.ok(Math.abs(found.truth - (100 * 90) / 270) < 1e-9);
  assert.ok(Math.abs(found.low - (100 * 80) / (80 + 270)) < 1e-9);
  assert.ok(Math.abs(found.high - (100 * 100) / (100 + 90)) < 1e-9);
  assert.equal(found.verdict, "right");
});

test("a tolerance is not drawn as an interval", () => {
  const entry = { guess: 66, truth: 68, low: 63, high: 73, verdict: "right", gap: 0.02 };
  assert.equal(compare({ ...SHARE, truth: 68, low: 63, high: 73, tolerance: true }, entry).hasInterval, false);
});

test("a guess that does not belong here is left out", () => {
  assert.equal(compare(CHOICE, { guess: "gone", truth: "more", verdict: "wrong", gap: 0.5 }), null);
  assert.equal(compare(CHOICE, { guess: 3, truth: 4, verdict: "wrong", gap: 0.5 }), null);
  assert.equal(compare(SHARE, { guess: 300, truth: 4, verdict: "wrong", gap: 1 }), null);
  assert.equal(compare(CHOICE, { guess: "more", truth: "fewer", verdict: "wrong", gap: 0.5 }).verdict, "wrong");
});

test("both sides are written in the page's language", () => {
  assert.deepEqual(written(CHOICE, "", { guess: "more", truth: "fewer" }).sides, ["plus", "moins"]);
  const share = written(SHARE, "{value} sur 100", { guess: 80, truth: 96.77 });
  assert.deepEqual(share.sides, ["80 sur 100", "97 sur 100"]);
  assert.deepEqual(share.sentence, ["80", "97"]);
  const epoch = written({ kind: "number", choices: {} }, "l'époque {value}", { guess: 3, truth: 12 });
  assert.deepEqual(epoch.sentence, ["l'époque 3", "l'époque 12"]);
});

test("points are never a false 0 or 100", () => {
  assert.deepEqual([0, 0.2, 50.4, 99.4, 100].map(points), ["0", "<1", "50", ">99", "100"]);
});

test("what surprised are the three largest gaps, and nothing that was right or open", () => {
  const all = [
    ["a", "wrong", 0.2],
    ["b", "right", 0.9],
    ["c", "near", 0.08],
    ["d", "wrong", 0.7],
    ["e", "open", 1],
    ["f", "wrong", 0.5],
  ].map(([name, verdict, gap]) => ({ name, verdict, gap }));
  assert.deepEqual(
    surprises(all).map(({ name }) => name),
    ["d", "f", "a"],
  );
  assert.deepEqual(tally(all), { right: 1, near: 1, wrong: 3, open: 1 });
});

test("a text is broken between words, and no word is lost", () => {
  const text = "Sur qui a-t-elle été essayée, et qui n'y était pas ?";
  const lines = wrap(text, 20, (part) => part.length);
  assert.ok(lines.length > 1 && lines.every((line) => line.length <= 20));
  assert.equal(lines.join(" "), text);
  assert.deepEqual(
    wrap("incompressible", 3, (part) => part.length),
    ["incompressible"],
  );
});

test("the picture holds every guess, every question and the notice", () => {
  const say = (name) => `[${name}]`;
  const guess = { question: "Q1", you: "A", machine: "", truthSide: "B", told: "T", verdict: "wrong", kind: "share" };
  const texts = posterOf([guess], [{ surprise: "S" }], [["ask", "why"]], say).map(({ text }) => text ?? "line");
  for (const part of ["S", "T", "line", "ask", "why"]) assert.ok(texts.includes(part), part);
  assert.ok(texts.some((text) => text.includes("A") && text.includes("B")));
  assert.ok(texts.at(-1).includes("[notice]"));
  assert.ok(posterOf([], [], [["ask", "why"]], say).some(({ text }) => text === "[poster_nothing]"));
});
