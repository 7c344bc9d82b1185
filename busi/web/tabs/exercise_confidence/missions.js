// The missions: what each wants of the counts at a threshold, and what it cost to fulfil it.

import { confusion, ratesOf } from "../../js/statistics.js";

const CLOSE = 0.01; // within half a point of the mean of two rates: a thumb is no vernier

const balance = (counts) => ratesOf(counts).sensitivity.value + ratesOf(counts).specificity.value;

// The best balance of sensitivity and specificity that any threshold gives.
const bestBalance = (rows) => Math.max(...rows.map(([, probability]) => balance(confusion(rows, probability))));

const MISSIONS = {
  none_missed: ({ fn }) => fn === 0,
  few_alarms: ({ fp, tn }, { few }) => fp <= few * (fp + tn),
  balance: (counts, { rows }) => balance(counts) >= bestBalance(rows) - CLOSE,
};

// Ticks each mission once it is fulfilled; it stays ticked for the same images. Returns show(counts, { rows, population,
// few, threshold }), the threshold as it is written.
export const missionBoard = (items, say) => {
  const fulfilled = new Set();
  const showOne = (item, counts, situation) => {
    const { mission } = item.dataset;
    const key = `${situation.population} ${mission}`;
    const isDone = MISSIONS[mission](counts, situation);
    if (isDone) fulfilled.add(key);
    item.classList.toggle("done", fulfilled.has(key));
    item.querySelector("span").textContent = fulfilled.has(key) ? "✓" : "○";
    const { tp, fn, fp, tn } = counts;
    const values = { ...counts, malignant: tp + fn, benign: fp + tn, threshold: situation.threshold };
    item.querySelector("[role=status]").textContent = isDone ? say(`mission_${mission}_done`, values) : "";
  };
  return (counts, situation) => {
    for (const item of items) showOne(item, counts, situation);
  };
};
