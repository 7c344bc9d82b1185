// Of 1,000 women: a mark for each. The shape tells the truth (a triangle: cancer), the filling what the network says.
const WOMEN = 1000;
const prevalence = find("#evaluation-prevalence");
const guess = find("#evaluation-women-guess");
const onlyAlerts = find("[data-alerts]");
let choices, revealed = false;

// Whole women, 1,000 in all.
const sorted = ({ sensitivity, specificity }, ill) => {
  const found = Math.round(ill * sensitivity.value);
  const alarmed = Math.round((WOMEN - ill) * (1 - specificity.value));
  return { found, missed: ill - found, alarmed, reassured: WOMEN - ill - alarmed };
};

const SHAPES = { found: triangle, missed: triangle, alarmed: disc, reassured: disc };

// Those with a cancer first, and those who get an alert next to each other.
const ORDER = ["missed", "found", "alarmed", "reassured"];

const drawWomen = (place, width) => {
  const columns = width < 480 ? 32 : 40;
  const cell = width / columns;
  const now = sorted(rates(count(choices.rows, choices.threshold)), prevalence.valueAsNumber);
  let at = 0;
  const inside = ORDER.map((kind) => {
    const marks = Array.from({ length: now[kind] }, () => {
      const x = ((at % columns) + 0.5) * cell;
      const y = (Math.floor(at / columns) + 0.5) * cell;
      at += 1;
      return SHAPES[kind](+x.toFixed(1), +y.toFixed(1), +(cell * 0.33).toFixed(2));
    });
    return `<path class="${kind}" data-count="${marks.length}" d="${marks.join("")}"/>`;
  });
  const values = { ...now, ill: prevalence.valueAsNumber };
  const alt = revealed ? say("women_alt", values) : say("women_before", values);
  picture(place, width, Math.ceil(cell * Math.ceil(WOMEN / columns)), alt, inside.join(""));
};
const draw = chart(find("[data-chart=women]"), drawWomen);

// How often an alert is right, if these rates held; Bayes' rule.
const right = (ill, sensitivity, specificity) => {
  const found = ill * sensitivity;
  const alerts = found + (WOMEN - ill) * (1 - specificity);
  return alerts ? found / alerts : 1;
};

const showAnswer = (measured, ill) => {
  const now = sorted(measured, ill);
  const alerts = now.found + now.alarmed;
  for (const kind of ORDER) put(kind, atelier.number(now[kind]));
  const share = alerts ? atelier.percent(now.found / alerts) : "–";
  put("right", alerts ? share : say("women_no_alert"));
  put("right_of", alerts ? say("women_right_of", { found: now.found, alerts: atelier.number(alerts) }) : "");
  const low = right(ill, measured.sensitivity.low, measured.specificity.low);
  const high = right(ill, measured.sensitivity.high, measured.specificity.high);
  put("range", alerts ? say("women_range", { interval: between(low, high, atelier.percent) }) : "");
  put("reassured_reading", say("women_reassured", { missed: now.missed, calm: atelier.number(now.missed + now.reassured) }));
  const [kind, sentence] = alerts ? judgeShare(guess.valueAsNumber, { value: now.found / alerts, low, high }) : ["", ""];
  atelier.judge(find("[data-out=reply]"), kind, alerts ? `${sentence} ${say("women_guess_reply", { guess: guess.value, share })}` : "");
};

const showLimits = (measured) => {
  const { rows, source } = choices;
  const { sensitivity, specificity } = measured;
  const malignant = sensitivity.n;
  put("caution", say(source === "simulated" ? "women_caution_simulated" : "women_caution", { n: rows.length }));
  const values = { malignant, n: rows.length, count: Math.round((WOMEN * malignant) / rows.length) };
  put("in_set", say("women_in_set", values));
  const written = { population: choices.name, threshold: choices.written };
  for (const [name, rate] of Object.entries({ sensitivity, specificity })) {
    written[name] = atelier.percent(rate.value);
    written[`${name}_interval`] = between(rate.low, rate.high, atelier.percent);
  }
  put("women_rates", say("women_rates", written));
};

const update = () => {
  const ill = prevalence.valueAsNumber;
  const measured = rates(count(choices.rows, choices.threshold));
  const name = say("prevalence_value", { count: ill });
  put("prevalence", name);
  prevalence.setAttribute("aria-valuetext", name);
  for (const button of element.querySelectorAll("button[data-prevalence]")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.prevalence) === ill));
  }
  showLimits(measured);
  if (revealed) showAnswer(measured, ill);
  draw();
};

const reveal = () => {
  revealed = true;
  find(".women").classList.add("revealed");
  element.querySelectorAll("[data-after]").forEach((part) => (part.hidden = false));
  update();
};

element.querySelectorAll(".kinds li").forEach((item) => {
  item.querySelector("path").setAttribute("d", SHAPES[item.className](8, 8, 6));
});
element.addEventListener("input", ({ target }) => {
  if (target === prevalence) update();
  if (target === guess) find("output[for=evaluation-women-guess]").textContent = guess.value;
});
element.addEventListener("click", ({ target }) => {
  const preset = target.closest("button[data-prevalence]");
  if (preset) {
    prevalence.value = preset.dataset.prevalence;
    update();
  }
  if (target.closest("button[data-show]")) reveal();
  if (target.closest("button[data-alerts]")) {
    const only = find(".women").classList.toggle("only-alerts");
    onlyAlerts.setAttribute("aria-pressed", String(only));
  }
});
follow((now) => {
  choices = now;
  update();
});
