// Images in groups by a measure, and the errors of the network in each. An image is { row, at }: its row, and its place in
// the population.

import { isError, quantileGroups, rate } from "../../js/statistics.js";

// All images, or those of one class, so that only one kind of error can happen.
const KINDS = { all: () => true, missed: ([malignant]) => malignant, alarms: ([malignant]) => !malignant };

export const imagesOf = (rows, kind) => rows.map((row, at) => ({ row, at })).filter(({ row }) => KINDS[kind](row));

export const groupsBy = (images, column, count) => quantileGroups(images, ({ row }) => row[column], count);

export const errorsIn = (images, threshold) => images.filter(({ row }) => isError(row, threshold));

// What the table and the chart show of a group; `rate` is of errors, with its interval.
export const describe = (group, at, { column, threshold }) => {
  const values = group.map(({ row }) => row[column]);
  const errors = errorsIn(group, threshold).length;
  const malignant = group.filter(({ row }) => row[0]).length;
  const range = { low: Math.min(...values), high: Math.max(...values) };
  return { number: at + 1, n: group.length, errors, malignant, rate: rate(errors, group.length), ...range };
};

// Images to look at: errors and right answers, as many of each as there is room for, errors first.
export const someOf = (group, threshold, count) => {
  const errors = errorsIn(group, threshold);
  const right = group.filter((image) => !errors.includes(image));
  const some = errors.slice(0, Math.max(count / 2, count - right.length));
  return [...some, ...right.slice(0, count - some.length)];
};
