// The runs of this visit, the last few: which there are is one list, whatever shows or fills it. It ends with the page.

export const MOST_RUNS = 4;

// The list with a run at its end, in place of an earlier state of the same run; the oldest goes when they are too many.
export const withRun = (runs, run) => [...runs.filter(({ name }) => name !== run.name), run].slice(-MOST_RUNS);

export const withoutRun = (runs, name) => runs.filter((run) => run.name !== name);

// The highest loss that they share a scale for: so that curves side by side compare; what is above stays at the edge.
export const sharedTop = (runs, largest) =>
  Math.min(largest, Math.max(1, ...runs.flatMap(({ rows }) => rows.flatMap(([, loss, , valLoss]) => [loss, valLoss]))));

// live.js tells what happened to the run in its panel: { name, rows, markup }, no markup while it goes on.
const RUN = "live-run";

export const tellOfRun = (run) => document.dispatchEvent(new CustomEvent(RUN, { detail: run }));

export const onRun = (element, act) =>
  document.addEventListener(RUN, ({ detail }) => element.isConnected && act(detail));
