// Logistic regression as scikit-learn's LogisticRegression(C=1) fits it: weights are pulled to 0, the base is not.
//
// Rows are lists of numbers. What each number is worth is learned after it was brought to mean 0 and spread 1.

const STEPS = 100; // of Newton's method, at most
const NEAR = 1e-10; // of a step's length: there it has arrived

const sigmoid = (odds) => 1 / (1 + Math.exp(-odds));

// Solves a system of linear equations by elimination; the matrix is positive definite.
const solve = (matrix, right) => {
  const size = right.length;
  const rows = matrix.map((row, at) => [...row, right[at]]);
  for (let at = 0; at < size; at += 1) {
    for (let below = at + 1; below < size; below += 1) {
      const share = rows[below][at] / rows[at][at];
      for (let column = at; column <= size; column += 1) rows[below][column] -= share * rows[at][column];
    }
  }
  const found = Array(size).fill(0);
  for (let at = size - 1; at >= 0; at -= 1) {
    const known = found.reduce((sum, value, column) => (column > at ? sum + rows[at][column] * value : sum), 0);
    found[at] = (rows[at][size] - known) / rows[at][at];
  }
  return found;
};

const scaleOf = (rows) => {
  const columns = rows[0].map((_, column) => rows.map((row) => row[column]));
  return columns.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return [mean, spread || 1];
  });
};

const scaled = (row, scale) => [1, ...row.map((value, at) => (value - scale[at][0]) / scale[at][1])];

// A function from a row to its log-odds, learned from rows and their kinds (1 or 0).
export const fitLogistic = (rows, kinds) => {
  const scale = scaleOf(rows);
  const seen = rows.map((row) => scaled(row, scale));
  let weights = seen[0].map(() => 0);
  const oddsOf = (row) => row.reduce((sum, value, at) => sum + value * weights[at], 0);
  for (let step = 0; step < STEPS; step += 1) {
    const slope = weights.map((weight, at) => (at ? weight : 0));
    const bend = weights.map((_, at) => weights.map((__, other) => (at === other && at ? 1 : 0)));
    seen.forEach((row, place) => {
      const given = sigmoid(oddsOf(row));
      const weight = Math.max(given * (1 - given), 1e-12);
      row.forEach((value, at) => {
        slope[at] += (given - kinds[place]) * value;
        for (let other = 0; other < row.length; other += 1) bend[at][other] += weight * value * row[other];
      });
    });
    const change = solve(bend, slope);
    weights = weights.map((weight, at) => weight - change[at]);
    if (Math.hypot(...change) < NEAR) break;
  }
  return (row) => oddsOf(scaled(row, scale));
};

// How often a row of kind 1 has a higher score than one of kind 0; the same counts half.
export const areaUnderRoc = (scores, kinds) => {
  const order = scores.map((_, at) => at).sort((one, other) => scores[one] - scores[other]);
  let [sum, ones, start] = [0, 0, 0];
  while (start < order.length) {
    let end = start;
    while (end < order.length && scores[order[end]] === scores[order[start]]) end += 1;
    const rank = (start + end + 1) / 2;
    for (let at = start; at < end; at += 1) {
      if (!kinds[order[at]]) continue;
      sum += rank;
      ones += 1;
    }
    start = end;
  }
  return (sum - (ones * (ones + 1)) / 2) / (ones * (scores.length - ones));
};
