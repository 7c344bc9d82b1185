// The guess was about blur: the blurriest third against the sharpest, whatever is shown now.

import { percent } from "../../js/format.js";
import { rememberGuess } from "../../js/guess_log.js";
import { judge } from "../../js/guesses.js";
import { quantile, rate } from "../../js/statistics.js";
import { answerTo } from "../../js/storage.js";
import { errorsIn } from "./groups.js";

const BLUR = 2; // the column of a row

// Two rates whose intervals are apart tell which is higher; where these overlap nobody was right or wrong.
const higherOf = (blurred, sharp) => {
  if (blurred.low > sharp.high) return "blurred";
  return sharp.low > blurred.high ? "sharp" : "open";
};

const judgement = (guess, truth) => {
  if (truth === "open") return "open";
  return guess === truth ? "right" : "wrong";
};

// Sharp images have a high value of the measure.
const outerThirds = (images) => {
  const blur = ({ row }) => row[BLUR];
  const sorted = images.map(blur).sort((one, other) => one - other);
  const [low, high] = [quantile(sorted, 1 / 3), quantile(sorted, 2 / 3)];
  return [images.filter((image) => blur(image) < low), images.filter((image) => blur(image) >= high)];
};

export const showReply = (place, images, threshold, population, say) => {
  const guess = answerTo("groups.guess");
  if (!say.has(`guessed_${guess}`)) return judge(place, "", "");
  const thirds = outerThirds(images);
  const rates = thirds.map((third) => rate(errorsIn(third, threshold).length, third.length));
  const [blurred, sharp] = rates.map(({ value, low, high, n }) => {
    const interval = say("errors_of", { low: percent(low), high: percent(high) });
    return `${percent(value)} (${interval}, n\u00a0=\u00a0${n})`;
  });
  const truth = higherOf(...rates);
  const kind = judgement(guess, truth);
  rememberGuess("exercises.groups", { guess, truth, verdict: kind, gap: kind === "wrong" ? 0.5 : 0 });
  judge(place, kind, `${say(kind)} ${say(`guessed_${guess}`)} ${say("guess_told", { blurred, sharp, population })}`);
};
