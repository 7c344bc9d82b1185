// How 99 % is made: a logistic regression of the experts' outlines, learned in the browser, and no ultrasound is looked at.

import { number } from "../../js/format.js";
import { areaUnderRoc, fitLogistic } from "../../js/logistic.js";
import { sayFrom } from "../../js/sentences.js";
import { quantile, randomNumbers } from "../../js/statistics.js";
import { stored, whenStoredChanges } from "../../js/storage.js";
import { widget } from "../../js/widget.js";
import { GUESSED } from "../inquiries/inquiry.js";

const DRAWS = 300;

// The score of every row by what the rows of the other folds taught; a row is [kind, fold, group, ...measures].
export const crossFitted = (rows, columns) => {
  const measures = rows.map((row) => columns.map((column) => row[3 + column]));
  const scores = Array(rows.length);
  for (const fold of new Set(rows.map(([, one]) => one))) {
    const others = rows.flatMap(([, one], at) => (one === fold ? [] : [at]));
    const score = fitLogistic(
      others.map((at) => measures[at]),
      others.map((at) => rows[at][0]),
    );
    rows.forEach(([, one], at) => {
      if (one === fold) scores[at] = score(measures[at]);
    });
  }
  return scores;
};

// The AUC with a 95 % interval that redraws whole groups of near-duplicates.
export const aucOf = (rows, scores) => {
  const members = new Map();
  for (const [at, [, , group]] of rows.entries()) members.set(group, [...(members.get(group) ?? []), at]);
  const groups = [...members.values()];
  const random = randomNumbers(1);
  const drawn = Array.from({ length: DRAWS }, () => {
    const some = groups.flatMap(() => groups[Math.floor(random() * groups.length)]);
    return areaUnderRoc(
      some.map((at) => scores[at]),
      some.map((at) => rows[at][0]),
    );
  }).sort((one, other) => one - other);
  const value = areaUnderRoc(
    scores,
    rows.map(([kind]) => kind),
  );
  return { value, low: quantile(drawn, 0.025), high: quantile(drawn, 0.975), n: rows.length };
};

export const mount = ({ element, trigger, watch }) => {
  const { find, findAll, put } = widget(element);
  const say = sayFrom(find("[data-said]"));
  let rows = null;

  const learn = () => {
    const columns = findAll("[data-measure]").flatMap((box, at) => (box.checked ? [at] : []));
    if (!columns.length) return put("auc", say("none"));
    const found = aucOf(rows, crossFitted(rows, columns));
    const [value, low, high] = [found.value, found.low, found.high].map((one) => number(one, 3));
    put("auc", say("auc", { auc: value, low, high, n: found.n }));
  };

  const showWhenGuessed = () => {
    find(".from-outlines").hidden = !Object.hasOwn(stored(GUESSED, {}), "leak");
  };

  element.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-learn]")) return;
    if (rows) return learn();
    put("auc", say("coming"));
    trigger("apply");
  });
  document.addEventListener("inquiry-outlines", ({ detail }) => {
    if (!element.isConnected || rows || !detail) return;
    rows = JSON.parse(detail);
    learn();
  });
  watch?.("value", showWhenGuessed);
  whenStoredChanges(element, showWhenGuessed);
  showWhenGuessed();
};
