// A guess, the strip of images, the confusion matrix and the rates: all from the rows, for the threshold of the bar.
let choices, opened = "", waiting, revealed = false;
const strip = chart(find("[data-chart=strip]"), (place, width) => drawStrip(place, width, choices));

const showMatrix = (counts) => {
  for (const [cell, n] of Object.entries(counts)) put(cell, atelier.number(n));
  put("n_malignant", atelier.number(counts.tp + counts.fn));
  put("n_benign", atelier.number(counts.fp + counts.tn));
  for (const button of element.querySelectorAll("button[data-cell]")) {
    const { cell } = button.dataset;
    const row = cell === "tp" || cell === "fn" ? counts.tp + counts.fn : counts.fp + counts.tn;
    button.style.setProperty("--share", row ? counts[cell] / row : 0);
  }
};

const showRate = (name, estimate) => {
  const whisker = find(`[data-rate=${name}] .whisker`);
  whisker.hidden = !estimate;
  put(name, estimate ? atelier.percent(estimate.value) : "–");
  put(`${name}_interval`, estimate ? between(estimate.low, estimate.high, atelier.percent) : say("no_ppv"));
  put(`${name}_of`, estimate ? say("share_of", { part: estimate.part, n: estimate.n }) : "");
  if (!estimate) return;
  const [band, point] = whisker.children;
  band.style.left = `${100 * estimate.low}%`;
  band.style.width = `${100 * (estimate.high - estimate.low)}%`;
  point.style.left = `${100 * estimate.value}%`;
};

const showReply = (counts) => {
  const { sensitivity } = rates(counts);
  const values = {
    guess: find("#evaluation-guess").value,
    found: counts.tp,
    malignant: counts.tp + counts.fn,
    share: atelier.percent(sensitivity.value),
    interval: between(sensitivity.low, sensitivity.high, atelier.percent),
    alarms: counts.fp,
    benign: counts.fp + counts.tn,
    threshold: choices.written,
  };
  const [kind, sentence] = judgeShare(Number(values.guess), sensitivity);
  atelier.judge(find("[data-out=reply]"), kind, `${sentence} ${say("guess_reply", values)}`);
};

// The server has the pictures.
const openCell = (cell) => {
  clearTimeout(waiting);
  opened = cell;
  element.querySelectorAll("button[data-cell]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.cell === cell));
  });
  trigger("apply", { cell, threshold: choices.threshold, population: choices.population, page: 0 });
};

const show = (now) => {
  const moved = choices && (now.threshold !== choices.threshold || now.population !== choices.population);
  choices = now;
  const counts = count(now.rows, now.threshold);
  const benign = counts.fp + counts.tn;
  const always = share(benign, now.rows.length);
  // Fewer right answers than "always benign" has: more false alarms than malignant lesions found.
  const sentence = counts.tp < counts.fp ? "always_benign_better" : "always_benign";
  const beside = { benign, n: now.rows.length, tp: counts.tp, fp: counts.fp };
  showMatrix(counts);
  for (const [name, estimate] of Object.entries(rates(counts))) showRate(name, estimate);
  put("population", now.name);
  const accuracy = atelier.percent(rates(counts).accuracy.value);
  put("always_benign", say(sentence, { ...beside, share: atelier.percent(always.value), accuracy }));
  if (revealed) showReply(counts);
  strip();
  clearTimeout(waiting);
  if (moved && opened) waiting = setTimeout(() => openCell(opened), 250);
};

element.addEventListener("input", ({ target }) => {
  if (target.id === "evaluation-guess") find("output[for=evaluation-guess]").textContent = target.value;
});
element.addEventListener("click", ({ target }) => {
  const cell = target.closest("button[data-cell]")?.dataset.cell;
  if (cell) openCell(cell === opened ? "" : cell);
  if (target.closest("button[data-show]")) {
    revealed = true;
    showReply(count(choices.rows, choices.threshold));
  }
});
drag(find("[data-chart=strip]"), (x) => {
  const width = find("[data-chart=strip]").clientWidth;
  choose({ threshold: (x - STRIP_EDGE) / (width - 2 * STRIP_EDGE) });
});
follow(show);
