// The runs of this visit, side by side: the loss of each on the same scale, how it ended, and a button that removes it.

import { fill, number } from "../../js/format.js";
import { drawEpochs } from "./chart.js";
import { onRun, sharedTop, withoutRun, withRun } from "./run_list.js";

const LARGEST_LOSS = 2.5; // what is above it stays at the edge
const HEIGHT = 190;

export const mount = ({ element }) => {
  const box = element.querySelector(".runs");
  const list = box.querySelector(".run-list");
  const status = box.querySelector(".told");
  let runs = [];
  let shown = ""; // the run in the panel above

  const drawCharts = () => {
    const range = [0, sharedTop(runs, LARGEST_LOSS)];
    for (const { name, rows, epochs } of runs) {
      const place = list.querySelector(`[data-name="${name}"] .plot`);
      if (!place?.clientWidth) continue;
      drawEpochs(place, {
        rows: rows.map(([epoch, loss, , valLoss]) => [epoch, loss, valLoss]),
        epochs: [0, epochs],
        range,
        height: HEIGHT,
        write: (value, step) => number(value, step < 0.1 ? 2 : 1),
        words: { epochs: box.dataset.epochs },
        alt: place.dataset.alt,
      });
    }
  };

  // The run in the panel stands here too, once there is another one to compare it with.
  const show = () => {
    box.hidden = !runs.some(({ name }) => name !== shown);
    list.replaceChildren(
      ...runs.map(({ name, markup }) => {
        const item = markup.cloneNode(true).firstElementChild;
        item.dataset.name = name;
        return item;
      }),
    );
    drawCharts();
  };

  onRun(element, (run) => {
    shown = run.name;
    runs = run.markup ? withRun(runs, run) : withoutRun(runs, run.name);
    show();
  });

  box.addEventListener("click", ({ target }) => {
    const item = target.closest("[data-remove]")?.closest(".run");
    if (!item) return;
    status.textContent = fill(box.dataset.gone, { run: item.querySelector("h5").textContent });
    runs = withoutRun(runs, item.dataset.name);
    show();
    (list.querySelector("[data-remove]") ?? box.querySelector("h4")).focus();
  });

  new ResizeObserver(drawCharts).observe(box);
};
