// For whom: splits that chance alone makes, then the groups that there are, each with a guess.

import { chart, circle, label, line, scales, svg } from "../../js/charts.js";
import { percent } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { randomNumbers } from "../../js/statistics.js";
import { widget } from "../../js/widget.js";
import { beginInquiry, settingsIn } from "../inquiries/inquiry.js";
import { apart, byChance, byProperty, ratesOf } from "./groups.js";

const NAME = "for_whom";
const MEASURES = ["errors", "sensitivity", "specificity"];
const EDGE = { left: 16, right: 16, top: 26, bottom: 8 };
const ROW = 9; // pixels
const SHOWN = 60; // splits

const text = (kind, content, extra = "") => {
  const made = Object.assign(document.createElement(kind), { textContent: content });
  if (extra) made.append(Object.assign(document.createElement("small"), { textContent: extra }));
  return made;
};

export const mount = ({ element }) => {
  const { find, findAll, put } = widget(element);
  const section = find(".inquiry");
  if (!section) return; // a sentence says why
  const say = sayFrom(section);
  const { threshold, lesions, groups, splits } = JSON.parse(section.dataset.data);
  const names = Object.keys(groups);
  const random = randomNumbers(1);
  const made = [];

  const draw = (place, width) => {
    const shown = made.slice(-SHOWN);
    const reach = Math.max(0.2, ...shown.flatMap(({ low, high }) => [-low, high]));
    const height = EDGE.top + EDGE.bottom + ROW * Math.max(1, shown.length);
    const wide = Math.min(width, 620);
    const { x } = scales({ width: wide, height, edge: EDGE, x: [-reach, reach] });
    const clear = made.filter(({ isClear }) => isClear).length;
    svg(place, wide, height, say("chart_alt", { n: made.length, clear }), [
      line(x(0), EDGE.top - 6, x(0), height - EDGE.bottom, "zero"),
      label(EDGE.left, 14, say("chart_less"), "start", "axis-name"),
      label(wide - EDGE.right, 14, say("chart_more"), "end", "axis-name"),
      ...shown.flatMap(({ value, low, high, isClear }, at) => {
        const y = EDGE.top + ROW * (at + 0.5);
        const kind = isClear ? "clear" : "unclear";
        return [line(x(low), y, x(high), y, kind), circle(x(value), y, kind, 3)];
      }),
    ]);
  };
  const redraw = chart(find("[data-chart=splits]"), draw);

  const splitMore = (count) => {
    for (let turn = 0; turn < count; turn += 1) {
      const [one, other] = byChance(lesions, random).map((half) => ratesOf(half, threshold).errors);
      made.push(apart(one, other));
    }
    const clear = made.filter(({ isClear }) => isClear).length;
    put("result", say("result", { n: made.length, clear, share: percent(clear / made.length) }));
    redraw();
  };

  const written = (found) =>
    found
      ? [
          percent(found.value),
          `${say("interval", { low: percent(found.low), high: percent(found.high) })} ${say("of", found)}`,
        ]
      : [say("nothing"), ""];

  const rowOf = (measure, [one, other]) => {
    const row = document.createElement("tr");
    const between = apart(one[measure], other[measure]);
    const verdict = between ? say(between.isClear ? "clear" : "unclear") : say("nothing");
    const head = Object.assign(text("th", say(`measure_${measure}`)), { scope: "row" });
    row.append(head, ...[one, other].map((side) => text("td", ...written(side[measure]))), text("td", verdict));
    return row;
  };

  const showGroups = (name) => {
    const pair = find(`[data-pair=${name}]`);
    const sides = byProperty(lesions, names.indexOf(name), groups[name]).map((some) => ratesOf(some, threshold));
    pair.querySelector("tbody").replaceChildren(...MEASURES.map((measure) => rowOf(measure, sides)));
    pair.querySelector("[data-rows]").hidden = false;
  };

  const chosenProperty = () => find("input[name=for-whom-property]:checked")?.value ?? "";
  const showPair = () => {
    for (const pair of findAll("[data-pair]")) pair.hidden = pair.dataset.pair !== chosenProperty();
  };

  element.addEventListener("change", ({ target }) => {
    if (target.name === "for-whom-property") showPair();
    const pair = target.closest("[data-pair]");
    if (pair) showGroups(pair.dataset.pair);
  });
  element.addEventListener("click", ({ target }) => target.closest("[data-split]") && splitMore(splits));

  const asked = settingsIn(location.search, NAME).property;
  if (names.includes(asked)) {
    find(`input[name=for-whom-property][value=${asked}]`).checked = true;
    showPair();
  }
  beginInquiry({
    element,
    name: NAME,
    truth: () => "one",
    told: () => say("told", { count: splits }),
    settings: () => (chosenProperty() ? { property: chosenProperty() } : {}),
    opened: () => {
      if (!made.length) splitMore(splits);
    },
  });
};
