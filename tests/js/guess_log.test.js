// busi/web/js/guess_log.js: what is remembered, how it is judged, and what others may have left in its place.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { judgeChoice, judgeNumber, rememberedGuesses, rememberGuess } from "../../busi/web/js/guess_log.js";
import { forgetStored } from "../../busi/web/js/storage.js";
import { Storage } from "./browser_storage.js";

let announced = 0;

const left = (value) => localStorage.setItem("atelier.guesses", JSON.stringify(value));

beforeEach(() => {
  globalThis.document = new EventTarget();
  globalThis.localStorage = new Storage();
  forgetStored();
  announced = 0;
  document.addEventListener("atelier-kept", () => {
    announced += 1;
  });
});

test("a guess is remembered with its verdict, in values and not in words", () => {
  rememberGuess("welcome.0", {
    guess: "malignant",
    truth: "benign",
    network: "malignant",
    question: "Bénin ou malin ?",
  });
  assert.deepEqual(rememberedGuesses(), {
    "welcome.0": { guess: "malignant", truth: "benign", network: "malignant", verdict: "wrong", gap: 0.5 },
  });
  assert.equal(announced, 1);
});

test("the first guess counts: who guesses again has seen the answer", () => {
  rememberGuess("evaluation.sensitivity", { guess: 50, truth: 97 });
  rememberGuess("evaluation.sensitivity", { guess: 97, truth: 97 });
  assert.equal(rememberedGuesses()["evaluation.sensitivity"].guess, 50);
  assert.equal(announced, 1, "nothing has changed, so nobody need look again");
});

test("a number is right within the interval, near within ten points, else wrong; its gap is a share of the scale", () => {
  const truth = { truth: 96.8, low: 83.8, high: 99.4 };
  assert.deepEqual(
    [83, 100, 82, 87].map((guess) => judgeNumber(guess, truth).verdict),
    ["right", "right", "wrong", "right"],
  );
  assert.deepEqual(judgeNumber(60, { truth: 70 }), { verdict: "near", gap: 0.1 });
  assert.deepEqual(judgeNumber(59, { truth: 70 }), { verdict: "wrong", gap: 0.11 });
  assert.deepEqual(judgeNumber(70, { truth: 70 }), { verdict: "right", gap: 0 });
});

test("a choice is right or wrong, and as far off as half of a scale", () => {
  assert.deepEqual(judgeChoice("same", { truth: "same" }), { verdict: "right", gap: 0 });
  assert.deepEqual(judgeChoice("same", { truth: "higher" }), { verdict: "wrong", gap: 0.5 });
});

test("a verdict that is given is kept, with a gap within bounds", () => {
  rememberGuess("data.twins", { guess: 3, truth: 4, verdict: "wrong", gap: 7 });
  rememberGuess("exercises.groups", { guess: "blurred", truth: "open", verdict: "open", gap: 0 });
  const { "data.twins": twins, "exercises.groups": groups } = rememberedGuesses();
  assert.deepEqual([twins.verdict, twins.gap], ["wrong", 1]);
  assert.deepEqual([groups.verdict, groups.gap], ["open", 0]);
});

test("what is no guess is not remembered", () => {
  rememberGuess("no name", { guess: 1, truth: 1 });
  rememberGuess("data.leak", { guess: Number.NaN, truth: 31 });
  rememberGuess("data.leak", { guess: "many", truth: 31 });
  rememberGuess("data.leak", { guess: "x".repeat(1000), truth: "y" });
  rememberGuess("data.leak", undefined);
  assert.deepEqual(rememberedGuesses(), {});
  assert.equal(announced, 0);
});

test("what others left in its place does no harm", () => {
  for (const other of ["text", 7, null, [1, 2], { "data.leak": 3, x: {} }, { "data.leak": { guess: {}, truth: {} } }]) {
    left(other);
    assert.deepEqual(rememberedGuesses(), {});
  }
  left({ "data.leak": { guess: 40, truth: 31, verdict: "<b>", gap: "far", network: { a: 1 }, more: "x" } });
  assert.deepEqual(rememberedGuesses(), { "data.leak": { guess: 40, truth: 31, verdict: "near", gap: 0.09 } });
});

test("it cannot fill the browser's storage", () => {
  for (let at = 0; at < 100; at += 1) rememberGuess(`data.guess_${at}`, { guess: at, truth: 0 });
  assert.equal(Object.keys(rememberedGuesses()).length, 64);
  assert.ok(localStorage["atelier.guesses"].length < 64 * 200);
});

test("it is forgotten with all the rest", () => {
  rememberGuess("data.leak", { guess: 40, truth: 31 });
  forgetStored();
  assert.deepEqual(rememberedGuesses(), {});
});
