// The wall of images: what the network makes of each score at the threshold of the bench, and whether that is right.
const markCard = (card, said, threshold) => {
  const bar = card.querySelector("[data-probability]");
  const probability = Number(bar.dataset.probability), alerts = probability >= threshold;
  const [score, at] = atelier.scoreAndThreshold(probability, threshold);
  const says = { malignant: card.querySelector("[data-says=malignant]"), benign: card.querySelector("[data-says=benign]") };
  says.malignant.hidden = !alerts;
  says.benign.hidden = alerts;
  bar.querySelector("u").style.left = `${100 * threshold}%`;
  card.querySelector("[data-score]").textContent = atelier.fill(said.short, { score });
  // The same in the box that the picture opens.
  const alert = alerts ? said.alert : said.no_alert;
  const right = (alerts ? "malignant" : "benign") === card.querySelector("[data-truth]").dataset.truth;
  card.querySelector("[data-fact=network]").textContent = atelier.fill(said.answer, { score, threshold: at, alert });
  atelier.judge(card.querySelector("[data-fact=right]"), right ? "right" : "wrong", right ? said.yes : said.no);
};
const mark = (threshold) => {
  const wall = element.querySelector(".wall");
  if (!wall) return;
  const said = JSON.parse(wall.dataset.said);
  wall.querySelectorAll(".case-item").forEach((card) => markCard(card, said, threshold));
};
const follow = ({ detail }) => {
  if (!element.isConnected) return document.removeEventListener("confidence-threshold", follow);
  mark(detail);
};
document.addEventListener("confidence-threshold", follow);
watch("value", () => document.dispatchEvent(new CustomEvent("confidence-ask")));
