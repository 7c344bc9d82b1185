// busi/web/js/markup.js: no text becomes markup.

import assert from "node:assert/strict";
import { test } from "node:test";

import { escapeHtml } from "../../busi/web/js/markup.js";
import { sayFrom } from "../../busi/web/js/sentences.js";

test("every sign that means something in markup is escaped, once", () => {
  assert.equal(escapeHtml(`<b title="it's">&amp;</b>`), "&lt;b title=&quot;it&#39;s&quot;&gt;&amp;amp;&lt;/b&gt;");
  assert.equal(escapeHtml(5), "5");
});

test("sentences are filled, and those that are not there are not said to be", () => {
  const say = sayFrom({ dataset: { said: '{"n": "{n} images", "names": {"a": "A"}}' } });
  assert.equal(say("n", { n: 3 }), "3 images");
  assert.deepEqual([say.has("n"), say.has("toString"), say.texts.names.a], [true, false, "A"]);
});
