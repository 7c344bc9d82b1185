// The cases of the BI-RADS desk, and what decisions on them cost.
//
// A lesion is [malignant, the radiologist's category, the network's score]; a decision is "nothing", "watch" or "biopsy".

import { randomNumbers, shuffle } from "../../js/statistics.js";

// Where `count` lesions stand, half of them malignant, in an order that tells nothing; a seed gives the same ones.
export const drawCases = (lesions, count, seed) => {
  const random = randomNumbers(seed);
  const drawn = [1, 0].flatMap((kind) => {
    const places = lesions.flatMap(([malignant], place) => (malignant === kind ? [place] : []));
    shuffle(places, random);
    return places.slice(0, count / 2);
  });
  shuffle(drawn, random);
  return drawn;
};

// What BI-RADS usually leads to: 2 to nothing, 3 to a check some months later, the others to a biopsy.
export const byCategory = (category) => ({ 2: "nothing", 3: "watch" })[category] ?? "biopsy";

export const byScore = (score, from) => (score >= from ? "biopsy" : "nothing");

// How many cancers were found, watched or missed, and how many biopsies told of nothing.
export const costsOf = (lesions, decisions) => {
  const count = (kind, decision) =>
    lesions.filter(([malignant], at) => malignant === kind && decisions[at] === decision).length;
  return {
    found: count(1, "biopsy"),
    watched: count(1, "watch"),
    missed: count(1, "nothing"),
    needless: count(0, "biopsy"),
  };
};
