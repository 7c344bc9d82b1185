// Of 1,000 women: a mark for each. The shape tells the truth (a triangle: cancer), the filling what the network says.

import { chart, disc, svg, triangle } from "../../js/charts.js";
import { number, percent } from "../../js/format.js";
import { judge, judgeShare } from "../../js/guesses.js";
import { intervalText, sayFrom } from "../../js/sentences.js";
import { confusion, naturalFrequencies, predictiveValue, ratesOf } from "../../js/statistics.js";
import { widget } from "../../js/widget.js";
import { follow } from "./choices.js";

const WOMEN = 1000;
const SHAPES = { found: triangle, missed: triangle, alarmed: disc, reassured: disc };
// Those with a cancer first, and those who get an alert next to each other.
const ORDER = ["missed", "found", "alarmed", "reassured"];

const countsOf = ({ sensitivity, specificity }, ill) =>
  naturalFrequencies(WOMEN, ill, sensitivity.value, specificity.value);

const drawWomen = (place, width, counts, alt) => {
  const columns = width < 480 ? 32 : 40;
  const cell = width / columns;
  let at = 0;
  const markOf = (shape) => {
    const x = ((at % columns) + 0.5) * cell;
    const y = (Math.floor(at / columns) + 0.5) * cell;
    at += 1;
    return shape(+x.toFixed(1), +y.toFixed(1), +(cell * 0.33).toFixed(2));
  };
  const groups = ORDER.map((kind) => {
    const marks = Array.from({ length: counts[kind] }, () => markOf(SHAPES[kind]));
    return `<path class="${kind}" data-count="${marks.length}" d="${marks.join("")}"/>`;
  });
  svg(place, width, Math.ceil(cell * Math.ceil(WOMEN / columns)), alt, groups);
};

// How often an alert is right: the share, and between which two if the rates are at the ends of their intervals.
const alertsRight = ({ sensitivity, specificity }, ill, { found, alarmed }) => ({
  value: found / (found + alarmed),
  low: predictiveValue(WOMEN, ill, sensitivity.low, specificity.low),
  high: predictiveValue(WOMEN, ill, sensitivity.high, specificity.high),
});

const showNoAlert = ({ find, put }, say) => {
  put("right", say("women_no_alert"));
  put("right_of", "");
  put("range", "");
  judge(find("[data-out=reply]"), "", "");
};

const showAlerts = ({ find, put }, say, right, { found, alarmed }) => {
  const guess = find("#evaluation-women-guess");
  const share = percent(right.value);
  put("right", share);
  put("right_of", say("women_right_of", { found, alerts: number(found + alarmed) }));
  put("range", say("women_range", { interval: intervalText(say, right, percent) }));
  const [kind, sentence] = judgeShare(say, guess.valueAsNumber, right);
  judge(find("[data-out=reply]"), kind, `${sentence} ${say("women_guess_reply", { guess: guess.value, share })}`);
};

const showAnswer = (parts, say, rates, ill) => {
  const counts = countsOf(rates, ill);
  const { found, missed, alarmed, reassured } = counts;
  for (const kind of ORDER) parts.put(kind, number(counts[kind]));
  parts.put("reassured_reading", say("women_reassured", { missed, calm: number(missed + reassured) }));
  if (found + alarmed) showAlerts(parts, say, alertsRight(rates, ill, counts), counts);
  else showNoAlert(parts, say);
};

// On which images the rates were measured, and what does not follow from them.
const showLimits = ({ put }, say, { rows, source, name, written }, { sensitivity, specificity }) => {
  const malignant = sensitivity.n;
  put("caution", say(source === "simulated" ? "women_caution_simulated" : "women_caution", { n: rows.length }));
  put(
    "in_set",
    say("women_in_set", { malignant, n: rows.length, count: Math.round((WOMEN * malignant) / rows.length) }),
  );
  const values = {
    population: name,
    threshold: written,
    sensitivity: percent(sensitivity.value),
    sensitivity_interval: intervalText(say, sensitivity, percent),
    specificity: percent(specificity.value),
    specificity_interval: intervalText(say, specificity, percent),
  };
  put("women_rates", say("women_rates", values));
};

const showPrevalence = ({ findAll, put }, slider, name) => {
  put("prevalence", name);
  slider.setAttribute("aria-valuetext", name);
  for (const button of findAll("button[data-prevalence]")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.prevalence) === slider.valueAsNumber));
  }
};

const drawLegend = ({ findAll }) => {
  for (const item of findAll(".kinds li"))
    item.querySelector("path").setAttribute("d", SHAPES[item.className](8, 8, 6));
};

export const mount = ({ element }) => {
  const say = sayFrom(element.querySelector("[data-said]"));
  const parts = widget(element);
  const prevalence = parts.find("#evaluation-prevalence");
  let choices = null;
  let isRevealed = false;
  const rates = () => ratesOf(confusion(choices.rows, choices.threshold));

  const redraw = chart(parts.find("[data-chart=women]"), (place, width) => {
    if (!choices) return;
    const ill = prevalence.valueAsNumber;
    const counts = countsOf(rates(), ill);
    drawWomen(place, width, counts, say(isRevealed ? "women_alt" : "women_before", { ...counts, ill }));
  });

  const update = () => {
    const ill = prevalence.valueAsNumber;
    showPrevalence(parts, prevalence, say("prevalence_value", { count: ill }));
    showLimits(parts, say, choices, rates());
    if (isRevealed) showAnswer(parts, say, rates(), ill);
    redraw();
  };

  const reveal = () => {
    isRevealed = true;
    parts.find(".women").classList.add("revealed");
    for (const part of parts.findAll("[data-after]")) part.hidden = false;
    update();
  };

  const onlyAlerts = (button) => {
    const isOn = parts.find(".women").classList.toggle("only-alerts");
    button.setAttribute("aria-pressed", String(isOn));
  };

  const click = (button) => {
    if (!button) return;
    if (button.dataset.prevalence) {
      prevalence.value = button.dataset.prevalence;
      update();
    }
    if ("show" in button.dataset) reveal();
    if ("alerts" in button.dataset) onlyAlerts(button);
  };

  drawLegend(parts);
  element.addEventListener("input", ({ target }) => {
    if (target === prevalence) update();
    if (target.id === "evaluation-women-guess") parts.find(`output[for=${target.id}]`).textContent = target.value;
  });
  element.addEventListener("click", ({ target }) => click(target.closest("button")));
  follow(element, (now) => {
    choices = now;
    update();
  });
};
