// What the scripts of L'entraînement compute: which runs stay, their common scale, and the line of time of a replay.

import assert from "node:assert/strict";
import test from "node:test";
import { MOST_RUNS, sharedTop, withoutRun, withRun } from "../../busi/web/tabs/training/run_list.js";
import { highest, lengthOf, lossesAt, offsets, strength } from "../../busi/web/tabs/training/timeline.js";

const run = (name, ...losses) => ({ name, rows: losses.map(([loss, val], epoch) => [epoch, loss, 1, val, 0.7]) });
const names = (runs) => runs.map(({ name }) => name).join("");

test("the last four runs stay, each once, and one can be removed", () => {
  assert.equal(MOST_RUNS, 4);
  const five = ["a", "b", "c", "d", "e"].reduce((runs, name) => withRun(runs, run(name)), []);
  assert.equal(names(five), "bcde");
  const later = { ...run("c", [0.1, 0.2]), isLater: true };
  const again = withRun(five, later);
  assert.equal(names(again), "bdec");
  assert.equal(again.at(-1).isLater, true);
  assert.equal(names(withoutRun(five, "d")), "bce");
  assert.equal(names(withoutRun(five, "z")), "bcde");
});

test("runs side by side share a scale, of their highest loss, 1 at least and the limit at most", () => {
  assert.equal(sharedTop([run("a", [0.69, 0.69]), run("b", [0.2, 0.5])], 2.5), 1);
  assert.equal(sharedTop([run("a", [0.69, 0.69]), run("b", [0.2, 1.75])], 2.5), 1.75);
  assert.equal(sharedTop([run("a", [44, 51])], 2.5), 2.5);
});

const CURVES = {
  simulated: [
    [1, 0.7, 0.71],
    [2, 0.5, 0.6],
  ],
  real: [
    [1, 0.4, 0.5],
    [2, 0.3, 0.45],
    [3, 0.2, 0.5],
  ],
};

test("a second stage begins where the first ends", () => {
  assert.deepEqual(offsets(CURVES), { simulated: 0, real: 2 });
  assert.equal(lengthOf(CURVES), 5);
  assert.deepEqual(offsets({ real: CURVES.real }), { real: 0 });
});

test("a moment has the losses of its own stage, and none before anything was learned", () => {
  assert.deepEqual(lossesAt(CURVES, { stage: "real", epoch: 2 }), [0.3, 0.45]);
  assert.deepEqual(lossesAt(CURVES, { stage: "simulated", epoch: 2 }), [0.5, 0.6]);
  assert.equal(lossesAt(CURVES, { stage: "simulated", epoch: 0 }), undefined);
});

test("colours are as strong as the share of the strongest of all moments", () => {
  const grids = [
    [
      [1, -4],
      [0, 0],
    ],
    [
      [0.5, 2],
      [0, 3],
    ],
  ];
  assert.equal(highest(grids), 4);
  assert.equal(strength(-4, 4), 1);
  assert.equal(strength(1, 4), 0.25);
  assert.equal(strength(0, 0), 0);
  assert.equal(strength(9, 4), 1);
});
