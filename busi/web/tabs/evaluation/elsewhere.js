// Another hospital: three guesses, then what waits for them. The guesses are stored in this browser, so what they opened
// is open again on the next visit; what waits stands in several components, and each mounts this module.

import { chart, circle, curve } from "../../js/charts.js";
import { number, percent } from "../../js/format.js";
import { rememberGuess } from "../../js/guess_log.js";
import { judge } from "../../js/guesses.js";
import { drawRoc } from "../../js/roc_curve.js";
import { sayFrom } from "../../js/sentences.js";
import { confusion, difference, ratesOf, rocCorners, rocPoint } from "../../js/statistics.js";
import { store, stored, whenStoredChanges } from "../../js/storage.js";
import { widget } from "../../js/widget.js";
import { follow } from "./choices.js";

const GUESSES = "elsewhere"; // under which they are stored
const NEAR = 0.05; // "about the same"
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const two = (value) => number(value, 2);
const points = (share) => (share > 0 ? "+" : "") + number(100 * share);

// What the three guesses are about, at one hospital.
const numbersOf = ({ rows, metrics }, threshold) => {
  const [value, low, high] = metrics.auc;
  const { sensitivity, specificity } = ratesOf(confusion(rows, threshold));
  const alarms = { value: 1 - specificity.value, low: 1 - specificity.high, high: 1 - specificity.low };
  return { auc: { value, low, high }, found: sensitivity, alarms };
};

const directionOf = ({ value }) => (Math.abs(value) <= NEAR ? "same" : value < 0 ? "lower" : "higher");

// A guess of no change cannot be called wrong where chance alone could have made the change.
const judged = (guess, direction, isSure) => {
  if (guess === direction) return "right";
  return guess === "same" && !isSure ? "open" : "wrong";
};

// What is said of one guess: whether it was right, the two numbers, and whether chance alone could part them.
const replyTo = (say, name, guess, home, away) => {
  const write = name === "auc" ? two : percent;
  const apart = difference(home, away);
  const direction = directionOf(apart);
  const [low, high] = [points(apart.low), points(apart.high)];
  const isSure = apart.low > 0 || apart.high < 0;
  const kind = guess ? judged(guess, direction, isSure) : "";
  const sentences = [
    kind ? say(kind) : "",
    say(`reply_${name}`, { home: write(home.value), away: write(away.value) }),
    direction === "same" ? "" : say(isSure ? "reply_sure" : "reply_chance", { low, high }),
  ];
  return [kind, sentences.filter(Boolean).join(" ")];
};

const square = (x, y, radius) =>
  `<rect class="radiologist" x="${x - radius}" y="${y - radius}" width="${2 * radius}" height="${2 * radius}"/>`;

// The curve at home, and the radiologist's with a mark for each category.
const besideTheCurve = ({ x, y }, home, threshold, radiologist) => {
  const pixels = ([alarms, found]) => [x(alarms), y(found)];
  const limits = radiologist.points.map(([, alarms, found]) => pixels([alarms, found]));
  const here = pixels(rocPoint(confusion(home.rows, threshold)));
  return [
    curve(rocCorners(home.rows).map(pixels), "curve-home"),
    curve([pixels([0, 0]), ...limits, pixels([1, 1])], "curve-radiologist"),
    ...limits.map((limit) => square(...limit, 4)),
    circle(...here, "here-home", 6),
  ];
};

const altText = (say, { home, away, threshold, written, radiologist }) => {
  const of = (side) => rocPoint(confusion(side.rows, threshold)).map(percent);
  const [homeAlarms, homeFound] = of(home);
  const [awayAlarms, awayFound] = of(away);
  return say("roc_alt", {
    threshold: written,
    home_found: homeFound,
    home_alarms: homeAlarms,
    home_auc: two(home.metrics.auc[0]),
    away_found: awayFound,
    away_alarms: awayAlarms,
    away_auc: two(away.metrics.auc[0]),
    radiologist_auc: two(radiologist.auc),
  });
};

const drawCurves = (place, width, say, now) => {
  const { home, away, threshold, radiologist } = now;
  drawRoc(place, width, {
    rows: away.rows,
    threshold,
    alt: altText(say, now),
    names: say.texts,
    ticks: TICKS,
    beside: (at) => besideTheCurve(at, home, threshold, radiologist),
  });
};

// What has waited for the guesses, in this component.
const openAfterGuesses = (element, { findAll }, act) => {
  const show = () => {
    const guesses = stored(GUESSES, null);
    for (const part of findAll("[data-after]")) part.hidden = !guesses;
    act(guesses);
  };
  whenStoredChanges(element, show);
  show();
};

const mountGuesses = (section, parts, element, trigger) => {
  const say = sayFrom(section);
  const radiologist = JSON.parse(section.dataset.radiologist);
  const names = parts.findAll("[data-reply]").map((place) => place.dataset.reply);
  const chosen = (name) => parts.find(`input[name=elsewhere-${name}]:checked`)?.value ?? "";
  let now = null;
  const redraw = chart(
    parts.find("[data-chart=elsewhere-roc]"),
    (place, width) => now && drawCurves(place, width, say, now),
  );

  const reply = (guesses) => {
    if (!now) return;
    const [home, away] = [now.home, now.away].map((side) => numbersOf(side, now.threshold));
    for (const name of names) {
      const answer = guesses ? replyTo(say, name, guesses[name], home[name], away[name]) : ["", ""];
      const truth = directionOf(difference(home[name], away[name]));
      if (guesses?.[name]) rememberGuess(`elsewhere.${name}`, { guess: guesses[name], truth });
      judge(parts.find(`[data-reply=${name}]`), ...answer);
    }
  };

  const showStored = (guesses) => {
    for (const name of guesses ? names : []) {
      const radio = parts.find(`input[name=elsewhere-${name}][value="${guesses[name]}"]`);
      if (radio) radio.checked = true;
    }
    reply(guesses);
  };

  element.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if ("show" in button.dataset) store(GUESSES, Object.fromEntries(names.map((name) => [name, chosen(name)])));
    if (button.dataset.question) trigger("apply", JSON.parse(button.dataset.question));
  });
  follow(element, ({ populations, chosen: threshold }) => {
    if (now) return; // the bar's choices change nothing here
    now = {
      home: populations.test,
      away: populations.breast,
      threshold,
      written: section.dataset.written,
      radiologist,
    };
    reply(stored(GUESSES, null));
    redraw();
  });
  return showStored;
};

export const mount = ({ element, trigger }) => {
  const parts = widget(element);
  const section = parts.find("[data-radiologist]");
  openAfterGuesses(element, parts, section ? mountGuesses(section, parts, element, trigger) : () => {});
};
