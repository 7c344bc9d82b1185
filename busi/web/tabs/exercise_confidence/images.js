// Which images of a population come first, by how sure the network is of its answer: how far its score is from the
// threshold, in log-odds.

import { isError, logOdds } from "../../js/statistics.js";

const byPlace = (one, other) => one.at - other.at;

const ORDERS = {
  least_sure: (images) => images.sort((one, other) => one.sureness - other.sureness || byPlace(one, other)),
  errors: (images, isWrong) => ORDERS.most_sure(images.filter(isWrong)),
  most_sure: (images) => images.sort((one, other) => other.sureness - one.sureness || byPlace(one, other)),
};

// The places of the first `count` rows.
export const firstPlaces = (rows, { threshold, order }, count) => {
  const sureness = ([, probability]) => Math.abs(logOdds(probability) - logOdds(threshold));
  const images = rows.map((row, at) => ({ at, sureness: sureness(row) }));
  const isWrong = ({ at }) => isError(rows[at], threshold);
  return ORDERS[order](images, isWrong)
    .slice(0, count)
    .map(({ at }) => at);
};
