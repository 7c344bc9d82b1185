// The ending: what the browser remembers of the visitor's guesses, beside the truth; to print, to save, to forget.

import { fill } from "../../js/format.js";
import { rememberedGuesses } from "../../js/guess_log.js";
import { judge } from "../../js/guesses.js";
import { sayFrom } from "../../js/sentences.js";
import { forgetStored, whenStoredChanges } from "../../js/storage.js";
import { widget } from "../../js/widget.js";
import { compare, points, surprises, tally, written } from "./comparisons.js";
import { posterOf, savePoster } from "./poster.js";
import { printAlone } from "./print.js";

const FIRST = "welcome.0"; // the guess about the first picture
const MARKED = ["right", "near", "wrong", "open"];

const textElement = (kind, text, name = "") =>
  Object.assign(document.createElement(kind), { textContent: text, className: name });

// A point on the line from 0 to 100. Its label slides along with it, so that it never leaves the line.
const pointOn = (name, value, text) => {
  const label = textElement("span", text, `label ${name}`);
  label.style.left = `${value}%`;
  label.style.transform = `translateX(-${value}%)`;
  const point = textElement("i", "", name);
  point.style.left = `${value}%`;
  return [label, point];
};

const bandOn = ({ low, high }) => {
  const band = textElement("i", "", "band");
  band.style.left = `${low}%`;
  band.style.width = `${high - low}%`;
  return band;
};

const drawLine = (place, say, { guess, truth, low, high, hasInterval }) => {
  const values = { guess: points(guess), truth: points(truth), low: points(low ?? 0), high: points(high ?? 0) };
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", say(hasInterval ? "line_interval" : "line", values));
  place.replaceChildren(
    textElement("i", "", "track"),
    ...(hasInterval ? [bandOn({ low, high })] : []),
    ...pointOn("truth", truth, `${say("truth")} ${values.truth}`),
    ...pointOn("you", guess, `${say("you")} ${values.guess}`),
  );
};

// One guess, read from the markup: what the server says of it, and what the browser remembers; null if there is nothing.
const guessOf = (item, remembered, say) => {
  const { guess: name, truth, value, question, surprise, told } = item.dataset;
  const about = JSON.parse(truth);
  const found = remembered[name] && compare(about, remembered[name]);
  if (!found) return null;
  const { sides, sentence } = written(about, value, found);
  const [guess, isTrue] = sentence;
  const interval = say("interval", { low: points(found.low ?? 0), high: points(found.high ?? 0) });
  return {
    ...found,
    name,
    item,
    question: fill(question, { ill: found.ill }),
    you: sides[0],
    machine: found.network ? say(`machine_${found.network}`) : "",
    truthSide: sides[1],
    told: fill(told, { interval }),
    surprise: fill(surprise, { guess, truth: isTrue, ill: found.ill }),
  };
};

const show = (one, say) => {
  const { find, put } = widget(one.item);
  one.item.hidden = false;
  judge(find("[data-out=verdict]"), one.verdict, say(`verdict_${one.verdict}`));
  for (const [place, text] of Object.entries({ question: one.question, you: one.you, machine: one.machine })) {
    put(place, text);
  }
  put("truth", one.truthSide);
  put("told", one.told);
  find(".machine").hidden = !one.machine;
  const line = find("[data-line]");
  line.hidden = one.kind !== "share";
  if (one.kind === "share") drawLine(line, say, one);
};

const surpriseItem = ({ surprise }) => textElement("li", surprise);

const tallyItem = (verdict, count, say) => {
  const item = document.createElement("li");
  judge(item, verdict, `${count} ${say(`tally_${verdict}`)}`);
  return item;
};

const noSurpriseText = (counts, say) => {
  if (counts.wrong + counts.near) return "";
  return say(counts.right ? "no_surprise" : "only_open");
};

const showSummary = ({ find, findAll, put }, guesses, all, say) => {
  const [counts, most] = [tally(guesses), surprises(guesses)];
  for (const part of findAll("[data-after]")) part.hidden = !guesses.length;
  find("[data-nothing]").hidden = guesses.length > 0;
  find("[data-out=surprises]").replaceChildren(...most.map(surpriseItem));
  put("no_surprise", guesses.length ? noSurpriseText(counts, say) : "");
  const given = MARKED.filter((verdict) => counts[verdict]);
  find("[data-out=tally]").replaceChildren(...given.map((verdict) => tallyItem(verdict, counts[verdict], say)));
  find("[data-forget]").hidden = !guesses.length;
  find(".missing").hidden = guesses.length === all.length;
  put("missing", say("missing", { count: all.length - guesses.length }));
};

const showFirst = ({ find, findAll }, remembered) => {
  const place = find("[data-thread]");
  if (!place) return;
  const guess = remembered[FIRST]?.guess;
  place.hidden = !guess;
  for (const one of findAll("[data-said-first]")) one.hidden = one.dataset.saidFirst !== guess;
};

export const mount = ({ element }) => {
  const parts = widget(element);
  const ending = parts.find(".ending");
  const say = sayFrom(ending);
  const items = parts.findAll("[data-guess]");
  let guesses = [];

  const update = () => {
    const remembered = rememberedGuesses();
    for (const item of items) item.hidden = true;
    guesses = items.map((item) => guessOf(item, remembered, say)).filter(Boolean);
    for (const one of guesses) show(one, say);
    const given = guesses.map(({ name }) => name);
    for (const one of parts.findAll("[data-missing]")) one.hidden = given.includes(one.dataset.missing);
    showSummary(parts, guesses, items, say);
    showFirst(parts, remembered);
  };

  const questions = () =>
    parts
      .findAll(".asked li")
      .map((item) => [item.querySelector("h4"), item.querySelector("p")].map((one) => one.textContent));

  const save = async () => {
    const isSaved = await savePoster(posterOf(guesses, surprises(guesses), questions(), say), say("file"));
    parts.put("done", isSaved ? say("saved", { file: say("file") }) : say("not_saved"));
  };

  const forget = () => {
    if (!confirm(say("forget_sure"))) return;
    forgetStored();
    parts.put("done", say("forgotten"));
    parts.find("[data-print]").focus(); // the button that was pressed is gone
  };

  element.addEventListener("click", ({ target }) => {
    const { print, save: saves, forget: forgets } = target.closest("button")?.dataset ?? {};
    if (print !== undefined) window.print();
    if (saves !== undefined) save();
    if (forgets !== undefined) forget();
  });
  printAlone(ending, `${say("notice_strong")} ${say("notice")}`);
  whenStoredChanges(element, update);
  update();
};
