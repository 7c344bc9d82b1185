// The BI-RADS desk: a category and a decision for each of twelve real cases, then what they would have cost.

import { number } from "../../js/format.js";
import { sayFrom } from "../../js/sentences.js";
import { widget } from "../../js/widget.js";
import { beginInquiry, settingsIn } from "../inquiries/inquiry.js";
import { byCategory, byScore, costsOf, drawCases } from "./desk.js";
import { CAME } from "./pictures.js";

const NAME = "birads";
const MOST = 2 ** 31 - 1; // of a seed

const text = (kind, content) => Object.assign(document.createElement(kind), { textContent: content });

const choiceOf = (biopsies) => (biopsies < 7.5 ? "six" : biopsies < 10.5 ? "nine" : "twelve");

const newSeed = () => Math.floor(Math.random() * MOST);

export const mount = ({ element, trigger }) => {
  const { find, findAll, put } = widget(element);
  const section = find(".inquiry");
  const say = sayFrom(section);
  const { population, cases, lesions, threshold, advised, biopsies } = JSON.parse(section.dataset.data);
  const asked = Number(settingsIn(location.search, NAME).seed);
  let seed = Number.isInteger(asked) && asked > 0 && asked <= MOST ? asked : newSeed();
  let drawn = [];
  let decided = [];
  let pictures = null;

  const shown = () => drawn.map((place) => lesions[place]);

  const lay = () => {
    const picture = pictures?.querySelector(`[data-case="${decided.length}"]`);
    find("[data-place]").replaceChildren(...(picture ? [picture.cloneNode(true)] : []));
  };

  const showCase = () => {
    put("which", say("case", { number: decided.length + 1, cases }));
    for (const radio of findAll("[data-desk] input")) radio.checked = false;
    put("missing", "");
    lay();
  };

  const costRow = (who, decisions) => {
    const { found, watched, missed, needless } = costsOf(shown(), decisions);
    const row = document.createElement("tr");
    const head = Object.assign(text("th", who), { scope: "row" });
    row.append(head, ...[found, watched, missed, needless].map((count) => text("td", number(count))));
    return row;
  };

  const eachOne = ([malignant, category], at) => {
    const { action, category: yours } = decided[at];
    return text(
      "li",
      say("row_told", {
        truth: say(malignant ? "truth_malignant" : "truth_benign"),
        category: yours.toUpperCase(),
        action: say(`action_${action}`),
        theirs: category.toUpperCase(),
      }),
    );
  };

  const showResults = () => {
    const lesionsHere = shown();
    const yours = decided.map(({ action }) => action);
    const { found, watched, missed, needless } = costsOf(lesionsHere, yours);
    const left = watched + missed;
    put("which", "");
    put("result", say(left ? "result" : "result_none_missed", { found, left, needless, cancers: found + left }));
    find("[data-costs]").replaceChildren(
      costRow(say("who_you"), yours),
      costRow(
        say("who_radiologist"),
        lesionsHere.map(([, category]) => byCategory(category)),
      ),
      costRow(
        say("who_advised"),
        lesionsHere.map(([, , score]) => byScore(score, advised)),
      ),
      costRow(
        say("who_threshold"),
        lesionsHere.map(([, , score]) => byScore(score, threshold)),
      ),
    );
    find("[data-each]").replaceChildren(...lesionsHere.map(eachOne));
  };

  const show = () => {
    const isOver = decided.length === cases;
    find("[data-desk]").hidden = isOver;
    find("[data-results]").hidden = !isOver;
    if (isOver) showResults();
    else showCase();
  };

  const begin = () => {
    drawn = drawCases(lesions, cases, seed);
    decided = [];
    pictures = null;
    trigger("apply", { population, rows: drawn });
    show();
  };

  const decide = () => {
    const [category, action] = ["category", "action"].map((name) => find(`input[name=birads-${name}]:checked`)?.value);
    if (!category || !action) return put("missing", say("missing"));
    decided = [...decided, { category, action }];
    show();
  };

  element.addEventListener("click", ({ target }) => {
    if (target.closest("[data-next]")) decide();
    if (!target.closest("[data-again]")) return;
    seed = newSeed();
    begin();
  });
  document.addEventListener(CAME, ({ detail }) => {
    if (!element.isConnected || !detail.querySelector("[data-case]")) return;
    pictures = detail;
    lay();
  });
  beginInquiry({
    element,
    name: NAME,
    truth: () => choiceOf(biopsies),
    told: () => say("told", { biopsies: number(biopsies, 0), cases }),
    settings: () => ({ seed }),
    opened: () => drawn.length || begin(),
  });
};
