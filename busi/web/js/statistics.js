// The statistics that the page computes itself, so that a threshold can be moved without asking the server.
//
// An image is a row [malignant, probability, ...]: 1 or 0, and what the network gives to "malignant". A row is called
// malignant from the threshold on. An estimate is { value, low, high, part, n }: a share with its 95 % interval, and the
// counts that it comes from.

const Z = 1.959963984540054; // the 97.5 % quantile of the normal distribution, for 95 % in the middle
const CLIP = 1e-7; // of probabilities in a loss, as Keras does, so that it stays finite

// A share with Wilson's interval, as `rate` in busi/model/metrics.py: E. B. Wilson, JASA 22 (1927) 209. Its ends are
// exactly 0 and 1 where nobody or everybody is counted; null for 0 of 0.
export const rate = (part, n) => {
  if (!n) return null;
  const value = part / n;
  const middle = (value + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((value * (1 - value)) / n + Z ** 2 / (4 * n ** 2));
  return { value, low: part === 0 ? 0 : middle - half, high: part === n ? 1 : middle + half, part, n };
};

const cellOf = (malignant, alert) => {
  if (malignant) return alert ? "tp" : "fn";
  return alert ? "fp" : "tn";
};

// The confusion matrix.
export const confusion = (rows, threshold) => {
  const counts = { tp: 0, fn: 0, fp: 0, tn: 0 };
  for (const [malignant, probability] of rows) counts[cellOf(malignant, probability >= threshold)] += 1;
  return counts;
};

export const isError = ([malignant, probability], threshold) => probability >= threshold !== Boolean(malignant);

export const ratesOf = ({ tp, fn, fp, tn }) => ({
  accuracy: rate(tp + tn, tp + fn + fp + tn),
  sensitivity: rate(tp, tp + fn),
  specificity: rate(tn, tn + fp),
  ppv: rate(tp, tp + fp),
});

// Where a threshold stands on the ROC curve: [false alarm rate, sensitivity].
export const rocPoint = ({ tp, fn, fp, tn }) => [fp / (fp + tn), tp / (tp + fn)];

// The corners of the curve from the highest threshold to the lowest: [false alarm rate, sensitivity, threshold].
export const rocCorners = (rows) => {
  const falling = [...rows].sort((one, other) => other[1] - one[1]);
  const malignant = rows.filter((row) => row[0]).length;
  const corners = [[0, 0, 1]];
  let tp = 0;
  falling.forEach(([kind, probability], at) => {
    tp += kind ? 1 : 0;
    const fp = at + 1 - tp;
    const isLastOfEqual = falling[at + 1]?.[1] !== probability;
    if (isLastOfEqual) corners.push([fp / (rows.length - malignant), tp / malignant, probability]);
  });
  return corners;
};

// The loss of one answer, from the probability that it gave to what is true, in nats.
export const crossEntropy = (given) => -Math.log(Math.max(CLIP, Math.min(1 - CLIP, given)));

// The mean loss of somebody who gives every image the share of malignant ones.
export const crossEntropyOfShare = (share) => -(share * Math.log(share) + (1 - share) * Math.log(1 - share));

// Probabilities next to 0 and 1 are clipped, so that it stays finite.
export const logOdds = (probability, clip = 1e-6) => {
  const clipped = Math.min(Math.max(probability, clip), 1 - clip);
  return Math.log(clipped / (1 - clipped));
};

// Equal slices of probability, as expected_calibration_error in busi/model/metrics.py: in each the number of images, of
// malignant ones, the mean probability (NaN without images) and the share that was malignant, null without images.
export const calibrationSlices = (rows, slices = 10) => {
  const found = Array.from({ length: slices }, () => ({ n: 0, malignant: 0, sum: 0 }));
  for (const [malignant, probability] of rows) {
    const slice = found[Math.min(slices - 1, Math.floor(probability * slices))];
    slice.n += 1;
    slice.malignant += malignant;
    slice.sum += probability;
  }
  return found.map(({ n, malignant, sum }) => ({ n, malignant, mean: sum / n, estimate: rate(malignant, n) }));
};

// What becomes of so many women, `ill` of whom have a cancer: whole women, all of them counted once.
export const naturalFrequencies = (women, ill, sensitivity, specificity) => {
  const found = Math.round(ill * sensitivity);
  const alarmed = Math.round((women - ill) * (1 - specificity));
  return { found, missed: ill - found, alarmed, reassured: women - ill - alarmed };
};

// How often an alert is right, by Bayes' rule; 1 where there is no alert to be wrong.
export const predictiveValue = (women, ill, sensitivity, specificity) => {
  const found = ill * sensitivity;
  const alerts = found + (women - ill) * (1 - specificity);
  return alerts ? found / alerts : 1;
};

// The same counted in whole women, and between which two if the rates are at the ends of their intervals; null without an
// alert.
export const alertsRight = ({ sensitivity, specificity }, women, ill) => {
  const { found, alarmed } = naturalFrequencies(women, ill, sensitivity.value, specificity.value);
  if (!(found + alarmed)) return null;
  return {
    value: found / (found + alarmed),
    low: predictiveValue(women, ill, sensitivity.low, specificity.low),
    high: predictiveValue(women, ill, sensitivity.high, specificity.high),
  };
};

// A quantile of sorted values, as NumPy computes it: on the line between the two nearest values.
export const quantile = (sorted, share) => {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = sorted[below + 1] ?? sorted[below];
  return sorted[below] + (place - below) * (above - sorted[below]);
};

// Items in groups of about equal size by a value. The group of an item is how many edges its value has reached: equal
// values are never torn apart, so a group may stay empty.
export const quantileGroups = (items, measure, count) => {
  const sorted = items.map(measure).sort((one, other) => one - other);
  const edges = Array.from({ length: count - 1 }, (_, at) => quantile(sorted, (at + 1) / count));
  const groups = Array.from({ length: count }, () => []);
  for (const item of items) groups[edges.filter((edge) => measure(item) >= edge).length].push(item);
  return groups;
};

export const histogram = (values, bins, top) => {
  const counts = Array(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor((bins * value) / top))] += 1;
  return counts;
};

// Numbers in [0, 1) from a seed, so that the same question gets the same answer: mulberry32 (T. Ettinger, public domain).
export const randomNumbers = (seed) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

// In place: R. A. Fisher's and F. Yates' shuffle.
export const shuffle = (list, random) => {
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [list[at], list[other]] = [list[other], list[at]];
  }
};

// How unequal the groups' error rates are: their squared distances from the overall rate, weighted by the groups' sizes.
// `flags` are true for errors, the first group's first.
export const unevenness = (flags, sizes) => {
  const overall = flags.filter(Boolean).length / flags.length;
  let start = 0;
  return sizes.reduce((sum, size) => {
    const errors = flags.slice(start, start + size).filter(Boolean).length;
    start += size;
    return size ? sum + size * (errors / size - overall) ** 2 : sum;
  }, 0);
};

// How often chance alone makes the groups as unequal as they are, when the errors are dealt out anew. What was seen counts
// as one of the draws: B. Phipson and G. Smyth 2010, https://arxiv.org/abs/1603.05766.
export const permutationTest = (flags, sizes, { shuffles = 2000, seed = 7 } = {}) => {
  const random = randomNumbers(seed);
  const dealt = [...flags];
  const observed = unevenness(dealt, sizes);
  const values = Array.from({ length: shuffles }, () => {
    shuffle(dealt, random);
    return unevenness(dealt, sizes);
  });
  const asLarge = values.filter((value) => value >= observed - 1e-12).length;
  return { values, observed, asLarge, p: (1 + asLarge) / (1 + shuffles) };
};

// The difference of two shares of different images, the first from the second: R. G. Newcombe's interval from those of
// both, Statistics in Medicine 17 (1998) 873. It holds for other numbers with an interval too: G. Y. Zou and A. Donner,
// Statistics in Medicine 27 (2008) 1693.
export const difference = (one, other) => {
  const value = other.value - one.value;
  return {
    value,
    low: value - Math.hypot(other.value - other.low, one.high - one.value),
    high: value + Math.hypot(other.high - other.value, one.value - one.low),
  };
};

// Mean distance between the probability given and the share that was malignant, as expected_calibration_error in
// busi/model/metrics.py.
export const calibrationError = (rows, slices = 10) =>
  calibrationSlices(rows, slices)
    .filter(({ n }) => n)
    .reduce((sum, { n, mean, estimate }) => sum + (n / rows.length) * Math.abs(estimate.value - mean), 0);

// The highest threshold that still finds this share of the malignant images, as choose_threshold in
// busi/model/metrics.py: midway between the last one kept and the next lower probability; null without a malignant image.
export const chooseThreshold = (rows, sensitivity) => {
  const falling = rows.filter(([malignant]) => malignant).sort((one, other) => other[1] - one[1]);
  if (!falling.length) return null;
  const last = falling[Math.ceil(sensitivity * falling.length - 1e-9) - 1][1];
  const below = rows.map((row) => row[1]).filter((probability) => probability < last);
  return below.length ? (last + Math.max(...below)) / 2 : last;
};

const FIT = { coldest: 0.2, hottest: 5, farthest: 5, halvings: 32 };
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const sigmoid = (odds) => 1 / (1 + Math.exp(-odds));
// The shift that fits best at a temperature: where as many are expected malignant as there are, found by halving.
const bestShift = (labelled, temperature) => {
  let [low, high] = [-FIT.farthest, FIT.farthest];
  const malignant = labelled.reduce((sum, [kind]) => sum + kind, 0);
  for (let step = 0; step < FIT.halvings; step += 1) {
    const shift = (low + high) / 2;
    const expected = labelled.reduce((sum, [, odds]) => sum + sigmoid((odds + shift) / temperature), 0);
    if (expected < malignant) low = shift;
    else high = shift;
  }
  return (low + high) / 2;
};

const misfit = (labelled, temperature, shift) =>
  labelled.reduce((sum, [kind, odds]) => {
    const given = sigmoid((odds + shift) / temperature);
    return sum + crossEntropy(kind ? given : 1 - given);
  }, 0);

// The temperature and the shift at which the probabilities fit the labels best, as fit_calibration in
// busi/model/metrics.py, within the same bounds: J. Platt 1999. With each temperature its best shift, the misfit has one
// lowest point, so golden sections find it.
export const fitCalibration = (rows) => {
  const labelled = rows.map(([kind, probability]) => [kind, logOdds(probability, CLIP)]);
  const at = (power) => {
    const temperature = Math.exp(power);
    const shift = bestShift(labelled, temperature);
    return { power, temperature, shift, misfit: misfit(labelled, temperature, shift) };
  };
  let [low, high] = [Math.log(FIT.coldest), Math.log(FIT.hottest)];
  let [left, right] = [at(high - GOLDEN * (high - low)), at(low + GOLDEN * (high - low))];
  for (let step = 0; step < FIT.halvings; step += 1) {
    if (left.misfit <= right.misfit) {
      [high, right] = [right.power, left];
      left = at(high - GOLDEN * (high - low));
    } else {
      [low, left] = [left.power, right];
      right = at(low + GOLDEN * (high - low));
    }
  }
  const { temperature, shift } = left.misfit <= right.misfit ? left : right;
  return { temperature, shift };
};

// What a probability becomes by such a fit; the order of images stays.
export const recalibrated = (probability, { temperature, shift }) =>
  sigmoid((logOdds(probability, CLIP) + shift) / temperature);
