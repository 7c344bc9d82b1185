// The wall of images: what the network makes of each score at the threshold of the bench, and whether that is right.

import { scoreAndThreshold } from "../../js/format.js";
import { judge } from "../../js/guesses.js";
import { sayFrom } from "../../js/sentences.js";
import { askThreshold, followThreshold } from "./threshold.js";

// The answer under the picture.
const markCard = (card, say, { probability, threshold, score }) => {
  const alerts = probability >= threshold;
  card.querySelector("[data-says=malignant]").hidden = !alerts;
  card.querySelector("[data-says=benign]").hidden = alerts;
  card.querySelector("[data-probability] u").style.left = `${100 * threshold}%`;
  card.querySelector("[data-score]").textContent = say("short", { score });
};

// The same among the facts in the box that the picture opens.
const markFacts = (card, say, { probability, threshold, score, at }) => {
  const alerts = probability >= threshold;
  const alert = say(alerts ? "alert" : "no_alert");
  card.querySelector("[data-fact=network]").textContent = say("answer", { score, threshold: at, alert });
  const isRight = (alerts ? "malignant" : "benign") === card.querySelector("[data-truth]").dataset.truth;
  const place = card.querySelector("[data-fact=right]");
  judge(place, isRight ? "right" : "wrong", say(isRight ? "yes" : "no"));
};

const mark = (wall, threshold) => {
  const say = sayFrom(wall);
  for (const card of wall.querySelectorAll(".case-item")) {
    const probability = Number(card.querySelector("[data-probability]").dataset.probability);
    const [score, at] = scoreAndThreshold(probability, threshold);
    const answer = { probability, threshold, score, at };
    markCard(card, say, answer);
    markFacts(card, say, answer);
  }
};

export const mount = ({ element, watch }) => {
  followThreshold(element, (threshold) => {
    const wall = element.querySelector(".wall");
    if (wall) mark(wall, threshold);
  });
  watch("value", askThreshold);
};
