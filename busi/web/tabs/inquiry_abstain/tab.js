// The right to abstain: one slider refers the least sure share of the images to a person; the same rule elsewhere.

import { chart, circle, curve, grid, label, scales, svg, tickLabels } from "../../js/charts.js";
import { percent } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { widget } from "../../js/widget.js";
import { beginInquiry, settingsIn } from "../inquiries/inquiry.js";
import { cutFor, outcomeOf, sureness } from "./abstention.js";

const NAME = "abstain";
const SHARES = Array.from({ length: 19 }, (_, at) => at / 20);
const EDGE = { left: 46, right: 16, top: 26, bottom: 44 };
const HALF_FROM = 0.35; // of the errors: from there on the guess "half" is nearest, and then "nearly all"
const NEARLY_ALL_FROM = 0.75;

const cell = (kind, text, extra = "") => {
  const made = document.createElement(kind);
  made.textContent = text;
  if (extra) made.append(Object.assign(document.createElement("small"), { textContent: extra }));
  return made;
};

export const mount = ({ element }) => {
  const { find, put } = widget(element);
  const section = find(".inquiry");
  const say = sayFrom(section);
  const { threshold, share: first, rows, impostors } = JSON.parse(section.dataset.data);
  const slider = find("#abstain-share");
  const sides = ["test", "breast"].filter((name) => rows[name]);

  const all = outcomeOf(rows.test, threshold, 0);
  const afterFirst = outcomeOf(rows.test, threshold, cutFor(rows.test, threshold, first));
  const gone = all.errors.part - (afterFirst.errors?.part ?? 0);
  const shareGone = all.errors.part ? gone / all.errors.part : 0;

  const cutAt = (share) => cutFor(rows.test, threshold, share);

  const draw = (place, width) => {
    const height = 300;
    const top = Math.max(0.1, ...sides.map((name) => outcomeOf(rows[name], threshold, 0).errors.value));
    const x = { x: [0, 0.9], y: [0, Math.ceil(top * 10) / 10] };
    const at = scales({ width: Math.min(width, 620), height, edge: EDGE, ...x });
    const ticks = { x: [0, 0.2, 0.4, 0.6, 0.8], y: [0, x.y[1] / 2, x.y[1]] };
    const share = slider.valueAsNumber;
    const place_ = (name, one) => {
      const { errors } = outcomeOf(rows[name], threshold, cutAt(one));
      return errors && [at.x(one), at.y(errors.value)];
    };
    const here = sides.map((name) => [name, place_(name, share)]).filter(([, point]) => point);
    svg(place, Math.min(width, 620), height, say("chart_alt", { share: percent(share) }), [
      ...grid(at, ticks),
      ...tickLabels(at, ticks, percent),
      ...sides.map((name) =>
        curve(
          SHARES.map((one) => place_(name, one)),
          `curve-${name}`,
        ),
      ),
      ...here.map(([name, [across, down]]) => circle(across, down, `here-${name}`, 7)),
      label(EDGE.left - 40, 14, say("chart_y"), "start", "axis-name"),
      label(at.x(0.45), height - 6, say("chart_x"), "middle", "axis-name"),
    ]);
  };
  const redraw = chart(find("[data-chart=abstain]"), draw);

  const rowOf = (name, cut) => {
    const { n, referred, kept, errors, missed, alarms } = outcomeOf(rows[name], threshold, cut);
    const row = document.createElement("tr");
    const head = Object.assign(cell("th", say(`row_${name}`)), { scope: "row" });
    const split = say("errors_split", { missed, alarms });
    const interval = errors && say("interval", { low: percent(errors.low), high: percent(errors.high) });
    const told = errors
      ? `${say("of", { part: errors.part, n: kept })}, ${percent(errors.value)} ${interval}`
      : say("none_kept");
    row.append(
      head,
      cell("td", say("of", { part: referred, n }), percent(referred / n)),
      cell("td", String(kept)),
      cell("td", told, errors ? split : ""),
    );
    return row;
  };

  const impostorRow = (cut, scores) => {
    const kept = scores.filter((score) => sureness(score, threshold) >= cut);
    const row = document.createElement("tr");
    const head = Object.assign(cell("th", say("row_impostors")), { scope: "row" });
    const referred = scores.length - kept.length;
    row.append(
      head,
      cell("td", say("of", { part: referred, n: scores.length })),
      cell("td", String(kept.length)),
      cell("td", kept.length ? say("impostors_answered") : say("none_kept")),
    );
    return [row, kept.length];
  };

  const show = () => {
    const share = slider.valueAsNumber;
    const cut = cutAt(share);
    const home = outcomeOf(rows.test, threshold, cut);
    put("share", percent(share));
    const values = {
      referred: home.referred,
      n: home.n,
      errors: home.errors?.part ?? 0,
      kept: home.kept,
      all: all.errors.part,
    };
    put("result", say(home.errors ? "result" : "result_none", values));
    const body = find("[data-out-rows]");
    body.replaceChildren(...sides.map((name) => rowOf(name, cut)));
    const scores = Object.values(impostors);
    put("impostors", "");
    if (scores.length) {
      const [row, answered] = impostorRow(cut, scores);
      body.append(row);
      put("impostors", say(answered ? "impostors_kept" : "impostors_none", { kept: answered, n: scores.length }));
    }
    redraw();
  };

  const asked = Number(settingsIn(location.search, NAME).share);
  if (asked >= 0 && asked <= 0.9) slider.value = asked;
  slider.addEventListener("input", show);
  beginInquiry({
    element,
    name: NAME,
    truth: () => (shareGone >= NEARLY_ALL_FROM ? "nearly_all" : shareGone >= HALF_FROM ? "half" : "fifth"),
    told: () =>
      all.errors.part
        ? say("told", {
            gone,
            all: all.errors.part,
            share: percent(shareGone),
            referred: afterFirst.referred,
            n: all.n,
          })
        : say("no_errors"),
    settings: () => ({ share: slider.value }),
    opened: show,
  });
};
