// A thousand women on the first screen: a guess of how many alerts are right, and the answer.

import { chart } from "../../js/charts.js";
import { number, percent } from "../../js/format.js";
import { rememberGuess } from "../../js/guess_log.js";
import { judge, judgeShare } from "../../js/guesses.js";
import { intervalText, sayFrom } from "../../js/sentences.js";
import { alertsRight } from "../../js/statistics.js";
import { countsOf, drawWomen, WOMEN } from "../../js/thousand.js";
import { widget } from "../../js/widget.js";

export const mount = ({ element }) => {
  const say = sayFrom(element);
  const parts = widget(element);
  const rates = JSON.parse(element.dataset.rates);
  const ill = Number(element.dataset.ill);
  const counts = countsOf(rates, ill);
  const share = alertsRight(rates, WOMEN, ill);
  const slider = parts.find("#first-women");
  let isRevealed = false;

  const redraw = chart(parts.find("[data-chart=women]"), (place, width) =>
    drawWomen(place, width, counts, say(isRevealed ? "women_alt" : "women_before", { ...counts, ill })),
  );

  const reveal = () => {
    isRevealed = true;
    element.classList.add("revealed");
    parts.find(".asks").hidden = true;
    for (const part of parts.findAll("[data-after], [data-legend]")) part.hidden = false;
    const guess = slider.valueAsNumber;
    const [kind, sentence] = judgeShare(say, guess, share);
    const [truth, low, high] = [share.value, share.low, share.high].map((part) => 100 * part);
    rememberGuess("welcome.women", { guess, truth, low, high, ill });
    judge(parts.find("[data-out=reply]"), kind, `${say("women_answer", { guess })} ${sentence}`);
    parts.put("right", percent(share.value));
    parts.put("counts", say("women_counts", { ...counts, ill, alarmed: number(counts.alarmed) }));
    parts.put("range", say("women_range", { interval: intervalText(say, share, percent) }));
    redraw();
    parts.find("[data-out=reply]").focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("atelier-first-guess", { detail: "women" }));
  };

  slider.addEventListener("input", () => {
    parts.find("output[for=first-women]").textContent = slider.value;
  });
  element.addEventListener("click", ({ target }) => target.closest("[data-show]") && reveal());
  redraw();
};
