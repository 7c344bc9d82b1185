// Images in groups by a measure: the error rate of each group with its interval, and how often chance does as much.
// counts.js stands before this.
const { threshold, held, shown, measures } = JSON.parse(element.querySelector("[data-bench]").dataset.bench);
const SHUFFLES = 2000;
const choice = (name) => element.querySelector(`input[name=groups-${name}]:checked`).value;
const names = Object.fromEntries([...element.querySelectorAll("input[name=groups-population]")].map((radio) => [radio.value, radio.parentElement.textContent.trim()]));
let opened = null, shuffled = null;

const wrong = ([malignant, p]) => p >= threshold !== Boolean(malignant);
// The images that are looked at: all, or of one class, so that only one kind of error can happen.
const kinds = { all: () => true, missed: ([malignant]) => malignant, alarms: ([malignant]) => !malignant };
const chosenRows = () =>
  held[choice("population")].map((row, at) => ({ row, at })).filter(({ row }) => kinds[choice("kind")](row));
const valueOf = ({ row }) => row[2 + measures.indexOf(choice("measure"))];

// Quantiles as numpy draws them: a line between the two nearest values.
const quantile = (sorted, share) => {
  const place = share * (sorted.length - 1), below = Math.floor(place);
  return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
};
// The group of a value is how many edges it has reached: equal values are never torn apart, so a group may stay empty.
const grouped = (rows, count) => {
  const sorted = rows.map(valueOf).sort((a, b) => a - b);
  const edges = Array.from({ length: count - 1 }, (_, k) => quantile(sorted, (k + 1) / count));
  const groups = Array.from({ length: count }, () => []);
  rows.forEach((one) => groups[edges.filter((edge) => valueOf(one) >= edge).length].push(one));
  return groups;
};
const errorsOf = (rows) => rows.filter(({ row }) => wrong(row)).length;

const text = (value) => atelier.number(value);
const describe = (group, number) => {
  const values = group.map(valueOf), errors = errorsOf(group), rate = share(errors, group.length);
  return {
    number: number + 1, n: group.length, errors, rate,
    low: Math.min(...values), high: Math.max(...values),
    malignant: group.filter(({ row }) => row[0]).length,
  };
};

const body = element.querySelector("tbody");
const showTable = (described) => {
  body.innerHTML = described.map((group) => {
    const cells = group.n
      ? [
          say("range", { low: text(group.low), high: text(group.high) }),
          text(group.n),
          say("rate", { rate: atelier.percent(group.rate.value), errors: group.errors }),
          say("errors_of", { low: atelier.percent(group.rate.low), high: atelier.percent(group.rate.high) }),
          say("malignant_of", { share: atelier.percent(group.malignant / group.n) }),
          `<button type="button" class="plain" data-group="${group.number - 1}" aria-pressed="${opened === group.number - 1}">${safe(body.dataset.see)}</button>`,
        ]
      : ["–", "0", say("empty"), "", "", ""];
    const heads = [...element.querySelectorAll("thead th")].map((head) => safe(head.textContent));
    const columns = cells.map((cell, at) => `<td data-head="${heads[at + 1]}">${cell}</td>`);
    return `<tr data-n="${group.n}"><th scope="row" data-head="${heads[0]}">${group.number}</th>${columns.join("")}</tr>`;
  }).join("");
};

let described = [];
const drawGroups = chart(find("[data-chart=groups]"), (place, width) => {
  const edge = { left: 46, right: 16, top: 28, bottom: 44 }, height = 260;
  const x = (number) => edge.left + ((number + 0.5) / described.length) * (width - edge.left - edge.right);
  const y = (rate) => height - edge.bottom - rate * (height - edge.top - edge.bottom);
  const rows = chosenRows(), overall = errorsOf(rows) / rows.length;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((tick) => line(edge.left, y(tick), width - edge.right, y(tick), "grid") + label(edge.left - 6, y(tick) + 4, atelier.percent(tick), "end"));
  const marks = described.filter((group) => group.n).map(({ number, rate, n }) => {
    const at = x(number - 1);
    return line(at, y(rate.low), at, y(rate.high), "whisker") + `<circle class="point" cx="${at}" cy="${y(rate.value)}" r="7"/>` +
      label(at, height - 24, say("group", { number }), "middle", "name") + label(at, height - 7, `n = ${n}`, "middle");
  });
  const empty = described.filter((group) => !group.n).map(({ number }) => label(x(number - 1), height - 24, say("group", { number }), "middle", "name") + label(x(number - 1), height - 7, "n = 0", "middle"));
  const alt = [
    say("chart_alt", { measure: said.measures[choice("measure")], population: names[choice("population")] }),
    ...described.filter((group) => group.n).map(({ number, n, errors, rate }) => say("chart_alt_group", { number, n, errors, rate: atelier.percent(rate.value) })),
  ].join(" ");
  picture(place, width, height, alt, [
    ...ticks,
    `<g class="overall">${line(edge.left, y(overall), width - edge.right, y(overall), "overall")}${label(edge.left + 6, y(overall) - 6, say("overall", { rate: atelier.percent(overall) }))}</g>`,
    ...marks, ...empty,
    label(2, 14, say("axis")),
  ].join(""));
});

// A small generator with a seed, so that the same question gets the same answer (mulberry32, T. Ettinger, public domain).
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
// How unequal the groups are: the squared distances of their rates from the overall rate, weighted by their sizes.
const unevenness = (errors, sizes, overall) =>
  errors.reduce((sum, count, group) => sum + (sizes[group] ? sizes[group] * (count / sizes[group] - overall) ** 2 : 0), 0);
const shuffle = () => {
  const groups = grouped(chosenRows(), count_()), sizes = groups.map((group) => group.length);
  const flags = groups.flat().map(({ row }) => wrong(row)), overall = flags.filter(Boolean).length / flags.length;
  const spread = (list) => {
    let at = 0;
    const errors = sizes.map((size) => {
      let errors = 0;
      for (const end = at + size; at < end; at += 1) errors += list[at];
      return errors;
    });
    return unevenness(errors, sizes, overall);
  };
  const random = generator(7), observed = spread(flags);
  const values = Array.from({ length: SHUFFLES }, () => {
    for (let at = flags.length - 1; at > 0; at -= 1) {
      const other = Math.floor(random() * (at + 1));
      [flags[at], flags[other]] = [flags[other], flags[at]];
    }
    return spread(flags);
  });
  // What was seen counts as one of the draws (B. Phipson and G. Smyth 2010, https://arxiv.org/abs/1603.05766).
  const as_large = values.filter((value) => value >= observed - 1e-12).length;
  return { values, observed, p: (1 + as_large) / (1 + SHUFFLES), as_large };
};
const count_ = () => Number(find("#groups-count").value);

const drawChance = chart(find("[data-chart=chance]"), (place, width) => {
  if (!shuffled) return (place.innerHTML = "");
  const { values, observed } = shuffled, bins = 40, height = 170;
  const top = Math.max(observed, ...values) * 1.05 || 1;
  const counts = Array(bins).fill(0);
  values.forEach((value) => (counts[Math.min(bins - 1, Math.floor((bins * value) / top))] += 1));
  const most = Math.max(...counts), x = (value) => 12 + (value / top) * (width - 24), floor = height - 34;
  const bars = counts.map((number, bin) => {
    const left = x((bin * top) / bins), tall = (number / most) * (floor - 26);
    return `<rect class="${((bin + 0.5) * top) / bins >= observed ? "as-large" : ""}" x="${left.toFixed(1)}" y="${(floor - tall).toFixed(1)}" width="${Math.max(1, (width - 24) / bins - 1).toFixed(1)}" height="${tall.toFixed(1)}"/>`;
  });
  const side = x(observed) > width / 2 ? "end" : "start";
  picture(place, width, height, say("chance_alt", { percent: percentOf(shuffled.p) }), [
    ...bars,
    line(12, floor, width - 12, floor, "axis"),
    line(x(observed), 18, x(observed), floor, "here"),
    label(x(observed) + (side === "end" ? -6 : 6), 16, say("observed"), side, "here"),
    label(width / 2, height - 10, say("chance_axis"), "middle"),
  ].join(""));
});
const percentOf = (p) => (p < 0.01 ? atelier.number(100 * p, 1) : atelier.number(100 * p));

const showChance = () => {
  drawChance();
  if (!shuffled) return put("chance", "");
  const values = { percent: percentOf(shuffled.p), as_large: atelier.number(shuffled.as_large), shuffles: atelier.number(SHUFFLES) };
  put("chance", `${say("chance_told", values)} ${say(shuffled.p < 0.05 ? "chance_rare" : "chance_common")}`);
  find("[data-out=chance]").dataset.p = shuffled.p;
};

// The guess was about blur: the blurriest third against the sharpest, whatever is shown now.
const showReply = () => {
  const [guess] = atelier.kept.get("answers", {})["groups.guess"] ?? [];
  const reply = find("[data-out=reply]");
  if (!said[`guessed_${guess}`]) return atelier.judge(reply, "", "");
  const rows = held[choice("population")].map((row, at) => ({ row, at }));
  const blur = (one) => one.row[2], sorted = rows.map(blur).sort((a, b) => a - b);
  const [low, high] = [quantile(sorted, 1 / 3), quantile(sorted, 2 / 3)];
  const [blurred, sharp] = [rows.filter((one) => blur(one) < low), rows.filter((one) => blur(one) >= high)];
  const [rate_blurred, rate_sharp] = [blurred, sharp].map((group) => share(errorsOf(group), group.length));
  const kind = judgement(guess, rate_blurred, rate_sharp);
  const write = (group, rate) =>
    `${atelier.percent(rate.value)} (${say("errors_of", { low: atelier.percent(rate.low), high: atelier.percent(rate.high) })}, n\u00a0=\u00a0${group.length})`;
  const values = { blurred: write(blurred, rate_blurred), sharp: write(sharp, rate_sharp), population: names[choice("population")] };
  atelier.judge(reply, kind, `${say(kind)} ${say(`guessed_${guess}`)} ${say("guess_told", values)}`);
};
// Two rates whose intervals are apart tell which is higher; where these overlap nobody was right or wrong.
const judgement = (guess, blurred, sharp) => {
  const apart = blurred.low > sharp.high ? "blurred" : sharp.low > blurred.high ? "sharp" : "";
  if (!apart) return "open";
  return guess === apart ? "right" : "wrong";
};

const ask = () => {
  const groups = grouped(chosenRows(), count_()), group = groups[opened];
  if (!group?.length) return put("pictures_of", say("open_group"));
  // Errors and right answers, as many of each as there is room for, errors first.
  const errors = group.filter(({ row }) => wrong(row)), right = group.filter(({ row }) => !wrong(row));
  const some = errors.slice(0, Math.max(shown / 2, shown - right.length));
  const rows = [...some, ...right.slice(0, shown - some.length)];
  put("pictures_of", say("pictures_of", { number: opened + 1, shown: rows.length, n: group.length, errors: errors.length }));
  trigger("apply", { population: choice("population"), rows: rows.map(({ at }) => at) });
};

const show = () => {
  const rows = chosenRows();
  described = grouped(rows, count_()).map(describe);
  put("count", count_());
  find("[data-out=told]").innerHTML = said[`told_${choice("measure")}`]; // HTML of ours
  showTable(described);
  drawGroups();
  shuffled = null;
  showChance();
  if (!errorsOf(rows)) put("chance", say("no_errors"));
};

element.addEventListener("input", ({ target }) => {
  if (!target.closest(".groups-choices")) return;
  opened = null;
  put("pictures_of", say("open_group"));
  show();
  if (target.name === "groups-population") showReply();
});
element.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if ("shuffle" in button.dataset && errorsOf(chosenRows())) {
    shuffled = shuffle();
    showChance();
  }
  if (button.dataset.group) {
    opened = Number(button.dataset.group);
    body.querySelectorAll("[data-group]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    ask();
  }
});
const follow_answers = () => (element.isConnected ? showReply() : document.removeEventListener("atelier-kept", follow_answers));
document.addEventListener("atelier-kept", follow_answers);
show();
showReply();
put("pictures_of", say("open_group"));
