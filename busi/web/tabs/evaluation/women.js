// Of 1,000 women: how many have a cancer, a guess how often an alert is right, and the answer.

import { chart } from "../../js/charts.js";
import { number, percent } from "../../js/format.js";
import { rememberGuess } from "../../js/guess_log.js";
import { judge, judgeShare } from "../../js/guesses.js";
import { intervalText, sayFrom } from "../../js/sentences.js";
import { alertsRight, confusion, ratesOf } from "../../js/statistics.js";
import { countsOf, drawWomen, ORDER, SHAPES, WOMEN } from "../../js/thousand.js";
import { widget } from "../../js/widget.js";
import { follow } from "./choices.js";

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
  const { missed, reassured } = counts;
  for (const kind of ORDER) parts.put(kind, number(counts[kind]));
  // Rounded to none, though the network does miss some: no bare 0 may say that it never would.
  const few = missed === 0 && rates.sensitivity.value < 1 ? `< ${number(1)}` : number(missed);
  parts.put("missed", few);
  parts.put("reassured_reading", say("women_reassured", { missed: few, calm: number(missed + reassured) }));
  const right = alertsRight(rates, WOMEN, ill);
  if (right) showAlerts(parts, say, right, counts);
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

  // Only of the network as it is, on real test images; among how many who are ill, the visitor chose.
  const remember = () => {
    const ill = prevalence.valueAsNumber;
    const right = alertsRight(rates(), WOMEN, ill);
    if (!right || choices.population !== "test" || choices.threshold !== choices.chosen) return;
    const [truth, low, high] = [right.value, right.low, right.high].map((share) => 100 * share);
    const guess = parts.find("#evaluation-women-guess").valueAsNumber;
    rememberGuess("evaluation.women", { guess, truth, low, high, ill });
  };

  const reveal = () => {
    isRevealed = true;
    remember();
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
