// busi/web/js/format.js writes what Words writes, to the character.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fill, formatFor } from "../../busi/web/js/format.js";
import { languageOf } from "../../busi/web/js/language.js";
import { expected } from "./expected.js";

for (const [language, written] of Object.entries(expected.written)) {
  const { number, percent, scoreAndThreshold, scoresAndThreshold } = formatFor(language);

  test(`numbers in ${language}`, () => {
    for (const [value, digits, text] of written.numbers) assert.equal(number(value, digits), text);
  });

  test(`percentages in ${language}`, () => {
    for (const [share, text] of written.percents) assert.equal(percent(share), text);
    assert.deepEqual([0.25, 0.5].map(percent), [percent(0.25), percent(0.5)]);
  });

  test(`a score and the threshold in ${language}`, () => {
    for (const [score, threshold, ...texts] of written.scores) {
      assert.deepEqual(scoreAndThreshold(score, threshold), texts);
    }
  });

  test(`several scores and the threshold in ${language}`, () => {
    const [scores, threshold, texts, at] = written.several;
    assert.deepEqual(scoresAndThreshold(scores, threshold), [texts, at]);
  });
}

test("every placeholder of a sentence is filled", () => {
  assert.equal(fill("{n} of {n}: {share}", { n: 3, share: "5 %" }), "3 of 3: 5 %");
  assert.equal(fill("{a}", { a: "{b}", b: "no" }), "{b}");
});

test("a page's language is told by its address", () => {
  const paths = ["/", "/en", "/en/", "/atelier/", "/atelier/en", "/english", "/en/x"];
  assert.deepEqual(paths.map(languageOf), ["fr", "en", "en", "fr", "en", "fr", "fr"]);
});
